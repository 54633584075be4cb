"""Cedar and Birch with one of everything, and everybody who may come to Cedar's addresses."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jurisdictions.models import AgencyPolicy, Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews import grants
from reviews.actions.team import step_back
from reviews.models import Review
from tests.architecture.walk import furnish, furnish_review
from tests.cast import make_person, member
from tests.reviews.situations import seat

MARK, HIDDEN = "BIRCHMARK", "HIDDENMARK"
# Who sees every review of Cedar, or is of the partnership; all others see one review at most.
OVERSEERS = ["coordinator", "quality_lead", "director", "partner"]
CAST = ["reviewer", "observer", "administrator", *OVERSEERS]


@dataclass
class Walk:
    """What the walks share: keys of one of everything in each agency, and of a review that few of Cedar may see."""

    cedar: Jurisdiction
    birch: Jurisdiction
    people: dict[str, User]
    ours: dict[str, Any]
    hidden: dict[str, Any]
    theirs: dict[str, Any]
    birch_lead: Membership
    hidden_lead: Membership

    @property
    def overseers(self) -> dict[str, User]:
        return {who: self.people[who] for who in OVERSEERS}

    @property
    def unseated(self) -> dict[str, User]:
        """Who may not see the hidden review: no seat on it, a grant on another, or they stepped back from it."""
        return {who: user for who, user in self.people.items() if who not in OVERSEERS}

    def add_hidden(self, number: str) -> dict[str, Any]:
        """One more review of Cedar in which none of the unseated has a part."""
        with jurisdiction_scope(self.cedar.pk):
            review, keys = furnish_review(self.cedar, self.hidden_lead, HIDDEN, number)
            _step_back(review, member(self.people["recused"], self.cedar))
        return keys

    def add_theirs(self, number: str) -> dict[str, Any]:
        """One more of everything in Birch, and one more person who is of it."""
        newcomer = make_person(
            f"birch{number}", self.birch, *(role for role in Role if role is not Role.GUEST)
        )
        newcomer.display_name = f"{MARK} Person"
        newcomer.save(update_fields=["display_name"])
        with jurisdiction_scope(self.birch.pk):
            return furnish(self.birch, self.birch_lead, MARK, number)


@pytest.fixture
def walk(cedar: Jurisdiction, birch: Jurisdiction, outsider: User, request: pytest.FixtureRequest) -> Walk:
    birch.name = f"{MARK} State"
    birch.save(update_fields=["name"])
    people = {who: request.getfixturevalue(who) for who in CAST}
    people |= {name: make_person(name, cedar, Role.GUEST) for name in ("guest", "approver")}
    people["recused"] = make_person("recused", cedar, *(role for role in Role if role is not Role.GUEST))
    lead, coordinator = member(people["reviewer"], cedar), member(people["coordinator"], cedar)
    with jurisdiction_scope(cedar.pk):
        ours = furnish(cedar, lead, "CEDARMARK", "2026-001")
        review = Review.objects.get()
        AgencyPolicy.objects.create(jurisdiction=cedar)
        seat(review, member(people["observer"], cedar), coordinator)
        until = timezone.localdate() + dt.timedelta(days=30)
        view, approve = ["view_review"], ["view_review", "approve_review"]
        for name, rights in (("guest", view), ("approver", approve)):
            person = member(people[name], cedar)
            grants.grant(review, to=person, rights=rights, ends_on=until, by=coordinator)
    # Somebody of Birch stood at Cedar's door: Cedar's audit tells of it, without the name.
    outsider.display_name = f"{MARK} Outsider"
    outsider.save(update_fields=["display_name"])
    stranger = Client()
    stranger.force_login(outsider)
    assert stranger.get("/j/cedar/reviews/").status_code == 404
    theirs = member(outsider, birch)
    hidden_lead = member(make_person("second", cedar, Role.REVIEWER), cedar)
    shared = Walk(cedar, birch, people, ours, {}, {}, theirs, hidden_lead)
    shared.hidden = shared.add_hidden("2026-901")
    shared.theirs = shared.add_theirs("2026-001")
    return shared


def _step_back(review: Review, who: Membership) -> None:
    step_back(review, who=who, reason="A conflict of interest was stated.", by=who)
