"""In Chromium: what is refused is refused calmly, helps on, and is written down."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from jurisdictions.models import AuditEvent, Jurisdiction, PartnershipEvent, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Review
from tests.cast import member
from tests.pages.conftest import picture
from tests.reviews.situations import answer, make_review

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
Window = Callable[..., Page]


def refused(agency: Jurisdiction, by: User) -> list[tuple[str, str]]:
    """(kind, route) of every refusal of this person that the agency's audit holds."""
    with jurisdiction_scope(agency.pk):
        found = AuditEvent.objects.filter(outcome="denied", by_user=by.pk).order_by("pk")
        return list(found.values_list("kind", "about"))


def test_nobody_approves_what_they_wrote(
    window: Window, cedar: Jurisdiction, reviewer: User, coordinator: User, director: User
) -> None:
    """The director has written in the review: the page says who approves instead, and a post changes nothing."""
    with jurisdiction_scope(cedar.pk):
        lead, chief = member(reviewer, cedar), member(director, cedar)
        review = make_review(cedar, member(coordinator, cedar), state=Review.State.WITH_DIRECTOR, lead=lead)
        answer(review, chief, "safety_account", "I was told.")
    page = window(director)
    page.goto("/j/cedar/reviews/2026-001/move/approve/")
    expect(page.locator("main")).to_contain_text(
        "You wrote part of this review, so somebody else approves it."
    )
    picture(page, "refused-own-approval")
    assert Axe().run(page).response["violations"] == []
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    headers = {"X-CSRFToken": token, "Referer": page.url}
    answered = page.request.post("/j/cedar/reviews/2026-001/move/approve/", headers=headers)
    assert answered.status == 422
    assert "somebody else approves it" in answered.text()
    page.goto("/j/cedar/")
    expect(page.locator("main")).not_to_contain_text("Approve or return")
    with jurisdiction_scope(cedar.pk):
        assert Review.objects.get().state == Review.State.WITH_DIRECTOR


def test_another_agency_is_refused_calmly_and_logged(
    window: Window,
    cedar: Jurisdiction,
    birch: Jurisdiction,
    reviewer: User,
    outsider: User,
    coordinator: User,
) -> None:
    """By its address, by a number of its reviews, and by searching for its words."""
    with jurisdiction_scope(cedar.pk):
        make_review(cedar, member(coordinator, cedar), lead=member(reviewer, cedar), number="2026-014")
    with jurisdiction_scope(birch.pk):
        make_review(birch, member(outsider, birch), lead=member(outsider, birch))
    page = window(outsider)
    for address in ("/j/cedar/", "/j/cedar/reviews/2026-014/", "/j/birch/reviews/2026-014/"):
        response = page.goto(address)
        assert response is not None
        assert response.status == 404
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("body")).not_to_contain_text("Cedar")
        assert Axe().run(page).response["violations"] == []
    picture(page, "refused-address")
    page.get_by_role("link", name="My work").first.click()
    expect(page.locator("h1")).to_contain_text("My work")

    page.goto("/j/birch/incidents/")
    search = page.get_by_role("searchbox").first
    for words in ("2026-014", "CASE-2026-014", "Cedar County"):
        search.fill(words)
        search.press("Enter")
        expect(page.locator("main")).to_contain_text("No incident fits this")
    picture(page, "refused-search")
    assert refused(cedar, outsider) == [("door.stranger", "work:home"), ("door.stranger", "reviews:home")]
    assert refused(birch, outsider) == [("door.not_visible", "reviews:home")]


def test_an_address_of_no_agency_is_answered_like_a_strangers(window: Window, outsider: User) -> None:
    page = window(outsider)
    response = page.goto("/j/no-such-agency/")
    assert response is not None
    assert response.status == 404
    event = PartnershipEvent.objects.get(outcome="denied")
    assert (event.kind, event.by_user) == ("door.stranger", outsider.pk)
    assert event.at <= timezone.now()
