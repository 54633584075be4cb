"""The blank form of an edition: each question with the boxes and lines that its answer takes on paper."""

from collections.abc import Iterator
from dataclasses import dataclass

from dictionary.codebook import in_words, is_required, required_where
from dictionary.schema import Choice, Edition, Item, Part, Section
from dictionary.values import PRECISIONS

# How many lines an answer in words gets.
_LINES = {"text": 1, "plain": 4, "prose": 9, "links": 1}
_TICK_ALL = "Tick all that apply."
_LINKS = "Write the names and numbers of the entries, such as “{} 1”."


@dataclass(frozen=True)
class Question:
    """One question: what to tick (`boxes`), `lines` to write on, and what may stand instead of an answer."""

    item: Item
    number: str
    only_if: str
    is_optional: bool
    help: str
    hint: str
    boxes: tuple[Choice, ...]
    lines: range
    is_date: bool
    is_number: bool
    exactness: tuple[Choice, ...]
    reasons: tuple[Choice, ...]


@dataclass(frozen=True)
class Group:
    heading: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class BlankSection:
    section: Section
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class BlankPart:
    part: Part
    sections: tuple[BlankSection, ...]

    @property
    def is_alone(self) -> bool:
        """Whether it is one section with the title of the part."""
        return [one.section.title for one in self.sections] == [self.part.title]


def blank_form(edition: Edition) -> tuple[BlankPart, ...]:
    """Every part that asks something, in the order of the edition. Questions are numbered within their part."""
    return tuple(_parts(edition))


def _parts(edition: Edition) -> Iterator[BlankPart]:
    place = 0
    for part in edition.parts:
        if not edition.items_of(part.key):
            continue
        place += 1
        numbers = {item.key: f"{place}.{at}" for at, item in enumerate(edition.items_of(part.key), 1)}
        sections = tuple(
            BlankSection(
                section,
                tuple(
                    Group(heading, tuple(_question(edition, item, numbers[item.key]) for item in items))
                    for heading, items in section.groups
                ),
            )
            for section in edition.sections_of(part.key)
        )
        yield BlankPart(part, sections)


def _question(edition: Edition, item: Item, number: str) -> Question:
    hint = _TICK_ALL if item.type == "choices" and not item.help.startswith("Tick") else ""
    if item.links:
        hint = _LINKS.format(edition.section(item.links[0]).repeats)
    return Question(
        item=item,
        number=number,
        only_if=" ".join(_conditions(edition, item)),
        is_optional=not (is_required(item) or required_where(edition, item)),
        help="" if item.links else item.help,  # of links it says what to tick on the page
        hint=hint,
        boxes=item.choices,
        lines=range(_LINES.get(item.type, 0)),
        is_date=item.type in ("date", "partial_date"),
        is_number=item.type == "integer",
        exactness=PRECISIONS if item.type == "partial_date" else (),
        reasons=() if item.is_column else item.missing_choices,
    )


def _conditions(edition: Edition, item: Item) -> Iterator[str]:
    if item.when:
        yield f"Only if {in_words(item.when, edition)}."
    if where := required_where(edition, item):
        yield f"Asked for where {where}."
