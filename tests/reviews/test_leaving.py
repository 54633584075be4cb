"""Somebody who leaves hands over what they hold on live reviews first."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jurisdictions.actions.people import CannotChangeRoles, CannotRemove, change_roles, remove_person
from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.rules import Refused
from jurisdictions.tenancy import jurisdiction_scope
from reviews import grants
from reviews.actions.approver import name_approver
from reviews.actions.team import hand_over, step_back
from reviews.models import Review
from reviews.rules.leaving import leaves_no_turn_to_nobody
from tests.cast import make_person, member
from tests.reviews.situations import author, make_review


@pytest.mark.parametrize(
    ("state", "free"),
    [
        (Review.State.IN_REVIEW, False),
        (Review.State.WITH_QUALITY_LEAD, False),
        (Review.State.WITH_DIRECTOR, False),
        (Review.State.NOT_SELECTED, True),
    ],
)
def test_only_a_live_review_holds_a_person_back(
    in_cedar: Jurisdiction, administrator: User, reviewer: User, state: str, free: bool
) -> None:
    by, leaving = member(administrator, in_cedar), member(reviewer, in_cedar)
    make_review(in_cedar, by, state=state, lead=leaving)
    if free:
        assert remove_person(leaving, by=by).left_at is not None
    else:
        with pytest.raises(CannotRemove, match=r"people\.live_reviews"):
            remove_person(leaving, by=by)


def test_the_page_names_the_way_and_lets_go_after_it(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, administrator: User, reviewer: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        by, leaving = member(administrator, cedar), member(reviewer, cedar)
        make_review(cedar, by, lead=leaving)
        heir = member(make_person("heir", cedar, "reviewer"), cedar)  # type: ignore[arg-type]
    client, address = sign_in("administrator"), f"/j/cedar/people/{leaving.pk}/remove/"
    page = client.post(address).content.decode()
    assert "works on 1 review that is under way. Hand it over first." in page
    assert f'href="/j/cedar/reviews/hand-over/?from={leaving.pk}"' in page
    assert "2026-001" not in page
    assert client.get(f"/j/cedar/reviews/hand-over/?from={leaving.pk}").status_code == 200
    with jurisdiction_scope(cedar.pk):
        hand_over(from_=leaving, to=heir, by=by)
    assert client.post(address).status_code == 302
    assert Membership.objects.get(pk=leaving.pk).left_at is not None


@pytest.mark.parametrize(
    ("seat", "roles", "words"),
    [
        ("lead", ["director"], "works on 1 review"),
        ("lead", ["debriefer"], "leads 1 review"),
        ("member", ["coordinator"], "works on 1 review"),
        ("member", ["debriefer"], None),
        ("lead", ["reviewer", "director"], None),
    ],
)
def test_roles_are_kept_while_a_live_review_needs_them(
    in_cedar: Jurisdiction,
    administrator: User,
    reviewer: User,
    seat: str,
    roles: list[str],
    words: str | None,
) -> None:
    by, person = member(administrator, in_cedar), member(reviewer, in_cedar)
    review = make_review(in_cedar, by, lead=person)
    review.seats.update(seat=seat)
    if words is None:
        assert change_roles(person, roles=roles, by=by).roles
        return
    with pytest.raises(CannotChangeRoles, match=r"^people\.live_reviews$") as refusal:
        change_roles(person, roles=roles, by=by)
    (problem,) = refusal.value.problems
    assert words in problem.message
    assert problem.url == f"/j/cedar/reviews/hand-over/?from={person.pk}"


def test_a_lead_who_has_lost_the_role_already_can_be_given_it_back(
    in_cedar: Jurisdiction, administrator: User, director: User
) -> None:
    by, person = member(administrator, in_cedar), member(director, in_cedar)
    make_review(in_cedar, by, lead=person)
    assert change_roles(person, roles=["director", "coordinator"], by=by).roles
    assert change_roles(person, roles=["reviewer"], by=by).roles == ["reviewer"]


ALONE = [
    ("coordinator", "notified", "1 incident waits for the selection decision"),
    ("coordinator", "to_be_selected", "1 incident waits for the selection decision"),
    ("quality_lead", "with_quality_lead", "1 review is with the quality lead"),
    ("director", "with_director", "1 review waits for approval"),
    ("coordinator", "in_review", None),
    ("coordinator", "not_selected", None),
    ("quality_lead", "with_director", None),
    ("director", "with_quality_lead", None),
]


class TestTheOnlyOne:
    @pytest.fixture
    def by(self, administrator: User, cedar: Jurisdiction) -> Membership:
        return member(administrator, cedar)

    @pytest.mark.parametrize(("role", "state", "words"), ALONE)
    def test_the_only_one_whom_a_review_waits_for_stays(
        self, in_cedar: Jurisdiction, by: Membership, role: str, state: str, words: str | None
    ) -> None:
        only = member(make_person("only", in_cedar, Role(role)), in_cedar)
        make_review(in_cedar, by, state=state)
        if words is None:
            assert change_roles(only, roles=["reviewer"], by=by).roles == ["reviewer"]
            return
        for act in (
            lambda: change_roles(only, roles=["reviewer"], by=by),
            lambda: remove_person(only, by=by),
        ):
            with pytest.raises(Refused, match=r"^people\.only_one$") as refusal:
                act()
            (problem,) = refusal.value.problems
            assert problem.message.startswith(words)
            assert problem.url == "/j/cedar/people/"
        assert change_roles(only, roles=[role, "reviewer"], by=by).roles
        second = member(make_person("second", in_cedar, Role(role)), in_cedar)
        assert change_roles(only, roles=["reviewer"], by=by).roles == ["reviewer"]
        with pytest.raises(Refused, match="only_one"):
            remove_person(second, by=by)

    @pytest.mark.parametrize("how", ["wrote", "stepped back"])
    def test_another_who_may_not_take_it_up_does_not_count(
        self, in_cedar: Jurisdiction, by: Membership, director: User, how: str
    ) -> None:
        review = make_review(in_cedar, by, state="with_director")
        other = member(make_person("other", in_cedar, Role.DIRECTOR), in_cedar)
        if how == "wrote":
            author(review, other)
        else:
            step_back(review, who=other, reason="A cousin.", by=by)
        with pytest.raises(Refused, match="only_one"):
            remove_person(member(director, in_cedar), by=by)
        assert remove_person(other, by=by).left_at is not None

    def test_an_approver_from_outside_is_one_to_wait_for(
        self, in_cedar: Jurisdiction, by: Membership, director: User, coordinator: User
    ) -> None:
        review = make_review(in_cedar, by)
        guest = member(make_person("guest", in_cedar, Role.GUEST), in_cedar)
        name_approver(review, person=guest, until=timezone.localdate(), by=member(coordinator, in_cedar))
        Review.objects.update(state="with_director")
        assert remove_person(member(director, in_cedar), by=by).left_at is not None
        with pytest.raises(Refused, match="only_one"):
            remove_person(guest, by=by)

    @pytest.mark.parametrize("roles", [["director"], ["quality_lead"], ["guest", "reviewer"]])
    def test_who_approves_from_outside_stays_a_guest(
        self, in_cedar: Jurisdiction, by: Membership, director: User, coordinator: User, roles: list[str]
    ) -> None:
        """By any other role that reads reviews, nobody approves by a grant; a director does by the role."""
        review = make_review(in_cedar, by)
        guest = member(make_person("guest", in_cedar, Role.GUEST), in_cedar)
        name_approver(review, person=guest, until=timezone.localdate(), by=member(coordinator, in_cedar))
        Review.objects.update(state="with_director")
        author(review, member(director, in_cedar))
        if roles == ["quality_lead"]:
            with pytest.raises(CannotChangeRoles, match=r"^people\.only_one$"):
                change_roles(guest, roles=roles, by=by)
        else:
            assert sorted(change_roles(guest, roles=roles, by=by).roles) == sorted(roles)

    def test_many_reviews_that_wait_cost_no_more_queries_than_one(
        self,
        in_cedar: Jurisdiction,
        by: Membership,
        django_assert_max_num_queries: Callable[..., AbstractContextManager[CaptureQueriesContext]],
    ) -> None:
        every = [Role.COORDINATOR, Role.QUALITY_LEAD, Role.DIRECTOR]
        only = member(make_person("only", in_cedar, *every), in_cedar)
        guest = member(make_person("guest", in_cedar, Role.GUEST), in_cedar)
        states = ["notified", "with_quality_lead", "with_director"]

        def refused(numbers: range) -> list[str]:
            for number in numbers:
                for group, state in enumerate(states):
                    review = make_review(in_cedar, by, number=f"2026-{group}{number:02}", state=state)
                    ends_on = timezone.localdate()
                    grants.grant(review, to=guest, rights=["view_review"], ends_on=ends_on, by=by)
            return [problem.message for problem in leaves_no_turn_to_nobody(only, [])]

        assert len(refused(range(1))) == 3
        with django_assert_max_num_queries(20) as one:
            refused(range(0))
        assert refused(range(1, 20))[0].startswith("20 incidents")
        with django_assert_max_num_queries(len(one)):
            assert len(refused(range(0))) == 3

    def test_the_page_says_how_many_and_keeps_what_was_ticked(
        self, cedar: Jurisdiction, by: Membership, director: User, sign_in: Callable[[str], Client]
    ) -> None:
        with jurisdiction_scope(cedar.pk):
            for number in ("2026-001", "2026-002"):
                make_review(cedar, by, number=number, state="with_director")
            person = member(director, cedar)
        answer = sign_in("administrator").post(f"/j/cedar/people/{person.pk}/roles/", {"roles": ["reviewer"]})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "2 reviews wait for approval, and nobody else could give it." in page
        assert "2026-00" not in page
