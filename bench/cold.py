"""One report in a process of its own: `python -m bench.cold DOCUMENT`."""

import pickle
import sys
from pathlib import Path

import django

django.setup()

from reviews import pdf  # noqa: E402 (after the set-up)

pdf.render(pickle.loads(Path(sys.argv[1]).read_bytes()))  # noqa: S301 (our own file)
