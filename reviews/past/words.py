"""Words of an agency's own in our workbook of past reviews, and what they mean once somebody has said so.

People write what they are used to: `F`, `no`, `n/a`. A word that is in no list is never guessed; its meaning is said
once for all the rows in which it stands, and the agency's next workbook begins with it. It is kept like the mapping of
a file, with `items` alone: each column of the workbook that takes answers of a list, and the `codes` in it. What the
sheet of ratings says is under the items `rating` and `factor`.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dictionary.schema import Choice, Edition, Item, Section
from reviews.imports.columns import Document, specs_of
from reviews.imports.mapping import (
    CODED_TYPES,
    Given,
    MappingError,
    MappingReader,
    kept_code,
    load_mapping,
)
from reviews.imports.proposing import propose_codes
from reviews.imports.surveying import MOST_VALUES, SAMPLES, ColumnFacts
from reviews.past.layout import FACTOR, RATING, factors, layout

_SECTION = "words"


@dataclass(frozen=True)
class Words:
    """What the agency's own words mean, by the key of their column."""

    meant: Mapping[str, Mapping[str, Given]] = field(default_factory=dict)
    sha256: str = ""

    def of(self, key: str) -> Mapping[str, Given]:
        """The meanings of one column's words: a value, and the reason that stands in its place."""
        return self.meant.get(key, {})


NO_WORDS = Words()


def told_in_words(edition: Edition) -> Edition:
    """The columns of our workbook that take answers of a list, as the one section of an edition."""
    items = tuple(replace(item, section=_SECTION) for _, item in _listed(edition))
    return replace(edition, sections=(Section(_SECTION, "", "The workbook", items),))


def _listed(edition: Edition) -> Iterator[tuple[str, Item]]:
    """(title of the sheet, item) of each column that takes answers of a list."""
    for sheet in layout(edition):
        items = (column.item for column in sheet.columns if column.item is not None)
        yield from ((sheet.title, item) for item in items if item.type in CODED_TYPES)
        if RATING in sheet.columns and (rated := factors(edition)):
            listed = tuple(Choice(item.key, item.label) for item in rated)
            yield (
                sheet.title,
                Item(FACTOR.key, FACTOR.label, "choice", "", "", "open", "ours", choices=listed),
            )
            yield sheet.title, replace(rated[0], key=RATING.key, label=RATING.label)


def read_words(text: bytes, edition: Edition) -> Words:
    """What the words mean by this YAML, under what is asked; empty text says nothing of any. Raises MappingError with
    all that is wrong."""
    document = load_mapping(text) or {}
    reader = MappingReader(told_in_words(edition), types=CODED_TYPES)
    if not isinstance(document, dict) or set(document) - {"items"}:
        raise MappingError(
            ["Our workbook needs no mapping: `items` with their `codes` are all that can be said of it."]
        )
    items = document.get("items") or {}
    sources = reader.sources(items, "items", "")
    for source in sources:
        spec = items[source.item.key]
        if not isinstance(spec, dict) or set(spec) - {"column", "codes"} or not source.column:
            reader.problems.append(
                f"items › {source.item.key}: give its `column`, and `codes` with what its words mean; nothing else can "
                "be said of it."
            )
        elif listed := [
            word for word, meaning in (spec.get("codes") or {}).items() if isinstance(meaning, list)
        ]:
            reader.problems.append(
                f"items › {source.item.key} › codes › {listed[0]}: a word means one answer."
            )
    if reader.problems:
        raise MappingError(reader.problems)
    meant = {source.item.key: source.codes or {} for source in sources}
    return Words(meant, hashlib.sha256(text).hexdigest() if text else "")


def columns_with_words(found: Counter[tuple[str, str]], edition: Edition) -> list[ColumnFacts]:
    """The columns in which words stand that are in no list, in the order of the workbook; `form` is the sheet. Of more
    than MOST_VALUES words the most frequent are listed."""
    by_column: dict[str, Counter[str]] = {}
    for (key, word), rows in found.items():
        by_column.setdefault(key, Counter())[word] += rows
    return [
        _facts(sheet, item, by_column[item.key]) for sheet, item in _listed(edition) if item.key in by_column
    ]


def _facts(sheet: str, item: Item, words: Counter[str]) -> ColumnFacts:
    values = tuple(words.most_common(MOST_VALUES))
    return ColumnFacts(
        name=item.key,
        letter="",
        filled=words.total(),
        blank=0,
        different=len(words),
        values=values,
        samples=tuple(word for word, _ in values[:SAMPLES]),
        days=(),
        day_or_month_first=(),
        undated=0,
        numbers=False,
        label=item.label,
        form=sheet,
    )


def proposed_words(
    columns: Sequence[ColumnFacts], standing: Document, remembered: Document, edition: Edition
) -> Document:
    """What the words of a workbook mean: as it stands for this one, else as the agency said before, else what a name is
    close to."""
    told, said, before = told_in_words(edition), _codes_in(standing), _codes_in(remembered)
    items: Document = {}
    for column in columns:
        if column.name in told:
            item = told.item(column.name)
            codes: Mapping[str, Any] | None = said.get(column.name)
            if codes is None:
                proposed: dict[str, Any] = propose_codes(item, {word: word for word, _ in column.values})
                codes = proposed | _still_meant(item, column, before.get(column.name, {}))
            items[column.name] = {"column": column.name, "codes": dict(codes)}
    return {"items": items}


def known_words(columns: Sequence[ColumnFacts], remembered: Document, edition: Edition) -> Document:
    """The same, where everything in it was said before; else empty, and somebody is asked."""
    told, before = told_in_words(edition), _codes_in(remembered)
    items: Document = {}
    for column in columns:
        codes = before.get(column.name, {})
        meant = _still_meant(told.item(column.name), column, codes) if column.name in told else {}
        if len(meant) < column.different:
            return {}
        items[column.name] = {"column": column.name, "codes": meant}
    return {"items": items}


def words_with_a_meaning(columns: Sequence[ColumnFacts], standing: Document) -> int:
    """How many of the words that were found have a meaning as it stands."""
    said = _codes_in(standing)
    return sum(word in said.get(column.name, {}) for column in columns for word, _ in column.values)


def _still_meant(item: Item, column: ColumnFacts, codes: Mapping[str, Any]) -> dict[str, Any]:
    """What was said before of the words that are here, as far as the list still has it."""
    listed = {choice.code for choice in item.choices}
    return {
        word: meaning
        for word, _ in column.values
        if (meaning := codes.get(word)) is not None
        and (meaning["missing"] in item.missing if isinstance(meaning, dict) else meaning in listed)
    }


def with_words(remembered: Document, said: Document, columns: Sequence[ColumnFacts]) -> Document:
    """What is remembered from now on: what was said of the words that are here, nothing of those that were left open,
    and of all others what was said before."""
    codes = {key: dict(meant) for key, meant in _codes_in(remembered).items()}
    for column in columns:
        for word, _ in column.values:
            codes.get(column.name, {}).pop(word, None)
    for key, meant in _codes_in(said).items():
        codes.setdefault(key, {}).update(meant)
    return {"items": {key: {"column": key, "codes": meant} for key, meant in codes.items() if meant}}


def _codes_in(document: Document) -> dict[str, dict[str, Any]]:
    """What each word means, by its column, in one form: a code, or a dict that names a reason."""
    return {
        key: {
            kept_code(str(word)): _in_one_form(meaning) for word, meaning in (spec.get("codes") or {}).items()
        }
        for key, spec in specs_of(document)
    }


def _in_one_form(meaning: Any) -> Any:
    return {"missing": str(meaning.get("missing"))} if isinstance(meaning, dict) else str(meaning)
