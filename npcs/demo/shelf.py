"""What one agency gets: rows gathered first, then saved in the order in which they name each other."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from dictionary.models import OwnEdition
from inbox.models import Message
from jurisdictions.models import AuditEvent, Jurisdiction, Membership
from npcs.demo.rows import insert, insert_dated
from reviews.models import (
    Answer,
    Child,
    Entry,
    Incident,
    PartMark,
    Remark,
    Review,
    ReviewHand,
    ReviewMove,
    ReviewSeat,
)


@dataclass
class Shelf:
    """The rows of one agency. Its scope is open while they are saved."""

    jurisdiction: Jurisdiction
    own: OwnEdition | None = None  # what the agency asks besides
    incidents: list[Incident] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    hands: dict[tuple[int, int], ReviewHand] = field(default_factory=dict)
    seats: list[ReviewSeat] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    moves: list[ReviewMove] = field(default_factory=list)
    marks: list[PartMark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    events: list[AuditEvent] = field(default_factory=list)

    def hand(self, incident: int, who: Membership, hand: str, since: dt.datetime) -> None:
        """This person has this hand in the review, from the first time on that they took part."""
        held = self.hands.get((incident, who.pk))
        if held is None:
            held = ReviewHand(
                jurisdiction=self.jurisdiction, review_id=incident, membership=who, hand=hand, since=since
            )
            self.hands[incident, who.pk] = held
        if held.hand != hand:
            raise ValueError(f"{who.pk} would be author and approver of the same review.")
        held.since = min(held.since, since)

    def event(self, kind: str, about: str, by: Membership | None, at: dt.datetime, **ids: Any) -> None:
        self.events.append(
            AuditEvent(
                jurisdiction=self.jurisdiction,
                at=at,
                by_user=by.user_id if by else None,
                kind=kind,
                about=about,
                ids=ids,
            )
        )

    def save(self) -> None:
        """The order is that of a reader; the references are checked when all of it is there."""
        insert(self.incidents)
        insert_dated(self.entries, "created_at")
        Child.objects.bulk_create(self.children)
        Review.objects.bulk_create(self.reviews)
        insert(self.hands.values())
        insert(self.seats)
        Answer.objects.bulk_create(self.answers, batch_size=1000)
        ReviewMove.objects.bulk_create(self.moves)
        PartMark.objects.bulk_create(self.marks)
        Remark.objects.bulk_create(self.remarks)
        Message.objects.bulk_create(self.messages)
        self.events.sort(key=lambda event: event.at)
        insert(self.events)
