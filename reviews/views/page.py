"""What every page of one review has in common: finding it, auditing the reading, its head and its list of parts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from dictionary.schema import Part
from dictionary.sheet import EntryId
from dictionary.validation import hidden_answers
from jurisdictions import audit
from jurisdictions.http import Asking
from jurisdictions.models import AgencyPolicy, Membership
from jurisdictions.roles import Permission, Role
from jurisdictions.rules import Problem
from reviews.actions.answer import hold_still
from reviews.content import Content, read_content
from reviews.models import PartMark, Remark, Review, ReviewSeat
from reviews.rules.clocks import due_in_words, held_in_words, lateness
from reviews.rules.editing import problems_before_editing
from reviews.rules.moves import UNDER_WAY, WHOSE_TURN, Move
from reviews.rules.parts import PartStatus, part_statuses
from reviews.rules.who import moves_open_to

TONES = {
    "done": "done",
    "going": "going",
    "todo": "quiet",
    "blocked": "quiet",
    "told": "done",
    "untold": "quiet",
}
STATE_TONES: dict[str, str] = {
    Review.State.NOTIFIED: "attention",
    Review.State.TO_BE_SELECTED: "attention",
    Review.State.IN_REVIEW: "going",
    Review.State.WITH_QUALITY_LEAD: "going",
    Review.State.WITH_DIRECTOR: "going",
    Review.State.APPROVED: "done",
    Review.State.AS_REPORTED: "quiet",
}
DUE_TONES = {
    "late": "stop",
    "today": "attention",
    "tomorrow": "attention",
    "soon": "attention",
    "later": "quiet",
}


def find_review(request: Asking, number: str) -> Review:
    """The review of this number, when the person may see it; 404 otherwise."""
    reviews = Review.objects.visible_to(request.membership).with_questions().select_related("incident")
    found: Review = get_object_or_404(reviews, incident__number=number)
    found.jurisdiction = request.membership.jurisdiction
    return found


def read_review(request: Asking, number: str, *, what: str = "review.read", part: str = "") -> ReviewPage:
    """Find a review and audit that its content is read: no audit row, no content."""
    review = find_review(request, number)
    audit.record(what, about=review, by=request.membership, **({"part": part} if part else {}))
    return ReviewPage(review, request.membership)


class Done(NamedTuple):
    """That a part is done: by whom, and since when."""

    by: str
    at: dt.datetime


@dataclass
class ReviewPage:
    """One review as its pages see it. Everything is read once, when it is first asked for."""

    review: Review
    by: Membership

    @property
    def is_guest(self) -> bool:
        """Whether the person reads by a grant alone, from outside the agency."""
        return set(self.by.roles_in_force) == {Role.GUEST}

    @property
    def number(self) -> str:
        return self.review.incident.number

    @property
    def slug(self) -> str:
        return self.by.jurisdiction.slug

    @cached_property
    def content(self) -> Content:
        return read_content(self.review.incident, self.review.asked.questions)

    @cached_property
    def seats(self) -> list[ReviewSeat]:
        """Held seats, the lead first."""
        return list(
            ReviewSeat.objects.filter(review=self.review, ended_at=None)
            .select_related("membership__user")
            .order_by("seat", "pk")
        )

    @cached_property
    def my_seat(self) -> ReviewSeat | None:
        return next((seat for seat in self.seats if seat.membership_id == self.by.pk), None)

    @cached_property
    def lead(self) -> Membership | None:
        return next((seat.membership for seat in self.seats if seat.seat == ReviewSeat.Seat.LEAD), None)

    @cached_property
    def moves(self) -> list[Move]:
        """What the person may do with the review as it stands."""
        leads = self.my_seat is not None and self.my_seat.seat == ReviewSeat.Seat.LEAD
        return moves_open_to(self.review, self.by, leads=leads)

    @property
    def shows_incident(self) -> bool:
        """Whether the person sees the incident's own page: `IncidentQuerySet.visible_to`, of somebody who sees the
        review."""
        by = self.by
        if by.allows(Permission.REVIEW_VIEW_ALL):
            return True
        notified = self.review.incident.notified_by_id == by.pk
        return by.allows(Permission.INCIDENT_VIEW) and (notified or self.my_seat is not None)

    @cached_property
    def marks(self) -> dict[str, Done]:
        """Who marked a part as done and when, by part."""
        found = PartMark.objects.filter(review=self.review)
        rows = found.values_list("part", "done_by__user__display_name", "done_at")
        return {part: Done(by, at) for part, by, at in rows}

    @cached_property
    def remarks(self) -> list[Remark]:
        return list(
            Remark.objects.filter(review=self.review)
            .select_related("by__user", "settled_by__user")
            .order_by("at")
        )

    @cached_property
    def open_remarks(self) -> Counter[str]:
        """How many remarks wait, by part."""
        waiting = Remark.objects.filter(review=self.review, settled_at=None)
        return Counter(waiting.values_list("part", flat=True))

    @cached_property
    def statuses(self) -> list[PartStatus]:
        done = {part: f"by {mark.by}, {mark.at:%-d %B}" for part, mark in self.marks.items()}
        return part_statuses(
            self.review, self.content, seats=self.seats, done=done, remarks=self.open_remarks
        )

    def hold_still(self) -> None:
        """Before anything is written: the review stays in its state until this request is done."""
        hold_still(self.review)

    def hidden(self, part: str, entry: EntryId) -> list[tuple[str, str, str]]:
        """(name, label, text) of this place's answers to questions that are not asked any more."""
        return [
            (
                f"{one.entry or 0}-{one.key}",
                self.content.edition.item(one.key).label,
                self.content.text(one.key, one.entry),
            )
            for one in hidden_answers(self.content.sheet, [part])
            if one.entry == entry
        ]

    def hidden_in_entries(self, part: str) -> list[tuple[str, str, str]]:
        """The same for every entry of the part's repeating sections."""
        sections = self.content.edition.sections_of(part)
        ids = [entry for section in sections if section.repeats for entry in self.content.ids(section.key)]
        return [found for entry in ids for found in self.hidden(part, entry)]

    def why_locked(self, part: str) -> list[Problem]:
        return problems_before_editing(self.review, part, by=self.by, seat=self.my_seat)

    # -- addresses ------------------------------------------------------------------------------

    def url(self, name: str = "home", *args: Any) -> str:
        return reverse(f"reviews:{name}", args=[self.slug, self.number, *args])

    def part_url(self, part: str) -> str:
        if part in {"selection", "statement"}:
            return self.url(part)
        return self.url("part", part)

    def problem_url(self, problem: Problem) -> str:
        """Where this problem is mended: the page that it names, or the field itself where it names one."""
        if not problem.part:
            return problem.url
        anchor = f"#id_{problem.entry or 0}-{problem.item}" if problem.item else ""
        if problem.code == "answer.hidden":
            anchor = "#hidden-title"
        return self.place_url(problem.part, problem.entry) + anchor

    def place_url(self, part: str, entry: EntryId) -> str:
        """The page on which this place of a part is written."""
        if entry is None:
            return self.part_url(part)
        return self.url("factors_of" if part == "factors" else "entry", entry)

    def problem_links(self, problems: list[Problem], *, here: str = "") -> list[tuple[str, str]]:
        """(message, address) of each; a page of the part `here` is not linked to itself."""
        return [
            (one.message, "" if one.part == here and not one.item else self.problem_url(one))
            for one in problems
        ]

    def problems_by_part(self, problems: list[Problem]) -> list[tuple[str, list[tuple[str, str]]]]:
        """The problems under the titles of their parts, in the edition's order; those of no part come first."""
        titles = {part.key: part.title for part in self.content.edition.parts}
        groups: dict[str, list[tuple[str, str]]] = {key: [] for key in ("", *titles)}
        for problem in problems:
            groups.setdefault(problem.part, []).append((problem.message, self.problem_url(problem)))
        return [(titles.get(key, ""), found) for key, found in groups.items() if found]

    def buttons(self, moves: list[Move]) -> list[tuple[str, str, str]]:
        """(label, address, what happens next) of each move, the first of them the page's main button: one that
        waits for a remark comes after those that can be made."""
        remarks = self.open_remarks.total()
        ready_first = sorted(moves, key=lambda move: move.waits_for_remark(remarks))
        return [(move.label, self.url("move", move.action), move.explained(remarks)) for move in ready_first]

    # -- what templates show --------------------------------------------------------------------

    @property
    def title(self) -> str:
        return f"Review {self.number}"

    @property
    def headline(self) -> str:
        """`2026-014 · near fatality · infant · notified 3 March 2026`, in words and without a name."""
        incident = self.review.incident
        children = ", ".join(child.age for child in self.content.children)
        how = "notified" if incident.notified_by_id else "brought in"
        told = f"{how} {timezone.localtime(incident.notified_at):%-d %B %Y}"
        if (
            incident.source_key and not self.is_guest
        ):  # the agency's own number stays inside, as its case number does
            told += f" as {incident.source_key}"
        return " · ".join(filter(None, [incident.get_incident_type_display(), children, told]))

    @property
    def state_tone(self) -> str:
        return STATE_TONES.get(self.review.state, "quiet")

    @property
    def turn(self) -> str:
        """Whose turn it is, in words; empty when the review is closed."""
        turn = WHOSE_TURN.get(self.review.state)
        if turn == "the team" and self.my_seat:
            return "your team’s turn"
        return f"{turn}’s turn" if turn else ""

    @property
    def hold_has_passed(self) -> bool:
        """Whether the day until which the review waits is over; the hold goes on until somebody ends it."""
        until = self.review.held_until
        return until is not None and until < timezone.localdate()

    @property
    def due(self) -> tuple[str, str]:
        """(words, tone) of the clock: when it is due, or until when it is held."""
        review, today = self.review, timezone.localdate()
        if review.held_until:
            asked = "the court" if review.hold_reason == Review.Hold.COURT else "police"
            until = held_in_words(review.held_until, today, day=f"{review.held_until:%-d %B %Y}")
            return f"on hold for {asked} {until}", "attention"
        if review.state not in UNDER_WAY or review.due_on is None:
            return "", "quiet"
        words = f"due {review.due_on:%-d %B %Y} ({due_in_words(review.due_on, today).removeprefix('due ')})"
        return words, DUE_TONES[lateness(review.due_on, today)]

    def part_list(self, current: str = "") -> list[tuple[str, str, str, str, str, bool]]:
        """The rows of components/part_list.html."""
        return [
            (
                status.title,
                "" if status.mark == "blocked" else self.part_url(status.key),
                status.words,
                status.mark,
                f"{status.open} open" if status.open and status.mark == "going" else "",
                status.key == current,
            )
            for status in self.statuses
        ]

    def crumbs(self, *further: tuple[str, str]) -> list[tuple[str, str]]:
        home = self.url() if further else ""
        return [("Reviews", reverse("reviews:list", args=[self.slug])), (self.number, home), *further]

    def neighbours(self, part: str) -> tuple[Part | None, Part | None]:
        """The parts before and after this one, for the links at a page's foot."""
        parts = list(self.content.edition.parts)
        at = next(index for index, found in enumerate(parts) if found.key == part)
        return (parts[at - 1] if at else None, parts[at + 1] if at + 1 < len(parts) else None)

    def foot(self, part: str) -> dict[str, Any]:
        """The foot of a part's page: whether it is done, and the ways on."""
        before, after = self.neighbours(part)
        return {
            "done": self.marks.get(part),
            "before": before,
            "after": after,
            "before_url": self.part_url(before.key) if before else "",
            "after_url": self.part_url(after.key) if after else self.url(),
        }

    @cached_property
    def policy(self) -> AgencyPolicy:
        return AgencyPolicy.objects.of(self.by.jurisdiction)

    def context(self, current: str = "", **more: Any) -> dict[str, Any]:
        """What every template of a review gets."""
        return {"page": self, "review": self.review, "parts": partial(self.part_list, current), **more}
