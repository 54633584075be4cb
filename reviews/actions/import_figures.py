"""Bringing in a file of yearly figures: each cell accounted for, nothing guessed, the same again changes nothing."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import timezone

from jurisdictions import audit
from jurisdictions.models import Jurisdiction, Membership
from reviews.actions.import_incidents import ChangedFact
from reviews.figures.amounts import shown
from reviews.figures.known import label_of
from reviews.figures.mapping import FigureMapping
from reviews.figures.reading import FIGURES, NOTHING, OTHERS, FigureReader, Read, Told, jumps, said_twice
from reviews.imports.keeping import kept_unless, next_receipt_key
from reviews.imports.rows import Remark
from reviews.imports.staging import Outcome
from reviews.imports.table import FileRefused, Table
from reviews.imports.unpacking import FileFacts, Unpacked
from reviews.imports.waiting import queue_unmapped
from reviews.locks import lock_figures
from reviews.models import IncidentImport, Shape, YearlyFigure

MOST_FIGURES = 20_000
MOST_CHANGES = 2_000


@dataclass
class FigureReceipt:
    """What became of a file of figures. Its unit is the figure: rows = accepted + with_warnings + returned."""

    file: FileFacts
    table: Table
    mapping: FigureMapping
    unread: list[str]
    dry_run: bool
    rows: int = 0
    gaps: int = 0  # cells without a value
    passed_by: int = 0  # rows of other agencies
    read: int = 0  # rows of the file
    widest: int = 0
    told: list[Told] = field(default_factory=list)
    remarks: dict[int, list[Remark]] = field(default_factory=dict)
    what: bytearray = field(default_factory=bytearray)  # FIGURES, NOTHING or OTHERS, by the row's number
    unmapped: Counter[tuple[str, str]] = field(default_factory=Counter)
    changes: list[ChangedFact] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)  # created, changed, unchanged
    outcomes: dict[int, Outcome] = field(default_factory=dict)  # a figure has no number of ours
    record: IncidentImport | None = None

    def remark(self, row: int, remark: Remark) -> None:
        self.remarks.setdefault(row, []).append(remark)

    def status(self, row: int) -> str:
        """accepted, warning or returned, of a row with figures; else passed_by or nothing_read."""
        remarks = self.remarks.get(row, ())
        what = self.what[row] if row < len(self.what) else NOTHING
        if what != FIGURES:
            return "passed_by" if what == OTHERS else "nothing_read"
        if any(remark.returned for remark in remarks):
            return "returned"
        return "warning" if remarks else "accepted"

    def note(self, row: int, found: Read) -> None:
        """Count what was read of a row; a byte is kept for each, however many the file has."""
        self.what.extend(bytes([NOTHING]) * (row - len(self.what)) + bytes([found.what]))
        self.read += 1
        self.passed_by += found.what == OTHERS
        self.rows += found.figures
        self.gaps += found.gaps
        self.told += found.told
        self.unmapped.update(found.unmapped)
        if found.remarks:
            self.remarks[row] = found.remarks

    @property
    def returned(self) -> int:
        return self.rows - len(self.told)

    @property
    def with_warnings(self) -> int:
        doubted = {
            (row, remark.column)
            for row, remarks in self.remarks.items()
            for remark in remarks
            if not remark.returned
        }
        return sum((told.row, told.column) in doubted for told in self.told)

    @property
    def accepted(self) -> int:
        return len(self.told) - self.with_warnings

    def count(self, what: str) -> int:
        return self.counts[what]

    @property
    def facts(self) -> list[tuple[str, str | int]]:
        """(what, value), as the workbook that goes back ends."""
        return [
            ("File", self.file.name),
            ("SHA-256 of the file", self.file.sha256),
            ("SHA-256 of the mapping", self.mapping.sha256),
            ("Dry run", "yes: nothing was kept" if self.dry_run else "no"),
            ("Figures", self.rows),
            ("Accepted", self.accepted),
            ("Accepted with warnings", self.with_warnings),
            ("Returned", self.returned),
            ("New figures", self.count("created")),
            ("Changed figures", self.count("changed")),
            ("Unchanged figures", self.count("unchanged")),
            ("Cells without a value", self.gaps),
            ("Rows of other agencies", self.passed_by),
            ("Columns that nobody reads", ", ".join(self.unread)),
        ]


def import_figures(
    file: Unpacked,
    mapping: FigureMapping,
    *,
    jurisdiction: Jurisdiction,
    by: Membership,
    dry_run: bool = False,
    now: dt.datetime | None = None,
    progress: Callable[[int], None] | None = None,
) -> FigureReceipt:
    """Bring the figures of a file into the open agency; a dry run does the same and takes it back.

    Raises FileRefused when the file as a whole cannot come in. A figure is found again by name, year and source: what
    says the same is left alone, what a person has changed here since is theirs.
    """
    with kept_unless(dry_run):
        receipt = _read(file, mapping, dry_run, progress)
        lock_figures(jurisdiction.pk)  # no other import, and nobody who corrects a figure, goes on meanwhile
        _Intake(receipt, jurisdiction, by, now or timezone.now()).bring_in()
    if dry_run:
        receipt.record = None
    return receipt


def _read(
    file: Unpacked, mapping: FigureMapping, dry_run: bool, progress: Callable[[int], None] | None
) -> FigureReceipt:
    table = file.table(mapping.sheet, mapping.header_row)
    with table.opened() as (header, rows):
        reader = FigureReader(mapping, header, today=timezone.localdate())
        receipt = FigureReceipt(file.facts, table, mapping, reader.unread, dry_run)
        for row in rows:
            receipt.widest = max(receipt.widest, len(row.cells))
            receipt.note(row.number, reader.read(row))
            if max(receipt.rows, len(receipt.remarks)) > MOST_FIGURES:
                raise FileRefused(
                    f"The file has more than {MOST_FIGURES:,} figures of your agency. If it holds several agencies, "
                    "say where its columns are mapped which rows are yours; else split it."
                )
            if progress is not None and receipt.read % 5_000 == 0:
                progress(receipt.read)
    _return_what_stands_twice(receipt)
    for told, message in jumps(receipt.told):
        fix = "It came in. Look whether a digit or the unit is wrong."
        receipt.remark(told.row, Remark(told.column, label_of(told.spec.name), message, fix))
    return receipt


def _return_what_stands_twice(receipt: FigureReceipt) -> None:
    """Send back every cell of what stands in several; a file that is mostly so holds more than one agency."""
    twice = said_twice(receipt.told)
    cells = sum(map(len, twice.values()))
    if cells * 2 > receipt.rows:
        raise FileRefused(
            "Most figures stand in several rows for the same year. If the file holds several agencies, states or "
            "counties, go back to its columns and choose the one that says whose row it is."
        )
    receipt.told = [told for told in receipt.told if told.key not in twice]
    for told in (told for found in twice.values() for told in found):
        rows = ", ".join(str(row) for row in sorted({one.row for one in twice[told.key]})[:5])
        label = label_of(told.spec.name)
        message = f"“{label}” for {told.year} stands in several cells (rows {rows})."
        fix = "Keep the one that is right."
        receipt.remark(told.row, Remark(told.column, label, message, fix, returned=True))


@dataclass
class _Intake:
    receipt: FigureReceipt
    jurisdiction: Jurisdiction
    by: Membership
    now: dt.datetime
    standing: dict[tuple[str, int, str], YearlyFigure] = field(init=False)

    def __post_init__(self) -> None:
        names = {told.spec.name for told in self.receipt.told}
        latest = YearlyFigure.objects.filter(name__in=names).latest_statements()
        self.standing = {(one.name, one.year, one.source): one for one in latest}

    def bring_in(self) -> None:
        key = next_receipt_key()
        said = [statement for told in self.receipt.told if (statement := self._statement(told, key))]
        self._keep(key)
        YearlyFigure.objects.bulk_create(said)

    def _statement(self, told: Told, key: int) -> YearlyFigure | None:
        """What the file says anew; None where it says what stands, or a person has said otherwise."""
        before = self.standing.get(told.key)
        if before is not None and before.value is not None and _says(before) == _tells(told):
            self.receipt.counts["unchanged"] += 1
            return None
        if before is not None and before.by_id is not None:
            self._leave_theirs(told, before)
            return None
        if before is None or before.value is None:
            self.receipt.counts["created"] += 1
        else:
            self.receipt.counts["changed"] += 1
            self._note_change(told, before)
        return YearlyFigure(
            jurisdiction=self.jurisdiction,
            name=told.spec.name,
            year=told.year,
            source=told.source,
            version=before.version + 1 if before else 1,
            unit=told.spec.unit,
            value=told.value,
            vintage=told.vintage,
            imported_by_id=key,
            at=self.now,
        )

    def _leave_theirs(self, told: Told, before: YearlyFigure) -> None:
        self.receipt.counts["unchanged"] += 1
        label = label_of(told.spec.name)
        what = shown(before.value, before.unit) if before.value is not None else "no value"
        message = f"Somebody has set this here since, to {what}. Theirs stands; the file’s was left out."
        self.receipt.remark(
            told.row, Remark(told.column, label, message, "Look at it on the page of yearly figures.")
        )

    def _note_change(self, told: Told, before: YearlyFigure) -> None:
        if len(self.receipt.changes) < MOST_CHANGES:
            after = _in_words(told.value, told.spec.unit, told.vintage)
            was = _in_words(before.value, before.unit, before.vintage)
            label = label_of(told.spec.name)
            self.receipt.changes.append(ChangedFact(told.row, str(told.year), label, was, after))

    def _keep(self, key: int) -> None:
        receipt = self.receipt
        record = IncidentImport(
            pk=key,
            jurisdiction=self.jurisdiction,
            shape=Shape.FIGURES,
            file_name=receipt.file.name[:200],
            sha256=receipt.file.sha256,
            mapping_sha256=receipt.mapping.sha256,
            by=self.by,
            at=self.now,
            rows=receipt.rows,
            accepted=receipt.accepted,
            with_warnings=receipt.with_warnings,
            returned=receipt.returned,
            created=receipt.count("created"),
            changed=receipt.count("changed"),
            unchanged=receipt.count("unchanged"),
        )
        record.save(force_insert=True)
        receipt.record = record
        known = {(receipt.mapping.names, name) for name in receipt.mapping.long}
        queue_unmapped(record, receipt.unmapped, known)
        audit.record(
            "figures.imported",
            about=record,
            by=self.by,
            import_id=record.pk,
            rows=record.rows,
            returned=record.returned,
            created=record.created,
            changed=record.changed,
        )


def _says(standing: YearlyFigure) -> tuple[object, ...]:
    return standing.value, standing.unit, standing.vintage


def _tells(told: Told) -> tuple[object, ...]:
    return told.value, told.spec.unit, told.vintage


def _in_words(value: object, unit: str, vintage: str) -> str:
    words = shown(value, unit)  # type: ignore[arg-type]
    return f"{words} ({vintage})" if vintage else words
