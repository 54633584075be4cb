"""Who waits for whom within an agency. What is locked here stays so until the transaction ends.

An import can take a minute; what people do beside it waits only where both touch the same. Of several locks, imports
come first, then the years in their order.
"""

from collections.abc import Iterable

from django.db import connection

from jurisdictions.models import Jurisdiction


def lock_imports(jurisdiction_id: int) -> None:
    """Nobody else brings incidents or reviews in from a file, or takes them back. Rows may still be added below the
    agency: only its key is referenced, and that is not locked."""
    Jurisdiction.objects.select_for_update(no_key=True, of=("self",)).get(pk=jurisdiction_id)


def lock_years(jurisdiction_id: int, years: Iterable[int]) -> None:
    """Nobody else numbers an incident of these years."""
    for year in sorted(years):
        _lock(f"incidents of {jurisdiction_id} in {year}")


def lock_figures(jurisdiction_id: int) -> None:
    """Nobody else says a yearly figure of this agency."""
    _lock(f"figures of {jurisdiction_id}")


def _lock(what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
