"""Who works on a review besides its team, and what people state: statements, guests from outside, handing over."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from jurisdictions.api import Api, ApiRequest, Shape, door, take
from jurisdictions.api.door import Scope
from jurisdictions.api.shapes import filled
from jurisdictions.models import Membership
from jurisdictions.roles import Permission
from reviews import grants
from reviews.actions.approver import end_approver, name_approver, name_reader
from reviews.actions.team import hand_over, make_statement
from reviews.models import Review, ReviewSeat
from reviews.rules.moves import STATEMENTS_CLOSED, UNDER_WAY
from reviews.rules.who import waits_for_nobody
from reviews.team_forms import ApproverForm, HandOverForm, StatementForm
from reviews.views.handing_over import holding_of
from reviews.views.page import find_review, read_review

STATEMENTS = [(code, label) for code, label in ReviewSeat.Statement.choices if code]


class StatementMade(Shape):
    statement = serializers.ChoiceField(
        STATEMENTS,
        help_text="With a conflict the person steps back: from then on they find no such review.",
    )
    note = serializers.CharField(
        default="", allow_blank=True, help_text="What the coordinator needs to know."
    )


class Stated(Shape):
    number = serializers.CharField()
    statement = serializers.ChoiceField(STATEMENTS)


class GuestNamed(Shape):
    person = serializers.IntegerField(help_text="The key of a person with the role Guest.")
    until = serializers.DateField(help_text="Today or a later day.")
    reads_only = serializers.BooleanField(default=False, help_text="False: this person may also approve.")


class GuestRow(Shape):
    person = serializers.IntegerField()
    name = serializers.CharField()
    until = serializers.DateField()
    may_approve = serializers.BooleanField()


class Guests(Shape):
    results = GuestRow(many=True)
    nobody_approves = serializers.BooleanField(
        help_text="True: the review waits for approval, and nobody can approve it now."
    )


class GuestSaid(Shape):
    """Of whom something was said; who else is a guest is for `read`."""

    number = serializers.CharField()
    person = serializers.IntegerField()


class Held(Shape):
    number = serializers.CharField()
    seat = serializers.ChoiceField(ReviewSeat.Seat.choices)


class Holdings(Shape):
    person = serializers.IntegerField()
    name = serializers.CharField()
    leads = serializers.IntegerField(help_text="Live reviews that the person leads.")
    joins = serializers.IntegerField(help_text="Live reviews on whose team the person is besides.")
    reviews = Held(many=True, help_text="Those of them that one may see.")


class Taker(Shape):
    to = serializers.IntegerField(help_text="The key of the person who takes over.")


class HandedOver(Shape):
    reviews = serializers.IntegerField(help_text="How many went over.")


class Statement(Api):
    @door(
        Permission.REVIEW_VIEW,
        scope=Scope.WRITE,
        summary="Make one’s own conflict-of-interest statement, also a later one",
        takes=StatementMade,
        answers=Stated,
    )
    def post(self, request: ApiRequest, number: str) -> dict[str, Any]:
        sent = take(StatementMade, request.data)
        review = find_review(request, number)
        if review.state in STATEMENTS_CLOSED:
            raise PermissionDenied
        form = filled(StatementForm(sent))
        note = form.cleaned_data["note"]
        make_statement(review, by=request.membership, conflict=form.has_conflict, note=note)
        return {"number": number, "statement": sent["statement"]}


class GuestList(Api):
    @door(
        Permission.REVIEW_ASSIGN,
        scope=Scope.READ,
        summary="List who from outside may read or approve a review, and until when",
        answers=Guests,
    )
    def get(self, request: ApiRequest, number: str) -> dict[str, Any]:
        return _guests(read_review(request, number).review)

    @door(
        Permission.REVIEW_ASSIGN,
        scope=Scope.WRITE,
        summary="Name somebody from outside who may approve a review, or read it, until a day",
        takes=GuestNamed,
        answers=GuestSaid,
    )
    def post(self, request: ApiRequest, number: str) -> dict[str, Any]:
        by, sent = request.membership, take(GuestNamed, request.data)
        review = find_review(request, number)
        if review.state not in UNDER_WAY:
            raise Http404
        form = filled(ApproverForm(sent, agency=by.jurisdiction))
        name = name_reader if form.cleaned_data["reads_only"] else name_approver
        name(review, person=form.named, until=form.cleaned_data["until"], by=by)
        return {"number": number, "person": form.named.pk}


class GuestOne(Api):
    @door(
        Permission.REVIEW_ASSIGN,
        scope=Scope.WRITE,
        summary="End what somebody from outside may do on a review; what they did stays",
        answers=GuestSaid,
    )
    def delete(self, request: ApiRequest, number: str, person: int) -> dict[str, Any]:
        review = find_review(request, number)
        here = Membership.objects.filter(jurisdiction=request.membership.jurisdiction).with_people()
        end_approver(review, person=get_object_or_404(here, pk=person), by=request.membership)
        return {"number": number, "person": person}


class HoldingsOf(Api):
    @door(
        Permission.REVIEW_HAND_OVER,
        scope=Scope.READ,
        summary="Count what somebody holds on live reviews, before it is handed over",
        answers=Holdings,
    )
    def get(self, request: ApiRequest, person: int) -> dict[str, Any]:
        giver = _giver(request, person).everybody[str(person)]
        holding = holding_of(giver, request.membership)
        return {
            "person": giver.pk,
            "name": str(giver),
            "leads": holding.leads,
            "joins": holding.joins,
            "reviews": [{"number": seat.review.incident.number, "seat": seat.seat} for seat in holding.shown],
        }


class HandOver(Api):
    @door(
        Permission.REVIEW_HAND_OVER,
        scope=Scope.WRITE,
        summary="Hand everything that somebody holds on live reviews to another person, in one step",
        takes=Taker,
        answers=HandedOver,
    )
    def post(self, request: ApiRequest, person: int) -> dict[str, Any]:
        sent = take(Taker, request.data)
        giver, taker = filled(_giver(request, person, sent)).named
        return {"reviews": hand_over(from_=giver, to=taker, by=request.membership)}


def _giver(request: ApiRequest, person: int, sent: dict[str, Any] | None = None) -> HandOverForm:
    """The form that hands over from this person, who is of the agency; 404 otherwise."""
    form = HandOverForm({"from_": str(person), **(sent or {})}, agency=request.membership.jurisdiction)
    if str(person) not in form.everybody:
        raise Http404
    return form


def _guests(review: Review) -> dict[str, Any]:
    return {
        "results": [
            {
                "person": one.person.pk,
                "name": str(one.person),
                "until": one.until.isoformat(),
                "may_approve": one.approves,
            }
            for one in grants.guests_of(review)
        ],
        "nobody_approves": waits_for_nobody(review),
    }
