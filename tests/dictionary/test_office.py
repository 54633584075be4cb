"""What the tests see through LibreOffice is what it sees."""

from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import PatternFill

from tests.office import opened_by_libreoffice


def test_a_formula_a_text_and_a_fill_are_seen(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Rows"
    sheet["A1"], sheet["C3"] = "=1+1", "two words"
    sheet["C3"].fill = PatternFill("solid", fgColor="FFE8B3")
    book.save(tmp_path / "live.xlsx")
    opened = opened_by_libreoffice(tmp_path / "live.xlsx")
    assert opened.formulas == ["of:=1+1"]
    assert opened.cells("Rows") == {(1, 1): ("2", "transparent"), (3, 3): ("two words", "#ffe8b3")}
