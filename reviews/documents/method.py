"""How the review was made and what it could not see: people by role, debriefs as counts, records, gaps, words."""

from collections import Counter

from dictionary.ratings import SCALE
from dictionary.schema import Section
from dictionary.sheet import EntryId
from jurisdictions.numbers import number_of
from reviews.documents.reader import Reader
from reviews.documents.shape import Debriefs, Fact, FactGroup, Gap, Meeting, Method, Record, Term
from reviews.models import Review, ReviewSeat


def read_debriefs(read: Reader) -> Debriefs:
    """Counts only. Who declined, and who raised which theme, is not read."""
    entries = [entry.pk for entry in read.entries("debriefs")]
    outcomes = Counter(read.code("debrief_outcome", entry) for entry in entries)
    roles = Counter(read.text("debrief_role", entry) or "Role not recorded" for entry in entries)
    item = read.edition.item("debrief_themes")
    themes = Counter(
        code
        for entry in entries
        if read.code("debrief_themes", entry)
        for code in read.code("debrief_themes", entry)
    )
    return Debriefs(
        invited=tuple(sorted(roles.items())),
        held=outcomes["held"],
        declined=outcomes["declined"],
        not_reached=outcomes["not_reached"],
        waiting=outcomes[None],
        themes=tuple(
            sorted(
                ((item.choice_label(code), n) for code, n in themes.items()),
                key=lambda row: (-row[1], row[0]),
            )
        ),
    )


def read_method(read: Reader, review: Review) -> Method:
    return Method(
        people=_people(review),
        selection=_selection(read, review),
        records=tuple(_record(read, entry.pk) for entry in read.entries("records")),
        meetings=tuple(_meeting(read, entry.pk) for entry in read.entries("meeting")),
        gaps=_gaps(read),
    )


def _people(review: Review) -> tuple[str, ...]:
    """Who worked on it, by role and number, never by name."""
    seats = Counter(ReviewSeat.objects.filter(review=review, ended_at=None).values_list("seat", flat=True))
    found = ["Lead reviewer"] if seats["lead"] else []
    if seats["member"]:
        found.append(number_of(seats["member"], "team member"))
    actions = set(review.moves.values_list("action", flat=True))
    if actions & {"return_to_team", "send_to_director"}:
        found.append("Quality lead, who read the whole review")
    if review.approved_at:
        found.append("Director or named approver, who wrote nothing in it and approved it")
    return tuple(found)


def _selection(read: Reader, review: Review) -> FactGroup:
    if not review.selection_reasons:
        return FactGroup("", ())
    item = read.edition.item("selection_reasons")
    reasons = "; ".join(item.choice_label(code) for code in review.selection_reasons)
    facts = [Fact("Why this incident was selected", reasons)]
    if review.selection_note:
        facts.append(Fact("Note on the decision", read.cleared(review.selection_note)))
    return FactGroup("", tuple(facts))


def _record(read: Reader, entry: int) -> Record:
    return Record(
        ref=read.ref(entry),
        kind=read.text("record_kind", entry),
        holder=read.text("record_holder", entry),
        asked=read.text("record_asked_on", entry),
        received=read.text("record_received_on", entry),
        read=read.text("record_read_on", entry),
        note=read.text("record_note", entry),
    )


def _meeting(read: Reader, entry: int) -> Meeting:
    return Meeting(
        on=read.text("meeting_on", entry),
        roles=read.text("meeting_roles", entry),
        changed=read.text("meeting_changed", entry),
        stayed_open=read.text("meeting_open", entry),
    )


def _gaps(read: Reader) -> tuple[Gap, ...]:
    """Missing answers by part. Factors are left out: their page counts them in its own words."""
    found = []
    for part in read.edition.parts:
        counts: Counter[str] = Counter()
        for section in read.edition.sections_of(part.key):
            if not section.rated:
                counts += _missing_in(read, section)
        if counts:
            found.append(
                Gap(
                    part.title,
                    counts["unknown"],
                    counts["not_asked"],
                    counts["not_applicable"],
                    counts["withheld"],
                    counts["unanswered"],
                )
            )
    return tuple(found)


def _missing_in(read: Reader, section: Section) -> Counter[str]:
    counts: Counter[str] = Counter()
    targets: list[EntryId] = [entry.pk for entry in read.entries(section.key)] if section.repeats else [None]
    for target in targets:
        facts = read.content.sheet.facts(section, target)
        for item in section.answer_items:
            if item.is_local or not read.is_asked(item.key, target):
                continue
            if reason := read.missing(item.key, target):
                counts[reason] += 1
            elif item.is_required(facts) and read.code(item.key, target) is None:
                counts["unanswered"] += 1
    return counts


# Words of the report itself; the words of code lists come from the edition.
_WORDS = (
    (
        "Systems-focused review",
        "A review that asks what a child and family needed, what they received, and which conditions made the "
        "difference likely. It judges nobody and decides nothing about any person.",
    ),
    (
        "Improvement opportunity",
        "The distance between what was needed and what was received, with the conditions that made it likely.",
    ),
    (
        "Systems factor, influence",
        "A condition that can shape anyone’s work. An influence is a factor that was rated 1 or higher.",
    ),
    (
        "Rating 0 to 3",
        " ".join(f"{one.code}: {one.label[0].lower()}{one.label[1:]}." for one in SCALE),
    ),
    ("Debrief", "A supported, voluntary talk about how the work looked from where somebody stood."),
    ("CPS", "Child protective services: the part of an agency that answers reports of abuse or neglect."),
)
_EXPLAINED = (
    ("lanes", "Lane, {}"),
    ("proximities", "Proximity, {}"),
    ("strengths", "Strength, {}"),
)


def read_glossary(read: Reader) -> tuple[Term, ...]:
    found = [Term(word, meaning) for word, meaning in _WORDS]
    for name, words in _EXPLAINED:
        for choice in read.edition.choices.get(name, ()):
            if choice.help:
                found.append(Term(words.format(choice.label.lower()), choice.help))
    return tuple(sorted(found, key=lambda term: term.word.lower()))
