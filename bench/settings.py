"""The site's own settings against the services of the benchmark: a pool as in production, logs made and thrown away."""

import os

from npcs import env
from npcs.settings import *  # noqa: F403
from npcs.settings import DATABASES, LOGGING

DATABASES["default"] = env.database(env.text("DATABASE_URL"), pool=True)
API_CALLS_A_MINUTE = 1_000_000_000
ROOT_URLCONF = "bench.urls"
LOGGING["handlers"]["stderr"]["stream"] = open(os.devnull, "w")  # noqa: SIM115 (open as long as the process)
