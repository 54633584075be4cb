"""My work: what waits for a person, what they wait for, and what is coming up. Computed from the reviews."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from jurisdictions.models import AgencyPolicy, Membership
from jurisdictions.roles import Permission
from reviews import grants
from reviews.models import Remark, Review, ReviewMove, ReviewSeat
from reviews.rules.clocks import due_in_words, lateness

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


def my_work(by: Membership, today: dt.date | None = None) -> Work:
    """Everything of this person's, due first."""
    today = today or timezone.localdate()
    slug = by.jurisdiction.slug
    work = Work(done_this_week=_done_this_week(by, today))
    soon = today + dt.timedelta(days=AgencyPolicy.objects.of(by.jurisdiction).due_soon_days)
    for review in _reviews(by):
        turn, mine = _turn(review, by, slug, today)
        if turn is None:
            continue
        if review.on_hold:
            work.coming_up.append(turn)
        elif mine:
            work.waiting_for_me.append(turn)
        elif (
            (turn.due_on and turn.due_on <= soon and review.sits)
            or review.sits
            or review.state in {State.WITH_QUALITY_LEAD, State.WITH_DIRECTOR}
        ):  # type: ignore[attr-defined]
            work.waiting_for_others.append(turn)
    for lines in (work.waiting_for_me, work.waiting_for_others, work.coming_up):
        lines.sort(key=lambda turn: (turn.due_on or dt.date.max, turn.record))
    return work


def _reviews(by: Membership) -> list[Review]:
    """The live reviews that touch this person, with what their lines say, in one query."""
    seat = ReviewSeat.objects.filter(review=OuterRef("pk"), membership=by, ended_at=None)
    live = Q(state__in=[State.IN_REVIEW, State.WITH_QUALITY_LEAD, State.WITH_DIRECTOR])
    if by.allows(Permission.REVIEW_SELECT):
        live |= Q(state__in=[State.NOTIFIED, State.TO_BE_SELECTED])
    return list(
        Review.objects.visible_to(by)
        .filter(live)
        .annotate(
            sits=Exists(seat),
            leads=Exists(seat.filter(seat="lead")),
            owes_statement=Exists(seat.filter(statement="")),
            remarks_open=Count("remarks", filter=Q(remarks__settled_at=None)),
        )
        .select_related("incident")
        .order_by("due_on", "pk")
    )


def _turn(review: Review, by: Membership, slug: str, today: dt.date) -> tuple[Turn | None, bool]:
    """The line about one review, and whether it waits for this person."""
    number = review.incident.number
    home = reverse("reviews:home", args=[slug, number])

    def line(what: str, why: str, url: str, action: str) -> Turn:
        due, tone = _due(review, today)
        return Turn(what, number, why, url, action, review.held_until or review.due_on, due, tone)

    if review.on_hold:
        asked = "The court" if review.hold_reason == Review.Hold.COURT else "Police"
        return line("On hold", f"{asked} asked the agency to wait", home, "Look"), False
    match review.state:
        case State.NOTIFIED:
            url = reverse("reviews:part", args=[slug, number, "safety"])
            return line(
                "Check on the other children", "You coordinate; it was notified", url, "Record it"
            ), True
        case State.TO_BE_SELECTED:
            url = reverse("reviews:selection", args=[slug, number])
            return line("Decide on selection", "You coordinate; the facts are in", url, "Decide"), True
        case State.IN_REVIEW if review.sits:  # type: ignore[attr-defined]
            return _team_turn(review, line, slug)
        case State.WITH_QUALITY_LEAD:
            url = reverse("reviews:read", args=[slug, number])
            mine = by.allows(Permission.REVIEW_CHECK)
            why = "You are the quality lead" if mine else "The quality lead is reading it"
            return line("Read the whole review", why, url, "Read") if mine else line(
                "With the quality lead", why, home, "Look"
            ), mine
        case State.WITH_DIRECTOR:
            url = reverse("reviews:read", args=[slug, number])
            mine = by.allows(Permission.REVIEW_APPROVE) or grants.may_approve(by, review)
            why = "You approve reviews" if mine else "The director is reading it"
            return line("Approve or return", why, url, "Read") if mine else line(
                "With the director", why, home, "Look"
            ), mine
    if review.state == State.IN_REVIEW and by.allows(Permission.REVIEW_ASSIGN):
        return line("With the team", "You coordinate", home, "Look"), False
    return None, False


def _team_turn(review: Review, line, slug: str) -> tuple[Turn, bool]:  # type: ignore[no-untyped-def]
    number = review.incident.number
    home = reverse("reviews:home", args=[slug, number])
    if review.owes_statement:  # type: ignore[attr-defined]
        url = reverse("reviews:statement", args=[slug, number])
        return line("Make your statement", "You were named to this review", url, "Make it"), True
    if review.remarks_open:  # type: ignore[attr-defined]
        count = review.remarks_open  # type: ignore[attr-defined]
        what = "Settle 1 remark" if count == 1 else f"Settle {count} remarks"
        return line(what, "It was returned to the team", home, "Open"), True
    why = "You lead this review" if review.leads else "You are on the team"  # type: ignore[attr-defined]
    return line("Continue the review", why, home, "Continue"), True


def _due(review: Review, today: dt.date) -> tuple[str, str]:
    if review.held_until:
        return f"until {review.held_until:%-d %B}", "attention"
    if review.due_on is None:
        days = (today - timezone.localtime(review.state_since).date()).days
        since = "today" if days == 0 else "1 day ago" if days == 1 else f"{days} days ago"
        return f"since {since}" if days == 0 else f"waiting {days} day{'' if days == 1 else 's'}", "quiet"
    return due_in_words(review.due_on, today), TONES.get(lateness(review.due_on, today), "quiet")


def _done_this_week(by: Membership, today: dt.date) -> int:
    """How many moves the person made in the last seven days, and remarks they settled."""
    since = timezone.now() - dt.timedelta(days=7)
    return (
        ReviewMove.objects.filter(by=by, at__gte=since).count()
        + Remark.objects.filter(settled_by=by, settled_at__gte=since).count()
    )
