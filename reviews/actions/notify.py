"""Taking a notification, and opening the selection decision for an incident that came in with a file."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from dictionary.asked import asked_now
from jurisdictions import audit
from jurisdictions.models import Membership
from jurisdictions.roles import Role
from jurisdictions.rules import Refused
from reviews.actions.answer import Place, save_answer
from reviews.actions.moves import tell
from reviews.facts import CHILD_KEYS, INCIDENT_KEYS, ChildFacts, IncidentFacts
from reviews.models import Child, Entry, Incident, Review, ReviewHand
from reviews.numbers import next_number
from reviews.rules.incidents import problems_before_opening


class CannotOpen(Refused):
    """No selection decision can be opened for this incident."""


@transaction.atomic
def notify_incident(
    facts: IncidentFacts,
    children: Sequence[ChildFacts],
    *,
    by: Membership,
    what_was_reported: Any = None,
    missing: str = "",
    now: dt.datetime | None = None,
) -> Incident:
    """Put a new incident on the agency's list, with its children and a review that waits to be selected.

    Whoever notifies is an author of the review. The other coordinators are told; nobody else is.
    """
    if not children:
        raise ValueError("An incident happened to at least one child.")
    now = now or timezone.now()
    asked = asked_now()
    incident = Incident.objects.create(
        jurisdiction_id=by.jurisdiction_id,
        number=next_number(by.jurisdiction_id, timezone.localtime(now).year),
        notified_by=by,
        **{key: getattr(facts, key) for key in INCIDENT_KEYS},
    )
    review = Review.objects.create(
        incident=incident,
        jurisdiction_id=by.jurisdiction_id,
        edition=asked.edition,
        own_edition=asked.own,
        state=Review.State.NOTIFIED,
        state_since=now,
    )
    ReviewHand.objects.create(
        jurisdiction_id=by.jurisdiction_id, review=review, membership=by, hand=ReviewHand.Hand.AUTHOR
    )
    for position, child in enumerate(children, 1):
        add_child(incident, child, position=position, by=by)
    if what_was_reported or missing:
        place = Place(review, None, "what_was_reported")
        save_answer(place, value=what_was_reported, missing=missing, version=0, by=by, now=now)
    audit.record("incident.notified", about=incident, by=by, children=len(children))
    _tell_coordinators(review, by=by, occasion=f"notified:{incident.pk}")
    return incident


def add_child(incident: Incident, facts: ChildFacts, *, position: int, by: Membership) -> Child:
    """One more child of an incident whose row the caller holds; the answers about the child hang from its entry."""
    entry = Entry.objects.create(
        jurisdiction_id=incident.jurisdiction_id,
        record=incident,
        section="child",
        position=position,
        created_by=by,
    )
    return Child.objects.create(
        jurisdiction_id=incident.jurisdiction_id,
        incident=incident,
        entry=entry,
        position=position,
        **{key: getattr(facts, key) for key in CHILD_KEYS},
    )


@transaction.atomic
def open_past_incident(incident: Incident, *, by: Membership, now: dt.datetime | None = None) -> Review:
    """Open the selection decision for an incident without a review: it came in with a file of past ones."""
    incident = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    standing: Review | None = Review.objects.filter(pk=incident.pk).first()
    if standing is not None and standing.state == Review.State.TO_BE_SELECTED:
        return standing
    if problems := problems_before_opening(incident, standing):
        raise CannotOpen(problems)
    asked = asked_now()
    review: Review = Review.objects.create(
        incident=incident,
        jurisdiction_id=incident.jurisdiction_id,
        edition=asked.edition,
        own_edition=asked.own,
        state=Review.State.TO_BE_SELECTED,
        state_since=now or timezone.now(),
    )
    audit.record("incident.selection_opened", about=incident, by=by)
    _tell_coordinators(review, by=by, occasion=f"opened:{incident.pk}")
    return review


def _tell_coordinators(review: Review, *, by: Membership, occasion: str) -> None:
    coordinators = Membership.objects.holding(Role.COORDINATOR).filter(jurisdiction=by.jurisdiction_id)
    others = [person for person in coordinators.with_people() if person.pk != by.pk]
    tell(others, "selection_needed", review, occasion=occasion)
