"""What a coordinator reads when something cannot be done: plain words, the way out, and everything typed."""

from collections.abc import Callable

import pytest
from django.test import Client

from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Review
from tests.cast import member
from tests.reviews.incident_situations import form
from tests.reviews.situations import make_review

pytestmark = pytest.mark.django_db
REVIEW, INCIDENT = "/j/cedar/reviews/2026-001/", "/j/cedar/incidents/2026-001/"
SignIn = Callable[[str], Client]
REASON = {"reasons": ["open_case_at_event"]}


@pytest.fixture
def client(cedar: Jurisdiction, coordinator: User, reviewer: User, sign_in: SignIn) -> Client:
    with jurisdiction_scope(cedar.pk):
        make_review(cedar, member(coordinator, cedar), lead=member(reviewer, cedar))
    return sign_in("coordinator")


@pytest.mark.parametrize(
    ("state", "page", "posted", "says"),
    [
        ("to_be_selected", "selection/", {}, ["reviewed?”: Choose one.", "Tick at least one."]),
        ("to_be_selected", "selection/", REASON | {"decision": "select"}, ["Name the person who leads"]),
        (
            "to_be_selected",
            "selection/",
            REASON | {"decision": "select", "lead": "0"},
            ["what you chose is not on it any more"],
        ),
        ("to_be_selected", "selection/", {"note": "x" * 2003}, ["within 2000 characters: it has 2003"]),
        (
            "in_review",
            "selection/",
            REASON | {"decision": "do_not_select"},
            ["This incident is in review now, so your decision is not recorded."],
        ),
        ("in_review", "team/", {}, ["Lead reviewer”: Choose one."]),
        ("in_review", "hold/", {}, ["Wait until”: Give a day.", "wait?”: Choose one."]),
        ("in_review", "hold/", {"until": "30.2.2026"}, ["Give a day that exists"]),
        ("in_review", "approver/", {}, ["Person from outside”: Choose one.", "Until”: Give a day."]),
        ("in_review", "statement/", {}, ["Which is true for you?”: Choose one."]),
        ("not_selected", "move/reopen_selection/", {"note": "x" * 2003}, ["2,000 characters: it is 3 over"]),
    ],
)
def test_each_refusal_says_how_to_mend_it_and_keeps_what_was_typed(
    cedar: Jurisdiction, client: Client, state: str, page: str, posted: dict[str, str], says: list[str]
) -> None:
    with jurisdiction_scope(cedar.pk):
        Review.objects.update(state=state)
    answer = client.post(REVIEW + page, {"note": "KEPT"} | posted)
    text = answer.content.decode()
    assert answer.status_code == 422
    for words in says:
        assert words in text
    assert "This field is required" not in text
    if "note" in text and page not in {"team/", "approver/"}:
        assert posted.get("note", "KEPT") in text


def test_facts_that_cannot_be_saved_any_more_can_be_copied(client: Client) -> None:
    answer = client.post(INCIDENT + "edit/", form(county="KEPT") | {"version": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Its coordinator can name you." in page
    assert "KEPT" in page
    assert "C-123" in page


def test_a_hold_that_ended_meanwhile_is_not_said_to_end_now(client: Client) -> None:
    page = client.post(REVIEW + "hold/", {"release": ""}, follow=True).content.decode()
    assert "was not on hold any more" in page


def test_a_withdrawal_that_comes_too_late_says_where_to_write_instead(client: Client) -> None:
    page = client.post(INCIDENT + "withdraw/", {"reason": "KEPT"}).content.decode()
    assert "Write what was a mistake into its review instead." in page
    assert "KEPT" in page
