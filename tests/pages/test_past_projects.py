"""Past reviews from REDCap projects of another make, in Chromium: dictionary, instruments, trial and import."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews import tasks
from reviews.models import Review
from tests.pages.importing import follow, looked_at, press, worked
from tests.reviews.past_projects import FLAT, FLAT_DICTIONARY, REPEATING, csv_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def csv_named(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def bring(page: Page, agency: Jurisdiction, name: str, content: bytes) -> None:
    """Bring records, and go to their columns once a worker has looked at them."""
    page.goto("/j/cedar/imports/new/?shape=reviews")
    page.set_input_files("#id_file", csv_named(name, content))
    press(page, "Upload and look at it")
    tasks.unpack_uploads(agency.pk)
    expect(page.get_by_text("The layout is none of ours")).to_be_visible(timeout=20_000)
    follow(page, "Say what the columns mean")


def test_a_project_with_its_dictionary_and_one_with_instruments_come_in(
    window: Callable[..., Page], cedar: Jurisdiction, coordinator: User
) -> None:
    page = window(coordinator)
    bring(page, cedar, "flat.csv", csv_of(FLAT))
    page.set_input_files("#id_dictionary-0", csv_named("dictionary.csv", FLAT_DICTIONARY))
    press(page, "Read the data dictionary")
    expect(page.get_by_text("Labels are known for 16 variables")).to_be_visible(timeout=20_000)
    expect(page.get_by_label("What “need2_met” becomes")).to_have_value("need_met")
    expect(page.get_by_label("Which one “need2_met” is about")).to_have_value("2")
    looked_at(page, "past-flat-columns")
    press(page, "Next: codes and dates")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="7 Scare"))
    row.get_by_role("combobox").select_option(label="Other critical incident")
    looked_at(page, "past-flat-codes")
    press(page, "Try it")
    assert worked(page, cedar) == "Reviews 3 Accepted 2 Accepted, please look 1 Returned 0"
    bring(page, cedar, "repeating.csv", csv_of(REPEATING))
    page.get_by_label("What “incident_kind” becomes").select_option(label="Type of incident")
    page.get_by_label("systems_issues").select_option(label="Improvement opportunities")
    press(page, "Show their items")
    expect(page.get_by_label("What “issue_title” becomes")).to_have_value("opportunity_title")
    looked_at(page, "past-instruments")
    press(page, "Next: codes and dates")
    press(page, "Try it")
    assert worked(page, cedar) == "Reviews 3 Accepted 1 Accepted, please look 1 Returned 1"
    looked_at(page, "past-trial")
    press(page, "Let the 2 accepted reviews in")
    worked(page, cedar)
    follow(page, "See them")
    with jurisdiction_scope(cedar.pk):
        assert Review.objects.filter(state="as_reported").count() == 2
