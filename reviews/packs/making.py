"""Making a data pack: read a hundred reviews at a time inside a short scope, written outside it, in bounded memory."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import batched
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone

from dictionary import schema
from jurisdictions.models import Membership
from jurisdictions.stored import take_away_earlier
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.ask_for_pack import WrittenPack
from reviews.case_numbers import CaseNumbers
from reviews.content import read_contents
from reviews.models import DataPack, Review
from reviews.packs import readme, zipped
from reviews.packs.chosen import Chosen
from reviews.packs.codebook import Codebook
from reviews.packs.csv_files import TableFiles
from reviews.packs.editions import PackEdition, Pinned, asked_by_now, editions_of
from reviews.packs.redcap import RedcapRecords
from reviews.packs.rows import ReviewRows
from reviews.packs.syntax import write_syntax
from reviews.packs.tables import tables_of
from reviews.packs.workbook import write_tables

BATCH = 100


@dataclass(frozen=True)
class Scope:
    """What a pack is made of: read once, at the beginning."""

    agency: str
    keys: list[int]
    pinned: dict[Pinned, PackEdition]  # what these reviews were asked, the newest first
    editions: list[PackEdition]  # the same, or where there is no review what is asked now
    withdrawn: int
    hidden: CaseNumbers  # that no text of the pack may show

    @property
    def questions(self) -> list[schema.Edition]:
        return [edition.questions for edition in self.editions]


def make_pack(pack: DataPack) -> WrittenPack:
    """Write the pack and store it. May run again after a crash: each try has a name of its own, and what an earlier
    one left is taken away."""
    chosen = Chosen.read(pack.chosen)
    folder = f"data-packs/{pack.jurisdiction_id}"
    take_away_earlier(folder, pack.pk)
    with jurisdiction_scope(pack.jurisdiction_id):
        scope = _read_scope(pack, chosen)
    with tempfile.TemporaryDirectory() as place:
        whole = Path(place) / "pack.zip"
        held = _write(pack, chosen, scope, Path(place), whole)
        with whole.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            name = default_storage.save(f"{folder}/{pack.pk}-{pack.claim}.zip", File(file))
        return WrittenPack(name, sha256, whole.stat().st_size, held)


def _read_scope(pack: DataPack, chosen: Chosen) -> Scope:
    asked_by = Membership.objects.select_related("jurisdiction").get(pk=pack.asked_by_id)
    seen = Review.objects.filter(state__in=chosen.states).visible_to(asked_by)
    rows = list(
        seen.order_by("pk").values_list("pk", "edition_id", "own_edition_id", "incident__case_number")
    )
    pinned = editions_of((edition, own) for _, edition, own, _ in rows)
    return Scope(
        agency=asked_by.jurisdiction.name,
        keys=[key for key, *_ in rows],
        pinned=pinned,
        editions=list(pinned.values()) or [asked_by_now()],
        withdrawn=Review.objects.filter(state=Review.State.WITHDRAWN).visible_to(asked_by).count(),
        hidden=CaseNumbers([] if "case_numbers" in chosen.parts else (number for *_, number in rows)),
    )


def _write(pack: DataPack, chosen: Chosen, scope: Scope, place: Path, whole: Path) -> list[int]:
    """Write every file of the pack, and the pack; return the keys of the reviews in it."""
    tables = tables_of(scope.questions, chosen.choosing)
    held: list[int] = []
    left_out: list[str] = []
    with ExitStack() as stack:
        files = stack.enter_context(TableFiles(place, tables))
        records = stack.enter_context(RedcapRecords(place, scope.editions, chosen.choosing))
        for rows in _read(pack, scope, left_out):
            held.append(rows.review.pk)
            for key, cells in rows.rows(tables):
                files.add(key, cells)
            if "redcap" in chosen.parts:
                records.add(rows)
    day = timezone.localtime(pack.owed_at).date()
    said = readme.About(scope.agency, day, chosen, scope.editions, files, scope.withdrawn, left_out)
    with zipped.Pack(whole) as out:
        _pack(out, said, Codebook(tables, scope.questions), records)
    return held


def _pack(out: zipped.Pack, said: readme.About, book: Codebook, records: RedcapRecords) -> None:
    about, files, parts = readme.write(said), said.files, said.chosen.parts
    workbook = files.folder / "reviews.xlsx"
    write_tables(files, book, about.splitlines(), workbook)
    out.add_text("README.txt", about)
    out.add_file(workbook.name, workbook)
    for table in book.tables:
        out.add_file(f"csv/{table.file}", files.path(table))
    for name, text in readme.codebook_files(book, said.editions):
        out.add_text(f"codebook/{name}", text)
    for name, path in records.files() if "redcap" in parts else ():
        out.add_file(f"redcap/{name}", path)
    for name, text in write_syntax(files) if "syntax" in parts else ():
        out.add_text(f"syntax/{name}", text)


def _read(pack: DataPack, scope: Scope, left_out: list[str]) -> Iterator[ReviewRows]:
    """The reviews that the person still sees, a batch to a scope. To `left_out` go the numbers of those that are no
    longer what the tables were laid out for."""
    for keys in batched(scope.keys, BATCH):
        with jurisdiction_scope(pack.jurisdiction_id):
            asked_by = Membership.objects.get(pk=pack.asked_by_id)
            seen = Review.objects.filter(pk__in=keys).visible_to(asked_by).select_related("incident")
            asked: list[tuple[Review, PackEdition]] = []
            for one in seen.order_by("pk"):
                edition = scope.pinned.get((one.edition_id, one.own_edition_id))
                if edition is None or one.state == Review.State.WITHDRAWN:
                    left_out.append(one.incident.number)
                else:
                    asked.append((one, edition))
            contents = list(read_contents([(one.incident, edition.questions) for one, edition in asked]))
        for (review, _), content in zip(asked, contents, strict=True):
            yield ReviewRows(review, content, hidden=scope.hidden)
