"""Staged rows and what becomes of them: copied into temporary tables, then placed by a handful of statements.

PostgreSQL refuses COPY into a table behind a policy. The temporary tables have none; the INSERT … SELECT that
follows runs behind the wall, so the policy is the last check on every row. The tables live as long as the
scope's transaction: with a pooler between, nothing else is sure to be the same connection.
"""

import datetime as dt
import json
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from dictionary.rules import Json
from reviews.facts import CHILD_KEYS, INCIDENT_KEYS
from reviews.imports.mapping import FileMapping
from reviews.imports.rows import MappedRow
from reviews.imports.statements import (
    CHANGED_ANSWERS,
    CHANGED_CHILDREN,
    CHANGED_INCIDENTS,
    CHANGES,
    CREATE_TABLES,
    INSERT_ANSWERS,
    INSERT_CHILDREN,
    INSERT_ENTRIES,
    INSERT_INCIDENTS,
    KEEP_VERSIONS,
    KNOW_KEYS,
    LOCK_CHANGED,
    NEW_YEARS,
    OUTCOMES,
    PLACE,
    PLACE_CHILDREN,
    PROTECTED,
    SAME_KEY,
    SET_ANSWERS,
    SET_CHILDREN,
    SET_HASHES,
    SET_INCIDENTS,
    SETTLE_OUTCOMES,
    TAKE_OUT,
)
from reviews.locks import lock_imports, lock_years
from reviews.numbers import number_of
from reviews.rules.duplicates import folded

MOST_CHANGES = 2_000
_CHUNK = 2_000


@dataclass(frozen=True)
class Outcome:
    """What became of one row: created, changed, unchanged, or kept out because its review is closed, its incident
    withdrawn or whoever brings it in stepped back from it; and the incident's number."""

    what: str
    number: str
    protected: tuple[str, ...] = ()  # items that a person has changed here since: theirs stands


@dataclass(frozen=True)
class Change:
    """One fact that the file says otherwise than it stands; `child` 0 is the incident itself."""

    row: int
    child: int
    item: str
    before: Json
    before_missing: str
    after: Json
    after_missing: str


class Outcomes(Mapping[int, Outcome]):
    """The outcome of each row that came in, by the row's number: some bytes for each, however large the file."""

    def __init__(self, protected: Mapping[int, Sequence[str]]) -> None:
        self._protected = protected
        self._whats: list[str] = []
        self._rows, self._codes = array("l"), array("b")
        self._years, self._sequences = array("h"), array("l")
        with connection.chunked_cursor() as cursor:
            cursor.execute(OUTCOMES)
            while chunk := cursor.fetchmany(_CHUNK):
                for row, what, number in chunk:
                    self._note(row, what, number or "0-0")

    def _note(self, row: int, what: str, number: str) -> None:
        if what not in self._whats:
            self._whats.append(what)
        year, sequence = number.split("-")
        self._rows.append(row)
        self._codes.append(self._whats.index(what))
        self._years.append(int(year))
        self._sequences.append(int(sequence))

    def __getitem__(self, row: int) -> Outcome:
        at = bisect_left(self._rows, row)
        if at == len(self._rows) or self._rows[at] != row:
            raise KeyError(row)
        number = number_of(self._years[at], self._sequences[at]) if self._years[at] else ""
        return Outcome(self._whats[self._codes[at]], number, tuple(self._protected.get(row, ())))

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def count(self, what: str) -> int:
        """How many rows became this."""
        return self._codes.count(self._whats.index(what)) if what in self._whats else 0


class Stage:
    """The rows of one file on their way in. Use inside the agency's scope."""

    def __init__(self, mapping: FileMapping, *, jurisdiction_id: int, by: int | None = None) -> None:
        self._mapping = mapping
        self._values: dict[str, Any] = {"jurisdiction": jurisdiction_id, "by": by}
        self.changes: list[Change] = []  # the first of them, by row
        self.at: dt.datetime  # the moment that the rows carry, known when they come in
        with connection.cursor() as cursor:
            cursor.execute(CREATE_TABLES)

    def add(self, batch: Sequence[MappedRow]) -> None:
        """Copy a batch of rows into the temporary tables; of those that go back, only their keys."""
        _copy(
            "npcs_told (row, source_key, county, case_number, good)",
            (
                (
                    row.number,
                    row.key,
                    folded(row.incident.get("county") or ""),
                    folded(row.incident.get("case_number") or ""),
                    not row.returned,
                )
                for row in batch
            ),
        )
        rows = [row for row in batch if not row.returned]
        _copy(
            "npcs_incoming (row, source_key, source_sha256, incident_type, occurred_on, aware_on, county, case_number)",
            (
                (row.number, row.key, row.sha256, *(row.incident.get(key) for key in INCIDENT_KEYS))
                for row in rows
            ),
        )
        _copy(
            "npcs_incoming_child (row, position, age_value, age_unit, sex, died_on)",
            (
                (row.number, child["position"], *(child.get(key) for key in CHILD_KEYS))
                for row in rows
                for child in row.children
            ),
        )
        _copy(
            "npcs_incoming_answer (row, child, item, value, missing)",
            (
                (row.number, answer.child, answer.item, answer.value, answer.missing)
                for row in rows
                for answer in row.answers
            ),
        )

    def take_out_what_stands_twice(self) -> list[tuple[int, int]]:
        """Rows whose key stands in an earlier row, with that row; they do not come in."""
        with connection.cursor() as cursor:
            for statement in KNOW_KEYS.split(";"):
                cursor.execute(statement)
            cursor.execute(SAME_KEY)
            twice: list[tuple[int, int]] = cursor.fetchall()
            if twice:
                for statement in TAKE_OUT.split(";"):
                    cursor.execute(statement, {"rows": [row for row, _ in twice]})
        return twice

    def apply(self, import_id: int, *, now: dt.datetime | None) -> Mapping[int, Outcome]:
        """Bring the staged rows in and say what became of each. A row that says what it said before is left alone.

        What is written carries the moment at which everything to be changed was held, however long the file took to
        read: what came before and what came after an import can be told by it.
        """
        self._hold()
        self.at = now or timezone.now()
        self._values |= {
            "import": import_id,
            "now": self.at,
            "most_changes": MOST_CHANGES,
            "today": timezone.localdate(self.at),
            "items": [source.item.key for source in self._mapping.items if source.item.is_column],
            "child_items": [
                f"{position}:{source.item.key}"
                for position, child in enumerate(self._mapping.children, 1)
                for source in child
                if source.item.is_column
            ],
        }
        with connection.cursor() as cursor:
            cursor.execute(NEW_YEARS, self._values)
            lock_years(self._values["jurisdiction"], [year for (year,) in cursor.fetchall()])
            for statement in (PLACE, PLACE_CHILDREN):
                cursor.execute(statement, self._values)
            cursor.execute("SELECT count(*) FILTER (WHERE outcome = 'changed') FROM npcs_placed")
            if cursor.fetchone()[0]:
                self._change(cursor)
            for statement in (INSERT_INCIDENTS, INSERT_ENTRIES, INSERT_CHILDREN, INSERT_ANSWERS):
                cursor.execute(statement, self._values)
            cursor.execute(PROTECTED)
            protected: dict[int, list[str]] = {}
            for row, item in cursor.fetchall():
                protected.setdefault(row, []).append(item)
        return Outcomes(protected)

    def _hold(self) -> None:
        """No other import, and nobody who undoes one or changes one of these incidents, goes on meanwhile."""
        lock_imports(self._values["jurisdiction"])
        with connection.cursor() as cursor:
            cursor.execute(LOCK_CHANGED, self._values)

    def _change(self, cursor: Any) -> None:
        """Rows whose words have changed: only what differs is set, what stood before is kept, and what a person
        has changed here since stays as the person left it."""
        for statement in (
            CHANGED_INCIDENTS,
            CHANGED_CHILDREN,
            CHANGED_ANSWERS,
            CHANGES,
            KEEP_VERSIONS,
            SET_INCIDENTS,
            SET_CHILDREN,
            SET_ANSWERS,
            SETTLE_OUTCOMES,
            SET_HASHES,
        ):
            cursor.execute(statement, self._values)
            if statement == CHANGES:
                self.changes = [
                    Change(row, child, item, _loaded(old), was, _loaded(new), reason)
                    for row, child, item, old, was, new, reason in cursor.fetchall()
                ]


def _loaded(text: str | None) -> Json:
    """A value out of a statement of our own, which Django's cursor hands over as its JSON."""
    return None if text is None else json.loads(text)


def _copy(target: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
