"""The real public file, mapped wholly on the pages in Chromium: in by what is proposed, and again without a change."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Incident, IncidentImport
from tests.pages.importing import brought, follow, looked_at, press, tried, worked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PUBLIC_FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "pa_incidents_2011_2018.csv"


@pytest.fixture
def public_file() -> Path:
    if not PUBLIC_FILE.is_file():
        pytest.skip("the public file is not beside the project on this machine")
    return PUBLIC_FILE


def test_the_public_file_comes_in_on_the_pages_and_again_changes_nothing(
    window: Callable[..., Page],
    cedar: Jurisdiction,
    coordinator: User,
    public_file: Path,
    tmp_path: Path,
) -> None:
    page = window(coordinator)
    brought(page, public_file, cedar, rows=710)
    expect(page.get_by_label("What “status” becomes")).to_have_value("incident_type")
    expect(page.get_by_label("What “prior_status” becomes")).to_have_value("")
    page.get_by_label("What “prior_status” becomes").select_option(label="Leave this column out")
    looked_at(page, "public-columns")
    press(page, "Next: codes and dates")
    expect(page.get_by_text("52 rows would stay open")).to_be_visible()  # what only its journalist could tell
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="REVISIT"))
    expect(row).to_contain_text("4")
    looked_at(page, "public-codes")
    press(page, "Try it")
    assert worked(page, cedar) == "Rows 710 Accepted 623 Accepted, please look 87 Returned 0"
    looked_at(page, "public-trial")
    with jurisdiction_scope(cedar.pk):
        assert not Incident.objects.exists()
    press(page, "Let all rows in")
    worked(page, cedar)
    expect(page.get_by_text("710 new incidents, 0 changed")).to_be_visible(timeout=20_000)
    looked_at(page, "public-in")
    with page.expect_download() as back:
        follow(page, "Get your rows back")
    back.value.save_as(tmp_path / "back.xlsx")
    assert load_workbook(tmp_path / "back.xlsx")["Rows"].max_row == 711
    brought(page, tmp_path / "back.xlsx", cedar, rows=710)
    tried(page, cedar)
    expect(page.get_by_text("nothing would change")).to_be_visible()
    expect(page.get_by_text("0 new incidents, 0 changed, 710 as they were")).to_be_visible()
    with jurisdiction_scope(cedar.pk):
        receipt = IncidentImport.objects.get()
        assert receipt.rows == receipt.accepted + receipt.with_warnings + receipt.returned == 710
        assert Incident.objects.count() == 710
