"""The site's settings with a lease of seconds: a killed worker's row is free again while a test waits."""

from npcs.settings import *  # noqa: F403

WORK_LEASE_SECONDS = 15
