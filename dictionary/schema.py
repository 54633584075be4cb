"""An edition of the dictionary as Python sees it: frozen, checked, the one source of every form and label.

`load` turns a document (`editions.py` reads one from files) into an `Edition`, or says everything that is
wrong with it and how to mend it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dictionary.rules import Branching, Json, Rule, Test, compiled

TYPES = ("text", "plain", "prose", "integer", "date", "partial_date", "choice", "choices", "rating", "links")
TEXTS = ("text", "plain", "prose")
STORES = ("answer", "column")
PRIVACY = ("direct", "quasi", "sensitive", "open")
COARSEN = ("year", "quarter", "age_band", "count_band", "none")
MISSING = {
    "unknown": "Not known",
    "not_asked": "Not asked",
    "not_applicable": "Does not apply",
    "withheld": "Withheld",
}
# A rating's two reasons, apart from 0 and never counted as 0.
RATING_MISSING = {"not_applicable": "Does not apply", "unknown": "Not enough information"}
RATINGS = ("0", "1", "2", "3")
RATED_ACTIONABLE = ("2", "3")
RATED_INFLUENCE = ("1", "2", "3")
EVIDENCE_SECTIONS = ("timeline", "needs", "records", "debriefs")
# How the keys of an agency's own questions begin, and none of the partnership's. They never leave their agency.
LOCAL = "own_"


class EditionError(ValueError):
    """The document is no edition. `problems` names each place and how to mend it."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class Choice:
    """One code of a code list, or one entry a link may point to."""

    code: str
    label: str
    help: str = ""


@dataclass(frozen=True)
class Check:
    """A rule that an answer keeps, and what to tell the person when it does not."""

    rule: Rule
    message: str

    @cached_property
    def holds(self) -> Test:
        return compiled(self.rule)


@dataclass(frozen=True)
class Item:
    """One question of the dictionary. The fields mean what the edition's files say they mean."""

    key: str
    label: str
    type: str
    section: str
    part: str
    privacy: str
    basis: str
    help: str = ""
    choices: tuple[Choice, ...] = ()
    choices_key: str = ""
    links: tuple[str, ...] = ()
    required: bool = False
    store: str = "answer"
    coarsen: str = ""
    when: Rule | None = None
    missing: tuple[str, ...] = ()
    min: int | None = None
    max: int | None = None
    max_length: int | None = None
    group: str = ""
    anchors: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    warnings: tuple[Check, ...] = ()
    rating_of: str = ""  # for K_why and K_evidence: the rating K they explain
    required_when: Rule | None = None  # asked for only where this holds; None: wherever the item is asked

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def is_column(self) -> bool:
        return self.store == "column"

    @property
    def is_local(self) -> bool:
        """Asked by one agency alone: neither the question nor its answers leave it."""
        return self.key.startswith(LOCAL)

    @cached_property
    def is_required(self) -> Test:
        """Whether an answer is asked for, wherever the item itself is."""
        return compiled(self.required_when) if self.required else lambda facts: False

    @property
    def missing_choices(self) -> tuple[Choice, ...]:
        """The reasons that may stand instead of a value, in the words of this item."""
        words = MISSING | RATING_MISSING if self.type == "rating" else MISSING
        return tuple(Choice(reason, words[reason]) for reason in self.missing)

    def choice_label(self, code: str) -> str:
        """A code's label; a code this edition does not know is shown as it is, never dropped."""
        return next((choice.label for choice in self.choices if choice.code == code), code)


def _branching(items: Iterable[Item]) -> Branching:
    return Branching({item.key: item.when for item in items if item.when is not None})


@dataclass(frozen=True)
class Section:
    """Items answered together: once, or once for each entry when `repeats` names what an entry is."""

    key: str
    part: str
    title: str
    items: tuple[Item, ...]
    intro: str = ""
    repeats: str = ""
    title_item: str = ""

    def __hash__(self) -> int:
        return hash(self.key)

    @cached_property
    def rated(self) -> bool:
        """Ratings are of one opportunity or of the whole review: an answer may hang on another's entry."""
        return any(item.type == "rating" for item in self.items)

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(item.key for item in self.items)

    @cached_property
    def branching(self) -> Branching:
        return _branching(self.items)

    @cached_property
    def demanding(self) -> tuple[Item, ...]:
        """The items about which something can be wrong: asked for, or with rules for their answer."""
        return tuple(item for item in self.items if item.required or item.checks or item.warnings)

    @cached_property
    def answer_items(self) -> tuple[Item, ...]:
        """The items the answer engine keeps; the others are columns of a model."""
        return tuple(item for item in self.items if not item.is_column)

    @property
    def groups(self) -> tuple[tuple[str, tuple[Item, ...]], ...]:
        """The items under their headings, both in the order of the edition."""
        headings: dict[str, list[Item]] = {}
        for item in self.items:
            headings.setdefault(item.group, []).append(item)
        return tuple((heading, tuple(items)) for heading, items in headings.items())


@dataclass(frozen=True)
class Part:
    """One page of a review: a step of its task list."""

    key: str
    title: str
    group: str = ""
    intro: str = ""


@dataclass(frozen=True)
class Edition:
    """One released wording of the whole dictionary. A review keeps the edition it was begun with."""

    number: str
    title: str
    parts: tuple[Part, ...]
    sections: tuple[Section, ...]
    choices: Mapping[str, tuple[Choice, ...]]
    sha256: str
    about: str = ""

    def __hash__(self) -> int:
        return hash(self.sha256)

    @cached_property
    def _items(self) -> dict[str, Item]:
        return {item.key: item for section in self.sections for item in section.items}

    @cached_property
    def _sections(self) -> dict[str, Section]:
        return {section.key: section for section in self.sections}

    @cached_property
    def _parts(self) -> dict[str, Part]:
        return {part.key: part for part in self.parts}

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def item(self, key: str) -> Item:
        return self._items[key]

    @cached_property
    def local(self) -> tuple[Item, ...]:
        """What an agency asks besides, in the order of the form."""
        return tuple(item for item in self if item.is_local)

    def section(self, key: str) -> Section:
        return self._sections[key]

    def part(self, key: str) -> Part:
        return self._parts[key]

    def sections_of(self, part: str) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.part == part)

    @cached_property
    def once(self) -> tuple[Item, ...]:
        """What is answered once for the whole record."""
        return tuple(item for section in self.sections if not section.repeats for item in section.items)

    @cached_property
    def branching_once(self) -> Branching:
        return _branching(self.once)

    def items_of(self, part: str) -> tuple[Item, ...]:
        return tuple(item for section in self.sections_of(part) for item in section.items)


def load(document: Mapping[str, Json]) -> Edition:
    """The edition this document describes. Raises EditionError with everything that is wrong with it."""
    from dictionary.loading import read  # reading builds the classes above

    return read(document)
