"""Who is told of each move, and that button and message say the same."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from inbox import delivery
from inbox.models import Message
from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews import grants
from reviews.actions.moves import make_move
from reviews.actions.remarks import leave_remark
from reviews.models import Recusal, Review
from reviews.rules.moves import MOVES
from reviews.rules.who import people_told
from tests.cast import make_person, member
from tests.reviews.situations import author, make_review, seat

pytestmark = pytest.mark.django_db
HOME = "/j/cedar/reviews/2026-001/"
SignIn = Callable[[str], Client]

# Who is told of each move, where each of the cast holds a role and the reviewers a seat.
TOLD = {
    "ask_for_selection": {"coordinator", "second_coordinator"},
    "select": {"reviewer", "observer"},
    "do_not_select": set(),
    "reopen_selection": {"coordinator", "second_coordinator"},
    "withdraw": set(),
    "send_to_quality_lead": {"quality_lead"},
    "return_to_team": {"reviewer", "observer"},
    "send_to_director": {"director", "guest"},
    "return_from_director": {"reviewer", "observer"},
    "approve": {"reviewer", "coordinator", "second_coordinator"},
}


@pytest.fixture
def cast(
    cedar: Jurisdiction, reviewer: User, observer: User, coordinator: User, quality_lead: User, director: User
) -> dict[str, Membership]:
    """One of each role and a second coordinator; a guest; a reviewer and a director who have left."""
    people = {
        "reviewer": reviewer,
        "observer": observer,
        "coordinator": coordinator,
        "second_coordinator": make_person("second_coordinator", cedar, Role.COORDINATOR),
        "quality_lead": quality_lead,
        "director": director,
        "guest": make_person("guest", cedar, Role.GUEST),
        "former_director": make_person("former_director", cedar, Role.DIRECTOR),
        "former_member": make_person("former_member", cedar, Role.REVIEWER),
    }
    found = {name: member(user, cedar) for name, user in people.items()}
    Membership.objects.filter(pk=found["former_director"].pk).update(left_at=timezone.now())
    return found


@pytest.fixture
def review(cedar: Jurisdiction, cast: dict[str, Membership]) -> Review:
    by = cast["coordinator"]
    with jurisdiction_scope(cedar.pk):
        review = make_review(cedar, by, lead=cast["reviewer"])
        seat(review, cast["observer"], by)
        former = seat(review, cast["former_member"], by)
        former.ended_at = timezone.now()
        former.save()
        grants.grant(
            review,
            to=cast["guest"],
            rights=["view_review", "approve_review"],
            ends_on=timezone.localdate(),
            by=by,
        )
    return review


def told_of(action: str, review: Review, cast: dict[str, Membership]) -> set[str]:
    names = {person.pk: name for name, person in cast.items()}
    people = [names[person.pk] for person in people_told(MOVES[action], review)]
    assert len(people) == len(set(people))
    return set(people)


def test_every_move_is_in_the_table_above() -> None:
    assert set(TOLD) == set(MOVES)
    assert all(bool(MOVES[action].message) == bool(people) for action, people in TOLD.items())


@pytest.mark.parametrize("action", TOLD)
def test_who_is_told(cedar: Jurisdiction, review: Review, cast: dict[str, Membership], action: str) -> None:
    with jurisdiction_scope(cedar.pk):
        assert told_of(action, review, cast) == TOLD[action]


@pytest.mark.parametrize("action", [action for action, people in TOLD.items() if people])
def test_who_stepped_back_is_never_told(
    cedar: Jurisdiction, review: Review, cast: dict[str, Membership], action: str
) -> None:
    gone = sorted(TOLD[action])[0]
    with jurisdiction_scope(cedar.pk):
        Recusal.objects.create(
            jurisdiction=cedar,
            review=review,
            membership=cast[gone],
            recorded_by=cast[gone],
            reason="A cousin.",
        )
        assert told_of(action, review, cast) == TOLD[action] - {gone}


def test_a_director_who_wrote_is_not_asked_to_decide(
    cedar: Jurisdiction, review: Review, cast: dict[str, Membership]
) -> None:
    with jurisdiction_scope(cedar.pk):
        author(review, cast["director"])
        assert told_of("send_to_director", review, cast) == {"guest"}


def test_a_guest_whose_day_has_passed_is_not_asked_to_decide(
    cedar: Jurisdiction, review: Review, cast: dict[str, Membership]
) -> None:
    with jurisdiction_scope(cedar.pk):
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        grants.grant(
            review,
            to=cast["guest"],
            rights=["view_review", "approve_review"],
            ends_on=yesterday,
            by=cast["coordinator"],
        )
        assert told_of("send_to_director", review, cast) == {"director"}


def test_whoever_makes_the_move_is_not_told_of_it(
    cedar: Jurisdiction, review: Review, cast: dict[str, Membership]
) -> None:
    with jurisdiction_scope(cedar.pk):
        Review.objects.update(state="with_director")
        make_move(review, "approve", by=cast["director"])
        told = set(Message.objects.filter(kind="review_approved").values_list("to_id", flat=True))
        assert told == {cast[name].pk for name in ("reviewer", "coordinator", "second_coordinator")}
        Review.objects.update(state="not_selected", approver=None, approved_at=None)
        make_move(review, "reopen_selection", by=cast["coordinator"], note="New facts.")
        again = set(Message.objects.filter(kind="selection_needed").values_list("to_id", flat=True))
        assert again == {cast["second_coordinator"].pk}


@pytest.mark.parametrize(("count", "words"), [(1, "1 open remark"), (3, "3 open remarks")])
def test_the_button_promises_the_count_that_the_message_brings(
    cedar: Jurisdiction,
    review: Review,
    cast: dict[str, Membership],
    sign_in: SignIn,
    count: int,
    words: str,
) -> None:
    by = cast["quality_lead"]
    with jurisdiction_scope(cedar.pk):
        Review.objects.update(state="with_quality_lead")
        review.refresh_from_db()
        for number in range(count + 1):
            last = leave_remark(review, part="needs", text=f"CANARY {number}", by=by)
        last.settled_at, last.settled_by = timezone.now(), cast["reviewer"]
        last.save()
    client = sign_in("quality_lead")
    for page in (HOME, HOME + "read/", HOME + "move/return_to_team/"):
        assert f"The team is told that it has {words}, and" in client.get(page).content.decode(), page
    assert client.post(HOME + "move/return_to_team/").status_code == 302
    with jurisdiction_scope(cedar.pk):
        message = Message.objects.get(kind="turn_returned", to=cast["reviewer"])
        assert message.count == count
        delivery.post(message)
    (sent,) = mail.outbox
    assert f"was returned to its team. You have {words}. " in sent.body
    assert "CANARY" not in sent.body
    assert words in sign_in("reviewer").get("/j/cedar/inbox/").content.decode()
