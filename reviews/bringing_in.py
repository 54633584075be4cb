"""What a worker does with a file that somebody brings in: looks at it, tries it, lets its rows in, takes it back.

A hostile or broken file is an answer, not a failure: it is kept with the upload in words. What fails is tried again.
"""

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.files import File
from django.core.files.storage import default_storage
from redis.exceptions import RedisError

from dictionary.asked import asked_now
from dictionary.values import keepable
from jurisdictions import audit
from jurisdictions.models import Membership
from jurisdictions.roles import Permission
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.bring_in import (
    begin_with_known_words,
    folder_of,
    read_past_how,
    remember_words,
    save_mapping,
    tell,
)
from reviews.actions.import_figures import FigureReceipt, import_figures
from reviews.actions.import_incidents import Receipt, import_incidents
from reviews.actions.import_past import PastReceipt, import_past_reviews, read_past_file
from reviews.actions.undo_import import CannotUndo, tell_of_undoing, undo_import
from reviews.figures.mapping import read_figure_mapping
from reviews.imports.keeping import take_time
from reviews.imports.mapping import HEADER_ROWS, MappingError, read_mapping
from reviews.imports.marked import OWN_SHEETS, write_marked
from reviews.imports.rows import Remark
from reviews.imports.surveying import likely_header_row, survey
from reviews.imports.table import OWN_COLUMNS, FileRefused, NotOurLayout, Row, Table
from reviews.imports.unpacking import Unpacked, unpack
from reviews.models import ImportRun, ImportUndoing, ImportUndone, Shape, Upload
from reviews.past.marked import write_marked_past
from reviews.past.variables import MOST_ROWS, look_at_variables
from reviews.past.words import Words, columns_with_words

type Brought = Upload | ImportRun | ImportUndoing

TOP = HEADER_ROWS + 6  # rows of each sheet that its page shows
SHOWN_CHARACTERS = 160
SHOWN = 200  # remarks and changes on the page; the workbook has them all
_NO_LONGER = "You may not bring files in any more. Ask your agency administrator."


# -- Looking at an upload ------------------------------------------------------------------------


@dataclass(frozen=True)
class Looked:
    """What was found in a file: its sheets, and the columns of the one that is read; or why it cannot come in."""

    sha256: str = ""
    encoding: str = ""
    sheets: tuple[dict[str, Any], ...] = ()
    sheet: int | None = None
    header_row: int | None = None
    columns: tuple[dict[str, Any], ...] = ()
    refused: str = ""


def look_at(upload: Upload) -> Looked:
    """Unpack a file and say what is in it. Reads nothing of the agency but the upload's own row."""
    with _folder() as folder:
        try:
            file = _unpacked(upload, folder)
        except FileRefused as refusal:
            return Looked(refused=str(refusal))
        sheets = [_sheet(file, at) for at in range(len(file.sheets))]
        if upload.shape == Shape.REVIEWS and upload.sheet is None:
            try:
                return _look_at_ours(upload, file, sheets)
            except NotOurLayout:
                pass  # somebody says what its columns mean
        at = upload.sheet if upload.sheet is not None else _first_of_theirs(sheets)
        header_row = upload.header_row or sheets[at]["header_row"]
        found = Looked(file.facts.sha256, file.encoding, tuple(sheets), at, header_row)
        try:
            table, progress = file.table(file.sheets[at].name, header_row), partial(note_progress, upload)
            if upload.shape == Shape.REVIEWS:
                if file.sheets[at].rows > MOST_ROWS + header_row:
                    raise FileRefused(
                        f"The file has more than {MOST_ROWS:,} rows. Split it, for example by year."
                    )
                columns, sheets[at]["instruments"] = look_at_variables(table, progress)
            else:
                columns = survey(table, progress)
        except FileRefused as refusal:
            return replace(found, refused=str(refusal))
    ours = [column.as_json() for column in columns if column.name not in OWN_COLUMNS]
    return replace(found, columns=tuple(ours))


def _look_at_ours(upload: Upload, file: Unpacked, sheets: list[dict[str, Any]]) -> Looked:
    """Our workbook of past reviews, or records of a project of our make, need no mapping: there is to see whether they
    can be read, and which words of the agency's own stand where a list is asked. Raises NotOurLayout for anything
    else."""
    found = Looked(file.facts.sha256, file.encoding, tuple(sheets))
    with jurisdiction_scope(upload.jurisdiction_id):
        asked = asked_now().at_hand()
    try:
        past = read_past_file(file, asked)
    except NotOurLayout:
        raise
    except FileRefused as refusal:
        return replace(found, refused=str(refusal))
    words = columns_with_words(past.unmapped, asked.questions)
    return replace(found, columns=tuple(column.as_json() for column in words))


def record_looked(upload: Upload, looked: Looked) -> None:
    """Note what was found. Runs in the transaction that marks the row done."""
    for name, value in looked.__dict__.items():
        setattr(upload, name, list(value) if isinstance(value, tuple) else value)
    upload.save(update_fields=list(looked.__dict__))
    begin_with_known_words(upload)
    audit.record("import.looked_at", about=upload, by=upload.by, refused=bool(looked.refused))


def _sheet(file: Unpacked, at: int) -> dict[str, Any]:
    facts = file.sheets[at]
    top = Table(file.folder / facts.table).first_rows(TOP)
    return {
        "name": facts.name,
        "rows": facts.rows,
        "columns": facts.columns,
        "header_row": likely_header_row(top),
        "top": [_top_row(row) for row in top if row.cells],
    }


def _top_row(row: Row) -> dict[str, Any]:
    cells = [
        keepable(cell if len(cell) <= SHOWN_CHARACTERS else f"{cell[:SHOWN_CHARACTERS]}…")
        for cell in row.cells
    ]
    return {"number": row.number, "cells": cells}


def _first_of_theirs(sheets: list[dict[str, Any]]) -> int:
    """The first sheet that is not one of ours, from a workbook that went back."""
    return next((at for at, sheet in enumerate(sheets) if sheet["name"] not in OWN_SHEETS), 0)


# -- Trying it, and letting it in ----------------------------------------------------------------


def make_run(run: ImportRun) -> None:
    """Run an import in one transaction, which also notes on its row what became of it: whatever is done twice finds
    that it was done. The workbook that goes back is stored under a name of this try."""
    with _folder() as folder:
        try:
            with jurisdiction_scope(run.jurisdiction_id):
                mine = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
                if mine.rows is None and not mine.refused and mine.claim == run.claim:
                    _bring_in(mine, run, folder)
        except (FileRefused, MappingError) as refusal:
            with jurisdiction_scope(run.jurisdiction_id):
                ImportRun.objects.filter(pk=run.pk).update(refused=str(refusal)[:2000])


def settle_run(run: ImportRun, _: None) -> None:
    """Tell whoever brought the file in. Runs in the transaction that marks the row done."""
    if run.keeps:
        tell(run, "import_done")


def _bring_in(mine: ImportRun, run: ImportRun, folder: Path) -> None:
    by = Membership.objects.select_related("jurisdiction", "user").get(pk=mine.by_id)
    if not (by.user.is_active and by.allows(Permission.INCIDENT_IMPORT)):
        raise FileRefused(_NO_LONGER)
    file, path = _unpacked(run.upload, folder), folder / "back.xlsx"
    match run.upload.shape:
        case Shape.REVIEWS:
            _let_reviews_in(mine, run.upload, file, path, by)
        case Shape.FIGURES:
            _let_figures_in(mine, run.upload, file, path, by)
        case _:
            _let_incidents_in(mine, run.upload, file, path, by)
    with path.open("rb") as back:
        mine.sha256 = hashlib.file_digest(back, "sha256").hexdigest()
        mine.file = default_storage.save(f"{folder_of(run.upload)}/{mine.pk}-{mine.claim}.xlsx", File(back))
    mine.size = path.stat().st_size
    mine.save()


def _let_incidents_in(mine: ImportRun, upload: Upload, file: Unpacked, path: Path, by: Membership) -> None:
    mapping = read_mapping(mine.mapping.encode(), asked_now().questions)
    receipt = import_incidents(
        file,
        mapping,
        jurisdiction=by.jurisdiction,
        by=by,
        dry_run=not mine.keeps,
        progress=partial(note_progress, mine),
    )
    write_marked(receipt, path)
    _note(mine, receipt)
    mine.told = _told(receipt)
    if mine.keeps and mapping.about:
        save_mapping(upload, mine.mapping, name=mapping.about, by=by)


def _let_figures_in(mine: ImportRun, upload: Upload, file: Unpacked, path: Path, by: Membership) -> None:
    mapping = read_figure_mapping(mine.mapping)
    receipt = import_figures(
        file,
        mapping,
        jurisdiction=by.jurisdiction,
        by=by,
        dry_run=not mine.keeps,
        progress=partial(note_progress, mine),
    )
    write_marked(receipt, path)
    _note(mine, receipt)
    mine.told = _told(receipt) | {"gaps": receipt.gaps, "passed_by": receipt.passed_by}
    if mine.keeps and mapping.about:
        save_mapping(upload, mine.mapping, name=mapping.about, by=by)


def _let_reviews_in(mine: ImportRun, upload: Upload, file: Unpacked, path: Path, by: Membership) -> None:
    mapping = read_past_how(upload, mine.mapping)
    receipt = import_past_reviews(
        file,
        mapping=mapping,
        jurisdiction=by.jurisdiction,
        by=by,
        dry_run=not mine.keeps,
        progress=partial(note_progress, mine),
    )
    write_marked_past(receipt, path)
    _note(mine, receipt)
    remarks = receipt.past.remarks
    if isinstance(mapping, Words):  # a word that is in no list is told of once for all its rows
        remarks = {at: [one for one in said if not one.about_code] for at, said in remarks.items()}
    mine.told = {
        "unread": receipt.past.unread,
        "unmapped": _first_codes(receipt.past.unmapped),
        "remarks": _first_remarks(remarks),
        "strays": receipt.strays,
    }
    if isinstance(mapping, Words):
        if mine.keeps:
            remember_words(upload, mine.mapping, by=by)
    elif mine.keeps and mapping.about:
        save_mapping(upload, mine.mapping, name=mapping.about, by=by)


def _told(receipt: Receipt | FigureReceipt) -> dict[str, Any]:
    """What the page shows beside the counts."""
    return {
        "unread": receipt.unread,
        "unmapped": _first_codes(receipt.unmapped),
        "remarks": _first_remarks({("", row): remarks for row, remarks in receipt.remarks.items()}),
        "changes": [asdict(change) for change in receipt.changes[:SHOWN]],
    }


def _first_codes(unmapped: Mapping[tuple[str, str], int]) -> list[tuple[str, str, int]]:
    return [(column, code, rows) for (column, code), rows in sorted(unmapped.items())[:SHOWN]]


def _note(mine: ImportRun, receipt: Receipt | FigureReceipt | PastReceipt) -> None:
    mine.rows, mine.accepted = receipt.rows, receipt.accepted
    mine.with_warnings, mine.returned = receipt.with_warnings, receipt.returned
    mine.created, mine.changed = receipt.count("created"), receipt.count("changed")
    mine.unchanged, mine.receipt = receipt.count("unchanged"), receipt.record


def _first_remarks(found: Mapping[tuple[str, int], Sequence[Remark]]) -> list[dict[str, Any]]:
    """What goes back first, then what should be looked at; by sheet and row. Codes have a list of their own."""
    said = [
        (not any(one.returned for one in remarks), place, remark)
        for place, remarks in found.items()
        for remark in remarks
        if remark.returned or not remark.about_code
    ]
    said.sort(key=lambda one: one[:2])
    return [
        {
            "sheet": sheet,
            "row": row,
            "label": remark.label,
            "message": remark.message,
            "fix": remark.fix,
            "returned": remark.returned,
        }
        for _, (sheet, row), remark in said[:SHOWN]
    ]


# -- Taking it back -------------------------------------------------------------------------------


def make_undoing(undoing: ImportUndoing) -> None:
    """Take an import back in one transaction; whatever is done twice finds that it was done. What stands in the way is
    noted on the row in words."""
    problem = ""
    try:
        with jurisdiction_scope(undoing.jurisdiction_id):
            mine = ImportUndoing.objects.select_for_update(of=("self",)).get(pk=undoing.pk)
            done = ImportUndone.objects.filter(receipt=undoing.receipt).exists()
            if done or mine.claim != undoing.claim:
                return
            if not (undoing.by.user.is_active and undoing.by.allows(Permission.INCIDENT_IMPORT)):
                problem = _NO_LONGER
            else:
                take_time()
                undo_import(undoing.receipt, by=undoing.by, progress=partial(note_progress, undoing))
    except CannotUndo as refusal:
        problem = " ".join(one.message for one in refusal.problems)
    if problem:
        with jurisdiction_scope(undoing.jurisdiction_id):
            ImportUndoing.objects.filter(pk=undoing.pk).update(refused=problem[:2000])


def settle_undoing(undoing: ImportUndoing, _: None) -> None:
    """Tell whoever asked. Runs in the transaction that marks the row done."""
    undoing.refresh_from_db(fields=["refused"])
    tell_of_undoing(undoing)


# -- What all need -------------------------------------------------------------------------------


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="npcs-import-") as folder:
        yield Path(folder)


def _unpacked(upload: Upload, folder: Path) -> Unpacked:
    """The upload's file as tables in this folder. Raises FileRefused, also when it has gone from the store."""
    source = folder / "file"
    try:
        with default_storage.open(upload.file) as stored, source.open("wb") as target:
            shutil.copyfileobj(stored, target)
    except FileNotFoundError:
        raise FileRefused("The file has gone from the store. Bring it in again.") from None
    return unpack(source, folder, name=upload.file_name)


def _progress_key(row: Brought) -> str:
    return f"{row._meta.model_name}:{row.pk}:rows"


def note_progress(row: Brought, rows: int) -> None:
    """Say how many rows are read, or of an undoing how many hundredths are done; the transaction that does it shows
    nothing before its end."""
    with contextlib.suppress(RedisError):
        cache.set(_progress_key(row), rows, timeout=900)


def progress_of(row: Brought) -> int:
    """What was noted last; 0 where that is not known."""
    with contextlib.suppress(RedisError):
        return int(cache.get(_progress_key(row)) or 0)
    return 0
