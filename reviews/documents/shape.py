"""What a review report holds, in words. Nothing here asks the database, and nothing holds a name of a person."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from dictionary.paper import Mark

type Refs = tuple[str, ...]  # "T4", "N1", "R2": where in the report something stands


@dataclass(frozen=True)
class Fact:
    """One answered question. `text` is HTML where `is_prose`."""

    label: str
    text: str
    is_prose: bool = False
    is_missing: bool = False  # the text is a reason for no answer


@dataclass(frozen=True)
class FactGroup:
    """Facts under one heading; none means that nothing was recorded yet."""

    heading: str
    facts: tuple[Fact, ...]
    is_first: bool = False  # of its section: it carries the section's heading

    @property
    def short(self) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if not fact.is_prose)

    @property
    def long(self) -> tuple[Fact, ...]:
        """Rich texts: they stand below the others, on the full width."""
        return tuple(fact for fact in self.facts if fact.is_prose)


@dataclass(frozen=True)
class Cover:
    agency: str
    number: str
    incident_type: str
    about: tuple[str, ...]  # age and category, in words
    stage: str
    dates: tuple[tuple[str, str], ...]
    statement: str
    statement_by: str
    edition: str
    version: int
    sequence: int
    asked_on: str
    asked_at: str  # ISO, for the file's own metadata


@dataclass(frozen=True)
class Summary:
    story: str
    learned: tuple[str, ...]
    strengths: str
    limits: str


@dataclass(frozen=True)
class TimelineEntry:
    ref: str
    on: str  # ISO, or "" where it is not known
    when: str
    is_exact: bool
    before: str  # "31 days before"
    lane: str
    text: str
    is_decision: bool
    known_then: str
    sources: Refs
    source_note: str


@dataclass(frozen=True)
class Need:
    ref: str
    whose: str
    area: str
    statement: str
    received: str
    met: str
    met_words: str
    why: tuple[tuple[str, str], ...]  # (opportunity, its conditions): why it made sense
    family_view: Fact
    others: FactGroup
    sources: Refs


@dataclass(frozen=True)
class Rating:
    """A systems factor rated from 1 to 3, of one opportunity or of the whole review."""

    factor: str
    group: str
    of: str
    value: int
    anchor: str
    why: str
    evidence: Refs


@dataclass(frozen=True)
class Factors:
    ratings: tuple[Rating, ...]
    none: tuple[str, ...]  # rated 0
    not_applicable: tuple[str, ...]
    not_enough: tuple[str, ...]
    open: tuple[str, ...]  # nothing said yet

    @property
    def total(self) -> int:
        rated = {rating.factor for rating in self.ratings}
        return sum(map(len, (rated, self.none, self.not_applicable, self.not_enough, self.open)))


@dataclass(frozen=True)
class Opportunity:
    ref: str
    title: str
    need_refs: Refs
    need: str  # "" where the words are those of the need it was made from
    received: str
    gap: str
    conditions: str
    strengths: str
    theme: str
    level: str
    partners: str
    proximity: str
    equity: str
    sources: Refs
    answered_by: Refs


@dataclass(frozen=True)
class Recommendation:
    ref: str
    statement: str
    answers: Refs
    kind: str
    level: str
    strength: str
    strength_words: str
    owner: str
    due: str
    measure: str
    checks: str
    status: str
    status_words: str
    note: str


@dataclass(frozen=True)
class Debriefs:
    """Counts only: which roles were invited, how many talks took place, which themes came up."""

    invited: tuple[tuple[str, int], ...]
    held: int
    declined: int
    not_reached: int
    waiting: int
    themes: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return self.held + self.declined + self.not_reached + self.waiting

    @property
    def shows_counts(self) -> bool:
        """With fewer than three talks, a count beside a theme would tell who said it."""
        return self.held >= 3


@dataclass(frozen=True)
class Record:
    ref: str
    kind: str
    holder: str
    asked: str
    received: str
    read: str
    note: str


@dataclass(frozen=True)
class Meeting:
    on: str
    roles: str
    changed: str
    stayed_open: str


@dataclass(frozen=True)
class Gap:
    """How many answers of one part are missing, and why."""

    part: str
    unknown: int
    not_asked: int
    not_applicable: int
    withheld: int
    unanswered: int


@dataclass(frozen=True)
class Method:
    people: tuple[str, ...]
    selection: FactGroup
    records: tuple[Record, ...]
    meetings: tuple[Meeting, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Term:
    word: str
    meaning: str


@dataclass(frozen=True, repr=False)
class ReportDocument:
    """One review report, whole: what a worker needs to render it without the database."""

    paper: str
    mark: Mark
    is_demo: bool
    cover: Cover
    summary: Summary
    facts: tuple[FactGroup, ...]
    history: tuple[FactGroup, ...]
    occurred_on: str
    timeline: tuple[TimelineEntry, ...]
    needs: tuple[Need, ...]
    factors: Factors
    opportunities: tuple[Opportunity, ...]
    recommendations: tuple[Recommendation, ...]
    no_recommendation: str
    debriefs: Debriefs
    method: Method
    glossary: tuple[Term, ...]
    own: tuple[FactGroup, ...] = ()  # what the agency asks besides; empty where nothing of it is answered

    @property
    def check_code(self) -> str:
        """Twelve signs made from the content: two copies with the same code say the same.

        The number of the report and the day it was asked for are left out; they change nothing in it.
        """
        cover = replace(self.cover, sequence=0, asked_on="", asked_at="")
        told = asdict(replace(self, cover=cover))
        if not self.own:
            del told["own"]  # reports that were made before there were own questions keep their code
        content = json.dumps(told, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    @property
    def title(self) -> str:
        return f"Review report {self.cover.number}"
