"""The page that hands over: it says what goes over before anybody presses, and no number to an administrator."""

from collections.abc import Callable

import pytest
from django.test import Client

from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.team import step_back
from reviews.models import Review
from tests.cast import make_person, member
from tests.reviews.situations import make_review, seat

pytestmark = pytest.mark.django_db
PAGE = "/j/cedar/reviews/hand-over/"
LINK = f'href="{PAGE}"'
SignIn = Callable[[str], Client]


@pytest.fixture
def giver(cedar: Jurisdiction, reviewer: User, coordinator: User) -> Membership:
    """Leads two reviews, sits on a third, and led one that is closed."""
    person, by = member(reviewer, cedar), member(coordinator, cedar)
    with jurisdiction_scope(cedar.pk):
        make_review(cedar, by, number="2026-001", lead=person)
        make_review(cedar, by, number="2026-002", lead=person, state="with_director")
        seat(make_review(cedar, by, number="2026-003"), person, by)
        make_review(cedar, by, number="2026-004", lead=person, state="not_selected")
        make_review(cedar, by, number="2026-005")
    return person


def test_a_coordinator_sees_what_goes_over(giver: Membership, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    assert LINK in client.get("/j/cedar/reviews/").content.decode()
    chooser = client.get(PAGE).content.decode()
    assert f'<option value="{giver.pk}">Reviewer</option>' in chooser
    assert "Coordinator</option>" not in chooser, "only who holds something is offered"
    page = client.get(f"{PAGE}?from={giver.pk}").content.decode()
    assert "Reviewer leads 2 reviews and is on the team of 1." in page
    for number, words in [("001", "leads it"), ("002", "leads it"), ("003", "on its team")]:
        assert f'href="/j/cedar/reviews/2026-{number}/">Review 2026-{number}</a>, {words}' in page
    assert "2026-004" not in page
    assert "2026-005" not in page
    assert "Hand over 3 reviews" in page


def test_an_administrator_gets_counts_only(giver: Membership, sign_in: SignIn) -> None:
    client = sign_in("administrator")
    assert LINK in client.get("/j/cedar/people/").content.decode()
    page = client.get(f"{PAGE}?from={giver.pk}").content.decode()
    assert "You cannot see 3 of these; they will be handed over too." in page
    assert "2026-00" not in page


def test_a_review_that_the_coordinator_stepped_back_from_is_counted_not_named(
    giver: Membership, sign_in: SignIn, cedar: Jurisdiction, coordinator: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        me = member(coordinator, cedar)
        step_back(Review.objects.get(incident__number="2026-002"), who=me, reason="A cousin.", by=me)
    page = sign_in("coordinator").get(f"{PAGE}?from={giver.pk}").content.decode()
    assert "You cannot see 1 of these; it will be handed over too." in page
    assert "2026-002" not in page
    assert "2026-001" in page


def test_a_refusal_says_why_and_shows_the_same_person_again(
    giver: Membership, sign_in: SignIn, cedar: Jurisdiction, observer: User
) -> None:
    form = {"from_": str(giver.pk), "to": str(member(observer, cedar).pk)}
    answer = sign_in("coordinator").post(PAGE, form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "records debriefs only. Choose somebody with the role Reviewer to lead." in page
    assert "What Reviewer holds" in page
    assert f'<option value="{form["to"]}" selected>' in page


def test_everything_shown_goes_over(giver: Membership, sign_in: SignIn, cedar: Jurisdiction) -> None:
    heir = member(make_person("heir", cedar, Role.REVIEWER), cedar)
    client = sign_in("coordinator")
    answer = client.post(PAGE, {"from_": str(giver.pk), "to": str(heir.pk)}, follow=True)
    assert "3 reviews were handed over to Heir." in answer.content.decode()
    assert "Nothing to hand over" in client.get(f"{PAGE}?from={giver.pk}").content.decode()
    assert "Hand over 3 reviews" in client.get(f"{PAGE}?from={heir.pk}").content.decode()


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999", ""])
def test_nobody_of_that_key_leads_back_to_the_choice(giver: Membership, sign_in: SignIn, key: str) -> None:
    assert "Show what goes over" in sign_in("coordinator").get(f"{PAGE}?from={key}").content.decode()
    assert sign_in("coordinator").post(PAGE, {"from_": key}).status_code == 422


@pytest.mark.parametrize("who", ["reviewer", "quality_lead", "director", "observer"])
def test_others_are_led_to_no_such_page(giver: Membership, sign_in: SignIn, who: str) -> None:
    client = sign_in(who)
    assert client.get(PAGE).status_code == 403
    assert LINK not in client.get("/j/cedar/reviews/").content.decode()


def test_where_nobody_holds_a_seat_the_page_says_so(sign_in: SignIn) -> None:
    assert "Nobody holds a seat" in sign_in("coordinator").get(PAGE).content.decode()
