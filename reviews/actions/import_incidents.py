"""Bringing in a file of past incidents: every row accounted for, nothing guessed, the same again changes nothing."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import batched

from django.utils import timezone

from dictionary import prose, values
from dictionary.rules import Json
from dictionary.schema import Item
from jurisdictions import audit
from jurisdictions.models import Jurisdiction, Membership
from reviews.imports.keeping import kept_unless, next_receipt_key, weigh
from reviews.imports.likeness import look_alikes
from reviews.imports.mapping import FileMapping
from reviews.imports.rows import WHOLE_ROW, MappedRow, Remark, RowReader
from reviews.imports.staging import Change, Outcome, Outcomes, Stage
from reviews.imports.table import Table
from reviews.imports.unpacking import FileFacts, Unpacked
from reviews.imports.waiting import queue_unmapped
from reviews.models import IncidentImport

BATCH = 2_000

# Why a row whose incident cannot be changed any more goes back.
_KEPT_OUT = {
    "closed": (
        "This row has changed, and the review of its incident is with a reader or approved.",
        "Nothing was changed. Bring the row in again when the review is back with its team.",
    ),
    "withdrawn": (
        "This row has changed, and its incident was withdrawn here.",
        "Nothing was changed. Take the row out of the file, or give it a key of its own.",
    ),
    "stepped_back": (
        "This row is about an incident from which you stepped back.",
        "Nothing was changed. Leave the row to somebody else.",
    ),
}


@dataclass(frozen=True)
class ChangedFact:
    """What one row changes, in words: the incident's number, the item, what stands and what the file says."""

    row: int
    number: str
    label: str
    before: str
    after: str


@dataclass
class Receipt:
    """What became of a file: rows = accepted + with_warnings + returned."""

    file: FileFacts
    table: Table
    mapping: FileMapping
    header: list[str]
    unread: list[str]
    dry_run: bool
    rows: int = 0
    widest: int = 0
    remarks: dict[int, list[Remark]] = field(default_factory=dict)
    outcomes: Mapping[int, Outcome] = field(default_factory=dict)
    unmapped: Counter[tuple[str, str]] = field(default_factory=Counter)
    changes: list[ChangedFact] = field(default_factory=list)
    record: IncidentImport | None = None

    def remark(self, row: int, remark: Remark) -> None:
        self.remarks.setdefault(row, []).append(remark)

    def status(self, row: int) -> str:
        """accepted, warning or returned."""
        remarks = self.remarks.get(row, ())
        if any(remark.returned for remark in remarks):
            return "returned"
        return "warning" if remarks else "accepted"

    @property
    def returned(self) -> int:
        return sum(self.status(row) == "returned" for row in self.remarks)

    @property
    def with_warnings(self) -> int:
        return sum(self.status(row) == "warning" for row in self.remarks)

    @property
    def accepted(self) -> int:
        return self.rows - len(self.remarks)

    def count(self, what: str) -> int:
        return self.outcomes.count(what) if isinstance(self.outcomes, Outcomes) else 0

    @property
    def facts(self) -> list[tuple[str, str | int]]:
        """(what, value), as the workbook that goes back ends."""
        return [
            ("File", self.file.name),
            ("SHA-256 of the file", self.file.sha256),
            ("SHA-256 of the mapping", self.mapping.sha256),
            ("Dictionary edition", self.mapping.edition.number),
            ("Dry run", "yes: nothing was kept" if self.dry_run else "no"),
            ("Rows", self.rows),
            ("Accepted", self.accepted),
            ("Accepted with warnings", self.with_warnings),
            ("Returned", self.returned),
            ("New incidents", self.count("created")),
            ("Changed incidents", self.count("changed")),
            ("Unchanged incidents", self.count("unchanged")),
            ("Columns that nobody reads", ", ".join(self.unread)),
        ]


def import_incidents(
    file: Unpacked,
    mapping: FileMapping,
    *,
    jurisdiction: Jurisdiction,
    by: Membership | None = None,
    dry_run: bool = False,
    now: dt.datetime | None = None,
    progress: Callable[[int], None] | None = None,
) -> Receipt:
    """Bring the rows of a file into the open agency; a dry run does the same and takes it back. `progress` is told
    how many rows are read, now and then.

    Raises FileRefused when the file as a whole cannot come in. Rows are found again by the agency's own key:
    what has not changed is left alone, what a person has changed here since is theirs. A row's incident has no
    review: it is past, and a coordinator may open the decision on it.
    """
    with kept_unless(dry_run):
        receipt = _bring_in(file, mapping, jurisdiction, by, now, dry_run, progress)
        weigh(receipt.rows)
    if dry_run:
        receipt.record = None
    return receipt


def _bring_in(
    file: Unpacked,
    mapping: FileMapping,
    jurisdiction: Jurisdiction,
    by: Membership | None,
    now: dt.datetime | None,
    dry_run: bool,
    progress: Callable[[int], None] | None,
) -> Receipt:
    table = file.table(mapping.sheet, mapping.header_row)
    stage = Stage(mapping, jurisdiction_id=jurisdiction.pk, by=by.pk if by else None)
    with table.opened() as (header, rows):
        reader = RowReader(mapping, header, today=timezone.localdate(now))
        receipt = Receipt(file.facts, table, mapping, header, reader.unread, dry_run)
        for batch in batched(rows, BATCH):
            receipt.rows += len(batch)
            receipt.widest = max(receipt.widest, *(len(row.cells) for row in batch))
            stage.add([_take(receipt, reader.read(row)) for row in batch])
            if progress is not None:
                progress(receipt.rows)
    _remark_on_keys(receipt, stage)
    _remark_on_likeness(receipt, jurisdiction)
    import_id = next_receipt_key()
    receipt.outcomes = stage.apply(import_id, now=now)
    receipt.changes = [_in_words(change, receipt) for change in stage.changes]
    _remark_on_outcomes(receipt)
    receipt.record = _record(receipt, import_id, jurisdiction, by, stage.at)
    queue_unmapped(receipt.record, receipt.unmapped, known_codes(mapping))
    audit.record(
        "incidents.imported",
        about=receipt.record,
        by=by,
        import_id=import_id,
        rows=receipt.rows,
        returned=receipt.returned,
        created=receipt.record.created,
        changed=receipt.record.changed,
    )
    return receipt


def known_codes(mapping: FileMapping) -> set[tuple[str, str]]:
    """The codes that a mapping gives a meaning, by their columns."""
    return {
        (source.column, code)
        for source in mapping.sources
        for code in (source.codes or {choice.code for choice in source.item.choices})
    }


def _take(receipt: Receipt, mapped: MappedRow) -> MappedRow:
    """Note what is to be said of a row."""
    for column, code in mapped.unmapped:
        receipt.unmapped[column, code] += 1
    if mapped.remarks:
        receipt.remarks[mapped.number] = mapped.remarks
    return mapped


def _remark_on_keys(receipt: Receipt, stage: Stage) -> None:
    for row, first in stage.take_out_what_stands_twice():
        message = f"Row {first} has the same key already."
        fix = "Give each row a key of its own, or take one of the two out."
        receipt.remark(row, Remark(WHOLE_ROW, "The whole row", message, fix, returned=True))


def _remark_on_likeness(receipt: Receipt, jurisdiction: Jurisdiction) -> None:
    """Point out rows that look like another row or like an incident that is here already."""
    fix = "If they are one incident, withdraw one of the two."

    def point_out(row: int, other: str) -> None:
        message = f"This looks like {other}. Both came in; nothing was merged."
        receipt.remark(row, Remark(WHOLE_ROW, "The whole row", message, fix))

    for alike in look_alikes(jurisdiction.pk):
        if alike.other:
            point_out(alike.row, f"row {alike.other}")
            point_out(alike.other, f"row {alike.row}")
        else:
            point_out(alike.row, f"incident {alike.number}")


def _remark_on_outcomes(receipt: Receipt) -> None:
    labels = {item.key: item.label for item in receipt.mapping.edition}
    for row, outcome in receipt.outcomes.items():
        if outcome.what in _KEPT_OUT:
            receipt.remark(row, Remark(WHOLE_ROW, "The whole row", *_KEPT_OUT[outcome.what], returned=True))
            continue
        for item in outcome.protected:
            message = "Somebody has changed this here since. Theirs stands; the file’s was left out."
            fix = f"Look at incident {outcome.number} and decide there."
            receipt.remark(row, Remark(_column_of(receipt, item), labels[item], message, fix))


def _in_words(change: Change, receipt: Receipt) -> ChangedFact:
    item = receipt.mapping.edition.item(change.item)
    return ChangedFact(
        change.row,
        receipt.outcomes[change.row].number,
        f"{item.label} (child {change.child})" if change.child > 1 else item.label,
        _plain(item, change.before, change.before_missing),
        _plain(item, change.after, change.after_missing),
    )


def _plain(item: Item, value: Json, missing: str) -> str:
    words = values.display(item, value, missing)
    return prose.to_plain(words) if item.type == "prose" else words


def _column_of(receipt: Receipt, item: str) -> int:
    column = next((source.column for source in receipt.mapping.sources if source.item.key == item), "")
    return receipt.header.index(column) if column else WHOLE_ROW


def _record(
    receipt: Receipt, import_id: int, jurisdiction: Jurisdiction, by: Membership | None, at: dt.datetime
) -> IncidentImport:
    record = IncidentImport(
        pk=import_id,
        jurisdiction=jurisdiction,
        file_name=receipt.file.name[:200],
        sha256=receipt.file.sha256,
        mapping_sha256=receipt.mapping.sha256,
        by=by,
        at=at,
        rows=receipt.rows,
        accepted=receipt.accepted,
        with_warnings=receipt.with_warnings,
        returned=receipt.returned,
        created=receipt.count("created"),
        changed=receipt.count("changed"),
        unchanged=receipt.count("unchanged"),
    )
    record.save(force_insert=True)
    return record
