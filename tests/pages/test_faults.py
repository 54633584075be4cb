"""A thousand rows with 37 faults, in Chromium: 37 cells come back marked where they stand, mending just those brings
the rows in, and a third time changes nothing. LibreOffice reads the workbook and computes nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from jurisdictions.models import Jurisdiction, User
from tests.office import opened_by_libreoffice
from tests.pages.importing import brought, follow, press, tried, worked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROWS = 1_000
FAULTY = range(27, ROWS + 1, 27)  # 37 of them
NARRATIVE = '=HYPERLINK("http://example.org";"told by night")'
MARKED = "#ffe8b3"


def file_of(folder: Path) -> Path:
    lines = ["Ref No,Kind,Day,Age,Unit,Narrative"]
    for at in range(1, ROWS + 1):
        day = "31/31/2020" if at in FAULTY else "3/24/2020"
        lines.append(f"{at},F,{day},3,mo," + '"{}"'.format(NARRATIVE.replace('"', '""')))
    path = folder / "cases.csv"
    path.write_text("\n".join(lines))
    return path


def workbook_of(page: Page, path: Path) -> Path:
    with page.expect_download() as back:
        follow(page, "Get your rows back")
    back.value.save_as(path)
    return path


def test_37_faults_of_a_thousand_rows_are_marked_mended_and_in(
    window: Callable[..., Page], cedar: Jurisdiction, coordinator: User, tmp_path: Path
) -> None:
    page = window(coordinator)
    brought(page, file_of(tmp_path), cedar, rows=ROWS)
    assert tried(page, cedar).endswith("Returned 37")
    press(page, "Let the 963 accepted rows in")
    worked(page, cedar)
    expect(page.get_by_text("963 new incidents, 0 changed")).to_be_visible(timeout=20_000)

    path = workbook_of(page, tmp_path / "back.xlsx")
    faults = {(at + 1, 3) for at in FAULTY}
    opened = opened_by_libreoffice(path)
    assert (opened.formulas, opened.links) == ([], 0)
    cells = opened.cells("Rows")
    assert {place for place, (_, fill) in cells.items() if fill == MARKED and place[1] <= 6} == faults
    assert cells[2, 6][0] == NARRATIVE

    book = load_workbook(path)
    for row, column in faults:
        book["Rows"].cell(row, column).value = "3/25/2020"
    book.save(path)
    for expected in (
        "37 new incidents, 0 changed, 963 as they were",
        "0 new incidents, 0 changed, 1,000 as they were",
    ):
        brought(page, path, cedar, rows=ROWS)
        assert tried(page, cedar).endswith("Returned 0")
        if not expected.startswith("0"):
            press(page, "Let all rows in")
            worked(page, cedar)
        expect(page.get_by_text(expected)).to_be_visible(timeout=20_000)
