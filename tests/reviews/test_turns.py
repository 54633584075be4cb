"""My work: for each state of a review, whose line it is, in which group, and what it asks."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.roles import Role
from reviews import grants
from reviews.actions.moves import CannotMove, make_move
from reviews.actions.remarks import settle_remark
from reviews.actions.team import step_back
from reviews.models import Remark, Review, ReviewMove
from reviews.rules.clocks import due_in_words, lateness
from reviews.rules.moves import MOVES
from reviews.rules.who import approvable, people_told
from reviews.turns import Turn, my_work
from tests.cast import make_person, member
from tests.reviews.situations import author, make_review, seat

pytestmark = pytest.mark.django_db
State = Review.State
TODAY = dt.date(2026, 3, 3)


@pytest.fixture
def cast(
    in_cedar: Jurisdiction,
    reviewer: User,
    coordinator: User,
    quality_lead: User,
    director: User,
    administrator: User,
    observer: User,
) -> dict[str, Membership]:
    users = {"lead": reviewer, "coordinator": coordinator, "quality lead": quality_lead, "director": director}
    users |= {"administrator": administrator, "other": observer}
    users |= {name: make_person(name, in_cedar, Role.GUEST) for name in ("guest", "approver")}
    return {name: member(user, in_cedar) for name, user in users.items()}


def lines(by: Membership) -> list[tuple[str, str]]:
    """(group, what) of everything in somebody's work."""
    work = my_work(by)
    groups = {"me": work.waiting_for_me, "others": work.waiting_for_others, "later": work.coming_up}
    return [(group, turn.what) for group, turns in groups.items() for turn in turns]


TEAM = ("others", "With the team")
CHECKED = ("others", "With the quality lead")
APPROVED = ("others", "With the director")
EXPECTED: dict[str, dict[str, tuple[str, str]]] = {
    State.NOTIFIED: {"coordinator": ("me", "Check on the other children")},
    State.TO_BE_SELECTED: {"coordinator": ("me", "Decide on selection")},
    State.NOT_SELECTED: {},
    State.IN_REVIEW: {
        "lead": ("me", "Continue the review"),
        "coordinator": TEAM,
        "guest": TEAM,
        "approver": TEAM,
    },
    State.WITH_QUALITY_LEAD: {
        "lead": CHECKED,
        "coordinator": CHECKED,
        "quality lead": ("me", "Read the whole review"),
        "director": CHECKED,
        "guest": CHECKED,
        "approver": CHECKED,
    },
    State.WITH_DIRECTOR: {
        "lead": APPROVED,
        "coordinator": APPROVED,
        "quality lead": APPROVED,
        "director": ("me", "Approve or return"),
        "guest": APPROVED,
        "approver": ("me", "Approve or return"),
    },
    State.APPROVED: {},
    State.AS_REPORTED: {},
    State.WITHDRAWN: {},
}


@pytest.mark.parametrize("state", State)
def test_each_state_is_the_line_of_whoever_it_waits_for(
    in_cedar: Jurisdiction, cast: dict[str, Membership], state: State
) -> None:
    by, until = cast["coordinator"], timezone.localdate()
    approver = cast["director"] if state == State.APPROVED else None
    review = make_review(in_cedar, by, state=state, lead=cast["lead"], approver=approver)
    grants.grant(review, to=cast["guest"], rights=["view_review"], ends_on=until, by=by)
    grants.grant(review, to=cast["approver"], rights=["view_review", "approve_review"], ends_on=until, by=by)
    seen = {name: lines(person) for name, person in cast.items()}
    assert {name: turns for name, turns in seen.items() if turns} == {
        name: [turn] for name, turn in EXPECTED[state].items()
    }


@pytest.mark.parametrize("who", ["director", "approver"])
def test_who_wrote_in_it_is_not_asked_to_approve(
    in_cedar: Jurisdiction, cast: dict[str, Membership], who: str
) -> None:
    by, person = cast["coordinator"], cast[who]
    review = make_review(in_cedar, by, state=State.WITH_DIRECTOR, lead=cast["lead"])
    rights: list[grants.Right] = ["view_review", "approve_review"]
    grants.grant(review, to=cast["approver"], rights=rights, ends_on=timezone.localdate(), by=by)
    author(review, person)
    assert lines(person) == [APPROVED]


def test_what_the_team_is_asked_first(in_cedar: Jurisdiction, cast: dict[str, Membership]) -> None:
    lead, other = cast["lead"], cast["other"]
    review = make_review(in_cedar, cast["coordinator"], lead=lead, stated=False)
    seat(review, other, cast["coordinator"])
    assert lines(lead) == [("me", "Make your statement")]
    review.seats.update(statement="no_conflict", stated_at=timezone.now())
    mine, theirs = my_work(lead).waiting_for_me[0], my_work(other).waiting_for_me[0]
    assert (mine.why, theirs.why) == ("You lead this review", "You are on the team")
    remarks = [
        Remark.objects.create(
            jurisdiction=in_cedar, review=review, part="needs", text="?", by=lead, at=timezone.now()
        )
        for _ in range(2)
    ]
    assert lines(lead) == lines(other) == [("me", "Settle 2 remarks")]
    settle_remark(remarks[0], by=lead)
    assert lines(lead) == [("me", "Settle 1 remark")]
    settle_remark(remarks[1], by=lead)
    assert lines(lead) == [("me", "Continue the review")]
    review.seats.filter(membership=other).update(ended_at=timezone.now())
    assert lines(other) == []


def test_due_first_then_by_number(in_cedar: Jurisdiction, cast: dict[str, Membership]) -> None:
    by, lead = cast["coordinator"], cast["lead"]
    for number, days in (("2026-003", 5), ("2026-002", 5), ("2026-001", 9)):
        make_review(in_cedar, by, number=number, lead=lead, due_on=TODAY + dt.timedelta(days=days))
    make_review(in_cedar, by, number="2026-000", state=State.NOTIFIED)
    turns = my_work(lead, TODAY).waiting_for_me
    assert [turn.record for turn in turns] == ["2026-002", "2026-003", "2026-001"]
    assert [turn.due for turn in turns] == ["due in 5 days", "due in 5 days", "due in 9 days"]
    (waiting,) = my_work(by).waiting_for_me
    assert (waiting.record, waiting.due, waiting.tone) == ("2026-000", "since today", "quiet")


@pytest.mark.parametrize(
    ("held", "group", "what"),
    [(-1, "me", "Ask whether the hold goes on"), (0, "later", "On hold"), (1, "later", "On hold")],
)
def test_a_hold_is_asked_about_once_its_day_has_passed(
    in_cedar: Jurisdiction, cast: dict[str, Membership], held: int, group: str, what: str
) -> None:
    until = TODAY + dt.timedelta(days=held)
    hold = {"hold_reason": "court", "held_since": TODAY - dt.timedelta(days=9), "held_until": until}
    make_review(in_cedar, cast["coordinator"], lead=cast["lead"], **hold)

    def only(by: Membership) -> tuple[str, Turn]:
        work = my_work(by, TODAY)
        (found,) = [("me", turn) for turn in work.waiting_for_me] + [
            ("later", turn) for turn in work.coming_up
        ]
        return found

    place, turn = only(cast["coordinator"])
    passed = ", which has passed" if held < 0 else ""
    assert (place, turn.what, turn.due) == (group, what, f"until {until:%-d %B}{passed}")
    assert (only(cast["lead"])[0], only(cast["lead"])[1].why) == (
        "later",
        "The court asked the agency to wait",
    )


def test_what_one_did_this_week_is_counted(in_cedar: Jurisdiction, cast: dict[str, Membership]) -> None:
    lead, now = cast["lead"], timezone.now()
    review = make_review(in_cedar, cast["coordinator"], lead=lead)
    for by, days in ((lead, 1), (lead, 8), (cast["coordinator"], 1)):
        ReviewMove.objects.create(
            jurisdiction=in_cedar,
            review=review,
            action="select",
            from_state="to_be_selected",
            to_state="in_review",
            by=by,
            at=now - dt.timedelta(days=days),
        )
        Remark.objects.create(
            jurisdiction=in_cedar,
            review=review,
            part="needs",
            text="?",
            by=lead,
            at=now,
            settled_by=by,
            settled_at=now - dt.timedelta(days=days),
        )
    assert my_work(lead).done_this_week == 2


@pytest.mark.parametrize(
    ("days", "words", "late"),
    [
        (-2, "2 days late", "late"),
        (-1, "1 day late", "late"),
        (0, "due today", "today"),
        (1, "due tomorrow", "tomorrow"),
        (2, "due in 2 days", "soon"),
        (14, "due in 14 days", "soon"),
        (15, "due in 15 days", "later"),
    ],
)
def test_how_far_off_a_day_is(days: int, words: str, late: str) -> None:
    day = TODAY + dt.timedelta(days=days)
    assert (due_in_words(day, TODAY), lateness(day, TODAY)) == (words, late)


def test_the_coordinator_names_an_approver_where_nobody_is_left_to_approve(
    in_cedar: Jurisdiction, cast: dict[str, Membership]
) -> None:
    review = make_review(in_cedar, cast["lead"], lead=cast["lead"], state=State.WITH_DIRECTOR)
    waits, named = ("others", "With the director"), ("me", "Name an approver")
    assert lines(cast["coordinator"]) == [waits]
    author(review, cast["director"])
    assert lines(cast["coordinator"]) == [named]
    grants.grant(
        review,
        to=cast["approver"],
        rights=["view_review", "approve_review"],
        ends_on=timezone.localdate(),
        by=cast["coordinator"],
    )
    assert lines(cast["coordinator"]) == [waits]


def test_a_director_who_stepped_back_leaves_nobody_to_approve(
    in_cedar: Jurisdiction, cast: dict[str, Membership]
) -> None:
    review = make_review(in_cedar, cast["lead"], lead=cast["lead"], state=State.WITH_DIRECTOR)
    step_back(review, who=cast["director"], reason="A conflict.", by=cast["director"])
    assert lines(cast["coordinator"]) == [("me", "Name an approver")]


@pytest.mark.parametrize("how", ["stepped back", "wrote", "has another role now", "left"])
def test_an_approver_from_outside_who_cannot_approve_any_more_is_nobody(
    in_cedar: Jurisdiction, cast: dict[str, Membership], how: str
) -> None:
    by, approver = cast["coordinator"], cast["approver"]
    review = make_review(in_cedar, cast["lead"], lead=cast["lead"], state=State.WITH_DIRECTOR)
    author(review, cast["director"])
    rights: list[grants.Right] = ["view_review", "approve_review"]
    grants.grant(review, to=approver, rights=rights, ends_on=timezone.localdate(), by=by)
    assert lines(by) == [("others", "With the director")]
    match how:
        case "stepped back":
            step_back(review, who=approver, reason="A conflict.", by=approver)
        case "wrote":
            author(review, approver)
        case "has another role now":
            Membership.objects.filter(pk=approver.pk).update(roles=["quality_lead"])
        case "left":
            Membership.objects.filter(pk=approver.pk).update(left_at=timezone.now())
    approver.refresh_from_db()
    assert lines(by) == [("me", "Name an approver")]
    assert approvable(approver, [review.pk]) == frozenset()
    assert people_told(MOVES["send_to_director"], review) == []
    Review.objects.update(state=State.WITH_QUALITY_LEAD)
    with pytest.raises(CannotMove, match=r"^turn\.nobody$"):
        make_move(review, "send_to_director", by=cast["quality lead"])


@pytest.mark.parametrize("who", ["coordinator", "director", "approver", "lead"])
def test_many_reviews_cost_no_more_queries_than_one(
    in_cedar: Jurisdiction,
    cast: dict[str, Membership],
    who: str,
    django_assert_max_num_queries: Callable[..., AbstractContextManager[CaptureQueriesContext]],
) -> None:
    def add(numbers: range) -> None:
        for number in numbers:
            review = make_review(
                in_cedar,
                cast["lead"],
                number=f"2026-{number:03}",
                lead=cast["lead"],
                state=State.WITH_DIRECTOR,
            )
            rights: list[grants.Right] = ["view_review", "approve_review"]
            grants.grant(
                review,
                to=cast["approver"],
                rights=rights,
                ends_on=timezone.localdate(),
                by=cast["coordinator"],
            )

    add(range(1))
    with django_assert_max_num_queries(20) as one:
        assert len(lines(cast[who])) == 1
    add(range(1, 20))
    with django_assert_max_num_queries(len(one)):
        assert len(lines(cast[who])) == 20
