"""The picture of how a review moves, as plain SVG. The moves are read from their table; only places are said here."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from jurisdictions.roles import ROLE_LABELS, ROLES
from reviews.models import Review
from reviews.rules.moves import MOVES, OPEN_FOR_ANSWERS, WHOSE_TURN, Move

State = Review.State

WIDTH, HEIGHT = 890, 750
STEP = 122  # from one row to the next
MAIN, WIDE, HIGH = 270, 230, 54  # the column of the usual way
STYLE = (
    "text{font:13px system-ui,-apple-system,'Segoe UI',sans-serif;fill:#1b1b1b}"
    ".state{font-size:15px;font-weight:600}.small{font-size:12px;fill:#565c65}.move{font-weight:600}"
    ".open{fill:#e7f2f5;stroke:#00687d}.shut{fill:#f5f6f7;stroke:#71767a}"
    "rect{stroke-width:1.5}path{fill:none;stroke:#3d4551;stroke-width:1.5;marker-end:url(#tip)}"
)


class NoPlace(Exception):
    """A state or a move of the table has no place in the picture yet."""


@dataclass(frozen=True)
class Box:
    """Where a state stands."""

    left: float
    top: float
    wide: float = WIDE

    @property
    def right(self) -> float:
        return self.left + self.wide

    @property
    def bottom(self) -> float:
        return self.top + HIGH

    @property
    def middle(self) -> float:
        return self.left + self.wide / 2

    @property
    def centre(self) -> float:
        return self.top + HIGH / 2


def _row(number: float) -> float:
    return 50 + STEP * number


BOXES = {
    State.NOTIFIED: Box(MAIN, _row(0)),
    State.TO_BE_SELECTED: Box(MAIN, _row(1)),
    State.IN_REVIEW: Box(MAIN, _row(2)),
    State.WITH_QUALITY_LEAD: Box(MAIN, _row(3)),
    State.WITH_DIRECTOR: Box(MAIN, _row(4)),
    State.APPROVED: Box(MAIN, _row(5)),
    State.NOT_SELECTED: Box(710, _row(1), 160),
    State.WITHDRAWN: Box(20, _row(0.5), 150),
    State.AS_REPORTED: Box(710, _row(5), 160),
}
# How each move runs: `down` and `up` along the usual way (a lane at its left), `out` to the right and `back`,
# `away` to the left.
WAYS: dict[tuple[State, str], tuple[str, int]] = {
    (State.NOTIFIED, "ask_for_selection"): ("down", 0),
    (State.TO_BE_SELECTED, "select"): ("down", 0),
    (State.IN_REVIEW, "send_to_quality_lead"): ("down", 0),
    (State.WITH_QUALITY_LEAD, "send_to_director"): ("down", 0),
    (State.WITH_DIRECTOR, "approve"): ("down", 0),
    (State.WITH_QUALITY_LEAD, "return_to_team"): ("up", 1),
    (State.WITH_DIRECTOR, "return_from_director"): ("up", 2),
    (State.TO_BE_SELECTED, "do_not_select"): ("out", 0),
    (State.NOT_SELECTED, "reopen_selection"): ("back", 0),
    (State.NOTIFIED, "withdraw"): ("away", 0),
    (State.TO_BE_SELECTED, "withdraw"): ("away", 0),
}


def review_states() -> str:
    """The whole picture. Raises NoPlace when the table has grown and the picture has not."""
    if lost := [state.label for state in State if state not in BOXES]:
        raise NoPlace(f"Give these states a place in npcs/diagrams.py: {', '.join(lost)}.")
    drawn = [_move(begin, move) for move in MOVES.values() for begin in move.begins]
    boxes = [_state(state, box) for state, box in BOXES.items()]
    told = "; ".join(
        f"{' or '.join(begin.label for begin in move.begins)} to {move.ends.label}: {move.label}"
        for move in MOVES.values()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-labelledby="title desc">\n'
        '<title id="title">The states of a review and the moves between them</title>\n'
        f'<desc id="desc">{escape(told)}.</desc>\n'
        f"<style>{STYLE}</style>\n"
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0 1 9 5 0 9z" style="fill:#3d4551;stroke:none;marker-end:none"/>'
        "</marker></defs>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n'
        + "\n".join([*drawn, *boxes])
        + "\n</svg>\n"
    )


def _state(state: State, box: Box) -> str:
    look = "open" if state in OPEN_FOR_ANSWERS else "shut"
    turn = WHOSE_TURN.get(state)
    below = f"turn of {turn}" if turn else "nobody's turn"
    return (
        f'<rect class="{look}" x="{box.left:g}" y="{box.top:g}" width="{box.wide:g}" height="{HIGH}" rx="6"/>'
        + _text(box.middle, box.top + 23, state.label, "state", "middle")
        + _text(box.middle, box.top + 42, below, "small", "middle")
    )


def _move(begin: State, move: Move) -> str:
    if (begin, move.action) not in WAYS:
        raise NoPlace(f"Give the move “{move.label}” from {begin.label} a way in npcs/diagrams.py.")
    way, lane = WAYS[begin, move.action]
    source, target = BOXES[begin], BOXES[move.ends]
    match way:
        case "down":
            line = f"M{source.middle:g} {source.bottom:g}V{target.top:g}"
            return _path(line) + _label(source.middle + 10, source.bottom + 32, move)
        case "up":
            x = source.left - 22 - 24 * lane
            # Two ways into one box end apart.
            end = target.centre + (10 if lane == 1 else -10)
            line = f"M{source.left:g} {source.centre:g}H{x:g}V{end:g}H{target.left:g}"
            inner = lane == 1
            y = (source.top + target.bottom) / 2 if inner else source.top - HIGH - 20
            return _path(line) + _label(x + 6 if inner else x - 8, y, move, "start" if inner else "end")
        case "out":
            line = f"M{source.right:g} {source.centre - 8:g}H{target.left:g}"
            return _path(line) + _label(source.right + 24, source.centre - 30, move)
        case "back":
            line = f"M{source.left:g} {source.centre + 8:g}H{target.right:g}"
            return _path(line) + _label(target.right + 24, source.centre + 26, move)
    below = target.top < source.top
    end, y = (target.bottom, source.centre + 18) if below else (target.top, source.centre - 24)
    line = f"M{source.left:g} {source.centre:g}H{target.middle:g}V{end:g}"
    return _path(line) + _label(source.left - 8, y, move, "end")


def _path(line: str) -> str:
    return f'<path d="{line}"/>'


def _label(x: float, y: float, move: Move, anchor: str = "start") -> str:
    return _text(x, y, move.label, "move", anchor) + _text(x, y + 16, _who(move), "small", anchor)


def _who(move: Move) -> str:
    roles = " or ".join(ROLE_LABELS[role].lower() for role, held in ROLES.items() if move.permission in held)
    who = f"the review's lead ({roles})" if move.lead else roles
    return f"{who}, or a named guest" if move.by_grant else who


def _text(x: float, y: float, words: str, look: str, anchor: str) -> str:
    return f'<text class="{look}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'
