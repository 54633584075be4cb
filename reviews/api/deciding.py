"""Deciding on a review, and who works on it: the forms of the pages, filled in with JSON."""

from typing import Any

from django.http import Http404
from rest_framework import serializers

from jurisdictions.api import Api, ApiRequest, Kind, Shape, door, take
from jurisdictions.api.described import Told
from jurisdictions.api.door import Scope
from jurisdictions.api.shapes import filled
from jurisdictions.models import Membership
from jurisdictions.roles import Permission
from reviews.actions.hold import hold_review, release_hold
from reviews.actions.select import do_not_select, select_for_review
from reviews.actions.team import name_team
from reviews.api import shapes
from reviews.api.reviews import state_of
from reviews.models import Review
from reviews.rules.moves import UNDER_WAY
from reviews.team_forms import HoldForm, SelectionForm, TeamForm
from reviews.views.page import find_review


class _Team(Shape):
    lead = serializers.IntegerField(required=False, allow_null=True, help_text="The key of a person.")
    team = serializers.ListField(child=serializers.IntegerField(), default=list, max_length=50)


class Decision(_Team):
    decision = serializers.ChoiceField([("select", "Review it"), ("do_not_select", "Do not review it")])
    reasons = serializers.ListField(child=Told("code_selection_reasons"), max_length=50)
    note = serializers.CharField(default="", allow_blank=True)


class TeamNamed(_Team):
    pass


class Hold(Shape):
    reason = serializers.ChoiceField(Review.Hold.choices)
    until = serializers.DateField(help_text="A day after today.")
    note = serializers.CharField(default="", allow_blank=True)


class Person(Shape):
    person = serializers.IntegerField()
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())


class Persons(Shape):
    results = Person(many=True)


class People(Api):
    @door(
        Permission.REVIEW_SELECT,
        Permission.REVIEW_ASSIGN,
        Permission.REVIEW_HAND_OVER,
        scope=Scope.READ,
        summary="List the agency’s people, to name a team or to hand over",
        answers=Persons,
    )
    def get(self, request: ApiRequest) -> dict[str, Any]:
        here = Membership.objects.current().filter(jurisdiction=request.membership.jurisdiction).with_people()
        return {
            "results": [{"person": one.pk, "name": str(one), "roles": one.roles_in_force} for one in here]
        }


class Selection(Api):
    @door(
        Permission.REVIEW_SELECT,
        scope=Scope.WRITE,
        summary="Decide whether an incident gets a review",
        takes=Decision,
        answers=shapes.StateNow,
    )
    def post(self, request: ApiRequest, number: str) -> dict[str, Any]:
        by, sent = request.membership, take(Decision, request.data)
        review = find_review(request, number)
        form = filled(SelectionForm(sent, edition=review.asked.questions, agency=by.jurisdiction))
        given = form.cleaned_data
        said = {"reasons": given["reasons"], "note": given["note"]}
        if given["decision"] == "select":
            lead, team = form.named
            return state_of(select_for_review(review, lead=lead, team=team, by=by, **said))
        return state_of(do_not_select(review, by=by, **said))


class Team(Api):
    @door(
        Permission.REVIEW_ASSIGN,
        scope=Scope.WRITE,
        summary="Name the lead and the team of a review under way",
        takes=TeamNamed,
        answers=shapes.StateNow,
    )
    def put(self, request: ApiRequest, number: str) -> dict[str, Any]:
        sent = take(TeamNamed, request.data)
        review = find_review(request, number)
        if review.state not in UNDER_WAY:
            raise Http404
        lead, team = filled(TeamForm(sent, agency=request.membership.jurisdiction)).named
        name_team(review, lead=lead, team=team, by=request.membership)
        return state_of(review)


class HoldOnReview(Api):
    @door(
        Permission.REVIEW_HOLD,
        scope=Scope.WRITE,
        summary="Put a review on hold, or move the day until which it waits",
        takes=Hold,
        answers=shapes.StateNow,
    )
    def put(self, request: ApiRequest, number: str) -> dict[str, Any]:
        form = filled(HoldForm(take(Hold, request.data)))
        review = find_review(request, number)
        return state_of(hold_review(review, by=request.membership, **form.cleaned_data))

    @door(
        Permission.REVIEW_HOLD,
        scope=Scope.WRITE,
        summary="Take a review off hold; one that is on none stays as it is",
        answers=shapes.StateNow,
        refuses=(Kind.REFUSED,),
    )
    def delete(self, request: ApiRequest, number: str) -> dict[str, Any]:
        review = find_review(request, number)
        return state_of(release_hold(review, by=request.membership) or review)
