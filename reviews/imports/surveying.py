"""What stands in each column of a table: how full it is, which values it has, and in which forms its days are written.

The page on which columns are mapped shows it and proposes from it; the rows themselves stay in the file.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from reviews.imports.days import FORMS, ISO, day_of
from reviews.imports.mapping import HEADER_ROWS, kept_code
from reviews.imports.table import Row, Table, letter

# A column with more different values has no codes, and its values are not listed.
MOST_VALUES = 200
SAMPLES, SAMPLE_CHARACTERS = 3, 120
MOST_NO_NUMBERS = 20  # different values that are no numbers, in a column of numbers
DAYS_TRIED = 400  # different values of a column in which forms of days are looked for


@dataclass(frozen=True)
class ColumnFacts:
    """One column. `values` counts each different value, the most frequent first, and is empty where there are more
    than MOST_VALUES. `days` are the forms in which most of its values are days, as few as read the most of them; each
    of `day_or_month_first` would read as many as the first of them. `undated` counts different values that are no
    day in any form. `lowest` and `highest` are numbers as they stand, of a column that holds numbers for the most
    part; elsewhere they are empty. `no_numbers` counts what else stands in a column that holds any.

    A variable of a REDCap project (`reviews.past.variables`) knows more: its label and what its codes say, the
    instrument that it belongs to, whether rows of that repeat, and whether it is a column for each of its boxes."""

    name: str
    letter: str
    filled: int
    blank: int
    different: int  # up to MOST_VALUES + 1
    values: tuple[tuple[str, int], ...]
    samples: tuple[str, ...]
    days: tuple[str, ...]
    day_or_month_first: tuple[str, ...]
    undated: int
    numbers: bool  # every value is a number
    lowest: str = ""
    highest: str = ""
    no_numbers: tuple[tuple[str, int], ...] = ()
    label: str = ""
    words: tuple[tuple[str, str], ...] = ()
    form: str = ""
    repeats: bool = False
    boxes: bool = False

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers, for the most part at least."""
        return bool(self.highest)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> "ColumnFacts":
        """What `as_json` wrote."""
        counts = {
            name: tuple((value, count) for value, count in given.get(name, ()))
            for name in ("values", "no_numbers", "words")
        }
        lists = {name: tuple(given[name]) for name in ("samples", "days", "day_or_month_first")}
        return cls(**{**given, **lists, **counts})


def likely_header_row(top: Sequence[Row]) -> int:
    """The row that most likely names the columns: the first that is nearly as wide as the widest of these rows and
    says each thing once; else the first that says anything."""
    said = {row.number: [cell.strip() for cell in row.cells if cell.strip()] for row in top[:HEADER_ROWS]}
    widest = max((len(cells) for cells in said.values()), default=0)
    for number, cells in said.items():
        if len(cells) >= max(1, 0.7 * widest) and len(set(cells)) == len(cells):
            return number
    return next((number for number, cells in said.items() if cells), 1)


def survey(table: Table, progress: Callable[[int], None] | None = None) -> list[ColumnFacts]:
    """Read a table through once and say what stands in each of its columns. Raises FileRefused without a header."""
    with table.opened() as (header, rows):
        columns = [_Column(name, letter(at)) for at, name in enumerate(header)]
        for count, row in enumerate(rows, 1):
            for column, cell in zip(columns, row.cells, strict=False):
                column.add(cell)
            if progress is not None and count % 5_000 == 0:
                progress(count)
    return [column.facts() for column in columns]


class _Column:
    """One column while it is read."""

    def __init__(self, name: str, letter: str) -> None:
        self._name, self._letter = name, letter
        self._blank = self._filled = 0
        self._values: Counter[str] = Counter()
        self._too_many = False
        self._samples: list[str] = []
        self._days: Counter[frozenset[str]] = (
            Counter()
        )  # in which forms a value is a day, and how many values
        self._bare = True  # every value is a number without commas and percent
        self._numbers = 0
        self._extremes: list[tuple[float, str]] = []
        self._no_numbers: Counter[str] = Counter()

    def add(self, cell: str) -> None:
        text = kept_code(cell)
        if not text:
            self._blank += 1
            return
        self._filled += 1
        is_new = text not in self._values
        if not self._too_many:
            self._values[text] += 1
            self._too_many = len(self._values) > MOST_VALUES
        if is_new and len(self._samples) < SAMPLES:
            self._samples.append(text[:SAMPLE_CHARACTERS])
        if is_new and self._days.total() < DAYS_TRIED:
            self._days[frozenset(form for form in FORMS if day_of(text, (form,)) is not None)] += 1
        self._count_number(text)

    def _count_number(self, text: str) -> None:
        number = _number(text)
        self._bare = self._bare and number is not None and text[-1:] != "%" and "," not in text
        if number is None:
            if text in self._no_numbers or len(self._no_numbers) < MOST_NO_NUMBERS:
                self._no_numbers[text] += 1
            return
        self._numbers += 1
        if not self._extremes:
            self._extremes = [(number, text), (number, text)]
        elif number < self._extremes[0][0]:
            self._extremes[0] = (number, text)
        elif number > self._extremes[1][0]:
            self._extremes[1] = (number, text)

    def facts(self) -> ColumnFacts:
        days, others = _forms_of(self._days)
        is_numeric = self._numbers * 2 > self._filled
        lowest, highest = (text for _, text in self._extremes) if is_numeric else ("", "")
        return ColumnFacts(
            self._name,
            self._letter,
            self._filled,
            self._blank,
            len(self._values),
            () if self._too_many else tuple(self._values.most_common()),
            tuple(self._samples),
            days,
            others,
            self._days[frozenset()],
            self._bare and self._filled > 0,
            lowest,
            highest,
            tuple(self._no_numbers.most_common()) if self._numbers else (),
        )


def _forms_of(found: Counter[frozenset[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fewest forms that read the most values, the one that reads most first; and what would do as well as the
    first. None where fewer than half of its values are days."""
    left = Counter({forms: count for forms, count in found.items() if forms})
    if not left or left.total() * 2 < found.total():
        return (), ()
    chosen: list[str] = []
    others: tuple[str, ...] = ()
    while left:
        reads = {form: sum(count for forms, count in left.items() if form in forms) for form in FORMS}
        best = max(FORMS, key=reads.__getitem__)
        if not chosen and best != ISO:
            others = tuple(form for form in FORMS if form != best and reads[form] == reads[best])
        chosen.append(best)
        left = Counter({forms: count for forms, count in left.items() if best not in forms})
    return tuple(chosen), others


def _number(text: str) -> float | None:
    """The number that a cell says, also with commas between thousands and in percent."""
    try:
        number = float(text.rstrip("%").replace(",", "") if text[-1:] == "%" or "," in text else text)
    except ValueError:
        return None
    return None if text[:1] in "+infNa" else number
