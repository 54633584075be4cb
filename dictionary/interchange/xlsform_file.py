"""An XLSForm workbook as rows by column name, read in a process of its own."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dictionary.interchange import fence
from dictionary.interchange.losses import Problem, Refused
from dictionary.interchange.xlsform_out import CHOICES, OWN, OWN_SHEET, SETTINGS, SURVEY, Row
from dictionary.workbooks.reading import Limits, WorkbookRefused, read_workbook, texts
from dictionary.workbooks.writing import Column, Sheet, write_workbook

FILE_BYTES = 10 * 1024 * 1024
LIMITS = Limits(rows=20_000, columns=300, sheets=30, memory=512 * 1024 * 1024, seconds=20)
_HEADERS = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS, OWN_SHEET: OWN}
_NEEDED = {"survey": ("type", "name"), "choices": ("list_name", "name")}
_OLD_NAMES = {"list name": "list_name", "relevance": "relevant"}


@dataclass(frozen=True)
class SheetRow:
    """The cells of one row by their column; an empty cell is not there."""

    row: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class XlsformFile:
    survey: tuple[SheetRow, ...]
    choices: tuple[SheetRow, ...]
    settings: Mapping[str, str]
    fences: Mapping[str, str]
    others: tuple[str, ...]  # sheets that no XLSForm has


def write(sheets: Mapping[str, Sequence[Row]]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        pages = [
            Sheet(name, [Column(title, 24) for title in _HEADERS[name]], rows)
            for name, rows in sheets.items()
        ]
        write_workbook(path, pages)
        return path.read_bytes()


def read(data: bytes) -> XlsformFile:
    """Raises Refused for what is no workbook, or has no survey."""
    if len(data) > FILE_BYTES:
        raise Refused([Problem(0, "", f"The file is larger than {FILE_BYTES // 1024 // 1024} MiB.")])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "form.xlsx"
        source.write_bytes(data)
        try:
            facts = read_workbook(source, folder, LIMITS)
        except WorkbookRefused as refusal:
            raise Refused([Problem(0, "", str(refusal))]) from refusal
        sheets = {sheet.name.strip().lower(): _rows(texts(folder, sheet)) for sheet in facts}
    if "survey" not in sheets:
        raise Refused(
            [Problem(0, "", "The workbook has no sheet “survey”. An XLSForm has its questions there.")]
        )
    problems = [
        Problem(1, f"sheet {name}", f"The sheet has no column “{column}”. Add it in the first row.")
        for name, columns in _NEEDED.items()
        if name in sheets
        for column in columns
        if column not in sheets[name][0]
    ]
    if problems:
        raise Refused(problems)
    settings = sheets.get("settings", ((), ()))[1]
    return XlsformFile(
        survey=sheets["survey"][1],
        choices=sheets.get("choices", ((), ()))[1],
        settings=settings[0].cells if settings else {},
        fences=_fences(sheets.get(OWN_SHEET, ((), ()))[1]),
        others=tuple(name for name in sheets if name not in _HEADERS),
    )


def _rows(cells: list[list[str]]) -> tuple[tuple[str, ...], tuple[SheetRow, ...]]:
    """The header and the rows below it that say something."""
    header = (
        [_OLD_NAMES.get(name, name) for name in (text.strip().lower() for text in cells[0])] if cells else []
    )
    rows = []
    for number, row in enumerate(cells[1:], 2):
        said = {
            column: text.strip() for column, text in zip(header, row, strict=False) if column and text.strip()
        }
        if said:
            rows.append(SheetRow(number, said))
    return tuple(header), tuple(rows)


def _fences(rows: Sequence[SheetRow]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for row in rows:
        name = row.get(OWN[0])
        joined[name] = joined.get(name, "") + row.get(OWN[1])
    return joined


def opened(fences: Mapping[str, str]) -> dict[str, dict[str, object]]:
    """Our fences by the name of what they are about. Raises Refused where one was damaged."""
    found: dict[str, dict[str, object]] = {}
    problems = []
    for name, text in fences.items():
        try:
            found[name] = fence.load(text)
        except fence.BrokenFence:
            message = (
                f"What the sheet {OWN_SHEET} says of “{name}” is damaged. Put it back, or remove the sheet."
            )
            problems.append(Problem(0, "", message))
    if problems:
        raise Refused(problems)
    return found
