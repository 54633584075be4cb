"""Every button of a part's page saves what was typed first, and does nothing more while something is to be mended."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.entries import remove_entry
from reviews.models import Answer, Entry, PartMark, Remark, Review
from tests.cast import member
from tests.reviews.situations import add, answer, make_review

pytestmark = pytest.mark.django_db
HOME = "/j/cedar/reviews/2026-001/"
SignIn = Callable[[str], Client]


@pytest.fixture
def review(cedar: Jurisdiction, lead: Membership) -> Review:
    with jurisdiction_scope(cedar.pk):
        return make_review(cedar, lead, lead=lead)


@pytest.fixture
def need(review: Review, cedar: Jurisdiction, lead: Membership) -> Entry:
    with jurisdiction_scope(cedar.pk):
        return add(review, lead, "needs", need_statement="A safe place to sleep.", need_met="unmet")


def typed(entry: Entry | None, item: str, text: str, version: int = 0) -> dict[str, str]:
    """One text field as a form without JavaScript posts it."""
    name = f"{entry.pk if entry else 0}-{item}"
    return {name: text, f"v-{name}": str(version), f"m-{name}": ""}


def kept(cedar: Jurisdiction, item: str, entry: Entry | None = None) -> object:
    with jurisdiction_scope(cedar.pk):
        return Answer.objects.get(item=item, repeat=entry).value


def test_removing_an_entry_saves_what_was_typed_on_it_first(
    need: Entry, sign_in: SignIn, cedar: Jurisdiction
) -> None:
    form = typed(need, "need_received", "A class on weekday mornings.") | {"remove": str(need.pk)}
    response = sign_in("reviewer").post(f"{HOME}entries/{need.pk}/", form)
    assert response.status_code == 302
    with jurisdiction_scope(cedar.pk):
        assert Entry.objects.get(pk=need.pk).removed_at is not None
    assert "weekday mornings" in str(kept(cedar, "need_received", need))


def test_making_an_opportunity_takes_the_words_that_were_typed_with_it(
    need: Entry, sign_in: SignIn, cedar: Jurisdiction
) -> None:
    form = typed(need, "need_statement", "A crib, and someone at night.", 1) | {
        "make_opportunity": str(need.pk)
    }
    sign_in("reviewer").post(f"{HOME}entries/{need.pk}/", form)
    with jurisdiction_scope(cedar.pk):
        made = Entry.objects.get(section="opportunities")
    assert kept(cedar, "opportunity_need", made) == "A crib, and someone at night."


@pytest.mark.parametrize("button", ["remove", "make_opportunity"])
def test_a_stale_entry_comes_back_with_every_word_and_nothing_else_is_done(
    need: Entry, sign_in: SignIn, cedar: Jurisdiction, button: str
) -> None:
    form = typed(need, "need_statement", "Mine is typed.", 0) | {button: str(need.pk)}
    response = sign_in("reviewer").post(f"{HOME}entries/{need.pk}/", form)
    assert response.status_code == 409
    assert b"Mine is typed." in response.content
    assert b"has done nothing yet" in response.content
    with jurisdiction_scope(cedar.pk):
        assert not Entry.objects.filter(section="opportunities").exists()
        assert Entry.objects.get(pk=need.pk).removed_at is None


def test_an_invalid_field_stops_every_button_of_a_part(
    review: Review, sign_in: SignIn, cedar: Jurisdiction
) -> None:
    client = sign_in("reviewer")
    name = "0-safety_checked_on"
    broken = {f"v-{name}": "0", f"{name}-day": "31", f"{name}-month": "02", f"{name}-year": "2026"}
    good = typed(None, "safety_account", "Both children were seen.")
    response = client.post(HOME + "parts/safety/", broken | good | {"done": "yes"})
    assert response.status_code == 422
    assert b'value="31"' in response.content
    assert kept(cedar, "safety_account") == "Both children were seen."
    with jurisdiction_scope(cedar.pk):
        assert not PartMark.objects.exists()
    plain = client.post(HOME + "parts/safety/", broken)
    assert b"has done nothing yet" not in plain.content, "only saving was asked for"


def test_each_button_of_a_part_saves_the_form_it_stands_in(
    review: Review, sign_in: SignIn, cedar: Jurisdiction, lead: Membership, quality_lead: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        removed = remove_entry(add(review, lead, "debriefs"), by=lead)
        asked = Remark.objects.create(
            jurisdiction=cedar,
            review=review,
            part="safety",
            text="Which?",
            by=member(quality_lead, cedar),
            at=timezone.now(),
        )
        answer(review, lead, "prior_contact", "none")
        answer(review, lead, "open_case_type", "in_home")
    client = sign_in("reviewer")
    for number, (part, item, button) in enumerate(
        [
            ("safety", "safety_account", {"settle": str(asked.pk)}),
            ("safety", "safety_account", {"done": "yes"}),
            ("history", "history_strengths", {"remove_answer": "0-open_case_type"}),
        ]
    ):
        with jurisdiction_scope(cedar.pk):
            stands = Answer.objects.filter(item=item).first()
        form = typed(None, item, f"Words {number}.", stands.version if stands else 0) | button
        assert client.post(f"{HOME}parts/{part}/", form).status_code == 302
        assert f"Words {number}." in str(kept(cedar, item))
    with jurisdiction_scope(cedar.pk):
        assert Remark.objects.get().settled_at is not None
        assert PartMark.objects.filter(part="safety").exists()
        assert Answer.objects.get(item="open_case_type").value is None
    client.post(HOME + "parts/debriefs/", {"bring_back": str(removed.pk)})
    with jurisdiction_scope(cedar.pk):
        assert Entry.objects.get(pk=removed.pk).removed_at is None


def test_words_for_an_entry_that_somebody_removed_meanwhile_come_back(
    need: Entry, sign_in: SignIn, cedar: Jurisdiction, lead: Membership
) -> None:
    client = sign_in("reviewer")
    with jurisdiction_scope(cedar.pk):
        remove_entry(need, by=lead)
    response = client.post(f"{HOME}entries/{need.pk}/", typed(need, "need_received", "A night nurse."))
    assert response.status_code == 422
    assert b"A night nurse." in response.content
    assert b"Bring it back" in response.content


def test_a_remark_cannot_be_settled_from_another_part(
    review: Review, sign_in: SignIn, cedar: Jurisdiction, lead: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        asked = Remark.objects.create(
            jurisdiction=cedar, review=review, part="factors", text="Which?", by=lead, at=timezone.now()
        )
    response = sign_in("reviewer").post(HOME + "parts/safety/", {"settle": str(asked.pk)})
    assert response.status_code == 404


@pytest.mark.parametrize("button", ["remove", "bring_back", "make_opportunity", "settle", "add"])
@pytest.mark.parametrize("about", ["", "0", "x", "9" * 30, "child"])
def test_a_button_about_nothing_is_not_found(
    review: Review, sign_in: SignIn, button: str, about: str
) -> None:
    assert sign_in("reviewer").post(HOME + "parts/needs/", {button: about}).status_code == 404


def test_several_remarks_on_one_page_are_left_together(
    review: Review, sign_in: SignIn, cedar: Jurisdiction, quality_lead: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        member(quality_lead, cedar)
        Review.objects.update(state="with_quality_lead")
    client = sign_in("quality_lead")
    both = {"remark-timeline": "Which record says so?", "remark-needs": "Whose view is it?", "at": "needs"}
    response = client.post(HOME + "read/", both)
    assert response["Location"] == HOME + "read/#part-needs"
    with jurisdiction_scope(cedar.pk):
        assert Remark.objects.count() == 2
    too_long = client.post(
        HOME + "read/", {"remark-timeline": "Short.", "remark-needs": "A" * 2001, "at": "needs"}
    )
    assert too_long.status_code == 422
    assert b"Short." in too_long.content
    with jurisdiction_scope(cedar.pk):
        assert Remark.objects.count() == 2, "all or none"
    assert b"Write the remark first" in client.post(HOME + "read/", {"at": "needs"}).content


def test_a_remark_typed_when_the_review_has_moved_on_comes_back(
    review: Review, sign_in: SignIn, cedar: Jurisdiction, quality_lead: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        member(quality_lead, cedar)
    response = sign_in("quality_lead").post(
        HOME + "read/", {"remark-timeline": "Which record?", "at": "timeline"}
    )
    assert response.status_code == 422
    assert b"Which record?" in response.content
    with jurisdiction_scope(cedar.pk):
        assert not Remark.objects.exists()


def test_a_page_that_cannot_be_changed_does_not_lead_to_itself(
    review: Review, sign_in: SignIn, cedar: Jurisdiction, quality_lead: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        member(quality_lead, cedar)
    page = sign_in("quality_lead").get(HOME + "parts/safety/")
    assert b"not on its team" in page.content
    assert b"Go there" not in page.content
