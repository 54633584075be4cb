"""The variables of a REDCap project, or of any spreadsheet: which columns of the file hold each, and what is in them.

REDCap writes a column for each box of a checkbox (`field___code`, in an export with labels `Field (choice=Label)`),
columns of its own, and behind the fields of each form how complete it is. A row of a repeating instrument says so in
`redcap_repeat_instrument`. A spreadsheet with none of this is read alike: each column is a variable.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dictionary.interchange import code_cells, wording
from dictionary.interchange.redcap_file import LISTED, Field
from reviews.imports.columns import BETWEEN_BOXES
from reviews.imports.proposing import plain
from reviews.imports.surveying import SAMPLES, ColumnFacts, survey
from reviews.imports.table import OWN_COLUMNS, Row, Table

INSTRUMENT, INSTANCE = "redcap_repeat_instrument", "redcap_repeat_instance"
# Columns of REDCap's own, by what an export with labels calls them.
OF_REDCAP = {
    INSTRUMENT: "repeat instrument",
    INSTANCE: "repeat instance",
    "redcap_event_name": "event name",
    "redcap_data_access_group": "data access group",
    "redcap_survey_identifier": "survey identifier",
}
_EVENT = "redcap_event_name"
TEXT = 200  # characters of a label that are kept
MOST_ROWS = 20_000  # of records with all their instruments
_BOX = re.compile(r"(?P<name>.+?)(?:___(?P<code>.+)| \(choice=(?P<label>.+)\))")
_STATUS = re.compile(r"(?P<form>.+)_complete|Complete\?(?: \(column [A-Z]+\))?")
_STAMP = re.compile(r"(?P<form>.+)_timestamp")
_STATUSES = {"", "0", "1", "2", "incomplete", "unverified", "complete"}
_TICKED = {"1", "checked", "true", "yes", "x"}
_YES_NO = {"yesno": (("1", "Yes"), ("0", "No")), "truefalse": (("1", "True"), ("0", "False"))}


@dataclass
class Variable:
    """One variable and the columns that hold it: one, or one for each box, by the box's code."""

    name: str
    at: int
    boxes: dict[str, int] = field(default_factory=dict)
    form: str = ""

    @property
    def last(self) -> int:
        """The last of its columns."""
        return max((self.at, *self.boxes.values()))

    def text(self, row: Row) -> str:
        """What a row says of it; the ticked boxes' codes in one text."""
        if not self.boxes:
            return row.cells[self.at]
        return BETWEEN_BOXES.join(self.ticked(row))

    def ticked(self, row: Row) -> list[str]:
        return [code for code, at in self.boxes.items() if row.cells[at].strip().lower() in _TICKED]

    def column(self, row: Row, code: str = "") -> int:
        """The column in which what a row says of it stands; of a box that is ticked, that box's."""
        said = [code] if code in self.boxes else self.ticked(row) if self.boxes else []
        return self.boxes[said[0]] if said else self.at


@dataclass(frozen=True)
class Variables:
    """Everything that a header names: the variables in their order, and where REDCap says which instrument a row is
    of, and which instance (-1: it does not say)."""

    listed: tuple[Variable, ...]
    instrument: int = -1
    instance: int = -1
    statuses: tuple[Variable, ...] = ()  # what looks by its name like REDCap's own state of a form

    @property
    def by_name(self) -> dict[str, Variable]:
        return {variable.name: variable for variable in self.listed}

    def no_statuses(self, row: Row) -> Iterator[str]:
        """The names of those that hold something else in this row: variables of the project's after all."""
        return (one.name for one in self.statuses if one.text(row).strip().lower() not in _STATUSES)

    def instrument_of(self, row: Row) -> str:
        return " ".join(row.cells[self.instrument].split()) if self.instrument >= 0 else ""

    def instance_of(self, row: Row) -> int:
        """0 where the row says none."""
        text = row.cells[self.instance].strip() if self.instance >= 0 else ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def variables_in(header: Sequence[str]) -> Variables:
    """What a header names, told from the names alone: the same for looking at a file and for reading it."""
    special = {name: at for at, name in enumerate(map(_of_redcap, header)) if name}
    is_redcap = (
        bool(special) or any(_BOX.fullmatch(name) for name in header) or plain(header[0]) == "record id"
    )
    found: dict[str, Variable] = {}
    standing: list[Variable] = []
    statuses: list[Variable] = []
    for at, name in enumerate(header):
        if not name or name in OWN_COLUMNS or (at in special.values() and special.get(_EVENT) != at):
            continue
        if is_redcap and (status := _STATUS.fullmatch(name)):
            for variable in standing:
                variable.form = status["form"] or ""
            standing = []
            statuses.append(Variable(name, at))
        elif not (is_redcap and (stamp := _STAMP.fullmatch(name)) and f"{stamp['form']}_complete" in header):
            standing.append(_add(found, name, at, header))
    return Variables(
        tuple(found.values()), special.get(INSTRUMENT, -1), special.get(INSTANCE, -1), tuple(statuses)
    )


def _add(found: dict[str, Variable], name: str, at: int, header: Sequence[str]) -> Variable:
    box = _BOX.fullmatch(name)
    if box is None or box["name"] in header:  # two columns are never taken for one
        return found.setdefault(name, Variable(name, at))
    variable = found.setdefault(box["name"], Variable(box["name"], at))
    variable.boxes[box["code"] or box["label"]] = at
    return variable


def _of_redcap(name: str) -> str:
    said = plain(name)
    return next((known for known, label in OF_REDCAP.items() if said in (plain(known), label)), "")


# -- Looking at what is in them -------------------------------------------------------------------


def look_at_variables(
    table: Table, progress: Callable[[int], None] | None = None
) -> tuple[list[ColumnFacts], list[dict[str, Any]]]:
    """What stands in each variable, and the repeating instruments with how many rows each has. Raises FileRefused
    without a header."""
    columns = survey(table, progress)
    with table.opened() as (header, rows):
        variables = variables_in(header)
        kinds: Counter[str] = Counter()
        told: Counter[tuple[str, str]] = Counter()
        boxes: Counter[tuple[str, str]] = Counter()
        for row in rows:
            if len(row.cells) != len(header):
                continue  # goes back with words when the file is tried
            kinds[instrument := variables.instrument_of(row)] += 1
            for variable in variables.listed:
                if variable.text(row).strip():
                    told[variable.name, instrument] += 1
                    boxes.update((variable.name, code) for code in variable.ticked(row))
    instruments = [{"name": name, "rows": rows} for name, rows in kinds.items() if name]
    return [_facts(one, columns[one.at], kinds, told, boxes) for one in variables.listed], instruments


def _facts(
    variable: Variable,
    column: ColumnFacts,
    kinds: Counter[str],
    told: Counter[tuple[str, str]],
    boxes: Counter[tuple[str, str]],
) -> ColumnFacts:
    by_kind = {kind: told[variable.name, kind] for kind in kinds}
    filled = sum(by_kind.values())
    of = variable.form if variable.form in kinds else ""
    if filled:  # what stands in each row of every kind, such as the record's ID, belongs to none of them
        of = "" if filled == kinds.total() else max(by_kind, key=by_kind.__getitem__)
    rows = kinds.total() if not of and filled > kinds[""] else kinds[of]
    found = replace(
        column,
        name=variable.name,
        filled=filled,
        blank=max(0, rows - filled),
        form=of or variable.form,
        repeats=bool(of),
    )
    return (
        _boxes(found, {code: boxes[variable.name, code] for code in variable.boxes})
        if variable.boxes
        else found
    )


def _boxes(found: ColumnFacts, ticked: Mapping[str, int]) -> ColumnFacts:
    """The facts of several columns of boxes as those of one: its values are the boxes that are ticked somewhere."""
    values = tuple((code, count) for code, count in Counter(ticked).most_common() if count)
    return replace(
        found,
        values=values,
        different=len(values),
        samples=tuple(code for code, _ in values[:SAMPLES]),
        days=(),
        day_or_month_first=(),
        undated=0,
        numbers=False,
        lowest="",
        highest="",
        no_numbers=(),
        boxes=True,
    )


# -- What the project's own data dictionary says of them ------------------------------------------


def with_labels(found: Iterable[ColumnFacts], fields: Iterable[Field]) -> Iterator[ColumnFacts]:
    """The variables with the labels, forms and code lists of a data dictionary, found by name or by label."""
    listed = list(fields)
    known = {plain(wording.plain(one.label)): one for one in listed} | {
        plain(one.name): one for one in listed
    }
    for facts in found:
        if (one := known.get(plain(facts.name))) is None:
            yield facts
        else:
            form = facts.form if facts.repeats else one.form
            label = " ".join(wording.plain(one.label).split())[:TEXT]
            yield replace(facts, label=label, form=form, words=tuple(_words(one, facts)))


def _words(field: Field, facts: ColumnFacts) -> Iterator[tuple[str, str]]:
    """What each code says that stands in the file. A box's column carries its code in small letters."""
    listed: tuple[tuple[str, str], ...] = _YES_NO.get(field.type, ())
    if field.type in LISTED:
        listed = tuple((one.code, wording.plain(one.label)) for one in code_cells.read(field.choices))
    written = {code.lower().replace("-", "_") if facts.boxes else code: label for code, label in listed}
    for value, _ in facts.values:
        if label := written.get(value.lower() if facts.boxes else value):
            yield value, " ".join(label.split())[:TEXT]
