"""Working on an agency's own questions: a draft is begun, changed, released or dropped."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence

from django.db import transaction
from django.utils import timezone

from dictionary.asked import asked_now
from dictionary.models import OwnDraft, OwnEdition, QuestionFile
from dictionary.own.composing import Question
from dictionary.own.drafting import MOST, fingerprint_of, put
from dictionary.own.rules import problems_before_release, problems_before_taking
from dictionary.own.taking import Offered
from jurisdictions import audit
from jurisdictions.models import Membership
from jurisdictions.rules import Problem, Refused


class CannotChange(Refused):
    """The draft cannot be changed in this way now."""


class CannotReleaseOwn(Refused):
    """The draft cannot be released as it is."""


@transaction.atomic
def start_draft(*, by: Membership) -> OwnDraft:
    """Begin from what was released last. A draft that stands already is returned as it is."""
    newest = OwnEdition.objects.newest()
    draft, begun = OwnDraft.objects.get_or_create(
        jurisdiction_id=by.jurisdiction_id,
        defaults={"questions": newest.questions if newest else [], "changed_by": by},
    )
    if begun:
        audit.record("questions.begun", about=draft, by=by)
    return draft


@transaction.atomic
def change_draft(
    draft: OwnDraft, change: Callable[[list[Question]], Sequence[Question]], *, by: Membership
) -> OwnDraft:
    """Apply a change to the questions as they stand now, under lock; `change` may raise CannotChange."""
    held = OwnDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if held is None:
        raise CannotChange([_gone()])
    questions = list(change(list(held.questions)))
    if len(questions) > MOST:
        message = f"{MOST} own questions is the most that a review asks. Take one out first."
        raise CannotChange([Problem("own.many", message)])
    if questions == held.questions:
        return held
    held.questions, held.version, held.changed_by = questions, held.version + 1, by
    held.save(update_fields=["questions", "version", "changed_by", "changed_at"])
    audit.record("questions.drafted", about=held, by=by, version=held.version, questions=len(questions))
    return held


@transaction.atomic
def release_draft(
    draft: OwnDraft, *, version: int, by: Membership, now: dt.datetime | None = None
) -> OwnEdition:
    """Make the draft, as it was seen at this version, what reviews are asked from now on. It ends with that."""
    held = OwnDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if held is None:
        raise CannotReleaseOwn([_gone()])
    if held.version != version:
        message = f"{held.changed_by} changed the draft meanwhile. Look at the difference below again."
        raise CannotReleaseOwn([Problem("own.changed", message)])
    asked = asked_now()
    if problems := problems_before_release(held, asked):
        raise CannotReleaseOwn(problems)
    edition = OwnEdition.objects.create(
        jurisdiction_id=by.jurisdiction_id,
        number=asked.own.number + 1 if asked.own else 1,
        base=asked.edition,
        questions=held.questions,
        sha256=fingerprint_of(held.questions),
        released_by=by,
        released_at=now or timezone.now(),
    )
    held.delete()
    audit.record("questions.released", about=edition, by=by, number=edition.number)
    return edition


@transaction.atomic
def drop_draft(draft: OwnDraft, *, by: Membership) -> None:
    """Drop the draft; what was released stays in force."""
    audit.record("questions.dropped", about=draft, by=by, version=draft.version)
    draft.delete()


@transaction.atomic
def keep_file(draft: OwnDraft, offered: Offered, *, name: str, sha256: str, by: Membership) -> QuestionFile:
    """Keep what a file offers beside the draft, in the place of an earlier file. It ends with the draft."""
    file, _ = QuestionFile.objects.update_or_create(
        draft=draft,
        defaults={
            "jurisdiction_id": by.jurisdiction_id,
            "file_name": name,
            "kind": offered.kind,
            "sha256": sha256,
            "offered": offered.questions,
            "losses": [[loss.row, loss.field, loss.what, loss.becomes] for loss in offered.losses],
            "by": by,
            "at": timezone.now(),
        },
    )
    audit.record("questions.file_read", about=file, by=by, questions=len(offered.questions))
    return file


@transaction.atomic
def take_over(file: QuestionFile, keys: Collection[str], *, by: Membership) -> OwnDraft:
    """Put these questions of the file into the draft, each in the place of the one with its key. Raises
    CannotChange where one of them cannot stand there."""
    chosen = [question for question in file.offered if question["key"] in keys]

    def taken(now: list[Question]) -> list[Question]:
        if problems := list(problems_before_taking(chosen, now, file.offered)):
            raise CannotChange(problems)
        for question in chosen:
            now = put(now, question)
        return now

    return change_draft(file.draft, taken, by=by)


def _gone() -> Problem:
    return Problem("own.gone", "The draft was released or dropped meanwhile. Begin a new one.")
