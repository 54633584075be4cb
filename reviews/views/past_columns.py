"""What the variables of past reviews mean, which come from a project or spreadsheet of the agency's own make."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.http import QueryDict

from dictionary.schema import Edition, Section
from jurisdictions.rules import Problem
from reviews.imports import columns as mapped
from reviews.imports.columns import LEFT_OUT, Chosen, entry_of
from reviews.imports.mapping import CHILDREN
from reviews.imports.proposing import plain, propose_key, propose_section, propose_targets
from reviews.imports.surveying import ColumnFacts
from reviews.past.mapping import told_of_reviews
from reviews.views.columns_page import ColumnsPage, Groups, Line


@dataclass(frozen=True)
class Instrument:
    """A repeating instrument on the page: how many rows it has, and of which section they are entries."""

    at: int
    name: str
    rows: int
    section: str


class PastColumnsPage(ColumnsPage):
    """Variables by their instruments. A variable of a repeating instrument becomes an item of the section that was
    chosen for that; another one, an item of the review or of its first, second … entry."""

    template = "reviews/past_columns.html"

    @staticmethod
    def told_under(asked: Edition) -> Edition:
        return told_of_reviews(asked)

    @property
    def _rows(self) -> dict[str, int]:
        """The repeating instruments of the file, with how many rows each has."""
        sheet = self.upload.sheets[self.upload.sheet or 0]
        return {one["name"]: one["rows"] for one in sheet.get("instruments", [])}

    def proposed(self, about: str) -> Chosen:
        instruments = {name: propose_section(name, self.told) for name in self._rows}
        # A record of REDCap begins with its ID, which stands in each row of its instruments too.
        key = self.facts[0].name if instruments else propose_key(self.facts)
        others = [column for column in self.facts if column.name != key]
        proposals = propose_targets(others, self.told, instruments)
        self.why = {name: proposal.why for name, proposal in proposals.items()}
        columns = {name: proposal.target for name, proposal in proposals.items()}
        return Chosen(about, [key] if key else [], columns, {}, instruments=instruments)

    def instruments_standing(self) -> dict[str, str]:
        """Those of the document first: places in it count them."""
        return mapped.instruments_of(self.document) | {
            name: "" for name in self._rows if name not in mapped.instruments_of(self.document)
        }

    def read_kinds(self, posted: QueryDict) -> None:
        known = {"", LEFT_OUT, *(section.key for section in self._repeating)}
        said = {
            name: section
            for at, name in enumerate(self.chosen.instruments)
            if (section := posted.get(f"instrument-{at}", "")) in known
        }
        self.chosen = replace(self.chosen, instruments={**self.chosen.instruments, **said})

    def said_of(self, at: int, column: ColumnFacts, posted: QueryDict) -> str | None:
        said = posted.get(f"column-{at}", "")
        if said in ("", LEFT_OUT) or said not in self.told:
            return said if said in ("", LEFT_OUT) else None
        section = self.told.section(self.told.item(said).section)
        place = posted.get(f"number-{at}", "").strip() or ("1" if section.repeats else "")
        if column.repeats:
            place = self._place_of(column)
        elif not (section.repeats or section.rated):
            place = ""
        name = f"{place}.{said}" if place else said
        return name if self._fits(column, section) and mapped.target_named(name, self.told) else None

    def _fits(self, column: ColumnFacts, section: Section) -> bool:
        """Whether a variable of an instrument becomes an item of that instrument's section."""
        of = self.chosen.instruments.get(column.form, "")
        return not column.repeats or section.key == of or (section.rated and of == "opportunities")

    def _place_of(self, column: ColumnFacts) -> str:
        return (
            f"r{list(self.chosen.instruments).index(column.form) + 1}"
            if column.form in self.chosen.instruments
            else ""
        )

    def show_more(self) -> None:
        """Propose items for the variables of instruments whose section was said now."""
        proposals = propose_targets(self.facts, self.told, self.chosen.instruments)
        repeating = {column.name for column in self.facts if column.repeats}
        taken = set(self.chosen.columns.values())
        new = {
            name: proposal.target
            for name, proposal in proposals.items()
            if name in repeating and not self.chosen.columns.get(name) and proposal.target not in taken
        }
        self.why = {name: proposals[name].why for name in new}
        self.chosen = replace(self.chosen, columns={**self.chosen.columns, **new})

    # -- what the page shows --------------------------------------------------------------------

    @property
    def _repeating(self) -> list[Section]:
        return [section for section in self.told.sections if section.repeats]

    @cached_property
    def groups(self) -> Groups:
        """What a variable of the review's own rows may become; of which entry, a number beside it says."""
        return tuple((section.title, entry_of(section)) for section in self.told.sections)

    @property
    def fixed_groups(self) -> Groups:
        groups = [(section.title, entry_of(section)) for section in self.told.sections if not section.repeats]
        for at, (name, key) in enumerate(self.chosen.instruments.items(), 1):
            if key not in ("", LEFT_OUT):
                section = self.told.section(key)
                groups.append((f"{section.title}: {name}", entry_of(section, f"r{at}")))
        used = {mapped.target_named(name, self.told) for name in self.chosen.columns.values()}
        numbered = {
            (one.item.section, int(one.place)) for one in used if one is not None and one.place.isdigit()
        }
        for key, number in sorted(numbered):
            if (section := self.told.section(key)).repeats:
                groups.append(
                    (f"{section.title}: {section.repeats} {number}", entry_of(section, str(number)))
                )
        return tuple(groups)

    def line(self, at: int, column: ColumnFacts, error: str, groups: Groups, *, is_new: bool) -> Line:
        line = super().line(at, column, error, groups, is_new=is_new)
        place, _, key = line.target.rpartition(".")
        if not column.repeats:
            return replace(line, target=key, number=place)
        of = self.chosen.instruments.get(column.form, "")
        sections = [
            one for one in self.told.sections if one.key == of or (one.rated and of == "opportunities")
        ]
        return replace(line, target=key, groups=tuple((one.title, entry_of(one)) for one in sections))

    def context(self, slug: str, problems: list[Problem] | None = None) -> dict[str, Any]:
        context = super().context(slug, problems)
        # Nothing to read in them; but what a kept mapping says of one stays on the page, and so in the mapping.
        empty: list[str] = []
        forms: dict[tuple[str, bool], list[Line]] = {}
        for line in context["lines"]:
            if line.facts.filled or line.target or line.is_key:
                forms.setdefault((line.facts.form, line.facts.repeats), []).append(line)
            else:
                empty.append(line.facts.name)
        beside = {problem.item: problem.message for problem in problems or []}
        return context | {
            "forms": [(_title(form), repeats, lines) for (form, repeats), lines in forms.items()],
            "instruments": [
                Instrument(at, name, self._rows.get(name, 0), section)
                for at, (name, section) in enumerate(self.chosen.instruments.items())
            ],
            "numbers": [str(number) for number in range(1, CHILDREN + 1)],
            "empty": empty,
            "sections": [(section.key, section.title) for section in self._repeating],
            "labelled": sum(bool(column.label) for column in self.facts),
            "dictionary_error": beside.get("dictionary", ""),
        }


def _title(form: str) -> str:
    return plain(form).capitalize()
