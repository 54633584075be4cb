"""A whole form posted at once: the way of saving that needs no JavaScript.

Only fields that were changed are saved, each by compare-and-set; what cannot be kept comes back as it was typed,
and where somebody else was quicker both texts come back with a choice.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from dictionary import values
from dictionary.fields import Taken, field_name, take_section
from dictionary.schema import Item, Section
from dictionary.sheet import EntryId
from jurisdictions.rules import Problem
from reviews.actions.answer import Place, Stale, save_answer
from reviews.models import Entry
from reviews.views.autosave import marked_differences
from reviews.views.buttons import pressed
from reviews.views.page import ReviewPage


@dataclass(frozen=True)
class Clash:
    """A field that two people changed: both texts, for components/conflict.html."""

    label: str
    name: str
    by: str
    at: str
    yours: SafeString
    theirs: SafeString
    can_join: bool


@dataclass(frozen=True)
class Posted:
    """What became of a posted form: what could not be kept, and which fields clash."""

    taken: list[Taken] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    undone: bool = False  # a button that does more than saving was pressed, and waits until this is mended

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(message, id of what to look at), for components/error_summary.html."""
        clashing = [
            (f"Both of you changed “{one.label}”. Choose which words stay.", f"conflict-{one.name}")
            for one in self.clashes
        ]
        return clashing + [
            (f"“{one.item.label}”: {one.error}", f"id_{field_name(one.item, one.entry)}")
            for one in self.taken
            if one.error
        ]

    @property
    def status(self) -> int:
        return 409 if self.clashes else 422 if self.problems else 200


def save_posted(data: QueryDict, page: ReviewPage, sections: Iterable[Section], entry: EntryId) -> Posted:
    """Save every changed field of these sections for this entry (None: what is answered once).

    The page's content is read again when it is next asked for.
    """
    taken: list[Taken] = []
    clashes: list[Clash] = []
    content = page.content
    kept = {place: answer.value for place, answer in content.given.items()}
    links = {section.key: content.ids(section.key) for section in content.edition.sections if section.repeats}
    for section in sections:
        if section.repeats and entry is None:
            continue
        for one in take_section(section, entry, data, before=kept, links=links):
            if one.error:
                taken.append(one)
            elif _changed(page, one):
                clash, back = _save(page, one, data.get(f"c-{field_name(one.item, one.entry)}", ""))
                clashes += [clash] if clash else []
                taken += [back] if back else []
    del page.content
    return Posted(taken, clashes, undone=bool(taken) and bool(pressed(data)))


def typed_words(
    data: QueryDict, page: ReviewPage, sections: Iterable[Section], entry: EntryId
) -> list[tuple[str, str]]:
    """(label, words) of every field that was changed on a posted form and cannot be saved now."""
    kept = {place: answer.value for place, answer in page.content.given.items()}
    return [
        (one.item.label, str(one.raw) if one.error else _words(page, one.item, one.value, one.missing))
        for section in sections
        if not section.repeats or entry is not None
        for one in take_section(section, entry, data, before=kept)
        if one.error or _changed(page, one)
    ]


def removed_meanwhile(entry: Entry, section: Section) -> list[Problem]:
    """Somebody took the entry out while it was open on a page: what is typed there has no place now."""
    if entry.removed_at is None:
        return []
    words = f"This {section.repeats} was removed by {entry.removed_by}. Bring it back to write in it."
    return [Problem("entry.removed", words, section.part)]


def _changed(page: ReviewPage, one: Taken) -> bool:
    value, missing = page.content.sheet.answer(one.item.key, one.entry)
    return (one.value or None) != (value or None) or one.missing != missing


def _save(page: ReviewPage, one: Taken, choice: str) -> tuple[Clash | None, Taken | None]:
    """Save one field; on a clash, what to show, and the field as it was typed with the version to save over."""
    place = Place(page.review, one.entry, one.item.key)
    standing = page.content.given.get(one.place)
    if choice and standing is not None:
        if choice == "theirs":
            return None, None
        if choice == "both":
            joined = _joined(one, standing.value)
            return None, replace(one, value=joined, version=standing.version, error="")
    try:  # "mine", too, is saved over what the person saw and over nothing else
        save_answer(place, value=one.value, missing=one.missing, version=one.version, by=page.by)
    except Stale as stale:
        theirs = stale.theirs
        mine = _words(page, one.item, one.value, one.missing)
        other = _words(page, one.item, theirs.value if theirs else None, theirs.missing if theirs else "")
        yours_html, theirs_html = marked_differences(mine, other, one.item.type)
        clash = Clash(
            one.item.label,
            field_name(one.item, one.entry),
            str(theirs.author) if theirs and theirs.author else "An import",
            f"{timezone.localtime(theirs.at):%H:%M}" if theirs else "",
            mark_safe(yours_html),  # noqa: S308 - escaped word by word, or prose cleaned to the allow-list
            mark_safe(theirs_html),  # noqa: S308
            one.item.type in {"plain", "prose"},
        )
        return clash, replace(one, version=theirs.version if theirs else 0)
    return None, None


def _joined(one: Taken, theirs: Any) -> Any:
    """Both texts under one another, for the person to edit into one."""
    if one.item.type == "prose":
        return f"{one.value or ''}{theirs or ''}"
    return f"{one.value or ''}\n\n{theirs or ''}"


def _words(page: ReviewPage, item: Item, value: Any, missing: str) -> str:
    if item.type == "links":
        return values.display(item, value, missing, links=page.content.titles)
    return str(values.display(item, value, missing)) or "(nothing)"
