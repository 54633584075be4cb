"""Which reviews and incidents a person sees: by overseeing, seat, grant or notification; never after stepping back."""

import datetime as dt

import pytest
from django.utils import timezone

from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.roles import Role
from reviews import grants
from reviews.actions.team import step_back
from reviews.models import Incident, Review, ReviewSeat
from reviews.querysets import keys_of_those_who_see
from reviews.views.page import ReviewPage
from tests.cast import make_person, member
from tests.reviews.situations import make_review, seat

pytestmark = pytest.mark.django_db
State = Review.State


@pytest.fixture
def watches(in_cedar: Jurisdiction, coordinator: User) -> Membership:
    return member(coordinator, in_cedar)


@pytest.fixture
def review(in_cedar: Jurisdiction, watches: Membership) -> Review:
    make_review(in_cedar, watches, number="2026-002")
    return make_review(in_cedar, watches)


def of_cedar(agency: Jurisdiction, *roles: Role) -> Membership:
    name = f"person{Membership.objects.count()}"
    return member(make_person(name, agency, *roles), agency)


def seen(by: Membership) -> tuple[list[str], list[str]]:
    """The numbers of the reviews and of the incidents that this person sees."""
    reviews = Review.objects.visible_to(by).order_by("incident__number")
    incidents = Incident.objects.visible_to(by).order_by("number")
    return [one.incident.number for one in reviews], [one.number for one in incidents]


ONE, BOTH, NONE = ["2026-001"], ["2026-001", "2026-002"], list[str]()


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.REVIEWER, NONE),
        (Role.DEBRIEFER, NONE),
        (Role.COORDINATOR, BOTH),
        (Role.QUALITY_LEAD, BOTH),
        (Role.DIRECTOR, BOTH),
        (Role.ADMINISTRATOR, NONE),
        (Role.GUEST, NONE),
    ],
)
def test_a_role_alone_shows_all_or_nothing(
    in_cedar: Jurisdiction, review: Review, role: Role, expected: list[str]
) -> None:
    assert seen(of_cedar(in_cedar, role)) == (expected, expected)


def test_a_seat_shows_its_review_while_it_lasts(
    in_cedar: Jurisdiction, review: Review, watches: Membership
) -> None:
    person = of_cedar(in_cedar, Role.REVIEWER)
    held = seat(review, person, watches)
    assert seen(person) == (ONE, ONE)
    held.ended_at = timezone.now()
    held.save(update_fields=["ended_at"])
    assert seen(person) == (NONE, NONE)


@pytest.mark.parametrize(("days", "expected"), [(1, ONE), (0, ONE), (-1, NONE)])
def test_a_grant_shows_its_review_until_its_day(
    in_cedar: Jurisdiction, review: Review, watches: Membership, days: int, expected: list[str]
) -> None:
    guest, other = of_cedar(in_cedar, Role.GUEST), of_cedar(in_cedar, Role.GUEST)
    until = timezone.localdate() + dt.timedelta(days=days)
    grants.grant(review, to=guest, rights=["view_review"], ends_on=until, by=watches)
    assert seen(guest) == (expected, NONE)
    assert seen(other) == (NONE, NONE)
    assert not grants.may_approve(guest, review)


def test_a_right_to_approve_is_of_one_person_on_one_review_until_its_day(
    in_cedar: Jurisdiction, review: Review, watches: Membership
) -> None:
    approver, other = of_cedar(in_cedar, Role.GUEST), of_cedar(in_cedar, Role.GUEST)
    rights: list[grants.Right] = ["view_review", "approve_review"]
    grants.grant(review, to=approver, rights=rights, ends_on=timezone.localdate(), by=watches)
    elsewhere = Review.objects.get(incident__number="2026-002")
    assert grants.may_approve(approver, review)
    assert not grants.may_approve(approver, elsewhere)
    assert not grants.may_approve(other, review)
    assert grants.named_to_approve([review.pk, elsewhere.pk]) == {(review.pk, approver.pk)}
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    grants.grant(review, to=approver, rights=rights, ends_on=yesterday, by=watches)
    assert not grants.may_approve(approver, review)
    assert grants.named_to_approve([review.pk]) == set()


def test_whoever_notified_sees_the_incident_and_not_its_review(in_cedar: Jurisdiction) -> None:
    person = of_cedar(in_cedar, Role.REVIEWER)
    make_review(in_cedar, person)
    assert seen(person) == (NONE, ONE)


def test_stepping_back_hides_it_from_that_person_and_from_nobody_else(
    in_cedar: Jurisdiction, review: Review, watches: Membership
) -> None:
    every = of_cedar(in_cedar, *(role for role in Role if role is not Role.GUEST))
    seat(review, every, watches)
    step_back(review, who=every, reason="Served the family.", by=every)
    other = ["2026-002"]
    assert seen(every) == (other, other)
    assert seen(watches) == (BOTH, BOTH)


def test_which_reviews_are_under_way_and_which_were_selected(
    in_cedar: Jurisdiction, watches: Membership
) -> None:
    for n, state in enumerate(State):
        approver = watches if state == State.APPROVED else None
        make_review(in_cedar, watches, number=f"2026-10{n}", state=state, approver=approver)
    under_way = {State.IN_REVIEW, State.WITH_QUALITY_LEAD, State.WITH_DIRECTOR}
    assert set(Review.objects.under_way().values_list("state", flat=True)) == under_way
    assert set(Review.objects.selected().values_list("state", flat=True)) == under_way | {State.APPROVED}


def test_the_list_goes_on_after_each_place(in_cedar: Jurisdiction, watches: Membership) -> None:
    """Also between reviews that are due on the same day."""
    today = timezone.localdate()
    for n, days in enumerate((3, 1, 3, 3, 2)):
        make_review(in_cedar, watches, number=f"2026-20{n}", due_on=today + dt.timedelta(days=days))
    ordered = list(Review.objects.for_list())
    assert [review.incident.number for review in ordered] == [f"2026-20{n}" for n in (1, 4, 0, 2, 3)]
    for place, review in enumerate(ordered):
        assert review.due_on is not None
        assert list(Review.objects.after(review.due_on, review.pk).for_list()) == ordered[place + 1 :]


def test_incidents_go_on_after_and_before_each_place(in_cedar: Jurisdiction, watches: Membership) -> None:
    """Those without a day come before all others, and days that are alike keep their order."""
    today = timezone.localdate()
    for n, days in enumerate((3, None, 3, 1, None, 3)):
        review = make_review(in_cedar, watches, number=f"2026-30{n}")
        on = None if days is None else today - dt.timedelta(days=days)
        Incident.objects.filter(pk=review.pk).update(occurred_on=on)
    ordered = list(Incident.objects.for_list())
    assert [incident.number[-1] for incident in ordered] == ["4", "1", "3", "5", "2", "0"]
    assert list(Incident.objects.oldest_first()) == ordered[::-1]
    for place, incident in enumerate(ordered):
        at = (incident.occurred_on, incident.pk)
        assert list(Incident.objects.after(*at).for_list()) == ordered[place + 1 :]
        assert list(Incident.objects.before(*at).for_list()) == ordered[:place]


def test_asking_for_many_people_answers_as_asking_for_each(
    in_cedar: Jurisdiction, review: Review, watches: Membership
) -> None:
    """`keys_of_those_who_see` is `visible_to` the other way round: every role, alone, seated, granted and away."""
    today, people = timezone.localdate(), []
    for role in Role:
        for how in ("alone", "seated", "was seated", "granted", "was granted", "away"):
            person = of_cedar(in_cedar, role)
            people.append(person)
            if how in {"seated", "was seated", "away"}:
                held = seat(review, person, watches)
                ReviewSeat.objects.filter(pk=held.pk, membership=person).update(
                    ended_at=timezone.now() if how == "was seated" else None
                )
            if "granted" in how or how == "away":
                day = today - dt.timedelta(days=how == "was granted")
                grants.grant(review, to=person, rights=["view_review"], ends_on=day, by=watches)
            if how == "away":
                step_back(review, who=person, reason="A cousin.", by=watches)
    each = {one.pk for one in people if Review.objects.visible_to(one).filter(pk=review.pk).exists()}
    assert keys_of_those_who_see(review, people) == each
    assert 0 < len(each) < len(people)


def test_a_review_leads_to_its_incident_exactly_where_that_may_be_seen(
    in_cedar: Jurisdiction, watches: Membership
) -> None:
    """`ReviewPage.shows_incident` says it without a query; the queryset is the rule."""
    people = {str(role): of_cedar(in_cedar, role) for role in Role}
    notifier, seated, away = (of_cedar(in_cedar, Role.REVIEWER) for _ in range(3))
    notified_and_seated, overseer_away = of_cedar(in_cedar, Role.DEBRIEFER), of_cedar(in_cedar, Role.DIRECTOR)
    reviews = [make_review(in_cedar, notifier), make_review(in_cedar, notified_and_seated, number="2026-002")]
    until = timezone.localdate() + dt.timedelta(days=1)
    for review in reviews:
        for person in (seated, away, notified_and_seated):
            seat(review, person, watches)
        grants.grant(review, to=people["guest"], rights=["view_review"], ends_on=until, by=watches)
        for person in (away, overseer_away):
            step_back(review, who=person, reason="A cousin.", by=person)
    everybody = [*people.values(), notifier, seated, away, notified_and_seated, overseer_away, watches]
    answers = set()
    for person in everybody:
        for review in Review.objects.visible_to(person):
            shown = ReviewPage(review, person).shows_incident
            assert shown == Incident.objects.visible_to(person).filter(pk=review.pk).exists(), person
            answers.add(shown)
        if person in (away, overseer_away):
            assert seen(person) == (NONE, NONE)
    assert answers == {True, False}
    assert seen(notifier) == (NONE, ONE)
