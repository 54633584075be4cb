"""Filters folded and tables as cards on a phone; words that wait for a button are not left by a slip."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, expect

from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import member
from tests.reviews.situations import make_review

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
Window = Callable[..., Page]
LIST = "/j/cedar/incidents/"


@pytest.fixture
def lead(cedar: Jurisdiction, reviewer: User, coordinator: User) -> Membership:
    with jurisdiction_scope(cedar.pk):
        lead = member(reviewer, cedar)
        make_review(cedar, member(coordinator, cedar), lead=lead)
        return lead


def test_on_a_phone_filters_are_folded_and_named_without_javascript(
    window: Window, lead: Membership, coordinator: User
) -> None:
    page = window(coordinator, width="phone", javascript=False)
    page.goto(f"{LIST}?type=fatality&year=2026")
    fold = page.locator(".npcs-filter-fold > summary")
    expect(fold).to_have_text("Filters (2 on): Fatality, 2026")
    expect(page.locator("#id_type")).not_to_be_visible()
    fold.click()
    expect(page.locator("#id_type")).to_be_visible()


def test_on_a_wide_page_filters_stand_open_and_the_fold_keeps_their_names(
    window: Window, lead: Membership, coordinator: User
) -> None:
    page = window(coordinator)
    page.goto(LIST)
    expect(page.locator(".npcs-filter-fold > summary")).not_to_be_visible()
    page.locator("#id_type").select_option("fatality")
    expect(page).to_have_url(re.compile("type=fatality"))
    expect(page.locator("#filters-named")).to_have_count(1)
    expect(page.locator("#filters-named")).to_have_text("Filters (1 on): Fatality")


def test_on_a_phone_each_row_is_a_card_that_names_its_columns(
    window: Window, lead: Membership, coordinator: User
) -> None:
    page = window(coordinator, width="phone")
    page.goto(LIST)
    table = page.get_by_role("table")
    expect(table.get_by_role("rowheader")).to_have_text(["2026-001"])
    cell = table.get_by_role("cell").first
    expect(cell).to_have_attribute("data-label", "Type")
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Type"'
    expect(table.get_by_role("link", name="Number", exact=True)).to_be_visible()  # it can still be sorted
    wrap = page.locator(".npcs-table-wrap")
    assert wrap.evaluate("wrap => wrap.scrollWidth <= wrap.clientWidth")


def test_leaving_a_page_with_words_that_wait_for_a_button_asks_first(
    window: Window, lead: Membership, coordinator: User
) -> None:
    page = window(coordinator)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto("/j/cedar/reviews/2026-001/hold/")
    note = page.locator("textarea").first
    note.fill("The court has asked the agency to wait.")
    page.get_by_role("link", name="Back to the review").click()
    expect(note).to_have_value("The court has asked the agency to wait.")
    assert asked == ["beforeunload"]
    page.locator("main button[type=submit]").first.click()
    expect(page.locator(".npcs-summary")).to_be_visible()
    assert asked == ["beforeunload"], "the button itself is not asked about"
