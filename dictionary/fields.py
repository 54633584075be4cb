"""Items bound to answers: what a form draws, and what a posted form gave."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from dictionary import prose, values
from dictionary.rules import Json
from dictionary.schema import RATING_MISSING, Choice, Item, Section
from dictionary.sheet import AnswerSheet, EntryId
from dictionary.validation import check_one
from jurisdictions.paging import read_key

type Place = tuple[EntryId, str]


@dataclass(frozen=True)
class BoundItem:
    """One item with its answer, as templates/components/field.html draws it."""

    item: Item
    entry: EntryId
    value: Json  # links as text, as their checkboxes post them
    missing: str = ""
    version: int = 0
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    link_choices: tuple[Choice, ...] = ()
    shown: bool = True
    typed: str | None = None  # what the person typed, when it could not be kept

    @property
    def name(self) -> str:
        return field_name(self.item, self.entry)

    @property
    def id(self) -> str:
        return f"id_{self.name}"

    @property
    def choices(self) -> tuple[Choice, ...]:
        return self.item.choices

    @property
    def missing_choices(self) -> tuple[Choice, ...]:
        return self.item.missing_choices

    @property
    def text(self) -> str:
        """The value as the text a control shows; for prose its HTML."""
        if self.typed is not None:
            return self.typed
        if self.value is None or isinstance(self.value, list):
            return ""
        return str(self.value.get("date", "")) if isinstance(self.value, dict) else str(self.value)

    @property
    def text_plain(self) -> str:
        """Prose as plain text, for a page without the editor."""
        return prose.to_plain(self.text) if self.item.type == "prose" and self.typed is None else self.text

    @property
    def when_json(self) -> str:
        return json.dumps(self.item.when, ensure_ascii=False) if self.item.when else ""

    @property
    def display(self) -> str:
        """The answer as people read it."""
        if self.item.type != "links":
            return values.display(self.item, self.value, self.missing)
        chosen = self.value if isinstance(self.value, list) else []
        labels = {int(choice.code): choice.label for choice in self.link_choices}
        return values.display(self.item, [int(str(code)) for code in chosen], self.missing, links=labels)


@dataclass(frozen=True)
class Taken:
    """What a posted form gave for one item: a value to keep, or the raw input with what is wrong with it."""

    item: Item
    entry: EntryId
    version: int
    raw: Any
    value: Json = None
    missing: str = ""
    error: str = ""

    @property
    def place(self) -> Place:
        return self.entry, self.item.key


def field_name(item: Item, entry: EntryId) -> str:
    return f"{entry or 0}-{item.key}"


def bind_section(
    sheet: AnswerSheet,
    section: Section,
    entry: EntryId = None,
    *,
    versions: Mapping[Place, int] | None = None,
    link_choices: Mapping[str, Sequence[Choice]] | None = None,
    taken: Iterable[Taken] = (),
) -> tuple[BoundItem, ...]:
    """The section's items for one entry, with their answers.

    For a form that came back with something to mend: with what the person typed and what to do about it.
    `link_choices` lists, by section, the entries that may be ticked (the code is the entry's id).
    """
    given = {one.item.key: one for one in taken if one.entry == entry}
    asked = sheet.asked(section, entry)
    return tuple(
        _bound(sheet, item, entry, item.key in asked, versions or {}, link_choices or {}, given.get(item.key))
        for item in section.answer_items
    )


def shown_by_name(sheet: AnswerSheet, section: Section, entry: EntryId = None) -> dict[str, bool]:
    """For each field of the section that branches: is it asked now? What a save answers with."""
    asked = sheet.asked(section, entry)
    return {field_name(item, entry): item.key in asked for item in section.answer_items if item.when}


def take_section(
    section: Section,
    entry: EntryId,
    data: QueryDict,
    *,
    before: Mapping[Place, Json] | None = None,
    links: Mapping[str, Iterable[int]] | None = None,
) -> list[Taken]:
    """Every item of the section that stood on the posted form, read. `before` holds kept prose, `links` the
    entries that may be ticked, by section."""
    return [
        _take(item, entry, data, (before or {}).get((entry, item.key)), _allowed(item, links))
        for item in section.answer_items
        if f"v-{field_name(item, entry)}" in data
    ]


def raw_from(item: Item, name: str, data: QueryDict) -> Any:
    """What the control posted, in the shape `values.parse` takes."""
    match item.type:
        case "choices" | "links":
            return data.getlist(name)
        case "prose":
            return {"html" if data.get(f"h-{name}") == "1" else "plain": data.get(name, "")}
        case "date" | "partial_date":
            parts = {part: data.get(f"{name}-{part}", "") for part in ("day", "month", "year")}
            # A whole date may be typed into one field.
            whole = "" if parts["month"] or parts["year"] else parts["day"] or data.get(name, "")
            if item.type == "date":
                return whole or parts
            return {
                "date": whole or parts,
                "precision": data.get(f"{name}-precision", ""),
                "time": data.get(f"{name}-time", ""),
            }
    return data.get(name, "")


def _take(item: Item, entry: EntryId, data: QueryDict, before: Json, links: frozenset[int] | None) -> Taken:
    name = field_name(item, entry)
    raw = raw_from(item, name, data)
    reason = data.get(f"m-{name}", "")
    if item.type == "rating" and raw in RATING_MISSING:
        raw, reason = "", raw  # a rating's two reasons stand among its buttons
    at = read_key(data.get(f"v-{name}", "")) or 0
    try:
        value = values.parse(item, raw, before=before, links=links)
        missing = "" if value is not None else values.parse_missing(item, reason)
    except values.ValueProblem as problem:
        return Taken(item, entry, at, raw, missing=reason, error=problem.message)
    return Taken(item, entry, at, raw, value, missing)


def _allowed(item: Item, links: Mapping[str, Iterable[int]] | None) -> frozenset[int] | None:
    if links is None or item.type != "links":
        return None
    return frozenset(entry for section in item.links for entry in links.get(section, ()))


def _bound(
    sheet: AnswerSheet,
    item: Item,
    entry: EntryId,
    shown: bool,
    versions: Mapping[Place, int],
    link_choices: Mapping[str, Sequence[Choice]],
    taken: Taken | None,
) -> BoundItem:
    value, missing = sheet.answer(item.key, entry)
    version = versions.get((entry, item.key), 0)
    typed: str | None = None
    if taken is not None:
        value, missing, version = taken.value, taken.missing, taken.version
        if taken.error:
            value, typed = _as_typed(item, taken.raw)
    if item.type == "links":
        value = [str(one) for one in value] if isinstance(value, list) else []
    return BoundItem(
        item=item,
        entry=entry,
        value=value,
        missing=missing,
        version=version,
        errors=(taken.error,) if taken is not None and taken.error else (),
        warnings=tuple(problem.message for problem in check_one(sheet, item, entry)),
        link_choices=tuple(
            choice
            for section in item.links
            for choice in link_choices.get(section, ())
            if choice.code != str(entry)
        ),
        shown=shown,
        typed=typed,
    )


def _as_typed(item: Item, raw: Any) -> tuple[Json, str | None]:
    """What was posted, in the shape the control shows it again, so that nothing has to be typed twice."""
    match item.type:
        case "date":
            return _spread(raw), None
        case "partial_date":
            return {**raw, "date": _spread(raw["date"])}, None
        case "choices" | "links":
            return list(raw), None
        case "prose":
            return None, raw.get("plain", raw.get("html", ""))
    return None, str(raw)


def _spread(raw: Any) -> str:
    """Day, month and year laid where an ISO date has them; blanks where nothing was given."""
    if not isinstance(raw, Mapping):
        return f"    -  -{raw}"
    day, month, year = (str(raw.get(part, "")).strip() for part in ("day", "month", "year"))
    return (
        f"{year[:4]:>4}-{month[:2].rjust(2, '0' if month else ' ')}-{day[:2].rjust(2, '0' if day else ' ')}"
    )
