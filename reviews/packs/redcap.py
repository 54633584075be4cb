"""The reviews of a pack as REDCap records: for each edition its data dictionary, and what `reviews.past.redcap` reads.

The names and codes are those of `dictionary.interchange.layout`, from which the dictionary is written.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from dictionary import prose
from dictionary.interchange import redcap as dictionary
from dictionary.interchange.layout import RECORD, Form, Laid, Layout, lay_out
from dictionary.interchange.redcap_out import RECORD_ID
from dictionary.rules import Json
from dictionary.schema import Item
from dictionary.sheet import EntryId
from jurisdictions.formulas import guarded
from reviews.imports.cells import paragraphs
from reviews.models import Review
from reviews.packs.csv_files import line
from reviews.packs.editions import PackEdition
from reviews.packs.rows import ReviewRows
from reviews.packs.tables import OPPORTUNITIES, Choosing
from reviews.past.redcap import WHOLE_REVIEW, columns_of, own_codes
from reviews.past.variables import INSTANCE, INSTRUMENT

REPEATING = "repeating.txt"
_DONE = (Review.State.APPROVED, Review.State.AS_REPORTED)


class RedcapRecords:
    """The growing files of records, one for each edition."""

    def __init__(self, folder: Path, editions: Sequence[PackEdition], choosing: Choosing) -> None:
        self.folder, self.editions, self.choosing = folder, editions, choosing
        self._layouts = {edition.number: lay_out(edition.source) for edition in editions}
        self._open = ExitStack()

    def __enter__(self) -> "RedcapRecords":
        self._files: dict[str, TextIO] = {}
        self._names: dict[str, list[str]] = {}
        for number, layout in self._layouts.items():
            path = self._records(number)
            self._files[number] = self._open.enter_context(path.open("w", encoding="utf-8", newline=""))
            self._names[number] = list(_header(layout))
            self._files[number].write(line(self._names[number]))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, rows: ReviewRows) -> None:
        number = rows.edition.number
        for cells in _Record(rows, self._layouts[number], self.choosing).rows():
            cells[RECORD_ID] = rows.review.incident.number
            self._files[number].write(line([cells.get(name, "") for name in self._names[number]]))

    def files(self) -> Iterator[tuple[str, Path]]:
        """What goes into the pack, by its name there."""
        for edition in self.editions:
            path = self.folder / f"dictionary-{edition.number}.csv"
            path.write_bytes(dictionary.write(edition.source))
            yield path.name, path
            yield self._records(edition.number).name, self._records(edition.number)
        names = {
            form.name: "" for layout in self._layouts.values() for form in layout.forms if _repeats(form)
        }
        path = self.folder / REPEATING
        path.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
        yield path.name, path

    def _records(self, number: str) -> Path:
        return self.folder / f"records-{number}.csv"


def _repeats(form: Form) -> bool:
    return bool(form.section.repeats) or form.section.rated


def _header(layout: Layout) -> Iterator[str]:
    yield from (RECORD_ID, INSTRUMENT, INSTANCE, f"{RECORD}_complete")
    for form in layout.forms:
        for laid in form.fields:
            yield from columns_of(laid)
        yield f"{form.name}_complete"


class _Record:
    """One review as rows of cells: its own, and one for each instance of a repeating instrument."""

    def __init__(self, rows: ReviewRows, layout: Layout, choosing: Choosing) -> None:
        self.of, self.layout, self.choosing = rows, layout, choosing
        self.complete = "2" if rows.review.state in _DONE else "0"

    def rows(self) -> Iterator[dict[str, str]]:
        own = {f"{RECORD}_complete": self.complete}
        for form in self.layout.forms:
            if not _repeats(form):
                own |= self._cells(form, None)
        yield own
        for form in self.layout.forms:
            for instance, entry in self._instances(form) if _repeats(form) else ():
                cells = self._cells(form, entry)
                yield {INSTRUMENT: form.name, INSTANCE: str(instance), **cells}

    def _instances(self, form: Form) -> Iterator[tuple[int, EntryId]]:
        """An entry has its number; ratings that of their opportunity behind those of the whole review."""
        content = self.of.content
        if not form.section.rated:
            yield from enumerate(content.ids(form.section.key), 1)
            return
        targets = {target: self.of.numbers.get(target) for target in content.sheet.targets(form.section)}
        if any(laid.item.key in content.begun for laid in form.fields):
            yield WHOLE_REVIEW, None
        for target, named in targets.items():
            if named is not None and named[0].key == OPPORTUNITIES:
                yield WHOLE_REVIEW + named[1], target

    def _cells(self, form: Form, entry: EntryId) -> dict[str, str]:
        cells = {f"{form.name}_complete": self.complete}
        for laid in form.fields:
            if self.choosing.takes(laid.item):
                cells |= dict(self._cell(laid, *self.of.given(laid.item, entry)))
        return cells

    def _cell(self, laid: Laid, value: Json, missing: str) -> Iterator[tuple[str, str]]:
        item = laid.item
        if item.type == "choices":
            ticked = {str(code) for code in value} if isinstance(value, list) else {missing}
            for code, ours in own_codes(laid).items():
                yield f"{laid.name}___{code.lower()}", str(int(ours in ticked))
        elif value is None or value == []:
            yield laid.name.lower(), missing
        elif item.type == "partial_date" and isinstance(value, dict):
            said = (value.get("date"), value.get("precision"), value.get("time"))
            for name, part in zip((laid.name, *laid.beside), said, strict=True):
                yield name.lower(), str(part or "")
        else:
            yield laid.name.lower(), self._text(item, laid, value)

    def _text(self, item: Item, laid: Laid, value: Json) -> str:
        if item.choices:
            return next((code for code, ours in own_codes(laid).items() if ours == value), str(value))
        if item.type == "links":
            return self.of.link_words(value)
        if item.type == "prose":
            return guarded(self.of.shown(_plain_if_it_can(str(value))))
        return guarded(self.of.shown(str(value))) if item.type in ("text", "plain") else str(value)


def _plain_if_it_can(html: str) -> str:
    """Rich text as plain text where that says it all, else with its markup."""
    plain = prose.to_plain(html)
    return plain if paragraphs(plain) == html else html
