"""Bringing a file in through the browser: keeping it, choosing its sheet, mapping its columns, trying it, keeping it.

A worker does what takes long (`reviews.bringing_in`); what a person decides is here.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from functools import partial
from pathlib import PurePath
from typing import Any, Literal

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dictionary.asked import asked_now
from dictionary.interchange import losses, redcap_file
from inbox.actions import queue_message
from jurisdictions import audit, work
from jurisdictions.models import Membership
from jurisdictions.roles import Permission
from jurisdictions.rules import Problem, Refused
from reviews.figures.mapping import FigureMapping, read_figure_mapping
from reviews.imports.columns import Document, parse, written
from reviews.imports.mapping import HEADER_ROWS, FileMapping, MappingError, read_mapping
from reviews.imports.surveying import ColumnFacts
from reviews.imports.unpacking import FILE_BYTES
from reviews.models import ImportRun, SavedMapping, Shape, Upload
from reviews.past import words
from reviews.past.mapping import PastMapping, read_past_mapping
from reviews.past.variables import with_labels
from reviews.past.words import Words, read_words

# How long a file, and the workbook that went back, lie here after they came.
KEPT_FOR = dt.timedelta(days=30)
DICTIONARY_BYTES = 1024 * 1024  # of another project; a person waits while it is read
DICTIONARY_PROBLEMS = 5  # of them that are said

NO_FILE = Problem("upload.none", "Choose a file: a workbook (XLSX) or a CSV file.", item="file")


def too_large(size: int) -> Problem:
    mib = 1024 * 1024
    return Problem(
        "upload.too_large",
        f"The file has {size / mib:.1f} MiB; {FILE_BYTES // mib} MiB can come in at once. "
        "Split it, for example by year.",
        item="file",
    )


def folder_of(upload: Upload) -> str:
    """Where an upload's file and the workbooks that went back lie in the store."""
    return f"imports/{upload.jurisdiction_id}/{upload.pk}"


@transaction.atomic
def upload_file(file: File[Any] | None, *, by: Membership, shape: Shape = Shape.INCIDENTS) -> Upload:
    """Keep a file of this shape and owe its unpacking. Raises Refused without a file, or with one that is too
    large."""
    if file is None or not file.size:
        raise Refused([NO_FILE])
    if file.size > FILE_BYTES:
        raise Refused([too_large(file.size)])
    name = PurePath((file.name or "file").replace("\\", "/")).name[:200]
    upload = work.owe(
        Upload(jurisdiction_id=by.jurisdiction_id, shape=shape, by=by, file_name=name, size=file.size)
    )
    # The person's name for the file is in the row; in the store it has ours, which says nothing.
    upload.file = default_storage.save(f"{folder_of(upload)}/file", file)
    upload.save(update_fields=["file"])
    audit.record("import.uploaded", about=upload, by=by, size=upload.size)
    return upload


@transaction.atomic
def choose_sheet(upload: Upload, *, sheet: int, header_row: int, by: Membership) -> Upload:
    """Read another sheet, or another row as the headings; the columns are looked at anew, and mapped anew."""
    upload = _held(upload)
    if not 0 <= sheet < len(upload.sheets):
        raise Refused([Problem("upload.sheet", "Choose a sheet of this workbook.", item="sheet")])
    if not 1 <= header_row <= HEADER_ROWS:
        message = f"Choose a row from 1 to {HEADER_ROWS}: the one that holds the column headings."
        raise Refused([Problem("upload.header_row", message, item="header_row")])
    if (upload.sheet, upload.header_row) == (sheet, header_row) and not upload.refused:
        return upload
    upload.sheet, upload.header_row, upload.refused = sheet, header_row, ""
    upload.columns, upload.mapping, upload.version = [], "", upload.version + 1
    upload.save(update_fields=["sheet", "header_row", "refused", "columns", "mapping", "version"])
    work.owe_again(upload)
    audit.record("import.sheet_chosen", about=upload, by=by)
    return upload


class StaleMapping(Refused):
    """Another mapping was kept since; `standing` is the upload with it."""

    def __init__(self, standing: Upload) -> None:
        self.standing = standing
        message = (
            "Somebody said in another window what this file means, since you opened this page. Look at what stands "
            "now."
        )
        super().__init__([Problem("upload.stale", message)])


@transaction.atomic
def keep_mapping(upload: Upload, document: str, *, version: int, by: Membership) -> Upload:
    """Keep how the columns are read. Raises StaleMapping when somebody has kept another one since `version`."""
    upload = _held(upload)
    if upload.version != version:
        raise StaleMapping(upload)
    if upload.mapping != document:
        upload.mapping, upload.version = document, version + 1
        upload.save(update_fields=["mapping", "version"])
        audit.record("import.mapped", about=upload, by=by)
    return upload


def keep_and_try(upload: Upload, document: str, *, version: int, by: Membership) -> ImportRun:
    """Keep how the columns are read, and owe a trial of it. Raises Refused while the mapping needs mending, which is
    kept all the same, and StaleMapping when somebody has kept another one since `version`."""
    return ask_for_run(keep_mapping(upload, document, version=version, by=by), keeps=False, by=by)


@transaction.atomic
def ask_for_run(upload: Upload, *, keeps: bool, by: Membership) -> ImportRun:
    """Owe a trial of an upload, or the import itself; what is under way already is not owed twice. Raises Refused
    while its mapping needs mending, and for an import whose mapping was not tried."""
    upload = _held(upload)
    if upload.shape == Shape.REVIEWS and (upload.refused or upload.work_state != "done"):
        raise Refused([Problem("upload.refused", upload.refused or "The file is still being looked at.")])
    if upload.needs_mapping or upload.mapping:
        _ask_mapping(upload)
    same = upload.runs.filter(mapping_version=upload.version)
    under_way: ImportRun | None = same.filter(keeps=keeps, done_at=None, dead_at=None).first()
    if under_way is not None:
        return under_way
    if keeps and not same.filter(rows__isnull=False).exists():
        message = "Look at a trial of these columns first; then let the rows in."
        raise Refused([Problem("import.not_tried", message)])
    run = work.owe(
        ImportRun(
            jurisdiction_id=by.jurisdiction_id,
            upload=upload,
            by=by,
            keeps=keeps,
            mapping=upload.mapping,
            mapping_version=upload.version,
        )
    )
    audit.record("import.keep_asked" if keeps else "import.trial_asked", about=run, by=by)
    return run


def _ask_mapping(upload: Upload) -> None:
    """Raises Refused with everything that the upload's mapping lacks."""
    try:
        mapping_for(upload, upload.mapping)
    except MappingError as error:
        raise Refused([Problem("mapping.incomplete", problem) for problem in error.problems]) from None


def mapping_for(upload: Upload, document: str) -> FileMapping | FigureMapping | Words:
    """The mapping of an upload that a document describes, under what is asked now. Raises MappingError."""
    match upload.shape:
        case Shape.FIGURES:
            return read_figure_mapping(document)
        case Shape.REVIEWS:
            return read_past_how(upload, document)
    return read_mapping(document.encode(), asked_now().questions)


def read_past_how(upload: Upload, document: str) -> PastMapping | Words:
    """How a file of past reviews is read: what its columns mean, or, where the layout is ours, what the agency's own
    words in it mean. Raises MappingError."""
    questions = asked_now().questions
    if upload.needs_mapping:
        return read_past_mapping(document.encode(), questions)
    if document and upload.work_state != "done":
        raise MappingError(["The file is still being looked at. Say what it means once that is done."])
    if document and upload.encoding:
        raise MappingError(
            ["Records of a project of our make hold our codes: there is nothing to say of them."]
        )
    return read_words(document.encode(), questions)


def words_of(upload: Upload) -> Document:
    """What the agency's own words in our workbook mean, as it stands or is proposed; empty where it holds none."""
    standing = parse(upload.mapping)
    found = words.proposed_words(facts_of(upload), standing, _remembered(), asked_now().questions)
    return found if found["items"] else {}


def begin_with_known_words(upload: Upload) -> None:
    """Where each of the agency's own words in our workbook was given a meaning before, nobody is asked again."""
    if upload.needs_mapping or not upload.columns:
        return
    if known := words.known_words(facts_of(upload), _remembered(), asked_now().questions):
        # Unless somebody said something meanwhile.
        Upload.objects.filter(pk=upload.pk, mapping="").update(mapping=written(known))


def remember_words(upload: Upload, document: str, *, by: Membership) -> None:
    """Begin the agency's next workbook with what its own words meant in this one."""
    if document:
        together = words.with_words(_remembered(), parse(document), facts_of(upload))
        save_mapping(upload, written(together), name=SavedMapping.OWN_WORDS, by=by)


def facts_of(upload: Upload) -> list[ColumnFacts]:
    return [ColumnFacts.from_json(column) for column in upload.columns]


def _remembered() -> Document:
    """What the open agency has said of its own words in our workbook."""
    saved = SavedMapping.objects.filter(shape=Shape.REVIEWS, name=SavedMapping.OWN_WORDS).first()
    return parse(saved.document) if saved is not None else {}


@transaction.atomic
def learn_labels(upload: Upload, file: File[Any] | None, *, by: Membership) -> Upload:
    """Take labels, forms and code lists of an upload's variables from the data dictionary of its REDCap project, and
    begin its mapping anew. Raises Refused with what is wrong with that file."""
    if file is None or not file.size:
        raise Refused(
            [Problem("dictionary.none", "Choose the data dictionary: a CSV file.", item="dictionary")]
        )
    if file.size > DICTIONARY_BYTES:
        message = (
            f"The data dictionary is larger than {DICTIONARY_BYTES // (1024 * 1024)} MiB. Bring fewer forms."
        )
        raise Refused([Problem("dictionary.too_large", message, item="dictionary")])
    try:
        fields = redcap_file.read(file.read()).fields.values()
    except losses.Refused as refused:
        said = [f"The data dictionary: {problem}" for problem in refused.problems[:DICTIONARY_PROBLEMS]]
        raise Refused([Problem("dictionary.broken", one, item="dictionary") for one in said]) from None
    upload = _held(upload)
    upload.columns = [facts.as_json() for facts in with_labels(facts_of(upload), fields)]
    upload.mapping, upload.version = "", upload.version + 1
    upload.save(update_fields=["columns", "mapping", "version"])
    audit.record("import.dictionary_read", about=upload, by=by)
    return upload


def _held(upload: Upload) -> Upload:
    """The upload as it is now, held for this transaction. Raises Refused when its file was taken away."""
    held: Upload = Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if held.taken_away_at is not None:
        message = "This file was taken away. Bring it in again."
        raise Refused([Problem("upload.gone", message)])
    return held


def save_mapping(upload: Upload, document: str, *, name: str, by: Membership) -> SavedMapping:
    """Keep a mapping by which a file came in under a name; of one shape, the same name keeps the newer."""
    columns = [column["name"] for column in upload.columns if column["name"]]
    saved, is_new = SavedMapping.objects.select_for_update(of=("self",)).get_or_create(
        jurisdiction_id=by.jurisdiction_id,
        shape=upload.shape,
        name=name[:120],
        defaults={"document": document, "columns": columns, "saved_by": by},
    )
    if not is_new and (saved.document, saved.columns) != (document, columns):
        saved.document, saved.columns, saved.saved_by = document, columns, by
        saved.version += 1
        saved.save()
    return saved


def tell(run: ImportRun, kind: Literal["import_done", "import_failed"]) -> None:
    """Owe whoever brought the file in one message, while they may still do so."""
    if not (run.by.user.is_active and run.by.allows(Permission.INCIDENT_IMPORT)):
        return
    path = reverse("imports:run", args=[run.by.jurisdiction.slug, run.upload_id, run.pk])
    queue_message(kind, to=run.by, number="", path=path, occasion=f"import-run:{run.pk}")


def tell_of_failures() -> None:
    """Owe a message for every import of the open agency that was tried to the end without success."""
    dead = ImportRun.objects.filter(dead_at__isnull=False, keeps=True)
    for run in dead.select_related("by__jurisdiction", "by__user"):
        tell(run, "import_failed")


def take_away(upload: Upload) -> None:
    """Take the file, its cells and the workbooks that went back out of the store; what came in stays, and so do the
    receipt and the counts."""
    transaction.on_commit(partial(_empty, folder_of(upload)))
    ImportRun.objects.filter(upload=upload).update(file="", told={}, mapping="")
    Upload.objects.filter(pk=upload.pk).update(
        file="", sheets=[], columns=[], mapping="", taken_away_at=timezone.now()
    )


def _empty(folder: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")


def take_away_old(now: dt.datetime) -> int:
    """Take away what lies longer than KEPT_FOR in the open agency; how many files there were."""
    old = Upload.objects.filter(taken_away_at=None, at__lt=now - KEPT_FOR)
    uploads = list(old.select_for_update(skip_locked=True, of=("self",)))
    for upload in uploads:
        take_away(upload)
    return len(uploads)
