"""A whole review as the files tell it: the six written by hand, and the shorter ones in the same shape."""

import datetime as dt
from collections.abc import Callable

from jurisdictions.models import Membership
from npcs.demo.messages import tell
from npcs.demo.plan import RETURNS
from npcs.demo.reading import Told
from npcs.demo.records import Press, RecordWriter
from npcs.demo.shelf import Shelf
from reviews.models import Incident, PartMark, Remark, Review, ReviewMove, ReviewSeat
from reviews.rules.moves import MOVES

type Staff = dict[str, Membership]  # the people of one agency by their short names

# Parts whose being done is worked out, not marked.
UNMARKED = {"selection", "statement"}


def write_review(told: Told, *, number: str, staff: Staff, press: Press, shelf: Shelf) -> Review:
    """One review with everything in it; it stands where its last move has brought it."""
    people = {role: staff[who] for role, who in told["people"].items() if role != "team"}
    writer = RecordWriter(press, shelf, number=number, incident=told["incident"], by=people["coordinator"])
    incident = writer.incident.pk
    review = Review(
        incident_id=incident,
        jurisdiction=shelf.jurisdiction,
        edition=press.edition,
        own_edition=writer.asked.own,
    )
    shelf.reviews.append(review)
    shelf.hand(incident, people["coordinator"], "author", writer.notified_at)
    shelf.event("incident.notified", f"incident:{incident}", people["coordinator"], writer.notified_at)

    moves = _moves(told, writer, staff)
    _state(review, writer.incident, told, moves, press)
    if "lead" in told["people"]:
        _seats(told, writer, staff, at=_of(moves, "select"))
    lead = people.get("lead", people["coordinator"])
    when = _writing_times(told, writer, moves)
    _content(told, writer, staff, lead, when)
    for part in told.get("parts_done", []):
        if part not in UNMARKED:
            at = when(part) + dt.timedelta(hours=1)
            shelf.marks.append(
                PartMark(
                    jurisdiction=shelf.jurisdiction,
                    review_id=incident,
                    part=part,
                    done_by=lead,
                    done_at=min(at, press.days.now),
                )
            )
    _remarks(told, writer, staff, lead)
    for move in moves:
        tell(move, review, number=number, told=told, staff=staff, shelf=shelf, days=press.days)
    return review


def _moves(told: Told, writer: RecordWriter, staff: Staff) -> list[ReviewMove]:
    """The history, in order; each begins where the one before has ended."""
    shelf, state, last = writer.shelf, str(Review.State.NOTIFIED), writer.notified_at
    made = []
    for step in told["moves"]:
        move = MOVES[step["action"]]
        if state not in move.begins:
            raise ValueError(f"{writer.incident.case_number}: {move.action} does not begin in {state}.")
        # A morning's notification is decided on after it; and nothing is still to come.
        last = max(writer.press.moment(step["day"]), last + dt.timedelta(minutes=50))
        last = min(last, writer.days.now - dt.timedelta(seconds=30))
        row = ReviewMove(
            pk=next(writer.press.keys.move),
            jurisdiction=shelf.jurisdiction,
            review_id=writer.incident.pk,
            action=move.action,
            from_state=state,
            to_state=move.ends,
            by=staff[step["by"]],
            at=last,
            note=step.get("note", "").strip(),
        )
        made.append(row)
        state = move.ends
        if move.action == "approve":
            shelf.hand(writer.incident.pk, row.by, "approver", last)
        shelf.event(f"review.{move.action}", f"review:{writer.incident.pk}", row.by, last, move=row.pk)
    shelf.moves.extend(made)
    if told["state"] != state:
        raise ValueError(f"{writer.incident.case_number}: its moves end in {state}, not in {told['state']}.")
    return made


def _of(moves: list[ReviewMove], action: str) -> dt.datetime:
    return next(move.at for move in moves if move.action == action)


def _state(review: Review, incident: Incident, told: Told, moves: list[ReviewMove], press: Press) -> None:
    """The columns of the review: what its moves, its selection and its hold say."""
    day, selection, hold = press.days.day, told.get("selection"), told.get("hold")
    review.state, review.version = told["state"], 1 + len(moves)
    review.state_since = moves[-1].at if moves else press.days.at(told["incident"]["aware"], 9)
    review.times_returned = sum(1 for move in moves if move.action in RETURNS)
    if "due" in told:
        review.due_on = day(told["due"])
    if selection:
        review.selection_reasons, review.selection_note = selection["reasons"], selection["note"].strip()
        if "due" in told:
            review.selected_on = day(selection["on"])
    if hold:
        review.hold_reason, review.hold_note = hold["reason"], hold["note"].strip()
        review.held_since, review.held_until = day(hold["since"]), day(hold["until"])
        review.version += 1
    if review.state == Review.State.WITHDRAWN:
        _withdraw(incident, moves[-1])
    if review.state == Review.State.APPROVED:
        review.approver, review.approved_at = moves[-1].by, moves[-1].at


def _withdraw(incident: Incident, move: ReviewMove) -> None:
    incident.withdrawn_at, incident.withdrawn_by = move.at, move.by
    incident.withdrawn_reason, incident.version = move.note, 2


def _seats(told: Told, writer: RecordWriter, staff: Staff, *, at: dt.datetime) -> None:
    """The team, named with the selection; those who have stated did so on the day after."""
    people, statements = told["people"], told["statements"]
    for who in [people["lead"], *people["team"]]:
        stated_at = min(at + dt.timedelta(hours=26), writer.days.now)
        writer.shelf.seats.append(
            ReviewSeat(
                jurisdiction=writer.shelf.jurisdiction,
                review_id=writer.incident.pk,
                membership=staff[who],
                seat="lead" if who == people["lead"] else "member",
                statement=statements.get(who, ""),
                stated_at=stated_at if who in statements else None,
                named_by=staff[people["coordinator"]],
                named_at=at,
            )
        )
        if who in statements:
            about = f"review:{writer.incident.pk}"
            writer.shelf.event("review.statement_made", about, staff[who], stated_at, conflict=False)


def _writing_times(told: Told, writer: RecordWriter, moves: list[ReviewMove]) -> Callable[[str], dt.datetime]:
    """When a part was worked on: the facts at once, the others one after the other until the review was sent."""
    begins = told.get("selection", {}).get("on", told["incident"]["aware"])
    sent = [move.at for move in moves if move.action == "send_to_quality_lead"]
    if told["state"] == Review.State.IN_REVIEW and not sent:
        ends = 0
    else:
        last = sent[0] if sent else moves[-1].at if moves else writer.notified_at
        ends = (last.date() - writer.days.today).days
    parts = [part.key for part in writer.parsed.parts]

    def when(part: str) -> dt.datetime:
        if part == "safety":
            return writer.notified_at + dt.timedelta(minutes=30)
        share = (parts.index(part) + 1) / (len(parts) + 2)
        return writer.press.moment(min(begins + 1 + round((ends - begins - 1) * share), ends))

    return when


def _content(
    told: Told, writer: RecordWriter, staff: Staff, lead: Membership, when: Callable[[str], dt.datetime]
) -> None:
    coordinator = staff[told["people"]["coordinator"]]
    writer.children(told["children"], by=lead)
    for section, answers in told.get("answers", {}).items():
        # Whoever took the notification wrote what was reported and looked after the other children.
        by = coordinator if section == "safety" else lead
        for key, raw in answers.items():
            at = when(writer.parsed.item(key).part)
            if key == "what_was_reported":
                at, who = writer.notified_at, coordinator
            else:
                who = by
            writer.answer(key, raw, at=at, by=who)
    for section, entries in told.get("entries", {}).items():
        for position, entry in enumerate(entries, 1):
            at, by = when(writer.parsed.section(section).part), staff[entry["by"]]
            made_from = entry.get("made_from", "")
            key = writer.entry(section, position, by=by, at=at, name=entry["id"], made_from=made_from)
            items = {item: raw for item, raw in entry.items() if item not in {"id", "by", "made_from"}}
            writer.answers(items, at=lambda _, at=at: at, entry=key, by=by)  # type: ignore[misc]
    for rating in told.get("ratings", []):
        place = None if rating["of"] == "review" else writer.named[rating["of"]]
        factor, at = rating["factor"], when("factors")
        value = {"missing": rating["missing"]} if "missing" in rating else rating["value"]
        answers = {
            factor: value,
            f"{factor}_why": rating.get("why"),
            f"{factor}_evidence": rating.get("evidence"),
        }
        given = {item: raw for item, raw in answers.items() if raw}
        writer.answers(given, at=lambda _, at=at: at, entry=place, by=lead)  # type: ignore[misc]


def _remarks(told: Told, writer: RecordWriter, staff: Staff, lead: Membership) -> None:
    for told_remark in told.get("remarks", []):
        at = writer.press.moment(told_remark["day"])
        settled = min(at + dt.timedelta(days=2), writer.days.now) if told_remark["settled"] else None
        writer.shelf.remarks.append(
            Remark(
                jurisdiction=writer.shelf.jurisdiction,
                review_id=writer.incident.pk,
                part=told_remark["part"],
                text=told_remark["text"].strip(),
                by=staff[told_remark["by"]],
                at=at,
                settled_at=settled,
                settled_by=lead if settled else None,
            )
        )
