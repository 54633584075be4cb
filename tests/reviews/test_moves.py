"""The table of moves: who may, what stands in the way, who is told, and what is written down."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from inbox.models import Message
from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.roles import Role
from reviews.actions.moves import CannotMove, make_move
from reviews.actions.remarks import leave_remark
from reviews.actions.select import do_not_select, select_for_review
from reviews.actions.team import hand_over, make_statement, name_team
from reviews.models import Review, ReviewHand, ReviewMove, ReviewSeat
from reviews.rules.moves import MOVES, moves_from
from reviews.rules.who import may_make, moves_open_to
from tests.cast import make_person, member
from tests.reviews.situations import answer, at_once, complete, make_review, seat

pytestmark = pytest.mark.django_db
State = Review.State


@pytest.fixture
def people(
    cedar: Jurisdiction,
    reviewer: User,
    coordinator: User,
    quality_lead: User,
    director: User,
    observer: User,
) -> dict[str, Membership]:
    everybody = {
        "reviewer": reviewer,
        "coordinator": coordinator,
        "quality_lead": quality_lead,
        "director": director,
        "observer": observer,
    }
    return {name: member(user, cedar) for name, user in everybody.items()}


def told(kind: str) -> set[int]:
    return set(Message.objects.filter(kind=kind).values_list("to_id", flat=True))


def test_every_state_but_the_closed_ones_has_a_way_on() -> None:
    closed = {State.APPROVED, State.AS_REPORTED, State.WITHDRAWN}
    assert {state for state in State if not moves_from(state)} == closed


def test_only_the_table_names_states_that_exist() -> None:
    assert {move.ends for move in MOVES.values()} <= set(State)
    assert all(move.begins for move in MOVES.values())


@pytest.mark.parametrize("action", [name for name, move in MOVES.items() if move.asks_note])
@pytest.mark.parametrize("note", ["", " \r\n ", "\0", " \x07 "])
def test_a_move_that_asks_why_takes_no_note_of_which_nothing_would_be_kept(
    in_cedar: Jurisdiction, people: dict[str, Membership], action: str, note: str
) -> None:
    review = make_review(in_cedar, people["coordinator"], state=MOVES[action].begins[0])
    with pytest.raises(CannotMove, match=r"^move\.note$"):
        make_move(review, action, by=people["coordinator"], note=note)


def test_selection_names_a_team_a_due_day_and_tells_them(
    in_cedar: Jurisdiction, people: dict[str, Membership]
) -> None:
    review = make_review(in_cedar, people["coordinator"], state=State.TO_BE_SELECTED)
    review = select_for_review(
        review,
        reasons=["open_case_at_event"],
        note="",
        lead=people["reviewer"],
        team=[people["observer"]],
        by=people["coordinator"],
    )
    assert review.state == State.IN_REVIEW
    assert review.due_on is not None
    assert (review.due_on - review.incident.aware_on).days == 90
    assert set(review.seats.values_list("membership_id", "seat")) == {
        (people["reviewer"].pk, "lead"),
        (people["observer"].pk, "member"),
    }
    assert told("named_to_review") == {people["reviewer"].pk, people["observer"].pk}
    assert ReviewMove.objects.get(review=review).action == "select"


def test_a_decision_needs_a_reason(in_cedar: Jurisdiction, people: dict[str, Membership]) -> None:
    review = make_review(in_cedar, people["coordinator"], state=State.TO_BE_SELECTED)
    with pytest.raises(CannotMove, match=r"selection\.reasons"):
        do_not_select(review, reasons=[], note="", by=people["coordinator"])
    review = do_not_select(review, reasons=["out_of_scope_no_contact"], note="", by=people["coordinator"])
    assert review.state == State.NOT_SELECTED


def test_the_safety_of_other_children_comes_before_the_decision(
    in_cedar: Jurisdiction, people: dict[str, Membership]
) -> None:
    by = people["coordinator"]
    review = make_review(in_cedar, by, state=State.NOTIFIED)
    with pytest.raises(CannotMove, match=r"safety\.first"):
        make_move(review, "ask_for_selection", by=by)
    answer(review, by, "other_children_in_home", "no")
    assert make_move(review, "ask_for_selection", by=by).state == State.TO_BE_SELECTED


def test_sending_names_everything_that_is_missing(
    in_cedar: Jurisdiction, people: dict[str, Membership]
) -> None:
    lead = people["reviewer"]
    review = make_review(in_cedar, lead, lead=lead, stated=False)
    with pytest.raises(CannotMove) as refusal:
        make_move(review, "send_to_quality_lead", by=lead)
    codes = {problem.code for problem in refusal.value.problems}
    assert {"statement.missing", "timeline.empty", "answer.open", "recommendations.none"} <= codes
    assert all(problem.part for problem in refusal.value.problems)


def test_a_whole_review_goes_to_approval_and_back_once(
    in_cedar: Jurisdiction, people: dict[str, Membership]
) -> None:
    lead, checks, approves = people["reviewer"], people["quality_lead"], people["director"]
    review = make_review(in_cedar, people["coordinator"], lead=lead)
    complete(review, lead)
    review = make_move(review, "send_to_quality_lead", by=lead)
    assert told("turn_quality_lead") == {checks.pk}
    with pytest.raises(CannotMove, match=r"remarks\.none"):
        make_move(review, "return_to_team", by=checks)
    leave_remark(review, part="timeline", text="Which record says so?", by=checks)
    review = make_move(review, "return_to_team", by=checks)
    assert review.times_returned == 1
    assert told("turn_returned") == {lead.pk}
    review = make_move(review, "send_to_quality_lead", by=lead)
    review = make_move(review, "send_to_director", by=checks)
    assert told("turn_director") == {approves.pk}
    review = make_move(review, "approve", by=approves)
    assert (review.state, review.approver) == (State.APPROVED, approves)
    assert review.version == 6
    assert AuditEvent.objects.filter(kind="review.approve").count() == 1
    assert make_move(review, "approve", by=approves).version == 6, "approving again changes nothing"


@pytest.mark.parametrize(
    ("state", "action"),
    [(State.WITH_QUALITY_LEAD, "return_to_team"), (State.WITH_DIRECTOR, "return_from_director")],
)
def test_each_return_is_counted_where_the_review_stands(
    in_cedar: Jurisdiction, people: dict[str, Membership], state: State, action: str
) -> None:
    by = people["quality_lead"]
    review = make_review(in_cedar, people["coordinator"], state=state, lead=people["reviewer"])
    leave_remark(review, part="timeline", text="Which record says so?", by=by)
    make_move(review, action, by=by)
    stands = Review.objects.get()
    assert (stands.state, stands.times_returned) == (State.IN_REVIEW, 1)


def test_nobody_approves_what_they_wrote(in_cedar: Jurisdiction, people: dict[str, Membership]) -> None:
    boss = people["director"]
    review = make_review(in_cedar, people["coordinator"], state=State.WITH_DIRECTOR, lead=people["reviewer"])
    answer(review, boss, "safety_account", "I was told.")
    with pytest.raises(CannotMove, match=r"approve\.own"):
        make_move(review, "approve", by=boss)


def test_an_author_cannot_be_the_approver_even_by_sql(
    in_cedar: Jurisdiction, people: dict[str, Membership]
) -> None:
    boss = people["director"]
    review = make_review(in_cedar, people["coordinator"], state=State.WITH_DIRECTOR, lead=people["reviewer"])
    answer(review, boss, "safety_account", "I was told.")
    with pytest.raises(IntegrityError, match="one_hand"), transaction.atomic():
        ReviewHand.objects.create(jurisdiction=in_cedar, review=review, membership=boss, hand="approver")
    approve = Review.objects.filter(pk=review.pk).update
    with pytest.raises(IntegrityError, match="approver_is_a_hand"), transaction.atomic():
        at_once(lambda: approve(state="approved", approver=boss, approved_at=timezone.now()))


def test_moves_are_only_ever_added(in_cedar: Jurisdiction, people: dict[str, Membership]) -> None:
    for statement in ("UPDATE reviews_reviewmove SET note = 'x'", "DELETE FROM reviews_reviewmove"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():  # noqa: SIM117
            with connection.cursor() as cursor:
                cursor.execute(statement)


def test_who_may_make_which_move(in_cedar: Jurisdiction, people: dict[str, Membership]) -> None:
    review = make_review(in_cedar, people["coordinator"], lead=people["reviewer"])
    seat(review, people["observer"], people["coordinator"])
    send = MOVES["send_to_quality_lead"]
    assert [name for name, person in people.items() if may_make(send, review, person)] == ["reviewer"]
    review.state = State.WITH_DIRECTOR
    assert {move.action for move in moves_open_to(review, people["director"])} == {
        "return_from_director",
        "approve",
    }
    assert moves_open_to(review, people["reviewer"]) == []


def test_a_conflict_ends_the_seat_and_hides_the_review(
    in_cedar: Jurisdiction, people: dict[str, Membership]
) -> None:
    lead = people["reviewer"]
    review = make_review(in_cedar, people["coordinator"], lead=lead, stated=False)
    assert Review.objects.visible_to(lead).exists()
    make_statement(review, by=lead, conflict=True, note="I drove the family to court once.")
    assert not Review.objects.visible_to(lead).exists()
    assert review.seats.get().ended_at is not None
    assert told("stepped_back") == {people["coordinator"].pk}


def test_handing_over_moves_every_live_seat_in_one_step(
    in_cedar: Jurisdiction, people: dict[str, Membership]
) -> None:
    lead, by = people["reviewer"], people["coordinator"]
    taker = member(make_person("second", in_cedar, Role.REVIEWER), in_cedar)
    reviews = [make_review(in_cedar, by, number=f"2026-00{n}", lead=lead) for n in range(3)]
    assert hand_over(from_=lead, to=taker, by=by) == 3
    assert Review.objects.visible_to(taker).count() == 3
    assert not ReviewSeat.objects.filter(membership=lead, ended_at=None).exists()
    assert Message.objects.filter(kind="handed_over", to=taker).count() == len(reviews)
    assert hand_over(from_=lead, to=taker, by=by) == 0


def test_naming_a_team_keeps_one_lead(in_cedar: Jurisdiction, people: dict[str, Membership]) -> None:
    by = people["coordinator"]
    second = member(make_person("second", in_cedar, Role.REVIEWER), in_cedar)
    review = make_review(in_cedar, by, lead=people["reviewer"])
    name_team(review, lead=second, team=[people["reviewer"]], by=by)
    assert dict(review.seats.filter(ended_at=None).values_list("membership_id", "seat")) == {
        second.pk: "lead",
        people["reviewer"].pk: "member",
    }


def test_a_race_to_move_makes_one_move(in_cedar: Jurisdiction, people: dict[str, Membership]) -> None:
    by = people["coordinator"]
    review = make_review(in_cedar, by, state=State.TO_BE_SELECTED)
    stale = Review.objects.select_related("incident").get(pk=review.pk)
    do_not_select(review, reasons=["duplicate"], note="", by=by)
    with pytest.raises(CannotMove):
        do_not_select(stale, reasons=["duplicate"], note="", by=by)
    assert ReviewMove.objects.count() == 1
    assert timezone.now() >= ReviewMove.objects.get().at
