"""Yearly figures in Chromium, from the file to the plot and its correction: all in sight, and axe finds nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from jurisdictions.models import Jurisdiction, User
from reviews import tasks
from tests.pages.test_public_file import follow, looked_at, press, worked
from tests.reviews.test_figures import WIDE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_figures_come_in_stand_in_plots_and_are_corrected(
    window: Callable[..., Page], cedar: Jurisdiction, coordinator: User, tmp_path: Path
) -> None:
    file = tmp_path / "workforce.csv"
    file.write_text(WIDE)
    page = window(coordinator)
    page.goto("/j/cedar/figures/")
    looked_at(page, "figures-empty")
    follow(page, "Bring in a file")
    expect(page.get_by_label("Yearly figures")).to_be_checked()
    page.set_input_files("#id_file", file)
    press(page, "Upload and look at it")
    tasks.unpack_uploads(cedar.pk)
    page.get_by_role("link", name="Say what the columns mean").click(timeout=20_000)
    page.get_by_label("What “Beds” becomes").select_option("own")
    press(page, "Next: rows and units")
    looked_at(page, "figures-columns-wrong")
    page.get_by_label("Source, if no column says it").fill("Yearbook")
    press(page, "Next: rows and units")
    page.get_by_label("Unit", exact=True).select_option("count")
    looked_at(page, "figures-values")
    press(page, "Try it")
    assert worked(page, cedar) == "Figures 7 Accepted 7 Accepted, please look 0 Returned 0"
    press(page, "Let all figures in")
    worked(page, cedar)
    page.get_by_role("link", name="See them").click(timeout=20_000)
    page.locator("summary", has_text="The numbers as a table").first.click()
    looked_at(page, "figures")
    page.get_by_role("rowheader").get_by_role("link").first.click()
    looked_at(page, "figure")
    follow(page, "Correct this figure")
    page.get_by_label("Value").fill("much")
    press(page, "Keep this value")
    expect(page.get_by_role("alert")).to_contain_text("is not a number")
    looked_at(page, "figure-wrong")
    page.get_by_label("Value").fill("5")
    press(page, "Keep this value")
    expect(page.get_by_role("main")).to_contain_text("Kept.")
