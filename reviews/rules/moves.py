"""The one table of moves: state × who × action. Buttons, guards, messages, tests and the diagram read it."""

from dataclasses import dataclass
from typing import Literal

from inbox.kinds import remarks_in_words
from jurisdictions.roles import Permission
from reviews.models import Review

State = Review.State

# Closed for good or for now: nobody has a turn, and no clock runs.
CLOSED = frozenset({State.NOT_SELECTED, State.APPROVED, State.AS_REPORTED, State.WITHDRAWN})
# Here nobody states a conflict of interest any more.
STATEMENTS_CLOSED = CLOSED - {State.NOT_SELECTED}

# What stands as it is: a review report of it is no draft.
FINAL = frozenset({State.APPROVED, State.AS_REPORTED})

type Told = Literal["coordinators", "team", "quality_leads", "approvers", "lead_and_coordinators", "nobody"]

# A review goes back to its team with something to do.
REMARK_FIRST = "Leave at least one remark beside a part, so that the team knows what to look at."


@dataclass(frozen=True)
class Move:
    """One allowed change of state.

    Who may: holders of `permission`; with `lead` also asked to be the review's lead; with `by_grant` also a
    guest who was granted it on this review. `told` are those whose turn it is next, by a message of `kind`.
    """

    action: str
    label: str  # the button: a verb and a thing
    begins: tuple[Review.State, ...]
    ends: Review.State
    permission: Permission
    told: Told
    message: str
    explains: str  # what happens next, shown beside the button
    asks_note: bool = False
    lead: bool = False
    by_grant: bool = False

    def waits_for_remark(self, remarks: int) -> bool:
        """Whether its message would carry a count of remarks, and there is none."""
        return not remarks and "{remarks}" in self.explains

    def explained(self, remarks: int) -> str:
        """What happens next on this review, with the count of remarks that its message carries; what comes first
        where it would carry none."""
        if self.waits_for_remark(remarks):
            return REMARK_FIRST
        return self.explains.format(remarks=remarks_in_words(remarks))


MOVES: dict[str, Move] = {
    move.action: move
    for move in [
        Move(
            "ask_for_selection",
            "Ask for the selection decision",
            (State.NOTIFIED,),
            State.TO_BE_SELECTED,
            Permission.REVIEW_SELECT,
            "coordinators",
            "selection_needed",
            "The safety of other children is recorded. The decision whether to review comes next.",
        ),
        Move(
            "select",
            "Select for a review",
            (State.TO_BE_SELECTED,),
            State.IN_REVIEW,
            Permission.REVIEW_SELECT,
            "team",
            "named_to_review",
            "The lead and the team are told, and the clock shows when the review is due.",
        ),
        Move(
            "do_not_select",
            "Do not select",
            (State.TO_BE_SELECTED,),
            State.NOT_SELECTED,
            Permission.REVIEW_SELECT,
            "nobody",
            "",
            "The incident stays in the yearly list with its reason. The decision can be opened again.",
        ),
        Move(
            "reopen_selection",
            "Open the decision again",
            (State.NOT_SELECTED,),
            State.TO_BE_SELECTED,
            Permission.REVIEW_SELECT,
            "coordinators",
            "selection_needed",
            "The incident goes back to those that wait for a decision.",
            asks_note=True,
        ),
        Move(
            "withdraw",
            "Withdraw this notification",
            (State.NOTIFIED, State.TO_BE_SELECTED),
            State.WITHDRAWN,
            Permission.INCIDENT_WITHDRAW,
            "nobody",
            "",
            "For a notification made by mistake. It keeps its number and its reason, and leaves the lists.",
            asks_note=True,
        ),
        Move(
            "send_to_quality_lead",
            "Send to quality lead",
            (State.IN_REVIEW,),
            State.WITH_QUALITY_LEAD,
            Permission.REVIEW_EDIT,
            "quality_leads",
            "turn_quality_lead",
            "The quality lead reads the whole review. Until it comes back, nobody can change it.",
            lead=True,
        ),
        Move(
            "return_to_team",
            "Return to the team",
            (State.WITH_QUALITY_LEAD,),
            State.IN_REVIEW,
            Permission.REVIEW_CHECK,
            "team",
            "turn_returned",
            "The team is told that it has {remarks}, and can change the review again.",
        ),
        Move(
            "send_to_director",
            "Send to director",
            (State.WITH_QUALITY_LEAD,),
            State.WITH_DIRECTOR,
            Permission.REVIEW_CHECK,
            "approvers",
            "turn_director",
            "The director reads the same page and approves, or returns it.",
        ),
        Move(
            "return_from_director",
            "Return to the team",
            (State.WITH_DIRECTOR,),
            State.IN_REVIEW,
            Permission.REVIEW_APPROVE,
            "team",
            "turn_returned",
            "The team is told that it has {remarks}, and can change the review again.",
            by_grant=True,
        ),
        Move(
            "approve",
            "Approve this review",
            (State.WITH_DIRECTOR,),
            State.APPROVED,
            Permission.REVIEW_APPROVE,
            "lead_and_coordinators",
            "review_approved",
            "The review is closed as it stands, and its review report no longer says draft.",
            by_grant=True,
        ),
    ]
}

# These ask for more than a note: reasons and a team, or the withdrawal of the incident itself.
WITH_PAGES_OF_THEIR_OWN = {"select", "do_not_select", "withdraw"}

# Whose turn it is in each state, in words for the page head and My work.
WHOSE_TURN: dict[str, str] = {
    State.NOTIFIED: "the coordinator",
    State.TO_BE_SELECTED: "the coordinator",
    State.IN_REVIEW: "the team",
    State.WITH_QUALITY_LEAD: "the quality lead",
    State.WITH_DIRECTOR: "the director",
}

# While a review is in one of these, its answers can be changed (by whom: rules.editing).
OPEN_FOR_ANSWERS = {State.NOTIFIED, State.TO_BE_SELECTED, State.IN_REVIEW}
UNDER_WAY = {State.IN_REVIEW, State.WITH_QUALITY_LEAD, State.WITH_DIRECTOR}


def moves_from(state: str) -> list[Move]:
    """Every move that begins in this state, in the order of the table."""
    return [move for move in MOVES.values() if state in move.begins]
