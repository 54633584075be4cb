"""Past reviews as REDCap records: the flat CSV of a project that was made from our data dictionary.

A record is a review; a row of a repeating instrument is an entry of the section with the form's name. Checkboxes have
a column for each choice (`field___code`), a date that need not be exact has two fields beside it. Ratings stand in the
record itself, or in instances: the first rates the whole review, the one behind it opportunity 1. Codes and names are
those of `dictionary.interchange.layout`, which wrote the dictionary. `reviews.packs.redcap` writes what this reads.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone

from dictionary import prose, values
from dictionary.interchange.layout import Form, Laid, Layout, lay_out
from dictionary.rules import Json
from jurisdictions.formulas import unguarded
from reviews.imports.rows import KEY_LENGTH, WHOLE_ROW, Remark
from reviews.imports.table import FileRefused, NotOurLayout, Row
from reviews.imports.unpacking import Unpacked
from reviews.past.cells import Taken, take
from reviews.past.links import link_words, not_numbered, numbers, section_of
from reviews.past.reading import (
    HALF_AN_AGE,
    Given,
    PastEntry,
    PastFile,
    PastReview,
    look_over,
)
from reviews.past.variables import INSTANCE, INSTRUMENT, OF_REDCAP

SHEET = "Records"  # of a CSV file, in what goes back
WHOLE_REVIEW = 1  # the instance of ratings that is of no opportunity


def read_redcap(file: Unpacked, document: Mapping[str, Any]) -> PastFile:
    """Everything that the records say under an edition's document. Raises NotOurLayout when the type of
    incident is no column, or fewer than half of the columns are the edition's fields."""
    return _Reader(file, lay_out(document)).read()


class _Reader:
    def __init__(self, file: Unpacked, layout: Layout) -> None:
        self.file, self.layout = file, layout
        self.found = PastFile(tables={SHEET: file.table()})
        self.header: dict[str, int] = {}

    def read(self) -> PastFile:
        with self.found.tables[SHEET].opened() as (header, rows):
            self.header = {name.strip().lower(): at for at, name in enumerate(header) if name}
            self._know_columns(header)
            entries: list[tuple[Row, str]] = []
            for row in rows:
                instrument = self._cell(row, INSTRUMENT)
                if instrument:
                    entries.append((row, instrument))
                else:
                    self._review(row)
        rated = {form.name for form in self.layout.forms if form.section.rated}
        # A record's own row may come after those of its instruments, and an opportunity after its ratings.
        for row, instrument in sorted(entries, key=lambda entry: entry[1] in rated):
            self._entry(row, instrument)
        for review in self.found.reviews.values():
            look_over(self.found, review, self.layout.edition, timezone.localdate())
        if not self.found.reviews:
            raise FileRefused("The file has no records: each of its rows belongs to a repeating instrument.")
        return self.found

    def _know_columns(self, header: list[str]) -> None:
        known = {name for form in self.layout.forms for laid in form.fields for name in columns_of(laid)}
        own = {name.strip().lower() for name in header[1:] if name}
        named = {name for name in own - set(OF_REDCAP) if not name.endswith("_complete")}
        if "incident_type" not in named or len(known & named) * 2 < len(named):
            raise NotOurLayout("Few of the columns are fields of our data dictionary. Say what they mean.")
        self.found.unread = [
            f"“{name[:60]}”"
            for name in header[1:]
            if name and name.lower() not in known | set(OF_REDCAP) and not name.lower().endswith("_complete")
        ]

    def _review(self, row: Row) -> None:
        key = row.cells[0].strip() if row.cells else ""
        if not key or len(key) > KEY_LENGTH:
            self._wrong(row, 0, "Record ID", "The row has no record ID.", "Fill it in.")
        elif key in self.found.reviews:
            first = self.found.reviews[key].at[1]
            message = (
                f"Row {first} has this record ID already. Events of one record cannot be told apart here."
            )
            self._wrong(
                row, 0, "Record ID", message, "Export one event, or give each review an ID of its own."
            )
        else:
            review = self.found.reviews[key] = PastReview(key, (SHEET, row.number))
            for form in self.layout.forms:
                if not form.section.repeats:
                    self._take_once(review, form, row)
                elif self._is_told(form, row):  # a form that repeats, filled in without being an instance
                    self._take_entry(review, form, row, number=1)
            if not review.incident.get("incident_type"):
                self._wrong(
                    row, WHOLE_ROW, "The whole row", "No incident goes without its type.", "Fill it in."
                )

    def _entry(self, row: Row, instrument: str) -> None:
        review = self.found.reviews.get(row.cells[0].strip())
        form = next((form for form in self.layout.forms if form.name == instrument), None)
        if review is None:
            self._wrong(
                row, 0, "Record ID", "No row of the file holds this record itself.", "Export whole records."
            )
        elif form is not None and form.section.rated:
            self._rate(review, form, row)
        elif form is None or not form.section.repeats:
            unread = f"instrument “{instrument[:60]}”"
            self.found.unread += [unread] if unread not in self.found.unread else []
        else:
            self._take_entry(review, form, row, number=self._instance(row))

    def _instance(self, row: Row) -> int:
        instance = self._cell(row, INSTANCE)
        return int(instance) if instance.isdigit() and len(instance) < 5 else 0

    def _rate(self, review: PastReview, form: Form, row: Row) -> None:
        """The ratings of one instance: of the whole review, or of an opportunity."""
        review.other_rows.append((SHEET, row.number))
        number = self._instance(row) - WHOLE_REVIEW
        entry = review.entry("opportunities", number) if number > 0 else None
        if entry is None and number > 0:
            message = f"The review has no opportunity {number}."
            self._wrong(row, WHOLE_ROW, "The whole row", message, "Correct the instance, or add it.")
            return
        ratings = review.ratings if entry is None else entry.ratings
        if ratings:
            self._wrong(row, WHOLE_ROW, "The whole row", "These ratings stand twice.", "Keep one of them.")
            return
        ratings |= {laid.item.key: given for laid, given in self._given(form, row)}
        links = self._links(form, row)
        if entry is None:
            review.points_at |= dict(links)
        else:
            entry.points_at |= dict(links)

    def _take_once(self, review: PastReview, form: Form, row: Row) -> None:
        for laid, given in self._given(form, row):
            if laid.item.is_column:
                review.incident[laid.item.key] = given[0]
            elif laid.item.type == "rating" or laid.item.rating_of:
                review.ratings[laid.item.key] = given
            else:
                review.answers[laid.item.key] = given
        review.points_at |= dict(self._links(form, row))

    def _take_entry(self, review: PastReview, form: Form, row: Row, *, number: int) -> None:
        section = form.section.key
        entries = review.entries.setdefault(section, [])
        number = number or len(entries) + 1
        if review.entry(section, number) is not None:
            self._wrong(
                row, WHOLE_ROW, "The whole row", f"Instance {number} stands twice.", "Keep one of them."
            )
            return
        entry = PastEntry(section, number, (SHEET, row.number))
        entries.append(entry)
        for laid, given in self._given(form, row):
            if laid.item.is_column:
                entry.columns[laid.item.key] = given[0]
            else:
                entry.answers[laid.item.key] = given
        entry.points_at = dict(self._links(form, row))
        if entry.has_half_an_age:
            self._wrong(row, self.header.get("age_value", WHOLE_ROW), "Age of the child", *HALF_AN_AGE)

    def _given(self, form: Form, row: Row) -> Iterator[tuple[Laid, Given]]:
        for laid in form.fields:
            if laid.item.type == "links" and self._cell(row, laid.name) not in laid.item.missing:
                continue
            taken = self._taken(laid, row)
            if taken.wrong:
                at = self.header.get(laid.name, WHOLE_ROW)
                self._wrong(row, at, laid.item.label, taken.wrong, taken.fix or "Correct the cell.")
            elif taken.value is not None or taken.missing:
                yield laid, (taken.value, taken.missing)

    def _taken(self, laid: Laid, row: Row) -> Taken:
        item = laid.item
        if item.type == "choices":
            return self._ticked(laid, row)
        text = self._cell(row, laid.name)
        if not text:
            return Taken()
        if item.choices or item.type == "rating":
            return _coded(laid, text)
        if text in item.missing:
            return Taken(missing="" if item.is_column else text)
        if item.type == "prose" and text.startswith("<") and prose.safe(text) == text:
            return Taken(text)  # as our own records write what is more than paragraphs
        if item.type == "partial_date":
            precision, time = (self._cell(row, name) for name in laid.beside)
            try:
                return Taken(values.parse(item, {"date": text, "precision": precision, "time": time}))
            except values.ValueProblem as problem:
                return Taken(wrong=problem.message)
        return take(item, text)

    def _ticked(self, laid: Laid, row: Row) -> Taken:
        own = own_codes(laid)
        ticked = {
            code
            for code in own
            if self._cell(row, f"{laid.name}___{code.lower()}") in ("1", "Checked", "checked")
        }
        chosen = {own[code] for code in ticked} - set(laid.reasons)
        reason = next((own[code] for code in ticked if own[code] in laid.reasons), "")
        value: list[Json] = [choice.code for choice in laid.item.choices if choice.code in chosen]
        return Taken(value) if value else Taken(missing=reason)

    def _links(self, form: Form, row: Row) -> Iterator[tuple[str, list[tuple[str, int]]]]:
        for laid in form.fields:
            text = self._cell(row, laid.name) if laid.item.type == "links" else ""
            if not text or text in laid.item.missing:
                continue
            words = link_words(laid.item, self.layout.edition)
            try:
                yield laid.item.key, [(section_of(word, words), number) for word, number in numbers(text)]
            except ValueError:
                at = self.header.get(laid.name, WHOLE_ROW)
                self._wrong(row, at, laid.item.label, *not_numbered(words))

    def _is_told(self, form: Form, row: Row) -> bool:
        return any(
            self._cell(row, name) not in ("", "0") for laid in form.fields for name in columns_of(laid)
        )

    def _cell(self, row: Row, name: str) -> str:
        at = self.header.get(name.lower(), -1)
        return unguarded(row.cells[at].strip()) if 0 <= at < len(row.cells) else ""

    def _wrong(self, row: Row, at: int, label: str, message: str, fix: str) -> None:
        self.found.remark((SHEET, row.number), Remark(at, label, message, fix, returned=True))


def columns_of(laid: Laid) -> Iterator[str]:
    """The columns in which a field's records stand."""
    if laid.item.type == "choices":
        yield from (f"{laid.name}___{code.lower()}" for code in own_codes(laid))
    else:
        yield laid.name.lower()
        yield from (name.lower() for name in laid.beside)


def own_codes(laid: Laid) -> dict[str, str]:
    """Our codes, and the reasons for none, by how REDCap writes them."""
    ours = [choice.code for choice in laid.item.choices] + list(laid.reasons)
    return dict(zip((choice.code for choice in laid.codes), ours, strict=True))


def _coded(laid: Laid, text: str) -> Taken:
    ours = own_codes(laid).get(text)
    if ours is None:
        return Taken(wrong=f"“{text[:60]}” is not a code of this field.")
    if ours in laid.reasons:
        return Taken(missing="" if laid.item.is_column else ours)
    return Taken(ours)
