"""Long lists: how many rows a page shows, and how far the whole is counted."""

from typing import Any

from django.db.models import QuerySet

PAGE = 25
COUNTED_TO = 1000


def counted(rows: QuerySet[Any], one: str) -> str:
    """How many there are of what `one` names, counted no further than a thousand: counting reads every row."""
    count = rows.order_by()[: COUNTED_TO + 1].count()
    number = f"{COUNTED_TO:,}+" if count > COUNTED_TO else f"{count:,}"
    return f"{number} {one}{'' if count == 1 else 's'}"


def read_key(text: str) -> int | None:
    """The key of a row as an address names a place in a list; None for what no list ever wrote there."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
