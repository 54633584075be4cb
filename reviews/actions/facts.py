"""Changing the facts of an incident: compare-and-set on its version, the old values kept, the hand recorded."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from jurisdictions import audit
from jurisdictions.models import Membership
from jurisdictions.rules import Refused
from reviews.actions.notify import add_child
from reviews.facts import (
    CHILD_KEYS,
    INCIDENT_KEYS,
    Changes,
    ChildFacts,
    Difference,
    IncidentFacts,
    changes_of,
)
from reviews.models import AnswerVersion, Child, Entry, Incident, Review, ReviewHand, ReviewSeat
from reviews.rules.incidents import problems_before_changing_facts


class CannotChangeFacts(Refused):
    """The facts stay as they are."""


class StaleFacts(Exception):
    """Somebody else changed the facts since the page was read; `standing` is what stands there now."""

    def __init__(self, standing: Incident) -> None:
        self.standing = standing
        super().__init__("stale")


@transaction.atomic
def change_facts(
    incident: Incident,
    facts: IncidentFacts,
    children: Sequence[ChildFacts],
    *,
    by: Membership,
    version: int,
    now: dt.datetime | None = None,
) -> Incident:
    """Set what is known about an incident and its children, if it still stands at `version`.

    A child without an entry is added; one that is not given any more is taken out, and its answers stay in
    the database. Setting what stands already changes nothing. The review's clock is not moved.
    """
    if not children:
        raise ValueError("An incident happened to at least one child.")
    incident, review = Incident.objects.locked(incident.pk)
    now = now or timezone.now()  # after whoever held the incident before
    seat = ReviewSeat.objects.filter(review=incident.pk, membership=by, ended_at=None).first()
    if problems := problems_before_changing_facts(incident, review, by=by, seat=seat):
        raise CannotChangeFacts(problems)
    if incident.version != version:
        raise StaleFacts(incident)
    changes = changes_of(incident, facts, children)
    if changes:
        _write(incident, facts, changes, by=by, now=now)
        _sign(incident, review, changes, by=by)
    return incident


def _write(
    incident: Incident, facts: IncidentFacts, changes: Changes, *, by: Membership, now: dt.datetime
) -> None:
    """Keep what stood, then set the columns of the incident and of its children."""
    _keep(incident, changes.differences, by=by, now=now)
    for key in INCIDENT_KEYS:
        setattr(incident, key, getattr(facts, key))
    incident.version += 1
    incident.save(update_fields=[*INCIDENT_KEYS, "version"])
    for child, wanted in changes.kept:
        Child.objects.filter(pk=child.pk).update(**{key: getattr(wanted, key) for key in CHILD_KEYS})
    _add_and_remove(incident, changes.added, changes.removed, by=by, now=now)


def _sign(incident: Incident, review: Review | None, changes: Changes, *, by: Membership) -> None:
    """Whoever changed the facts is an author of the review. The audit says which items changed, never to what:
    a near fatality whose child later died keeps its earlier type in the history of the incident."""
    if review is not None:
        ReviewHand.objects.get_or_create(
            jurisdiction_id=incident.jurisdiction_id,
            review=review,
            membership=by,
            defaults={"hand": ReviewHand.Hand.AUTHOR},
        )
    audit.record(
        "incident.changed",
        about=incident,
        by=by,
        items=sorted({one.key for one in changes.differences}),
        children_added=len(changes.added),
        children_removed=len(changes.removed),
    )


def _keep(incident: Incident, changed: Iterable[Difference], *, by: Membership, now: dt.datetime) -> None:
    """Also where nothing stood: what a person filled in is theirs when the file comes again."""
    AnswerVersion.objects.bulk_create(
        AnswerVersion(
            jurisdiction_id=incident.jurisdiction_id,
            record=incident,
            repeat_id=one.entry,
            item=one.key,
            value=one.old,
            missing="",
            version=incident.version,
            at=now,
            replaced_by=by,
            replaced_at=now,
        )
        for one in changed
    )


def _add_and_remove(
    incident: Incident,
    added: Sequence[ChildFacts],
    removed: Sequence[Child],
    *,
    by: Membership,
    now: dt.datetime,
) -> None:
    last = Entry.objects.filter(record=incident, section="child").aggregate(last=Max("position"))["last"] or 0
    for position, child in enumerate(added, last + 1):
        add_child(incident, child, position=position, by=by)
    for gone in removed:
        Entry.objects.filter(pk=gone.entry_id).update(removed_at=now, removed_by=by)
        gone.delete()
