"""Every page of a review at both widths: no page error, and axe finds nothing."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import member
from tests.pages.conftest import picture
from tests.reviews.situations import add, answer, make_review

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
HOME = "/j/cedar/reviews/2026-001/"
PAGES = {
    "work": "/j/cedar/",
    "reviews": "/j/cedar/reviews/",
    "home": HOME,
    "history": HOME + "history/",
    "read": HOME + "read/",
    "facts": HOME + "parts/facts/",
    "safety": HOME + "parts/safety/",
    "timeline": HOME + "parts/timeline/",
    "needs": HOME + "parts/needs/",
    "factors": HOME + "parts/factors/",
    "recommendations": HOME + "parts/recommendations/",
    "summary": HOME + "parts/summary/",
    "statement": HOME + "statement/",
    "send": HOME + "move/send_to_quality_lead/",
    "inbox": "/j/cedar/inbox/",
}


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_every_page_of_a_review(
    window: Callable[..., Page], cedar: Jurisdiction, reviewer: User, coordinator: User, width: str
) -> None:
    with jurisdiction_scope(cedar.pk):
        lead = member(reviewer, cedar)
        review = make_review(cedar, member(coordinator, cedar), lead=lead)
        answer(
            review, lead, "what_was_reported", "<p>A mother found her baby not breathing in the morning.</p>"
        )
        day = {"date": "2026-01-03", "precision": "day"}
        add(
            review,
            lead,
            "timeline",
            event_on=day,
            event_lane="family",
            event_text="The family moves in with kin.",
        )
        add(
            review,
            lead,
            "timeline",
            event_on={"date": "2026-02-01", "precision": "month"},
            event_lane="system",
            event_text="A first visit.",
            event_decision="yes",
        )
        need = add(
            review, lead, "needs", need_statement="A safe place for the baby to sleep.", need_met="unmet"
        )
        opportunity = add(review, lead, "opportunities", opportunity_title="Concrete help at the first visit")
    page = window(reviewer, width=width)
    pages = PAGES | {
        "need": f"{HOME}entries/{need.pk}/",
        "opportunity": f"{HOME}entries/{opportunity.pk}/",
        "factors-of": f"{HOME}parts/factors/of/{opportunity.pk}/",
    }
    found = {}
    for name, address in pages.items():
        response = page.goto(address)
        assert response is not None
        assert response.status == 200, name
        picture(page, f"{name}-{width}")
        if violations := Axe().run(page).response["violations"]:
            found[name] = [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in violations]
        across = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if across > 0:
            found.setdefault(name, []).append(("scrolls sideways", across))
    assert found == {}
