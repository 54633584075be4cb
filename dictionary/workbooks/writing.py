"""Writing workbooks that people open: text stays text whatever it begins with, and no cell or sheet is too large."""

import datetime as dt
import re
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from dictionary.values import keepable
from jurisdictions.formulas import looks_like_a_formula

# What a cell and a sheet of the format can hold.
CELL_CHARACTERS = 32_767
SHEET_ROWS = 1_048_576
CUT = " … (cut: a cell holds no more)"

type Value = str | int | float | dt.date | None
type Cell = Value | Marked


@dataclass(frozen=True)
class Marked:
    """A cell to look at: shown on a coloured ground."""

    value: Value


@dataclass(frozen=True)
class Column:
    label: str
    width: int = 18  # in characters, roughly
    wraps: bool = False
    note: str = ""  # shown where the heading is pointed at
    offers: str = ""  # the cells whose texts the cells below offer to choose from: 'Lists'!$C$2:$C$9


@dataclass(frozen=True)
class Sheet:
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    above: Sequence[Sequence[Cell]] = ()  # what stands over the headings


class TooManyRows(ValueError):
    """The sheet cannot hold them."""


def cell_text(text: str) -> str:
    """The text as a cell can hold it: what no file can keep is shown as �, what is too long is cut and says so."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = keepable(lines)
    if len(kept) < len(lines):
        kept = "".join(char if keepable(char) else "�" for char in lines)
    if len(kept) > CELL_CHARACTERS:
        kept = kept[: CELL_CHARACTERS - len(CUT)] + CUT
    return kept


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> int:
    """Write the sheets, row by row; return how many rows stand below the headings of the first."""
    from openpyxl import Workbook  # only the worker and the command carry its weight
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    written = []
    for sheet in sheets:
        page = book.create_sheet(cell_text(sheet.title)[:31])
        page.freeze_panes = f"A{len(sheet.above) + 2}"
        for at, column in enumerate(sheet.columns, 1):
            page.column_dimensions[get_column_letter(at)].width = column.width
        write = _CellWriter(page, [column.wraps for column in sheet.columns])
        for row in sheet.above:
            page.append(write.row(row))
        page.append(write.heading(sheet.columns))
        _offer(page, sheet)
        count = 0
        for row in sheet.rows:
            count += 1
            if count + len(sheet.above) >= SHEET_ROWS:
                raise TooManyRows(f"A sheet holds {SHEET_ROWS - 1:,} rows.")
            page.append(write.row(row))
        written.append(count)
    book.save(path)
    return written[0] if written else 0


OFFERED_ROWS = 500  # below the headings, whose cells offer the answers of their column


def _offer(page: Any, sheet: Sheet) -> None:
    """Let the cells of a column offer its answers; something else may be typed all the same."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    first = len(sheet.above) + 2
    for at, column in enumerate(sheet.columns, 1):
        if column.offers:
            rule = DataValidation("list", formula1=column.offers, allow_blank=True, showErrorMessage=False)
            rule.add(f"{get_column_letter(at)}{first}:{get_column_letter(at)}{first + OFFERED_ROWS - 1}")
            page.data_validations.append(rule)


class _CellWriter:
    """Turns values into the cells of one sheet."""

    def __init__(self, page: Any, wraps: Sequence[bool]) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Font, PatternFill

        self._page, self._wraps = page, wraps
        self._cell = WriteOnlyCell
        self._wrapped = Alignment(wrap_text=True, vertical="top")
        self._bold = Font(bold=True)
        self._ground = PatternFill("solid", fgColor="FFFFE8B3")

    def heading(self, columns: Sequence[Column]) -> list[Any]:
        from openpyxl.comments import Comment

        cells = [self._text(column.label) for column in columns]
        for cell, column in zip(cells, columns, strict=True):
            cell.font = self._bold
            if any(one.wraps for one in columns):
                cell.alignment = self._wrapped
            if column.note:
                cell.comment = Comment(column.note, "NPCS", width=320, height=120)
        return cells

    def row(self, values: Sequence[Cell]) -> list[Any]:
        return [self._one(value, at) for at, value in enumerate(values)]

    def _one(self, value: Cell, at: int) -> Any:
        if isinstance(value, Marked):
            held: Any = value.value
            cell = self._text(held) if isinstance(held, str) else self._cell(self._page, held)
            cell.fill = self._ground
            return cell
        if not isinstance(value, str):
            return value
        wraps = at < len(self._wraps) and self._wraps[at]
        text = cell_text(value)
        if not wraps and not looks_like_a_formula(text):
            return text
        cell = self._text(value)
        if wraps:
            cell.alignment = self._wrapped
        return cell

    def _text(self, value: str) -> Any:
        """A cell that is text for every program, and shows no quote: the type says so, not a character."""
        text = cell_text(value)
        cell = self._cell(self._page, value=text)
        cell.data_type = "s"
        if looks_like_a_formula(text):
            cell.quotePrefix = True
        return cell


_WRITTEN_AT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def reproducible(path: Path) -> bytes:
    """A workbook without the moment at which it was written: the same content is the same bytes."""
    whole = BytesIO()
    without_moment(path, whole)
    return whole.getvalue()


def without_moment(path: Path, target: BinaryIO, *, instead: str = "2000-01-01T00:00:00Z") -> None:
    """The same of any office document, written piece by piece: sheets may be larger than memory should be."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            entry = zipfile.ZipInfo(one.filename)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with old.open(one) as content, new.open(entry, "w") as copy:
                if one.filename == "docProps/core.xml":
                    copy.write(_WRITTEN_AT.sub(rb"\g<1>" + instead.encode(), content.read()))
                else:
                    shutil.copyfileobj(content, copy, 1024 * 1024)
