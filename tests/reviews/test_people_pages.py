"""Team, hold, handing over, an approver from outside, and agencies of two and of one."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from inbox.models import Message
from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews import grants
from reviews.actions.moves import CannotMove, make_move
from reviews.models import Review, ReviewGrant, ReviewSeat
from reviews.turns import my_work
from tests.cast import make_person, member
from tests.reviews.situations import complete, make_review

pytestmark = pytest.mark.django_db
HOME = "/j/cedar/reviews/2026-001/"
SignIn = Callable[[str], Client]


@pytest.mark.parametrize("page", ["team/", "hold/", "approver/"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("coordinator", 200), ("reviewer", 403), ("director", 403), ("outsider", 404), ("nobody", 302)],
)
def test_who_arranges_a_review(review: Review, sign_in: SignIn, page: str, who: str, status: int) -> None:
    assert sign_in(who).get(HOME + page).status_code == status


def test_a_hold_stops_the_clock_and_says_until_when(
    review: Review, sign_in: SignIn, cedar: Jurisdiction
) -> None:
    client, today = sign_in("coordinator"), timezone.localdate()
    until = today + dt.timedelta(days=30)
    assert client.post(HOME + "hold/", {"reason": "police", "until": today.isoformat()}).status_code == 422
    assert client.post(HOME + "hold/", {"reason": "police", "until": until.isoformat()}).status_code == 302
    assert f"on hold for police until {until:%-d %B %Y}" in client.get(HOME).content.decode()
    assert f"on hold until {until:%-d %b %Y}" in client.get("/j/cedar/reviews/").content.decode()
    with jurisdiction_scope(cedar.pk):
        due = review.due_on
        Review.objects.update(held_since=today - dt.timedelta(days=12))
    client.post(HOME + "hold/", {"release": ""})
    with jurisdiction_scope(cedar.pk):
        again = Review.objects.get()
        assert not again.on_hold
        assert due is not None
        assert again.due_on == due + dt.timedelta(days=12)
        assert Message.objects.filter(kind="turn_again_on_hold_end").count() == 1


def test_a_hold_whose_day_has_passed_says_so(review: Review, sign_in: SignIn, cedar: Jurisdiction) -> None:
    client, today = sign_in("coordinator"), timezone.localdate()
    words = "Ask whether the hold goes on"
    for until, passed in ((today, False), (today - dt.timedelta(days=1), True)):
        with jurisdiction_scope(cedar.pk):
            hold = {"hold_reason": "court", "held_since": until - dt.timedelta(days=9), "held_until": until}
            Review.objects.update(**hold)
        assert (words in client.get(HOME + "hold/").content.decode()) is passed
        for page in (HOME, "/j/cedar/reviews/"):
            assert ("which has passed" in client.get(page).content.decode()) is passed


def test_the_review_leads_the_coordinator_to_the_decision_that_waits(
    review: Review, sign_in: SignIn, cedar: Jurisdiction
) -> None:
    with jurisdiction_scope(cedar.pk):
        ReviewSeat.objects.all().delete()
        unselected = {"selected_on": None, "due_on": None}
        Review.objects.update(state=Review.State.TO_BE_SELECTED, **unselected)
    assert "Decide on selection</a>" in sign_in("coordinator").get(HOME).content.decode()
    assert "Decide on selection</a>" not in sign_in("quality_lead").get(HOME).content.decode()


def test_a_note_typed_before_the_hold_is_ended_is_given_back(
    review: Review, sign_in: SignIn, cedar: Jurisdiction
) -> None:
    client, until = sign_in("coordinator"), timezone.localdate() + dt.timedelta(days=30)
    held = {"reason": "court", "until": until.isoformat(), "note": "Clerk of the court."}
    client.post(HOME + "hold/", held)
    main = client.get(HOME + "hold/").content.decode().split("<main")[1]
    assert main.count("<form") == 1  # whichever button is pressed posts every word
    ended = client.post(HOME + "hold/", held | {"note": "KEPT by the clerk.", "release": ""})
    assert "KEPT by the clerk." in ended.content.decode()
    assert "Off hold." in ended.content.decode()
    assert "on hold for the court" not in ended.content.decode()
    client.post(HOME + "hold/", held)
    assert client.post(HOME + "hold/", held | {"release": ""})["Location"] == HOME


def test_the_team_page_names_people_and_tells_them(
    review: Review, sign_in: SignIn, cedar: Jurisdiction, observer: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        keep = ReviewSeat.objects.get().membership_id
    form = {"lead": str(keep), "team": [str(member(observer, cedar).pk)]}
    assert sign_in("coordinator").post(HOME + "team/", form).status_code == 302
    with jurisdiction_scope(cedar.pk):
        assert ReviewSeat.objects.filter(ended_at=None).count() == 2
        assert Message.objects.get(kind="named_to_review").to == member(observer, cedar)


def test_who_is_named_again_is_told_again(
    review: Review, sign_in: SignIn, cedar: Jurisdiction, observer: User
) -> None:
    """The page says that new people have been told: after a break, too, and nobody twice in between."""
    with jurisdiction_scope(cedar.pk):
        keep = str(ReviewSeat.objects.get().membership_id)
    client, named = sign_in("coordinator"), [str(member(observer, cedar).pk)]
    for team in (named, named, [], named):
        assert client.post(HOME + "team/", {"lead": keep, "team": team}).status_code == 302
    with jurisdiction_scope(cedar.pk):
        told = Message.objects.filter(kind="named_to_review")
        assert [message.to for message in told] == [member(observer, cedar)] * 2


@pytest.mark.parametrize(
    ("state", "days", "words"),
    [
        ("in_review", 12, "Off hold. The 12 days it waited are added to its due day."),
        ("in_review", 1, "Off hold. The day it waited is added to its due day."),
        ("in_review", 0, "Off hold. Its due day stays as it was."),
        ("to_be_selected", 3, "Off hold. The 3 days it waited are added to its due day if it is selected."),
        ("to_be_selected", 0, "Off hold."),
    ],
)
def test_the_end_of_a_hold_is_told_by_what_it_did(
    cedar: Jurisdiction, coordinator: User, sign_in: SignIn, state: str, days: int, words: str
) -> None:
    since = timezone.localdate() - dt.timedelta(days=days)
    with jurisdiction_scope(cedar.pk):
        held = {"hold_reason": "court", "held_since": since, "held_until": timezone.localdate()}
        make_review(cedar, member(coordinator, cedar), state=state, **held)
    answer = sign_in("coordinator").post(HOME + "hold/", {"release": ""})
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [words]


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        (["guest"], "Guest cannot read or approve this review any more."),
        (
            ["guest", "quality_lead"],
            "Guest is no longer named to this review from outside, and still sees it by another role.",
        ),
    ],
)
def test_the_end_of_an_approver_is_told_by_what_it_did(
    review: Review, cedar: Jurisdiction, coordinator: User, sign_in: SignIn, roles: list[str], words: str
) -> None:
    guest = member(make_person("guest", cedar, *map(Role, roles)), cedar)
    with jurisdiction_scope(cedar.pk):
        rights: list[grants.Right] = ["view_review", "approve_review"]
        ends_on, by = timezone.localdate(), member(coordinator, cedar)
        grants.grant(review, to=guest, rights=rights, ends_on=ends_on, by=by)
    again = "Guest was not named to this review from outside any more. Nothing was changed."
    client, page = sign_in("coordinator"), HOME + "approver/"
    for said in (words, again):
        answer = client.post(page, {"end": str(guest.pk)})
        assert str(list(get_messages(answer.wsgi_request))[-1]) == said


def test_a_person_of_another_agency_cannot_be_named(
    review: Review, sign_in: SignIn, birch: Jurisdiction, outsider: User, cedar: Jurisdiction
) -> None:
    form = {"lead": str(member(outsider, birch).pk)}
    assert sign_in("coordinator").post(HOME + "team/", form).status_code == 422


def test_handing_over_from_the_page(
    review: Review, sign_in: SignIn, cedar: Jurisdiction, reviewer: User
) -> None:
    taker = member(make_person("second", cedar, Role.REVIEWER), cedar)
    form = {"from_": str(member(reviewer, cedar).pk), "to": str(taker.pk)}
    assert sign_in("administrator").post("/j/cedar/reviews/hand-over/", form).status_code == 302
    with jurisdiction_scope(cedar.pk):
        assert ReviewSeat.objects.get(ended_at=None).membership == taker


def test_an_agency_of_two_completes_a_review(cedar: Jurisdiction) -> None:
    ann = member(make_person("ann", cedar, Role.REVIEWER, Role.COORDINATOR, Role.ADMINISTRATOR), cedar)
    bo = member(make_person("bo", cedar, Role.QUALITY_LEAD, Role.DIRECTOR), cedar)
    with jurisdiction_scope(cedar.pk):
        review = make_review(cedar, ann, lead=ann)
        complete(review, ann)
        for action, by in [("send_to_quality_lead", ann), ("send_to_director", bo), ("approve", bo)]:
            review = make_move(review, action, by=by)
        assert review.state == Review.State.APPROVED


def test_an_agency_of_one_names_an_approver_from_outside(cedar: Jurisdiction, client: Client) -> None:
    alone = member(make_person("alone", cedar, *[role for role in Role if role is not Role.GUEST]), cedar)
    guest = make_person("guest", cedar, Role.GUEST)
    until = timezone.localdate() + dt.timedelta(days=20)
    with jurisdiction_scope(cedar.pk):
        review = make_review(cedar, alone, lead=alone)
        make_review(cedar, alone, number="2026-002", lead=alone)
        complete(review, alone)
        review = make_move(review, "send_to_quality_lead", by=alone)
        with pytest.raises(CannotMove, match=r"turn\.nobody"):
            make_move(review, "send_to_director", by=alone)
    client.force_login(guest)
    assert client.get(HOME).status_code == 404
    client.force_login(alone.user)
    form = {"person": str(member(guest, cedar).pk), "until": until.isoformat()}
    assert client.post(HOME + "approver/", form).status_code == 302
    assert client.post(HOME + "move/send_to_director/").status_code == 302
    assert client.post(HOME + "move/approve/").status_code == 422, "whoever wrote does not approve"
    client.force_login(guest)
    assert b"Approve or return" in client.get("/j/cedar/").content
    page = client.get(HOME + "read/")
    assert page.status_code == 200
    assert b"CASE-2026-001" not in page.content, "the agency's own number stays inside"
    assert client.get("/j/cedar/reviews/2026-002/").status_code == 404, "one review, no other"
    assert client.get("/j/cedar/incidents/").status_code == 403
    assert client.post(HOME + "move/approve/").status_code == 302
    with jurisdiction_scope(cedar.pk):
        assert Review.objects.get(incident__number="2026-001").approver == member(guest, cedar)


def test_a_grant_ends_on_its_day(review: Review, cedar: Jurisdiction, coordinator: User) -> None:
    guest = member(make_person("guest", cedar, Role.GUEST), cedar)
    by: Membership = member(coordinator, cedar)
    with jurisdiction_scope(cedar.pk):
        grants.grant(review, to=guest, rights=["view_review"], ends_on=timezone.localdate(), by=by)
        assert Review.objects.visible_to(guest).count() == 1
        assert not grants.may_approve(guest, review), "to read is not to approve"
        ReviewGrant.objects.update(ends_on=timezone.localdate() - dt.timedelta(days=1))
        assert not Review.objects.visible_to(guest).exists()
        assert my_work(guest).waiting_for_me == []
