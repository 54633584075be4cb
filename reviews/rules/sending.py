"""What is missing before a review goes to the quality lead: everything at once, each with its place."""

from collections.abc import Iterator

from dictionary.validation import hidden_answers
from dictionary.validation import problems as dictionary_problems
from jurisdictions.rules import Problem
from reviews.content import Content
from reviews.models import Review, ReviewSeat
from reviews.rules.editing import writes_every_part

MET_IN_FULL = "met"


def has_a_team(review: Review, content: Content, seats: list[ReviewSeat]) -> Iterator[Problem]:
    """Somebody leads, and may write in every part: whoever sends a review answers for the whole of it."""
    lead = next((seat for seat in seats if seat.seat == ReviewSeat.Seat.LEAD), None)
    if lead is None:
        yield Problem("team.lead", "No one leads this review. The coordinator can name a lead.", "selection")
    elif not writes_every_part(lead.membership):
        yield Problem(
            "team.lead_role",
            f"{lead.membership} leads this review without the role Reviewer. The agency administrator can give "
            "that role, or the coordinator can name another lead.",
            "selection",
        )


def everybody_has_stated(review: Review, content: Content, seats: list[ReviewSeat]) -> Iterator[Problem]:
    """Each person on the team has made their conflict-of-interest statement."""
    for seat in seats:
        if not seat.statement:
            yield Problem(
                "statement.missing",
                f"{seat.membership} has not made a conflict-of-interest statement yet.",
                "statement",
            )


def every_question_is_settled(review: Review, content: Content, seats: list[ReviewSeat]) -> Iterator[Problem]:
    """Required answers are given, or the reason why not; what the dictionary checks holds."""
    for found in dictionary_problems(content.sheet):
        if found.hard:
            where = f"{content.titles[found.entry]}: " if found.entry in content.titles else ""
            yield Problem("answer.open", f"{where}{found.message}", found.part, found.entry, found.key)


def nothing_is_left_behind(review: Review, content: Content, seats: list[ReviewSeat]) -> Iterator[Problem]:
    """An answer whose question is not asked any more is removed or brought back, never sent along unseen."""
    for hidden in hidden_answers(content.sheet):
        item = content.edition.item(hidden.key)
        yield Problem(
            "answer.hidden",
            f"“{item.label}” is not asked any more and still holds an answer: remove it, or bring the question back.",
            item.part,
            hidden.entry,
            hidden.key,
        )


def unmet_needs_have_become_opportunities(
    review: Review, content: Content, seats: list[ReviewSeat]
) -> Iterator[Problem]:
    """A need marked unmet or partly met is the beginning of an improvement opportunity."""
    made_from = {entry.made_from_id for entry in content.entries.get("opportunities", [])}
    for need in content.entries.get("needs", []):
        if content.value("need_met", need.pk) in {"unmet", "partly"} and need.pk not in made_from:
            yield Problem(
                "need.no_opportunity",
                f"{content.titles[need.pk]}: make it an improvement opportunity, or say that it was met.",
                "needs",
                need.pk,
                "need_met",
            )


def recommends_or_says_why_not(
    review: Review, content: Content, seats: list[ReviewSeat]
) -> Iterator[Problem]:
    """Zero recommendations are sound when one sentence says so (patterns over several reviews, domain.md §2.1)."""
    if not content.entries.get("recommendations") and not content.value("no_recommendation_reason"):
        yield Problem(
            "recommendations.none",
            "Add a recommendation, or say in one sentence why this review closes without one.",
            "recommendations",
            None,
            "no_recommendation_reason",
        )


def has_a_timeline(review: Review, content: Content, seats: list[ReviewSeat]) -> Iterator[Problem]:
    """A review without a timeline has not been held."""
    if not content.entries.get("timeline"):
        yield Problem("timeline.empty", "Add at least one entry to the timeline.", "timeline")


BEFORE_SENDING = [
    has_a_team,
    everybody_has_stated,
    has_a_timeline,
    every_question_is_settled,
    nothing_is_left_behind,
    unmet_needs_have_become_opportunities,
    recommends_or_says_why_not,
]


def problems_before_sending(review: Review, content: Content, seats: list[ReviewSeat]) -> list[Problem]:
    """Everything that is missing, in the order of the rules; an empty list means it can go. `seats` are held now."""
    return [problem for rule in BEFORE_SENDING for problem in rule(review, content, seats)]
