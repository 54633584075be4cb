"""Shapes of incidents and reviews. Names are those of the models and of the dictionary; what an item's answer may be is
described by the dictionary's own components (`dictionary.api_schema`)."""

from typing import Any

from rest_framework import serializers

from jurisdictions.api import Shape
from jurisdictions.api.described import Told
from reviews.facts import CHILD_KEYS, INCIDENT_KEYS
from reviews.forms import CHILDREN
from reviews.incident_filters import TYPES
from reviews.models import Review


class Given(Told):
    """The answer to an item of the dictionary, as other software gives it: text or a number, read by the item."""

    default_error_messages = {"kind": "Give text, a whole number, or null."}

    def __init__(self, item: str) -> None:
        super().__init__(f"item_{item}", required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, str | int):
            self.fail("kind")
        return str(data)


def _told(item: str) -> Told:
    return Told(f"item_{item}", allow_null=True)


class Page(Shape):
    """What every list says besides its rows: addresses of its neighbours, null where there is none."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class ChildRow(Shape):
    entry = serializers.IntegerField(help_text="The entry under which answers about this child stand.")
    age_value, age_unit, sex, died_on = map(_told, CHILD_KEYS)


class IncidentRow(Shape):
    number = serializers.CharField()
    incident_type, occurred_on, aware_on, county, case_number = map(_told, INCIDENT_KEYS)
    notified_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="Of the facts; send it back with a change.")
    state = serializers.ChoiceField(
        Review.State.choices, allow_null=True, help_text="Of its review; null: no decision opened."
    )
    children = ChildRow(many=True)


class Incidents(Page):
    results = IncidentRow(many=True)


class Incident(IncidentRow):
    edition = serializers.CharField(help_text="The edition of the dictionary that its answers follow.")
    what_was_reported = _told("what_was_reported")
    may_change = serializers.BooleanField()
    may_withdraw = serializers.BooleanField()
    may_open = serializers.BooleanField()


class ChildGiven(Shape):
    entry = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=2**63 - 1,
        help_text="Of a child that is there.",
    )
    age_value, age_unit, sex, died_on = map(Given, CHILD_KEYS)


class Facts(Shape):
    incident_type, occurred_on, aware_on, county, case_number = map(Given, INCIDENT_KEYS)
    children = serializers.ListField(child=ChildGiven(), min_length=1, max_length=CHILDREN)


class Notification(Facts):
    what_was_reported = Given("what_was_reported")
    another = serializers.BooleanField(
        default=False, help_text="True: those that look alike were looked at, and this is another one."
    )


class FactsChange(Facts):
    version = serializers.IntegerField(min_value=0, help_text="The version that the change was made over.")


class Reason(Shape):
    reason = serializers.CharField(allow_blank=True, help_text="Why the notification was a mistake.")


class Number(Shape):
    number = serializers.CharField()


class FactsNow(Number):
    version = serializers.IntegerField(help_text="Of the facts, as they stand now.")


# -- Reviews --------------------------------------------------------------------------------------


class ReviewRow(Shape):
    number = serializers.CharField()
    incident_type = serializers.ChoiceField(list(TYPES.items()))
    occurred_on = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(Review.State.choices)
    due_on = serializers.DateField(allow_null=True)
    held_until = serializers.DateField(allow_null=True)
    version = serializers.IntegerField(help_text="Moves on with every move and hold.")


class Reviews(Page):
    results = ReviewRow(many=True)


class Seat(Shape):
    person = serializers.IntegerField(help_text="The key of the person in this agency.")
    name = serializers.CharField()
    seat = serializers.CharField(help_text="lead or member")
    statement = serializers.CharField(help_text="no_conflict, or empty while it is owed.")


class PartRow(Shape):
    part = serializers.CharField()
    title = serializers.CharField()
    mark = serializers.CharField(help_text="done, going, todo, blocked, told or untold")
    words = serializers.CharField()
    note = serializers.CharField()
    locked = serializers.CharField(allow_null=True, help_text="Why the person may not write in it now.")


class MoveRow(Shape):
    action = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    explains = serializers.CharField()
    asks_note = serializers.BooleanField()


class ReviewDetail(ReviewRow):
    edition = serializers.CharField()
    own_questions = serializers.IntegerField(
        allow_null=True, help_text="The release of your agency's own questions beside it; null: it asks none."
    )
    state_since = serializers.DateTimeField()
    selected_on = serializers.DateField(allow_null=True)
    selection_reasons = serializers.ListField(child=Told("code_selection_reasons"))
    selection_note = serializers.CharField()
    hold_reason = serializers.ChoiceField(Review.Hold.choices, allow_null=True)
    times_returned = serializers.IntegerField()
    approved_at = serializers.DateTimeField(allow_null=True)
    reported_closed_on = serializers.DateField(allow_null=True)
    seats = Seat(many=True)
    parts = PartRow(many=True)
    moves = MoveRow(many=True)
    open_remarks = serializers.IntegerField()


class MoveMade(Shape):
    action = serializers.CharField()
    note = serializers.CharField(default="", allow_blank=True)


class StateNow(Shape):
    number = serializers.CharField()
    state = serializers.ChoiceField(Review.State.choices)
    version = serializers.IntegerField()


# -- Answers --------------------------------------------------------------------------------------


class AnswerRow(Shape):
    item = serializers.CharField(help_text="What its value may be is described by item_<this key>.")
    entry = serializers.IntegerField(allow_null=True)
    part = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = Told("value", allow_null=True)
    missing = serializers.CharField(help_text="The reason why there is no value, or empty.")
    words = serializers.CharField(help_text="The answer as people read it.")
    version = serializers.IntegerField()
    at = serializers.DateTimeField()


class EntryRow(Shape):
    entry = serializers.IntegerField()
    section = serializers.CharField()
    position = serializers.IntegerField()
    title = serializers.CharField()
    made_from = serializers.IntegerField(allow_null=True, help_text="The need that it was made from.")


class Answers(Shape):
    number = serializers.CharField()
    edition = serializers.CharField()
    own_questions = serializers.IntegerField(
        allow_null=True, help_text="The release of your agency's own questions beside it; null: it asks none."
    )
    state = serializers.ChoiceField(Review.State.choices)
    entries = EntryRow(many=True)
    answers = AnswerRow(many=True)


class AnswerSaved(Shape):
    item = serializers.CharField()
    entry = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField()
    warnings = serializers.ListField(child=serializers.CharField())


class EntryAdded(Shape):
    section = serializers.CharField()


class EntryKey(Shape):
    entry = serializers.IntegerField()


class PartMarked(Shape):
    done = serializers.BooleanField()


class RemarkRow(Shape):
    remark = serializers.IntegerField()
    part = serializers.CharField()
    text = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)


class Remarks(Shape):
    results = RemarkRow(many=True)


class RemarkLeft(Shape):
    part = serializers.CharField()
    text = serializers.CharField(allow_blank=True)


class RemarkKey(Shape):
    remark = serializers.IntegerField()
