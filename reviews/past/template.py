"""The empty workbook of past reviews: help first, then a sheet for each kind of entry, and the lists of answers."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dictionary.schema import RATING_MISSING, RATINGS, Choice, Edition
from dictionary.workbooks.writing import Cell, Sheet, write_workbook
from dictionary.workbooks.writing import Column as Drawn
from reviews.past import layout as past
from reviews.past.layout import Column, SheetLayout

_WIDE = {"plain", "prose"}
NOTE = 600  # characters of what is shown where a heading is pointed at

HELP = (
    "One row for each review on the sheet “Reviews”. Its number there is your own; other sheets name the review by it.",
    "Fill in what you have. Nothing is required but the number and the type of incident. Sheets and columns may be "
    "empty, be left out, or stand in another order.",
    "Write answers of a list as they stand on the sheet “Lists”. Part several answers in one cell by semicolons.",
    "Where you know that there is no answer, say so: “Not known”, “Not asked”, “Does not apply”.",
    "Dates as 2019-03-24 or 03/24/2019. In the timeline also a month (March 2019) or about when (about March 2019).",
    "Where a column names other entries, write which: “Need 2; Record 1”.",
    "Names of children, families and workers do not belong in it. Say roles: the mother, the supervisor.",
    "What comes in is marked “as reported”: it was not approved here, and it is never counted among approved reviews "
    "without saying so.",
)


def write_template(path: Path, edition: Edition) -> None:
    """Write the workbook for reviews under this edition."""
    layout = past.layout(edition)
    answers = list(_answers(edition))
    offers = _places(answers)
    sheets = [
        Sheet(
            past.HELP,
            [Drawn(f"Past reviews, edition {edition.number} of the dictionary", 110, wraps=True)],
            _help(),
        ),
        *(
            Sheet(sheet.title, [_drawn(sheet, column, offers) for column in sheet.columns], [])
            for sheet in layout
        ),
        Sheet(
            past.LISTS,
            [Drawn("Sheet", 24), Drawn("Column", 44), Drawn("Answer", 70), Drawn("Code", 32)],
            answers,
        ),
    ]
    write_workbook(path, sheets)


def _help() -> Iterator[Sequence[Cell]]:
    yield from ([line] for line in HELP)


def _drawn(sheet: SheetLayout, column: Column, offers: Mapping[tuple[str, str], str]) -> Drawn:
    is_wide = column.item is not None and column.item.type in _WIDE
    offered = offers.get((sheet.title, column.label), "") if _takes_one(column) else ""
    width = 60 if is_wide else max(14, min(40, len(column.label) + 2))
    return Drawn(column.label, width, wraps=True, note=_note(column), offers=offered)


def _takes_one(column: Column) -> bool:
    return column in (past.RATING, past.FACTOR) or (column.item is not None and column.item.type == "choice")


def _note(column: Column) -> str:
    item = column.item
    if item is not None and item.type == "links":
        example = item.links[0].rstrip("s").capitalize()
        return f"{column.note} Write which, for example “{example} 1”.".strip()
    if item is not None and item.choices:
        how = "One or several, parted by semicolons:" if item.type == "choices" else "One of:"
        return f"{column.note} {how} {'; '.join(choice.label for choice in item.choices)}"[:NOTE].strip()
    return column.note


def _answers(edition: Edition) -> Iterator[tuple[str, str, str, str]]:
    """Every answer of a list, as (sheet, column, answer, code); those of one column stand together."""
    for sheet in past.layout(edition):
        for column in sheet.columns:
            for choice in _choices(column, edition):
                yield sheet.title, column.label, choice.label, choice.code


def _choices(column: Column, edition: Edition) -> Sequence[Choice]:
    if column == past.FACTOR:
        return [Choice(item.key, item.label) for item in past.factors(edition)]
    if column == past.RATING:
        return [*(Choice(code, code) for code in RATINGS), *(Choice(*one) for one in RATING_MISSING.items())]
    return [*column.item.choices, *column.item.missing_choices] if column.item is not None else []


def _places(answers: Sequence[tuple[str, str, str, str]]) -> dict[tuple[str, str], str]:
    """Where the answers of a column stand on the sheet of lists."""
    rows: dict[tuple[str, str], list[int]] = {}
    for row, (sheet, column, _, _) in enumerate(answers, 2):
        rows.setdefault((sheet, column), []).append(row)
    return {column: f"'{past.LISTS}'!$C${at[0]}:$C${at[-1]}" for column, at in rows.items()}
