"""My work: what waits for a person, what they wait for, and what is coming up. Computed from the reviews."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from jurisdictions.models import Membership
from jurisdictions.numbers import number_of
from jurisdictions.roles import Permission, Role
from reviews.models import Remark, Review, ReviewMove, ReviewSeat
from reviews.rules.clocks import due_in_words, held_in_words, lateness
from reviews.rules.who import approvable, nobody_approves

State = Review.State
TONES = {"late": "stop", "today": "attention", "tomorrow": "attention"}


@dataclass(frozen=True)
class Turn:
    """One line of My work: what is asked, about which record, why of me, until when, and the one thing to do."""

    what: str
    record: str
    why: str
    url: str
    action: str
    due_on: dt.date | None = None
    due: str = ""
    tone: str = "quiet"


@dataclass(frozen=True)
class Work:
    """The three groups of My work."""

    waiting_for_me: list[Turn] = field(default_factory=list)
    waiting_for_others: list[Turn] = field(default_factory=list)
    coming_up: list[Turn] = field(default_factory=list)
    done_this_week: int = 0


@dataclass(frozen=True)
class _Standing:
    """How one person stands to one review, and what its line is made of."""

    review: Review
    by: Membership
    seat: ReviewSeat | None
    remarks: int
    approves: bool  # the decision can be theirs
    lacks_approver: bool  # the decision can be nobody's
    today: dt.date

    def url(self, name: str, *args: str) -> str:
        return reverse(
            f"reviews:{name}", args=[self.by.jurisdiction.slug, self.review.incident.number, *args]
        )

    def line(self, what: str, why: str, url: str, action: str) -> Turn:
        due, tone = _due(self.review, self.today)
        due_on = self.review.held_until or self.review.due_on
        return Turn(what, self.review.incident.number, why, url, action, due_on, due, tone)


type _Line = tuple[Literal["waiting_for_me", "waiting_for_others", "coming_up"], Turn]


def my_work(by: Membership, today: dt.date | None = None) -> Work:
    """Everything of this person's, due first."""
    today = today or timezone.localdate()
    work = Work(done_this_week=_done_this_week(by))
    for standing in _standings(by, today):
        if line := _line(standing):
            group, turn = line
            getattr(work, group).append(turn)
    for lines in (work.waiting_for_me, work.waiting_for_others, work.coming_up):
        lines.sort(key=lambda turn: (turn.due_on or dt.date.max, turn.record))
    return work


def _standings(by: Membership, today: dt.date) -> list[_Standing]:
    """The live reviews that touch this person: those in work, and for who selects, those before it."""
    states = [State.IN_REVIEW, State.WITH_QUALITY_LEAD, State.WITH_DIRECTOR]
    if by.allows(Permission.REVIEW_SELECT):
        states += [State.NOTIFIED, State.TO_BE_SELECTED]
    reviews = Review.objects.visible_to(by).filter(state__in=states).select_related("incident")
    seats = {seat.review_id: seat for seat in ReviewSeat.objects.filter(membership=by, ended_at=None)}
    remarks = dict(
        Remark.objects.filter(settled_at=None, review__in=list(seats))
        .values_list("review")
        .annotate(count=Count("pk"))
        .values_list("review", "count")
    )
    found = list(reviews.order_by("due_on", "pk"))
    decided = [review.pk for review in found if review.state == State.WITH_DIRECTOR]
    mine = approvable(by, decided)
    nobodys = nobody_approves(decided) if by.allows(Permission.REVIEW_ASSIGN) else frozenset()
    return [
        _Standing(
            review,
            by,
            seats.get(review.pk),
            remarks.get(review.pk, 0),
            review.pk in mine,
            review.pk in nobodys,
            today,
        )
        for review in found
    ]


def _line(at: _Standing) -> _Line | None:
    """The line about one review, with the group it belongs to."""
    if at.review.on_hold:
        return _on_hold(at)
    match at.review.state:
        case State.IN_REVIEW:
            return _in_review(at)
        case State.WITH_QUALITY_LEAD:
            return _with_quality_lead(at)
        case State.WITH_DIRECTOR:
            return _with_director(at)
    return _before_selection(at)


def _on_hold(at: _Standing) -> _Line:
    until = at.review.held_until
    if until and until < at.today and at.by.allows(Permission.REVIEW_HOLD):
        why = "The day until which it waited has passed"
        return "waiting_for_me", at.line("Ask whether the hold goes on", why, at.url("hold"), "Decide")
    asked = "The court" if at.review.hold_reason == Review.Hold.COURT else "Police"
    return "coming_up", at.line("On hold", f"{asked} asked the agency to wait", at.url("home"), "Look")


def _before_selection(at: _Standing) -> _Line:
    if at.review.state == State.NOTIFIED:
        url = at.url("part", "safety")
        why = "You coordinate; it was notified"
        return "waiting_for_me", at.line("Check on the other children", why, url, "Record it")
    why = "You coordinate; the facts are in"
    return "waiting_for_me", at.line("Decide on selection", why, at.url("selection"), "Decide")


def _in_review(at: _Standing) -> _Line | None:
    if at.seat is not None:
        return "waiting_for_me", _team_line(at, at.seat)
    if at.by.allows(Permission.REVIEW_ASSIGN):
        return "waiting_for_others", at.line("With the team", "You coordinate", at.url("home"), "Look")
    if at.by.is_a(Role.GUEST):
        return "waiting_for_others", at.line("With the team", "You may read it", at.url("read"), "Read")
    return None


def _with_quality_lead(at: _Standing) -> _Line:
    if at.by.allows(Permission.REVIEW_CHECK):
        why = "You are the quality lead"
        return "waiting_for_me", at.line("Read the whole review", why, at.url("read"), "Read")
    why = "The quality lead is reading it"
    return "waiting_for_others", at.line("With the quality lead", why, at.url("home"), "Look")


def _with_director(at: _Standing) -> _Line:
    if at.approves:
        return "waiting_for_me", at.line("Approve or return", "You approve reviews", at.url("read"), "Read")
    if at.lacks_approver:
        why = "You coordinate; nobody can approve it now"
        return "waiting_for_me", at.line("Name an approver", why, at.url("approver"), "Name")
    why = "The director is reading it"
    return "waiting_for_others", at.line("With the director", why, at.url("home"), "Look")


def _team_line(at: _Standing, seat: ReviewSeat) -> Turn:
    if not seat.statement:
        return at.line("Make your statement", "You were named to this review", at.url("statement"), "Make it")
    if at.remarks:
        what = f"Settle {number_of(at.remarks, 'remark')}"
        return at.line(what, "It was returned to the team", at.url("home"), "Open")
    why = "You lead this review" if seat.seat == ReviewSeat.Seat.LEAD else "You are on the team"
    return at.line("Continue the review", why, at.url("home"), "Continue")


def _due(review: Review, today: dt.date) -> tuple[str, str]:
    if review.held_until:
        return held_in_words(review.held_until, today, day=f"{review.held_until:%-d %B}"), "attention"
    if review.due_on is None:
        days = (today - timezone.localtime(review.state_since).date()).days
        return ("since today" if days == 0 else f"waiting {number_of(days, 'day')}"), "quiet"
    return due_in_words(review.due_on, today), TONES.get(lateness(review.due_on, today), "quiet")


def _done_this_week(by: Membership) -> int:
    """How many moves the person made in the last seven days, and remarks they settled."""
    since = timezone.now() - dt.timedelta(days=7)
    return (
        ReviewMove.objects.filter(by=by, at__gte=since).count()
        + Remark.objects.filter(settled_by=by, settled_at__gte=since).count()
    )
