"""Taking an import back as one step, while nothing depends on what it did."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from inbox.actions import queue_message
from jurisdictions import audit, work
from jurisdictions.models import Membership
from jurisdictions.roles import Permission
from jurisdictions.rules import Problem, Refused
from reviews.actions.undo_figures import figures_back, problems_before_undoing_figures, take_figures_back
from reviews.imports.undoing import Obstacle, Reach, Undoing
from reviews.imports.waiting import take_codes_back
from reviews.locks import lock_figures, lock_imports
from reviews.models import ImportUndoing, ImportUndone, IncidentImport, Shape

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
    if receipt.shape == Shape.FIGURES:
        return _problems_of_figures(receipt)
    return _problems(receipt, Undoing(receipt, by=by))


def reach_of_undoing(receipt: IncidentImport, *, by: Membership) -> Reach:
    """What undoing an import would remove and put back, in numbers."""
    if receipt.shape == Shape.FIGURES:
        back = figures_back(receipt)
        return Reach(len(back.removed), len(back.restored), 0, 0)
    return Undoing(receipt, by=by).reach()


@transaction.atomic
def ask_to_undo(receipt: IncidentImport, *, by: Membership) -> ImportUndoing:
    """Owe the undoing of an import; what is under way already is not owed twice. Raises CannotUndo while something
    depends on it; a worker asks again."""
    lock_imports(receipt.jurisdiction_id)
    under_way: ImportUndoing | None = receipt.undoings.filter(done_at=None, dead_at=None).first()
    if under_way is not None:
        return under_way
    if problems := problems_before_undoing(receipt, by=by):
        raise CannotUndo(problems)
    asked = work.owe(ImportUndoing(jurisdiction_id=receipt.jurisdiction_id, receipt=receipt, by=by))
    audit.record("import.undo_asked", about=receipt, by=by)
    return asked


@transaction.atomic
def undo_import(
    receipt: IncidentImport,
    *,
    by: Membership,
    now: dt.datetime | None = None,
    progress: Callable[[int], None] | None = None,
) -> ImportUndone:
    """Remove what an import brought and put back what it changed; its receipt and the history stay. `progress` is told
    now and then how many hundredths of the way are done.

    Raises CannotUndo, and changes nothing, while something depends on it. The numbers of removed incidents are free
    again, and the same file can come in again.
    """
    lock_imports(receipt.jurisdiction_id)  # no import, and nobody else who undoes one, goes on meanwhile
    take_back = _take_figures_back if receipt.shape == Shape.FIGURES else _take_incidents_back
    now = now or timezone.now()
    removed, restored = take_back(receipt, by, now, progress or (lambda _: None))
    take_codes_back(receipt, now)
    undone: ImportUndone = ImportUndone.objects.create(
        jurisdiction_id=receipt.jurisdiction_id, receipt=receipt, by=by, removed=removed, restored=restored
    )
    audit.record("import.undone", about=receipt, by=by, removed=removed, restored=restored)
    return undone


def _take_incidents_back(
    receipt: IncidentImport, by: Membership, now: dt.datetime, progress: Callable[[int], None]
) -> tuple[int, int]:
    undoing = Undoing(receipt, by=by)
    undoing.lock()
    if problems := _problems(receipt, undoing):
        raise CannotUndo(problems)
    reach = undoing.reach()
    undoing.undo(now, progress)
    return reach.removed, reach.restored


def _take_figures_back(
    receipt: IncidentImport, by: Membership, now: dt.datetime, progress: Callable[[int], None]
) -> tuple[int, int]:
    lock_figures(receipt.jurisdiction_id)
    if problems := _problems_of_figures(receipt):
        raise CannotUndo(problems)
    return take_figures_back(receipt, by=by, now=now)


def tell_of_undoing(undoing: ImportUndoing) -> None:
    """Owe whoever asked one message, while they may still do so: it is undone, or it could not be."""
    by = undoing.by
    if by.user.is_active and by.allows(Permission.INCIDENT_IMPORT):
        path = reverse("imports:receipt", args=[by.jurisdiction.slug, undoing.receipt_id])
        kind = "undo_failed" if undoing.refused or undoing.dead_at else "undo_done"
        queue_message(kind, to=by, number="", path=path, occasion=f"undoing:{undoing.pk}")


def tell_of_failed_undoings() -> None:
    """The same for every undoing of the open agency that was tried to the end without success."""
    dead = ImportUndoing.objects.filter(dead_at__isnull=False)
    for undoing in dead.select_related("by__jurisdiction", "by__user"):
        tell_of_undoing(undoing)


def _problems_of_figures(receipt: IncidentImport) -> list[Problem]:
    if ImportUndone.objects.filter(receipt=receipt).exists():
        return [ALREADY]
    return problems_before_undoing_figures(receipt)


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
