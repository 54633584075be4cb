"""The sheets of a workbook as plain tables. A program of its own: `reading` runs it with little memory and time.

A workbook is a packed file that anybody may have written to do harm: sizes that lie, a cell in the last row of the
last column. Whatever it does, it does to this process. Prints one JSON document: the sheets, or why there are none.
"""

import csv
import datetime as dt
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

ENTRIES = 1_000
ENTRY_BYTES = 200 * 1024 * 1024
ALL_BYTES = 300 * 1024 * 1024


class Refused(Exception):
    """Why the workbook cannot come in."""


def main(source: Path, folder: Path, most_rows: int, most_columns: int, most_sheets: int) -> dict[str, Any]:
    """Write each sheet with something in it as `0.csv`, `1.csv`, …; say what they are."""
    try:
        look_inside(source)
        book = CalamineWorkbook.from_path(str(source))
        names = [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        if len(names) > most_sheets:
            raise Refused(f"The workbook has {len(names)} sheets; {most_sheets} can come in.")
        sheets = [
            written
            for at, name in enumerate(names)
            if (written := write(book.get_sheet_by_name(name), folder / f"{at}.csv", most_rows, most_columns))
        ]
    except Refused as refusal:
        return {"refused": str(refusal)}
    except PasswordError:
        return {"refused": "The workbook is locked with a password. Save it without one."}
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        return {"refused": "The workbook is damaged, or not a workbook (XLSX). Open it and save it anew."}
    if not sheets:
        return {"refused": "The workbook is empty."}
    return {"sheets": sheets}


def look_inside(source: Path) -> None:
    """Before anything is unpacked: how much it says it will be, and nothing packed within."""
    with zipfile.ZipFile(source) as packed:
        inside = packed.infolist()
    if len(inside) > ENTRIES:
        raise Refused("The workbook is packed of too many files.")
    if (
        max((one.file_size for one in inside), default=0) > ENTRY_BYTES
        or sum(one.file_size for one in inside) > ALL_BYTES
    ):
        raise Refused("The workbook is too large when unpacked. Keep the rows that matter, and save it anew.")


def write(sheet: CalamineSheet, path: Path, most_rows: int, most_columns: int) -> dict[str, Any] | None:
    """Write one sheet; None when it is empty."""
    if sheet.start is None or sheet.end is None:
        return None
    (_, left), (last, right) = sheet.start, sheet.end
    if last + 1 > most_rows + 1:
        raise Refused(
            f"Sheet “{sheet.name}” has {last + 1:,} rows; {most_rows:,} can come in. Split it, for example by year."
        )
    if right + 1 > most_columns:
        raise Refused(f"Sheet “{sheet.name}” has {right + 1:,} columns; {most_columns:,} can come in.")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for kinds, cells in rows(sheet, left):
            writer.writerow([kinds, *cells])
    merged = [
        [top + 1, from_, bottom + 1, to] for (top, from_), (bottom, to) in sheet.merged_cell_ranges or ()
    ]
    return {"name": sheet.name, "table": path.name, "rows": last + 1, "columns": right + 1, "merged": merged}


def rows(sheet: CalamineSheet, left: int) -> Iterator[tuple[str, list[str]]]:
    """Each row as (kinds, cells), from the first row and column of the sheet on; an empty row has no cells."""
    for values in sheet.iter_rows():
        said = [said_by(value) for value in values]
        if not any(text for _, text in said):
            yield "", []
            continue
        yield "-" * left + "".join(kind for kind, _ in said), [""] * left + [text for _, text in said]


def said_by(value: Any) -> tuple[str, str]:
    """What a cell was, and its text: a whole number without a point, a day as 2019-03-04."""
    match value:
        case bool():
            return "b", "TRUE" if value else "FALSE"
        case int() | float():
            return "n", str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)
        case dt.datetime():
            at_midnight = value.time() == dt.time()
            return "d", value.date().isoformat() if at_midnight else value.isoformat(" ", "minutes")
        case dt.date():
            return "d", value.isoformat()
        case dt.time():
            return "t", value.isoformat("minutes")
        case dt.timedelta():
            return "t", str(value)
        case "":
            return "-", ""
    return "t", str(value)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))))
