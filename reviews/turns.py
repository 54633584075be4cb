"""My work: what waits for a person, what they wait for, and what is coming up. Computed from the reviews."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from jurisdictions.models import Membership
from jurisdictions.roles import Permission, Role
from reviews import grants
from reviews.models import Remark, Review, ReviewMove, ReviewSeat
from reviews.rules.clocks import due_in_words, lateness
from reviews.rules.who import has_written

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
    today: dt.date

    @property
    def approves(self) -> bool:
        """Whether the decision can be theirs: by role or grant, and as a reader who wrote nothing here."""
        by, review = self.by, self.review
        may = by.allows(Permission.REVIEW_APPROVE) or (by.is_a(Role.GUEST) and grants.may_approve(by, review))
        return may and not has_written(review, by)

    def url(self, name: str, *args: str) -> str:
        return reverse(
            f"reviews:{name}", args=[self.by.jurisdiction.slug, self.review.incident.number, *args]
        )

    def line(self, what: str, why: str, url: str, action: str) -> Turn:
        due, tone = _due(self.review, self.today)
        due_on = self.review.held_until or self.review.due_on
        return Turn(what, self.review.incident.number, why, url, action, due_on, due, tone)


def my_work(by: Membership, today: dt.date | None = None) -> Work:
    """Everything of this person's, due first."""
    today = today or timezone.localdate()
    work = Work(done_this_week=_done_this_week(by))
    for standing in _standings(by, today):
        for lines, turn in _lines(work, standing):
            lines.append(turn)
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
    return [
        _Standing(review, by, seats.get(review.pk), remarks.get(review.pk, 0), today)
        for review in reviews.order_by("due_on", "pk")
    ]


def _lines(work: Work, at: _Standing) -> Iterator[tuple[list[Turn], Turn]]:
    """The line about one review, with the group it belongs to."""
    review, by = at.review, at.by
    if (
        review.on_hold
        and review.held_until
        and review.held_until < at.today
        and by.allows(Permission.REVIEW_HOLD)
    ):
        why = "The day until which it waited has passed"
        yield work.waiting_for_me, at.line("Ask whether the hold goes on", why, at.url("hold"), "Decide")
        return
    if review.on_hold:
        asked = "The court" if review.hold_reason == Review.Hold.COURT else "Police"
        yield work.coming_up, at.line("On hold", f"{asked} asked the agency to wait", at.url("home"), "Look")
        return
    match review.state:
        case State.NOTIFIED:
            url = at.url("part", "safety")
            yield (
                work.waiting_for_me,
                at.line("Check on the other children", "You coordinate; it was notified", url, "Record it"),
            )
        case State.TO_BE_SELECTED:
            yield (
                work.waiting_for_me,
                at.line(
                    "Decide on selection", "You coordinate; the facts are in", at.url("selection"), "Decide"
                ),
            )
        case State.IN_REVIEW if at.seat is not None:
            yield work.waiting_for_me, _team_line(at, at.seat)
        case State.IN_REVIEW if by.allows(Permission.REVIEW_ASSIGN):
            yield work.waiting_for_others, at.line("With the team", "You coordinate", at.url("home"), "Look")
        case State.IN_REVIEW if by.is_a(Role.GUEST):
            yield work.waiting_for_others, at.line("With the team", "You may read it", at.url("read"), "Read")
        case State.WITH_QUALITY_LEAD if by.allows(Permission.REVIEW_CHECK):
            yield (
                work.waiting_for_me,
                at.line("Read the whole review", "You are the quality lead", at.url("read"), "Read"),
            )
        case State.WITH_QUALITY_LEAD:
            why = "The quality lead is reading it"
            yield work.waiting_for_others, at.line("With the quality lead", why, at.url("home"), "Look")
        case State.WITH_DIRECTOR if at.approves:
            yield (
                work.waiting_for_me,
                at.line("Approve or return", "You approve reviews", at.url("read"), "Read"),
            )
        case State.WITH_DIRECTOR:
            why = "The director is reading it"
            yield work.waiting_for_others, at.line("With the director", why, at.url("home"), "Look")


def _team_line(at: _Standing, seat: ReviewSeat) -> Turn:
    if not seat.statement:
        return at.line("Make your statement", "You were named to this review", at.url("statement"), "Make it")
    if at.remarks:
        what = "Settle 1 remark" if at.remarks == 1 else f"Settle {at.remarks} remarks"
        return at.line(what, "It was returned to the team", at.url("home"), "Open")
    why = "You lead this review" if seat.seat == ReviewSeat.Seat.LEAD else "You are on the team"
    return at.line("Continue the review", why, at.url("home"), "Continue")


def _due(review: Review, today: dt.date) -> tuple[str, str]:
    if review.held_until:
        return f"until {review.held_until:%-d %B}", "attention"
    if review.due_on is None:
        days = (today - timezone.localtime(review.state_since).date()).days
        return ("since today" if days == 0 else f"waiting {days} day{'' if days == 1 else 's'}"), "quiet"
    return due_in_words(review.due_on, today), TONES.get(lateness(review.due_on, today), "quiet")


def _done_this_week(by: Membership) -> int:
    """How many moves the person made in the last seven days, and remarks they settled."""
    since = timezone.now() - dt.timedelta(days=7)
    return (
        ReviewMove.objects.filter(by=by, at__gte=since).count()
        + Remark.objects.filter(settled_by=by, settled_at__gte=since).count()
    )
