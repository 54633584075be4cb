"""Taking an import back as one step, while nothing depends on what it did."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from jurisdictions import audit
from jurisdictions.models import Membership
from jurisdictions.rules import Problem, Refused
from reviews.imports.undoing import Obstacle, Reach, Undoing
from reviews.models import ImportUndone, IncidentImport
from reviews.numbers import lock_numbers

ALREADY = Problem("undo.already", "This import was undone already.")
EARLIER = Problem(
    "undo.earlier",
    "It changed incidents before this could be undone: what stood there was not kept in full. "
    "Change these incidents one by one.",
)
# Nothing is said of an incident from which somebody stepped back, not even its number.
STEPPED_BACK = Problem(
    "undo.stepped_back", "It touched an incident from which you stepped back. Somebody else can undo it."
)
_WHY_NOT = {
    "reviewed": "A review was opened on what came in",
    "used": "A review report was made of a past review, or somebody was named or stepped back from it",
    "withdrawn": "A notification was withdrawn here since",
    "closed": "A review is with a reader or approved, so the facts stay as they are",
    "changed": "A person or a later import has changed something here since",
}


class CannotUndo(Refused):
    """The import stands."""


@dataclass(frozen=True)
class Dependency(Problem):
    """One kind of thing that depends on an import: why, the numbers of the first incidents, and how many more."""

    why: str = ""
    numbers: tuple[str, ...] = ()
    more: int = 0


def problems_before_undoing(receipt: IncidentImport, *, by: Membership) -> list[Problem]:
    """What depends on an import now, one problem a kind; an empty list means that it can be undone."""
    return _problems(receipt, Undoing(receipt, by=by))


def reach_of_undoing(receipt: IncidentImport, *, by: Membership) -> Reach:
    """What undoing an import would remove and put back, in numbers."""
    return Undoing(receipt, by=by).reach()


@transaction.atomic
def undo_import(receipt: IncidentImport, *, by: Membership, now: dt.datetime | None = None) -> ImportUndone:
    """Remove what an import brought and put back what it changed; its receipt and the history stay.

    Raises CannotUndo, and changes nothing, while something depends on it. The numbers of removed incidents are free
    again, and the same file can come in again.
    """
    lock_numbers(receipt.jurisdiction_id)  # no import, and nobody else who undoes one, goes on meanwhile
    undoing = Undoing(receipt, by=by)
    undoing.lock()
    now = now or timezone.now()
    if problems := _problems(receipt, undoing):
        raise CannotUndo(problems)
    reach = undoing.reach()
    undoing.undo(now)
    undone: ImportUndone = ImportUndone.objects.create(
        jurisdiction_id=receipt.jurisdiction_id,
        receipt=receipt,
        by=by,
        removed=reach.removed,
        restored=reach.restored,
    )
    audit.record("import.undone", about=receipt, by=by, removed=reach.removed, restored=reach.restored)
    return undone


def _problems(receipt: IncidentImport, undoing: Undoing) -> list[Problem]:
    if ImportUndone.objects.filter(receipt=receipt).exists():
        return [ALREADY]
    obstacles = undoing.obstacles()
    if any(obstacle.kind == "stepped_back" for obstacle in obstacles):
        return [STEPPED_BACK]
    problems: list[Problem] = [_dependency(obstacle) for obstacle in obstacles]
    return problems or ([EARLIER] if _is_earlier(receipt, undoing) else [])


def _is_earlier(receipt: IncidentImport, undoing: Undoing) -> bool:
    """Whether what an import changed cannot be told in full: an earlier release noted less."""
    return receipt.changed > 0 and (undoing.is_earlier() or undoing.reach().restored != receipt.changed)


def _dependency(obstacle: Obstacle) -> Dependency:
    why, more = _WHY_NOT[obstacle.kind], obstacle.count - len(obstacle.numbers)
    named = ", ".join(obstacle.numbers) + (f" and {more:,} more" if more else "")
    return Dependency(
        f"undo.{obstacle.kind}", f"{why}: {named}.", why=why, numbers=obstacle.numbers, more=more
    )
