"""What a person chose to have in a data pack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviews.models import Review
from reviews.packs.tables import Choosing

State = Review.State
# Withdrawn reviews were opened by mistake: no pack holds them, and its README says how many there are.
GROUPS: dict[str, tuple[str, Sequence[str]]] = {
    "approved": ("Approved here", (State.APPROVED,)),
    "as_reported": ("As reported: closed before they came here, not approved here", (State.AS_REPORTED,)),
    "under_way": (
        "Under way, not approved yet",
        (State.IN_REVIEW, State.WITH_QUALITY_LEAD, State.WITH_DIRECTOR),
    ),
    "not_selected": (
        "Not selected, or not decided yet",
        (State.NOTIFIED, State.TO_BE_SELECTED, State.NOT_SELECTED),
    ),
}
PARTS: dict[str, tuple[str, str]] = {
    "direct": (
        "Free text and whatever else can name a person",
        "Without it the tables hold dates, numbers and codes only: no answer that was typed in words, not even the "
        "county. That alone makes nobody unrecognizable.",
    ),
    "case_numbers": (
        "Your agency’s own case numbers",
        "To join the tables with your case system. With them the pack may not leave the agency.",
    ),
    "redcap": ("Records for REDCap", "To bring the reviews into a REDCap project, or back into NPCS."),
    "syntax": (
        "Syntax for SPSS, Stata and R",
        "It reads the tables with the words of every question and code.",
    ),
}
BY_DEFAULT = {"groups": ["approved", "as_reported"], "parts": ["direct", "redcap", "syntax"]}


@dataclass(frozen=True)
class Chosen:
    """Which reviews, and what of them; anything unknown counts as not chosen."""

    groups: tuple[str, ...]
    parts: tuple[str, ...]

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Chosen":
        groups, parts = given.get("groups") or (), given.get("parts") or ()
        return cls(
            tuple(key for key in GROUPS if key in groups),
            tuple(key for key in PARTS if key in parts),
        )

    def as_json(self) -> dict[str, list[str]]:
        return {"groups": list(self.groups), "parts": list(self.parts)}

    @property
    def states(self) -> list[str]:
        return [str(state) for key in self.groups for state in GROUPS[key][1]]

    @property
    def choosing(self) -> Choosing:
        return Choosing(with_direct="direct" in self.parts, with_case_numbers="case_numbers" in self.parts)

    @property
    def in_words(self) -> str:
        """Which reviews, as one line."""
        return "; ".join(GROUPS[key][0] for key in self.groups) or "none"
