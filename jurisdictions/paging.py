"""Long lists: how many rows a page shows, how far the whole is counted, and keys as addresses and forms carry them."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

PAGE = 25
COUNTED_TO = 1000


def counted(rows: QuerySet[Any], one: str) -> str:
    """How many there are of what `one` names, counted no further than a thousand: counting reads every row."""
    count = rows.order_by()[: COUNTED_TO + 1].count()
    number = f"{COUNTED_TO:,}+" if count > COUNTED_TO else f"{count:,}"
    return f"{number} {one}{'' if count == 1 else 's'}"


def read_key(text: str) -> int | None:
    """The key of a row, or the version of one, as an address or a form carries it; None for what no page ever wrote
    there."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def key_or_404(text: str) -> int:
    """The same of a thing that must be there."""
    key = read_key(text)
    if key is None:
        raise Http404
    return key
