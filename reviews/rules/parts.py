"""How far each part of a review is, in words: what the task list and the list beside a page show."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dictionary.schema import Part
from dictionary.validation import problems as dictionary_problems
from jurisdictions.numbers import number_of
from reviews.content import Content
from reviews.models import Review, ReviewSeat

type Mark = Literal["done", "going", "todo", "blocked", "told", "untold"]

GROUPS = {
    "prepare": "Prepare",
    "understand": "Understand",
    "analyse": "Analyze",
    "conclude": "Conclude",
}
STATE_WORDS: dict[Mark, str] = {
    "done": "Done",
    "going": "In progress",
    "todo": "Not started",
    "blocked": "Cannot start yet",
    # Of a review as reported, in which nobody works.
    "told": "Reported",
    "untold": "Nothing reported",
}


@dataclass(frozen=True)
class PartStatus:
    """One part's mark, and what is in it so far."""

    key: str
    title: str
    group: str
    mark: Mark
    note: str
    open: int = 0  # required answers that are still missing

    @property
    def words(self) -> str:
        return STATE_WORDS[self.mark]


def part_statuses(
    review: Review,
    content: Content,
    *,
    seats: list[ReviewSeat],
    done: Mapping[str, str],
    remarks: Mapping[str, int],
) -> list[PartStatus]:
    """Every part in the edition's order. `seats` are those held now; `done` says in words who marked a part done and
    when; `remarks` counts the open remarks on a part."""
    if review.state == Review.State.AS_REPORTED:
        return [_as_reported(content, part) for part in content.edition.parts]
    missing = Counter(problem.part for problem in dictionary_problems(content.sheet) if problem.hard)
    statuses = []
    for part in content.edition.parts:
        count = missing[part.key]
        if part.key == "selection":
            mark, note = _selection(review)
        elif part.key == "statement":
            mark, note = _statement(review, seats)
        else:
            # A remark opens a part again: that it was marked done, and by whom, says nothing until it is settled.
            mark, note = _answered(review, content, part.key, count, {} if remarks.get(part.key) else done)
        if remarks.get(part.key):
            asked = remarks[part.key]
            note = f"{number_of(asked, 'remark')} to settle" + (f" · {note}" if note else "")
            mark = "going" if mark == "done" else mark
        statuses.append(
            PartStatus(part.key, part.title, GROUPS.get(part.group, part.group), mark, note, count)
        )
    return statuses


def _as_reported(content: Content, part: Part) -> PartStatus:
    sections = content.edition.sections_of(part.key)
    told = any(content.entries.get(section.key) or content.begun & section.keys for section in sections)
    group = GROUPS.get(part.group, part.group)
    counts = [(len(content.ids(section.key)), section) for section in sections if section.repeats]
    note = ", ".join(
        number_of(count, section.repeats, _many(section.repeats)) for count, section in counts if count
    )
    return PartStatus(part.key, part.title, group, "told" if told else "untold", note)


def _many(one: str) -> str:
    return f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"


def _selection(review: Review) -> tuple[Mark, str]:
    if review.selected_on:
        return "done", f"Decided on {review.selected_on:%-d %B %Y}"
    if review.state == Review.State.NOT_SELECTED:
        return "done", "Not selected for a review"
    return (
        ("going", "Waits for the decision") if review.state == Review.State.TO_BE_SELECTED else ("todo", "")
    )


def _statement(review: Review, seats: list[ReviewSeat]) -> tuple[Mark, str]:
    if not seats:
        return "blocked", "Opens when a team is named"
    stated = sum(1 for seat in seats if seat.statement)
    mark: Mark = "done" if stated == len(seats) else "going" if stated else "todo"
    return mark, f"{stated} of {len(seats)} have stated"


def _answered(
    review: Review, content: Content, part: str, missing: int, done: Mapping[str, str]
) -> tuple[Mark, str]:
    sections = content.edition.sections_of(part)
    # What the notification gave is not work on the part.
    begun = any(content.entries.get(section.key) for section in sections if section.key != "child") or any(
        content.begun & section.keys - {"what_was_reported"} for section in sections
    )
    note = _contents(content, part)
    if part in done:
        return "done", " · ".join(
            filter(None, [done[part], note, f"{missing} still open" if missing else ""])
        )
    if not begun:
        return "todo", note
    return "going", " · ".join(filter(None, [note, f"{missing} open" if missing else ""]))


def _contents(content: Content, part: str) -> str:
    """What is in the part so far, where a count says more than a mark."""
    ids = {section.key: content.ids(section.key) for section in content.edition.sections_of(part)}
    match part:
        case "timeline":
            entries = ids.get("timeline", [])
            bare = [
                entry
                for entry in entries
                if not content.value("event_source", entry) and not content.value("event_source_note", entry)
            ]
            return _so_far(len(entries), "entry", "entries") + (
                f" · {len(bare)} without a source" if bare else ""
            )
        case "records":
            entries = ids.get("records", [])
            read = sum(1 for entry in entries if content.value("record_read_on", entry))
            return f"{read} of {len(entries)} read" if entries else ""
        case "debriefs":
            outcomes = Counter(content.text("debrief_outcome", entry) for entry in ids.get("debriefs", []))
            return ", ".join(f"{count} {outcome.lower()}" for outcome, count in outcomes.items() if outcome)
        case "needs":
            entries = ids.get("needs", [])
            bare = [entry for entry in entries if not content.value("need_received", entry)]
            return _so_far(len(entries), "need") + (
                f", {len(bare)} without what was received" if bare else ""
            )
        case "opportunities":
            return _so_far(len(ids.get("opportunities", [])), "opportunity", "opportunities")
        case "recommendations":
            return _so_far(len(ids.get("recommendations", [])), "recommendation")
        case "factors":
            factors = [item for item in content.edition.items_of("factors") if item.type == "rating"]
            rated = sum(1 for item in factors if item.key in content.begun)
            return f"{rated} of {len(factors)} rated" if rated else ""
    return ""


def _so_far(count: int, one: str, many: str = "") -> str:
    """Nothing said of nothing: a part that is not begun has its mark for that."""
    return number_of(count, one, many) if count else ""
