"""Answers as the report prints them: in words, with references in place of links, without the case number."""

import re
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from dictionary.schema import Item, Section
from reviews.case_numbers import CaseNumbers
from reviews.content import Content, Repeat
from reviews.documents.shape import Fact, FactGroup, Refs

NOT_RECORDED = "Not recorded"
_LETTERS = {"timeline": "T", "needs": "N", "opportunities": "O", "recommendations": "C", "records": "R"}
LEFT_OUT = {"case_number"}
_HEADINGS = {"In your own words": "In words"}  # a form's heading, said to its reader
_HEADING = re.compile(r"<(/?)h([2-6])>")
_FIRST_ROW = re.compile(r"<table>(?:<tbody>)?<tr>((?:(?!</tr>).)*)</tr>(.*?)</table>", re.DOTALL)


class Reader:
    """Reads one record's content for the report. Items that are not asked any more are not printed."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.edition = content.edition
        self._asked: dict[tuple[str, int | None], frozenset[str]] = {}

    @cached_property
    def _case_number(self) -> CaseNumbers:
        return CaseNumbers([self.content.incident.case_number])

    def cleared(self, text: str) -> str:
        return self._case_number.taken_out(text)

    # -- One answer

    def is_asked(self, key: str, entry: int | None = None) -> bool:
        section = self.edition.section(self.edition.item(key).section)
        place = (section.key, entry)
        if place not in self._asked:
            self._asked[place] = self.content.sheet.asked(section, entry)
        return key in self._asked[place]

    def code(self, key: str, entry: int | None = None) -> Any:
        """The kept value, or None."""
        return self.content.value(key, entry) if key in self.edition and self.is_asked(key, entry) else None

    def missing(self, key: str, entry: int | None = None) -> str:
        return self.content.sheet.answer(key, entry)[1] if key in self.edition else ""

    def text(self, key: str, entry: int | None = None) -> str:
        """The answer in words, a reason for none in words, or "". An edition may lack the item."""
        if key not in self.edition or not self.is_asked(key, entry):
            return ""
        item = self.edition.item(key)
        if item.type == "links":
            return ", ".join(self.refs(key, entry)) or self.content.text(key, entry)
        words = self.cleared(self.content.text(key, entry))
        return prose(words) if item.type == "prose" else words

    def fact(self, item: Item, entry: int | None = None) -> Fact:
        missing = self.missing(item.key, entry)
        is_prose = item.type == "prose" and not missing
        return Fact(item.label, self.text(item.key, entry), is_prose, bool(missing))

    def fact_of(self, key: str, label: str, entry: int | None = None) -> Fact:
        """An answer under words of the report's own."""
        missing = self.missing(key, entry)
        return Fact(label, self.text(key, entry), False, bool(missing))

    def groups(self, section: Section, entry: int | None = None, *, heading: str = "") -> list[FactGroup]:
        """The section's answers under its own headings; a section with no answer is one empty group."""
        found: list[FactGroup] = []
        for name, items in section.groups:
            facts = [
                self.fact(item, entry)
                for item in items
                if item.key not in LEFT_OUT and not item.is_local and self.text(item.key, entry)
            ]
            if facts:
                words = _HEADINGS.get(name, name) if found else heading or section.title
                found.append(FactGroup(words, tuple(facts), is_first=not found))
        return found or [FactGroup(heading or section.title, (), is_first=True)]

    def own(self) -> list[FactGroup]:
        """The answers to the agency's own questions, under the place where each was asked."""
        found = []
        for section in self.edition.sections:
            items = [item for item in section.items if item.is_local]
            targets: list[int | None] = [None]
            if section.repeats:
                targets = [entry.pk for entry in self.entries(section.key)]
            for place, target in enumerate(targets if items else [], start=1):
                facts = [self.fact(item, target) for item in items if self.text(item.key, target)]
                if facts:
                    found.append(FactGroup(self._own_heading(section, target, place), tuple(facts)))
        return found

    def _own_heading(self, section: Section, entry: int | None, place: int) -> str:
        if entry is None:
            return section.title
        return f"{section.title}, {self._references.get(entry, f'{section.repeats} {place}')}"

    # -- Entries and what points at them

    def entries(self, section: str) -> list[Repeat]:
        """The entries in the order the report prints them: the timeline by date, the others as they stand."""
        entries = self.content.entries.get(section, [])
        if section != "timeline":
            return entries
        return sorted(entries, key=lambda entry: (*self._moment(entry.pk), entry.position))

    def _moment(self, entry: int) -> tuple[str, str]:
        on = self.code("event_on", entry)
        on = on if isinstance(on, dict) else {}
        time = str(on.get("time") or "") if on.get("precision") == "exact" else ""
        return str(on.get("date") or "9999"), time

    @cached_property
    def _references(self) -> dict[int, str]:
        return {
            entry.pk: f"{letter}{place}"
            for section, letter in _LETTERS.items()
            for place, entry in enumerate(self.entries(section), start=1)
        }

    def ref(self, entry: int) -> str:
        return self._references[entry]

    def refs(self, key: str, entry: int | None = None) -> Refs:
        """Where in the report the ticked entries stand. Debriefs are named as such, never one by one: a
        single talk must not be traced to a rating."""
        ticked = self.code(key, entry)
        known = self._references
        found = [known[one] for one in ticked if one in known] if isinstance(ticked, list) else []
        debriefs = {one.pk for one in self.content.entries.get("debriefs", [])}
        if isinstance(ticked, list) and debriefs.intersection(ticked):
            found.append("debriefs")
        return tuple(sorted(found, key=_ref_order))


def _ref_order(ref: str) -> tuple[bool, str, int]:
    figures = ref[1:]
    return (not figures.isdigit(), ref[:1], int(figures) if figures.isdigit() else 0)


def prose(html: str, *, below: int = 4) -> SafeString:
    """Rich text as it stands in a section of the report: its headings continue below the section's own, none
    skipping a level, and the first row of a table without headings heads it."""
    previous = below - 1

    def heading(match: re.Match[str]) -> str:
        nonlocal previous
        if not match[1]:
            previous = min(int(match[2]) - 2 + below, previous + 1, 6)
        return f"<{match[1]}h{previous}>"

    # Cleaned to the allow-list where it was displayed; only tags of that list are renamed here.
    return mark_safe(_FIRST_ROW.sub(_headed, _HEADING.sub(heading, html)))  # noqa: S308


def _headed(match: re.Match[str]) -> str:
    first, rest = match[1], match[2]
    if "<th" in match[0] or "<tr" not in rest or "<table" in first + rest:
        return match[0]
    cells = first.replace("<td", "<th").replace("</td>", "</th>")
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{rest.removesuffix('</tbody>')}</tbody></table>"
