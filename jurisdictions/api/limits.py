"""How often one token may ask. Counted where every process looks; where that place is away, nobody asks uncounted."""

import time

from django.conf import settings
from django.core.cache import cache

from jurisdictions.api.problems import ApiProblem, Kind

WINDOW = 60  # seconds


def count_call(token: int) -> None:
    """Raises ApiProblem beyond the limit, and whatever the cache raises when it is away."""
    _count(f"api:token:{token}", settings.API_CALLS_A_MINUTE)


def count_refusal(address: str) -> None:
    """The same of those who come without a token that is open, by their address."""
    _count(f"api:refused:{address}", settings.API_REFUSALS_A_MINUTE)


def _count(name: str, most: int) -> None:
    now = int(time.time())
    key = f"{name}:{now // WINDOW}"
    try:
        used = cache.incr(key)
    except ValueError:  # the first of this minute
        used = 1 if cache.add(key, 1, timeout=2 * WINDOW) else cache.incr(key)
    if used > most:
        raise ApiProblem(Kind.TOO_MANY, headers={"Retry-After": str(WINDOW - now % WINDOW)})
