"""Situations a test begins from: a review in Cedar, in whatever state, written straight into the tables."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone

from dictionary.models import Edition
from jurisdictions.models import Jurisdiction, Membership
from reviews.models import (
    Answer,
    Child,
    Entry,
    Incident,
    IncidentImport,
    Review,
    ReviewHand,
    ReviewSeat,
    Shape,
)

State = Review.State
SELECTED = {State.IN_REVIEW, State.WITH_QUALITY_LEAD, State.WITH_DIRECTOR, State.APPROVED}


def _receipt(agency: Jurisdiction, by: Membership) -> IncidentImport:
    """Of an import that brought one past review."""
    counts = {
        "rows": 1,
        "accepted": 1,
        "with_warnings": 0,
        "returned": 0,
        "created": 1,
        "changed": 0,
        "unchanged": 0,
    }
    return IncidentImport.objects.create(
        jurisdiction=agency, shape=Shape.REVIEWS, file_name="past.xlsx", sha256="0" * 64, by=by, **counts
    )


def make_review(
    agency: Jurisdiction,
    by: Membership,
    *,
    number: str = "2026-001",
    state: str = State.IN_REVIEW,
    lead: Membership | None = None,
    stated: bool = True,
    approver: Membership | None = None,
    **columns: Any,
) -> Review:
    """A fatality of one infant, in this state; `lead` holds the lead's seat. A scope must be open.

    An approved review needs its approver.
    """
    today = timezone.localdate()
    incident = Incident.objects.create(
        jurisdiction=agency,
        number=number,
        case_number=f"CASE-{number}",
        incident_type="fatality",
        occurred_on=today - dt.timedelta(days=20),
        aware_on=today - dt.timedelta(days=20),
        county="Cedar County",
        notified_by=by,
    )
    entry = Entry.objects.create(
        jurisdiction=agency, record=incident, section="child", position=1, created_by=by
    )
    Child.objects.create(
        jurisdiction=agency,
        incident=incident,
        entry=entry,
        position=1,
        age_value=3,
        age_unit="months",
        sex="female",
        died_on=today - dt.timedelta(days=20),
    )
    if state in SELECTED:
        columns = {"selected_on": today, "due_on": today + dt.timedelta(days=70)} | columns
    if state == State.AS_REPORTED:
        columns |= {"reported_by": _receipt(agency, by)}
    review = Review.objects.create(
        incident=incident,
        jurisdiction=agency,
        edition=Edition.objects.in_force(),
        state=state if approver is None else State.WITH_DIRECTOR,
        state_since=timezone.now(),
        **columns,
    )
    if lead is not None:
        seat(review, lead, by, "lead", stated=stated)
    if approver is not None:
        ReviewHand.objects.create(jurisdiction=agency, review=review, membership=approver, hand="approver")
        review.state, review.approver, review.approved_at = state, approver, timezone.now()
        review.save(update_fields=["state", "approver", "approved_at"])
    return review


def seat(
    review: Review, who: Membership, by: Membership, kind: str = "member", *, stated: bool = True
) -> ReviewSeat:
    return ReviewSeat.objects.create(
        jurisdiction_id=review.jurisdiction_id,
        review=review,
        membership=who,
        seat=kind,
        named_by=by,
        statement="no_conflict" if stated else "",
        stated_at=timezone.now() if stated else None,
    )


def author(review: Review, who: Membership) -> None:
    ReviewHand.objects.get_or_create(
        jurisdiction_id=review.jurisdiction_id, review=review, membership=who, defaults={"hand": "author"}
    )


def answer(
    review: Review,
    by: Membership,
    item: str,
    value: Any = None,
    *,
    entry: Entry | None = None,
    missing: str = "",
) -> Answer:
    """One answer by this person."""
    author(review, by)
    return Answer.objects.create(
        jurisdiction_id=review.jurisdiction_id,
        record=review.incident,
        repeat=entry,
        item=item,
        value=value,
        missing=missing,
        author=by,
        at=timezone.now(),
    )


def add(review: Review, by: Membership, section: str, **answers: Any) -> Entry:
    """An entry of a section with its answers."""
    position = Entry.objects.filter(record=review.incident, section=section).count() + 1
    entry = Entry.objects.create(
        jurisdiction_id=review.jurisdiction_id,
        record=review.incident,
        section=section,
        position=position,
        created_by=by,
    )
    for item, value in answers.items():
        answer(review, by, item, value, entry=entry)
    return entry


def complete(review: Review, by: Membership) -> None:
    """Everything that sending asks for, in few words: each required item gets an answer or a reason."""
    from reviews.content import read_content
    from reviews.rules.sending import problems_before_sending
    from reviews.rules.who import seats_of

    day = {"date": timezone.localdate().isoformat(), "precision": "day"}
    add(review, by, "timeline", event_on=day, event_lane="family", event_text="The nurse visits.")
    answer(review, by, "no_recommendation_reason", "We wait for the pattern over several reviews.")
    for _ in range(6):  # an answer may open further questions
        content = read_content(review.incident, review.edition.parsed)
        open_ = problems_before_sending(review, content, list(seats_of(review)))
        if not open_:
            return
        for problem in open_:
            if problem.item:
                item = content.edition.item(problem.item)
                entry = Entry.objects.get(pk=problem.entry) if problem.entry else None
                given: dict[str, Any] = (
                    {"missing": item.missing[0]} if item.missing else {"value": _plausible(item)}
                )
                answer(review, by, problem.item, entry=entry, **given)
    raise AssertionError(open_)


def _plausible(item: Any) -> Any:
    match item.type:
        case "choice":
            return item.choices[0].code
        case "choices":
            return [item.choices[0].code]
        case "rating":
            return "0"
        case "integer":
            return item.min or 0
        case "prose":
            return "<p>Words.</p>"
        case "date":
            return timezone.localdate().isoformat()
    return "Words."


def at_once(act: Callable[[], object]) -> None:
    """Act, and have PostgreSQL check now what it would check at the commit."""
    act()
    connection.check_constraints()
