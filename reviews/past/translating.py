"""Records of another make as our own workbook: each row becomes rows of its sheets, read by the one reader there is.

Each cell that is written remembers where it came from, so that what is wrong with it is marked in the person's file.
What the mapping does not read is counted and said.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from dictionary import prose
from dictionary.schema import Edition, Item
from dictionary.workbooks.reading import SheetFacts
from jurisdictions.numbers import number_of
from reviews.imports.cells import UNMAPPED, taker
from reviews.imports.columns import LEFT_OUT
from reviews.imports.days import day_of
from reviews.imports.mapping import Given, Source, kept_code
from reviews.imports.rows import KEY_LENGTH, WHOLE_ROW, Remark, unreadable, without_a_meaning
from reviews.imports.table import TEXT, FileRefused, Row, write_table
from reviews.imports.unpacking import Unpacked
from reviews.past import layout as past
from reviews.past.cells import DAY_FORMS
from reviews.past.mapping import Instrument, PastMapping
from reviews.past.reading import MOST_REVIEWS, PastFile, read_past
from reviews.past.redcap import SHEET
from reviews.past.variables import MOST_ROWS, Variable, Variables, variables_in

type Cells = dict[
    str, tuple[str, int]
]  # by the column of our sheet: what it says, and their column (-1: none)


def read_mapped(file: Unpacked, mapping: PastMapping, edition: Edition) -> PastFile:
    """Everything that a file says by its mapping, its remarks at the person's own cells. Raises FileRefused when the
    file lacks a variable that the mapping reads, or holds no review."""
    return _Translator(file, mapping, edition).read()


@dataclass
class _Sheet:
    """One sheet of our workbook while it is written: its rows, and of each the row and columns that they came from."""

    layout: past.SheetLayout
    rows: list[list[str]] = field(default_factory=list)
    origins: list[tuple[int, dict[int, int]]] = field(default_factory=list)

    @property
    def keys(self) -> list[str]:
        return [column.key for column in self.layout.columns]

    def add(self, row: Row, cells: Cells) -> None:
        self.rows.append([cells.get(key, ("", WHOLE_ROW))[0] for key in self.keys])
        came = {at: cells[key][1] for at, key in enumerate(self.keys) if key in cells}
        self.origins.append((row.number, came))


class _Translator:
    def __init__(self, file: Unpacked, mapping: PastMapping, edition: Edition) -> None:
        self.file, self.mapping, self.edition = file, mapping, edition
        self.table = file.table(mapping.sheet, mapping.header_row)
        self.name = self.table.name or SHEET
        self.found = PastFile(tables={self.name: self.table})
        self.sheets = {sheet.key: _Sheet(sheet) for sheet in past.layout(edition)}
        self.variables: dict[str, Variable] = {}
        self.kinds = Variables(())
        self.first: dict[str, int] = {}  # the row of each review, by its key
        self.kept_out: dict[str, list[int]] = {}  # rows of a review that cannot be read, by its key
        self.counted: Counter[tuple[str, str]] = Counter()  # entries of a review, by section
        self.unread: Counter[str] = Counter()  # rows in which it holds something
        self.others: list[Variable] = []  # variables that the mapping neither reads nor leaves out
        self.instruments = {one.name: one for one in mapping.instruments}
        fed = Counter(one.section for one in mapping.instruments)
        fed.update({section for section, _, _ in mapping.numbered})
        self.fed_once = {section for section, times in fed.items() if times == 1}

    def read(self) -> PastFile:
        with self.table.opened() as (header, rows):
            self._know(header)
            self._find_reviews(header, rows)
        with self.table.opened() as (header, rows):
            for row in rows:
                if (self.name, row.number) not in self.found.remarks:
                    self._translate(row)
        if not self.first:
            raise FileRefused(
                "No row of the file is a review of its own. Look at the column that says your number of a review."
            )
        return self._with_places_of_theirs(read_past(self._written(), self.edition))

    def _know(self, header: list[str]) -> None:
        self.kinds = variables_in(header)
        self.variables = self.kinds.by_name
        if absent := sorted(self.mapping.columns - set(self.variables)):
            raise FileRefused(
                f"The file has no column {', '.join(f'“{name}”' for name in absent)}, which the mapping reads."
            )
        known = self.mapping.columns | self.mapping.ignored
        self.others = [one for one in self.kinds.listed if one.name not in known]

    def _find_reviews(self, header: list[str], rows: Iterator[Row]) -> None:
        """Note the row of each review, and what keeps rows from being read."""
        for count, row in enumerate(rows, 1):
            if max(count - MOST_ROWS, len(self.first) - MOST_REVIEWS) > 0:
                raise FileRefused(
                    f"The file has more than {MOST_ROWS:,} rows or {MOST_REVIEWS:,} reviews. Split it by year."
                )
            key, at = self._key(row)
            if remarks := list(unreadable(row, header)):
                self.found.remarks[self.name, row.number] = remarks
                self.kept_out.setdefault(key, []).append(row.number)
                continue
            if not key or len(key) > KEY_LENGTH:
                self._wrong(
                    row, at, "The row has no number of a review, or one that is too long.", "Fill it in."
                )
            elif self.kinds.instrument_of(row):
                continue
            elif key in self.first:
                message = f"Row {self.first[key]} has this number already. Events of one record cannot be told apart."
                self._wrong(row, at, message, "Export one event, or give each review a number of its own.")
                self.kept_out.setdefault(key, []).append(row.number)
            else:
                self.first[key] = row.number

    def _key(self, row: Row) -> tuple[str, int]:
        """A row's number of a review and where it stands; empty where it has none, or too few cells to say it."""
        named = [self.variables[name] for name in self.mapping.key]
        if max(variable.last for variable in named) >= len(row.cells):
            return "", named[0].at
        said = [" ".join(variable.text(row).split()) for variable in named]
        return " / ".join(said) if all(said) else "", named[0].at

    # -- rows -----------------------------------------------------------------------------------

    def _translate(self, row: Row) -> None:
        key, at = self._key(row)
        kind = self.kinds.instrument_of(row)
        instrument = self.instruments.get(kind, Instrument(kind, ""))
        if kind and instrument.section in ("", LEFT_OUT):
            self.found.passed_by.add((self.name, row.number))
            if not instrument.section:
                self.unread[f"instrument “{kind[:60]}”"] += 1
            return
        for variable in self.others:
            self.unread[f"“{variable.name[:60]}”"] += bool(variable.text(row).strip())
        self.unread.update(f"“{name[:60]}”" for name in self.kinds.no_statuses(row))
        if not kind:
            self._review(key, at, row)
        elif key not in self.first:
            self._wrong(row, at, "No row of the file is this review itself.", "Export whole records.")
        else:
            self._entry(instrument.section, instrument.sources, row, key, self.kinds.instance_of(row))

    def _review(self, key: str, at: int, row: Row) -> None:
        cells = self._cells(self.mapping.items, row)
        rated = self._ratings_in(cells)
        self.sheets[past.REVIEWS].add(row, cells | {past.REVIEW.key: (key, at)})
        for section, number, sources in self.mapping.numbered:
            self._entry(section, sources, row, key, number)
        for instrument in self._filled_in_once(
            row
        ):  # a form that repeats, filled in without being an instance
            self._entry(instrument.section, instrument.sources, row, key, 0)
        self._rate(rated, row, key, "")

    def _filled_in_once(self, row: Row) -> Iterator[Instrument]:
        return (
            one
            for one in self.mapping.instruments
            if one.section not in ("", LEFT_OUT) and self._is_told(one.sources, row)
        )

    def _entry(self, section: str, sources: Sequence[Source], row: Row, key: str, number: int) -> None:
        """An entry under its own number; where several instruments make one section, in the order of the file."""
        if not self._is_told(sources, row):
            return
        self.counted[key, section] += 1
        if not number or section not in self.fed_once:
            number = self.counted[key, section]
        cells = self._cells(sources, row)
        rated = self._ratings_in(cells)
        own = {past.REVIEW.key: (key, WHOLE_ROW), past.NUMBER.key: (str(number), self.kinds.instance)}
        self.sheets[section].add(row, cells | own)
        self._rate(rated, row, key, str(number))

    def _is_told(self, sources: Sequence[Source], row: Row) -> bool:
        told = (kept_code(self.variables[one.column].text(row)) for one in sources if one.column)
        return any(text not in self.mapping.blanks for text in told)

    def _ratings_in(self, cells: Cells) -> Cells:
        """What cells say of ratings, taken out of them: ratings have a sheet of their own."""
        keys = [key for key in cells if key in self.mapping.edition and self._is_rating(key)]
        return {key: cells.pop(key) for key in keys}

    def _is_rating(self, key: str) -> bool:
        item = self.mapping.edition.item(key)
        return item.type == "rating" or bool(item.rating_of)

    def _rate(self, rated: Cells, row: Row, key: str, opportunity: str) -> None:
        for factor in past.factors(self.edition):
            rating, why = (rated.get(name, ("", WHOLE_ROW)) for name in (factor.key, f"{factor.key}_why"))
            if rating[0] or why[0]:
                said = {
                    past.REVIEW: (key, WHOLE_ROW),
                    past.OPPORTUNITY: (opportunity, WHOLE_ROW),
                    past.FACTOR: (factor.key, WHOLE_ROW),
                    past.RATING: rating,
                    past.WHY: why,
                }
                self.sheets[past.RATINGS].add(row, {column.key: cell for column, cell in said.items()})

    # -- cells ----------------------------------------------------------------------------------

    def _cells(self, sources: Sequence[Source], row: Row) -> Cells:
        return {source.item.key: self._cell(source, row) for source in sources}

    def _cell(self, source: Source, row: Row) -> tuple[str, int]:
        """What our own workbook would say there."""
        if source.fixed is not None:
            return _written(source.item, source.fixed), WHOLE_ROW
        variable = self.variables[source.column]
        text = variable.text(row)
        if kept_code(text) in self.mapping.blanks:
            return _written(source.item, source.when_blank), variable.at
        at = variable.column(row)
        if source.item.type in ("choice", "choices", "rating"):
            value, missing, wrong = taker(source)(text)
            if wrong == UNMAPPED:
                self._unmapped(source, variable, text, row)
            return _written(source.item, (value, missing)), at
        if source.formats and (day := day_of(text, source.formats)) is not None:
            return day.isoformat(), at
        if source.formats and day_of(text, DAY_FORMS) is not None:
            self._wrong_day(source, at, text, row)
            return "", at
        return text, at

    def _wrong_day(self, source: Source, at: int, text: str, row: Row) -> None:
        """A whole day in another form than the column's: whether its month comes first is not guessed."""
        _, _, message = taker(source)(text)
        remark = Remark(at, source.item.label, message, "Write it so, or as 2019-03-24.", returned=True)
        self.found.remark((self.name, row.number), remark)

    def _unmapped(self, source: Source, variable: Variable, text: str, row: Row) -> None:
        """Counted and queued, never guessed."""
        codes = text.split(source.separator) if source.separator else [text]
        for code in dict.fromkeys(map(kept_code, codes)):
            if code and code not in (source.codes or {choice.code for choice in source.item.choices}):
                self.found.unmapped[source.column, code] += 1
                remark = without_a_meaning(variable.column(row, code), source.item, code)
                self.found.remark((self.name, row.number), remark)

    def _wrong(self, row: Row, at: int, message: str, fix: str) -> None:
        remark = Remark(at, self.mapping.key[0], message, fix, returned=True)
        self.found.remark((self.name, row.number), remark)

    # -- our workbook, and back -----------------------------------------------------------------

    def _written(self) -> Unpacked:
        facts: list[SheetFacts] = []
        for key, sheet in self.sheets.items():
            rows = [sheet.keys, *sheet.rows]
            table = f"translated-{key}.csv"
            last, widest = write_table(self.file.folder / table, ((TEXT * len(row), row) for row in rows))
            facts.append(SheetFacts(key, last, widest, table))
        return replace(self.file, sheets=tuple(facts), encoding="", delimiter="")

    def _with_places_of_theirs(self, read: PastFile) -> PastFile:
        """What was read from our sheets, at the rows and columns that it came from."""
        for (sheet, number), remarks in read.remarks.items():
            row, columns = self.sheets[sheet].origins[number - 2]
            for remark in remarks:
                column = columns.get(remark.column, WHOLE_ROW)
                said = self.found.remarks.get((self.name, row), ())
                if not any(
                    one.returned and (one.column, one.label) == (column, remark.label) for one in said
                ):
                    self.found.remark((self.name, row), replace(remark, column=column))
        for review in read.reviews.values():
            review.at = self._theirs(review.at)
            review.other_rows = [self._theirs(at) for at in review.other_rows]
            review.other_rows += [(self.name, row) for row in self.kept_out.get(review.key, ())]
            for entry in review.every_entry:
                entry.at = self._theirs(entry.at)
        self.found.reviews = read.reviews
        self.found.unread = [
            f"{name} in {number_of(rows, 'row')}" for name, rows in self.unread.items() if rows
        ]
        return self.found

    def _theirs(self, at: tuple[str, int]) -> tuple[str, int]:
        return self.name, self.sheets[at[0]].origins[at[1] - 2][0]


def _written(item: Item, given: Given) -> str:
    """A value or the reason for none, as our own workbook says it."""
    value, missing = given
    if isinstance(value, list):
        return "; ".join(str(code) for code in value)
    if isinstance(value, dict):
        about = "about " if value.get("precision") == "about" else ""
        return f"{about}{value.get('date')}"
    if item.type == "prose" and value is not None:
        return prose.to_plain(str(value))
    return missing if value is None else str(value)
