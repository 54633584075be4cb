"""How a project or spreadsheet of an agency's own make is read as past reviews: which variable is which item.

The same YAML document as that of incidents (`reviews.imports.mapping`), with two settings more. `entries` says what a
row holds of the first, second … entry of a section that repeats, as `children` does of children. `instruments` says
which repeating instrument of a REDCap project is which section, and what its rows hold. Beside the items of the
dictionary it knows three that the software itself keeps: when the review was closed, the number that its incident has
here already, and the need that an opportunity came from.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dictionary.schema import Edition, Item, Section
from reviews.imports.columns import LEFT_OUT as NOT_READ
from reviews.imports.mapping import (
    TAKEN_TYPES,
    FileMapping,
    MappingError,
    MappingReader,
    Source,
    load_mapping,
)
from reviews.past.layout import CLOSED_ON, FROM_NEED, LEFT_OUT, OURS, Column

OF_REVIEW = "review"  # the section of what the software keeps of a past review
_TYPES = (*TAKEN_TYPES, "rating", "links")


@dataclass(frozen=True)
class Instrument:
    """A repeating instrument: the section whose entries its rows are, and where their items come from."""

    name: str
    section: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class PastMapping(FileMapping):
    """How one kind of file of past reviews is read. `entries` are numbered, by their sections, without the children."""

    entries: Mapping[str, tuple[tuple[Source, ...], ...]] = field(default_factory=dict)
    instruments: tuple[Instrument, ...] = ()

    @property
    def numbered(self) -> Iterator[tuple[str, int, tuple[Source, ...]]]:
        """(section, number, where its items come from) of each entry that a review's own row may hold."""
        for section, entries in {"child": self.children, **self.entries}.items():
            yield from ((section, at, sources) for at, sources in enumerate(entries, 1) if sources)

    @property
    def sources(self) -> Iterator[Source]:
        yield from self.items
        for _, _, sources in self.numbered:
            yield from sources
        for instrument in self.instruments:
            yield from instrument.sources


def told_of_reviews(edition: Edition) -> Edition:
    """The edition as a file of past reviews may answer it: without what is not told of a past one, and with what the
    software keeps beside the answers."""
    sections = [
        replace(section, items=(*section.items, _item(FROM_NEED, section.key, "integer")))
        if section.key == "opportunities"
        else replace(section, items=tuple(item for item in section.items if _is_told(item)))
        for section in edition.sections
        if section.key not in LEFT_OUT - {"factors"}
    ]
    kept = (_item(CLOSED_ON, OF_REVIEW, "date"), _item(OURS, OF_REVIEW, "text"))
    return replace(edition, sections=(Section(OF_REVIEW, "", "The review", kept), *sections))


def read_past_mapping(text: bytes, edition: Edition) -> PastMapping:
    """The mapping that this YAML describes, under what is asked. Raises MappingError with all that is wrong."""
    reader = _Reader(told_of_reviews(edition), types=_TYPES)
    reader.settings += ("entries", "instruments")
    document = load_mapping(text)
    parts = reader.parts(document)
    if not reader.problems:
        parts |= {
            "entries": reader.entries(document.get("entries") or {}),
            "instruments": reader.instruments(document.get("instruments") or []),
        }
    if reader.problems:
        raise MappingError(reader.problems)
    return PastMapping(**parts, sha256=hashlib.sha256(text).hexdigest())


class _Reader(MappingReader):
    def says_the_type(self, keys: set[str]) -> bool:
        return "incident_type" in keys or OURS.key in keys

    def entries(self, given: Any) -> dict[str, tuple[tuple[Source, ...], ...]]:
        if not isinstance(given, dict):
            self.problems.append("`entries` must map sections to lists, one entry for each that a row holds.")
            return {}
        known = {section: listed for section, listed in given.items() if self._repeats(section, "entries")}
        return {section: self.numbered(listed, section, section) for section, listed in known.items()}

    def instruments(self, given: Any) -> tuple[Instrument, ...]:
        found: list[Instrument] = []
        for one in given if isinstance(given, list) else [None]:
            if not isinstance(one, dict) or set(one) - {"name", "section", "items"} or not one.get("name"):
                self.problems.append(
                    "`instruments` must be a list, each with a `name`, a `section` and its `items`."
                )
                continue
            name, section = str(one["name"]), str(one.get("section") or "")
            if section in ("", NOT_READ):
                found.append(Instrument(name, section))
            elif self._repeats(section, name):
                sources = self.sources(one.get("items") or {}, f"instruments {name}", section)
                found.append(Instrument(name, section, sources))
        return tuple(found)

    def _repeats(self, section: Any, where: str) -> bool:
        repeating = [one.key for one in self.edition.sections if one.repeats]
        if section not in repeating:
            self.problems.append(
                f"{where}: “{section}” is no section that repeats. Those are: {', '.join(repeating)}."
            )
        return section in repeating

    def belongs(self, section: Section, repeats_in: str) -> bool:
        return super().belongs(section, repeats_in) or (section.rated and repeats_in == "opportunities")

    def place_of(self, section: Section) -> str:
        if section.repeats and section.key != "child":
            return f"under `entries` or `instruments`, in `{section.key}`"
        return super().place_of(section)


def _item(column: Column, section: str, kind: str) -> Item:
    return Item(column.key, column.label, kind, section, "", "open", "ours", help=column.note)


def _is_told(item: Item) -> bool:
    """What shows a rating is links to entries; it is not told of a past review."""
    return not (item.rating_of and item.type == "links")
