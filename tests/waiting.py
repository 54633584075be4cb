"""Waiting for another process: as short as it takes, and never longer than is said."""

import time
from collections.abc import Callable


def eventually(what: Callable[[], bool], seconds: float) -> None:
    """Until this is so. Fails when it is not within these seconds."""
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "It did not happen in time."
        time.sleep(0.1)
