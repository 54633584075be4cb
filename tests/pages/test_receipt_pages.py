"""The receipt of a file and the step that undoes its import, at both widths: no page error, and axe finds nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews import tasks
from reviews.actions.import_incidents import import_incidents
from reviews.actions.notify import open_past_incident
from reviews.imports.unpacking import unpack
from reviews.models import Incident
from tests.cast import member
from tests.pages.conftest import picture
from tests.reviews.import_situations import HEADER, mapping

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def looked_at(page: Page, name: str) -> None:
    picture(page, name)
    assert [one["id"] for one in Axe().run(page).response["violations"]] == [], name
    across = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert across <= 0, name


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_an_import_is_undone_without_javascript(
    window: Callable[..., Page], cedar: Jurisdiction, coordinator: User, tmp_path: Path, width: str
) -> None:
    by = member(coordinator, cedar)
    file = tmp_path / "incidents-of-the-county-2011-to-2020.csv"
    file.write_text(HEADER + "".join(f"{at},F,2020-01-{at:02},Alder,Told.,3\n" for at in range(1, 10)))
    with jurisdiction_scope(cedar.pk):
        receipt = import_incidents(unpack(file, tmp_path), mapping(), jurisdiction=cedar, by=by).record
        assert receipt is not None
        reviewed = Incident.objects.earliest("pk")
        review = open_past_incident(reviewed, by=by)
    plain, page = window(coordinator, width=width, javascript=False), window(coordinator, width=width)
    for window_ in (plain, page):
        window_.goto("/j/cedar/imports/")
        window_.get_by_role("rowheader").get_by_role("link").click()
        window_.get_by_role("link", name="Undo this import").click()
        expect(window_.get_by_role("link", name=reviewed.number)).to_be_visible(timeout=20_000)
    looked_at(page, f"undo-refused-{width}")
    with jurisdiction_scope(cedar.pk):
        review.delete()
    page.reload()
    looked_at(page, f"undo-{width}")
    plain.reload()
    plain.get_by_role("button", name="Undo this import").click()
    page.goto(plain.url)
    looked_at(page, f"receipt-on-its-way-back-{width}")
    tasks.undo_imports(cedar.pk)
    expect(page.get_by_text("This import was undone")).to_be_visible(timeout=20_000)
    looked_at(page, f"receipt-undone-{width}")
    page.goto("/j/cedar/imports/")
    looked_at(page, f"receipts-{width}")
    with jurisdiction_scope(cedar.pk):
        assert not Incident.objects.exists()
