"""What must hold when people step back, move on or come late: seen once, kept since."""

import datetime as dt
import json
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from npcs.logs import json_formatter
from reviews.actions.answer import MovedOn, Place, Stale, SteppedBack, hold_still, save_answer
from reviews.actions.moves import make_move
from reviews.actions.team import step_back
from reviews.models import Answer, Remark, Review, ReviewHand, ReviewSeat
from reviews.turns import my_work
from tests.cast import member
from tests.locks import come_to_wait
from tests.reviews.situations import answer, complete, make_review
from tests.reviews.test_pages import HOME, PAGES

SignIn = Callable[[str], Client]


@pytest.fixture
def review(
    cedar: Jurisdiction, reviewer: User, coordinator: User, quality_lead: User, director: User
) -> Review:
    with jurisdiction_scope(cedar.pk):
        return make_review(cedar, member(coordinator, cedar), lead=member(reviewer, cedar))


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["coordinator", "quality_lead", "director"])
def test_who_stepped_back_sees_no_page_of_the_review(
    review: Review, sign_in: SignIn, cedar: Jurisdiction, who: str, request: pytest.FixtureRequest
) -> None:
    client = sign_in(who)
    form = {"statement": "conflict", "note": "My sister served the family."}
    assert client.post(HOME + "statement/", form).status_code == 302
    for page in PAGES:
        assert client.get(HOME + page).status_code == 404, page
    assert b"2026-001" not in client.get("/j/cedar/reviews/?show=all").content
    assert b"2026-001" not in client.get("/j/cedar/incidents/").content
    with jurisdiction_scope(cedar.pk):
        person = member(request.getfixturevalue(who), cedar)
        assert my_work(person).waiting_for_me == my_work(person).waiting_for_others == []


@pytest.mark.django_db
def test_a_conflict_that_is_learned_of_later_can_be_stated(review: Review, sign_in: SignIn) -> None:
    client = sign_in("reviewer")
    assert (
        client.post(HOME + "statement/", {"statement": "conflict", "note": "I know the aunt."}).status_code
        == 302
    )
    assert client.get(HOME).status_code == 404
    assert b"I know the aunt." in sign_in("coordinator").get(HOME + "team/").content


@pytest.mark.django_db
def test_a_remark_is_settled_by_the_team_when_it_is_their_turn(
    review: Review, sign_in: SignIn, cedar: Jurisdiction, quality_lead: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        by = member(quality_lead, cedar)
        remark = Remark.objects.create(
            jurisdiction=cedar, review=review, part="needs", text="Which?", by=by, at=timezone.now()
        )
        Review.objects.update(state="with_quality_lead")
    client = sign_in("reviewer")
    client.post(HOME + "parts/needs/", {"settle": remark.pk})
    with jurisdiction_scope(cedar.pk):
        assert Remark.objects.get().settled_at is None


@pytest.mark.django_db
def test_an_answer_left_behind_by_a_rating_has_a_way_out(
    review: Review, sign_in: SignIn, cedar: Jurisdiction, reviewer: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        lead = member(reviewer, cedar)
        answer(review, lead, "factor_fatigue", "0")
        answer(review, lead, "factor_fatigue_why", "Long nights.")
    client = sign_in("reviewer")
    assert (
        f"{HOME}parts/factors/#hidden-title".encode()
        in client.get(HOME + "move/send_to_quality_lead/").content
    )
    assert b"Long nights." in client.get(HOME + "parts/factors/").content
    client.post(HOME + "parts/factors/", {"remove_answer": "0-factor_fatigue_why"})
    assert b"not asked any more" not in client.get(HOME + "parts/factors/").content


@pytest.mark.django_db
def test_words_posted_into_a_review_that_moved_on_come_back(
    review: Review, sign_in: SignIn, cedar: Jurisdiction
) -> None:
    with jurisdiction_scope(cedar.pk):
        Review.objects.update(state="with_quality_lead")
    form = {"0-safety_account": "All three were seen.", "v-0-safety_account": "0"}
    response = sign_in("reviewer").post(HOME + "parts/safety/", form)
    assert response.status_code == 422
    assert b"All three were seen." in response.content


@pytest.mark.django_db
def test_the_same_save_twice_is_no_conflict(review: Review, sign_in: SignIn) -> None:
    client = sign_in("reviewer")
    body = json.dumps(
        {"item": "safety_account", "entry": None, "version": 0, "value": "Seen.", "missing": ""}
    )
    first, second = (client.post(HOME + "answers/", body, content_type="application/json") for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["version"] == second.json()["version"] == 1


@pytest.mark.django_db
def test_a_director_who_wrote_is_not_asked_to_approve(
    review: Review, cedar: Jurisdiction, director: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        boss = member(director, cedar)
        Review.objects.update(state="with_director")
        assert [turn.what for turn in my_work(boss).waiting_for_me] == ["Approve or return"]
        answer(review, boss, "safety_account", "I was told.")
        assert my_work(boss).waiting_for_me == []


@pytest.mark.django_db
def test_withdrawing_goes_through_the_incident_alone(review: Review, sign_in: SignIn) -> None:
    assert sign_in("coordinator").get(HOME + "move/withdraw/").status_code == 404


@pytest.mark.django_db
def test_a_log_line_of_a_refusal_names_no_address(
    review: Review, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in("administrator").get("/j/cedar/incidents/?q=CANARY")
    lines = [json_formatter().format(record) for record in caplog.records]
    assert any("django.request" in line for line in lines)
    assert not any("CANARY" in line or "/j/cedar" in line for line in lines)


@pytest.mark.django_db(transaction=True)
def test_a_review_is_not_sent_while_somebody_writes(
    review: Review, cedar: Jurisdiction, reviewer: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        lead = member(reviewer, cedar)
        complete(review, lead)
    order: list[str] = []

    def send() -> None:
        with jurisdiction_scope(cedar.pk):
            make_move(Review.objects.get(), "send_to_quality_lead", by=lead)
            order.append("sent")
        connection.close()

    sending = threading.Thread(target=send)
    with jurisdiction_scope(cedar.pk), transaction.atomic():
        hold_still(Review.objects.get())
        sending.start()
        assert come_to_wait(sending), "the move waits for the writer"
        order.append("written")
    sending.join(20)
    assert order == ["written", "sent"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seated", [True, False])
@pytest.mark.parametrize("what", ["send", "step back"])
def test_an_answer_saved_while_the_review_is_held_waits_and_is_refused(
    review: Review, cedar: Jurisdiction, reviewer: User, what: str, seated: bool
) -> None:
    with jurisdiction_scope(cedar.pk):
        lead = member(reviewer, cedar)
        complete(review, lead)
        authors = ReviewHand.objects.count()
    ended: list[str] = []

    def save() -> None:
        with jurisdiction_scope(cedar.pk):
            place = Place(Review.objects.get(), None, "summary_limits")
            seat = ReviewSeat.objects.get(membership=lead)
            reading.set()
            acted.wait(20)
            try:
                if not seated:
                    hold_still(place.review)
                    place.review.state = Review.State.IN_REVIEW
                save_answer(
                    place, value="Late.", missing="", version=0, by=lead, seat=seat if seated else None
                )
            except (MovedOn, SteppedBack, Stale) as refusal:
                ended.append(type(refusal).__name__)
        connection.close()

    reading, acted = threading.Event(), threading.Event()
    saving = threading.Thread(target=save)
    saving.start()
    reading.wait(20)
    with jurisdiction_scope(cedar.pk):
        if what == "send":
            make_move(Review.objects.get(), "send_to_quality_lead", by=lead)
        else:
            step_back(Review.objects.get(), who=lead, reason="A conflict.", by=lead)
        acted.set()
        assert come_to_wait(saving), "the writer waits"
    saving.join(20)
    assert ended == [{"send": "MovedOn", "step back": "SteppedBack"}[what]]
    with jurisdiction_scope(cedar.pk):
        assert not Answer.objects.filter(value="Late.").exists()
        assert ReviewHand.objects.count() == authors


@pytest.mark.django_db
def test_stepping_back_is_told_to_nobody_who_stepped_back(
    review: Review, cedar: Jurisdiction, coordinator: User, director: User
) -> None:
    from inbox.models import Message

    with jurisdiction_scope(cedar.pk):
        for user in (coordinator, director):
            step_back(review, who=member(user, cedar), reason="A conflict.", by=member(user, cedar))
        assert not Message.objects.filter(kind="stepped_back").exists()


@pytest.mark.django_db
def test_a_hold_whose_day_has_passed_comes_back_to_the_coordinator(
    review: Review, cedar: Jurisdiction, coordinator: User
) -> None:
    today = timezone.localdate()
    with jurisdiction_scope(cedar.pk):
        by = member(coordinator, cedar)
        Review.objects.update(
            hold_reason="police",
            held_since=today - dt.timedelta(days=9),
            held_until=today - dt.timedelta(days=1),
        )
        assert [turn.what for turn in my_work(by).waiting_for_me] == ["Ask whether the hold goes on"]
        Review.objects.update(held_until=today + dt.timedelta(days=1))
        assert [turn.what for turn in my_work(by).coming_up] == ["On hold"]
