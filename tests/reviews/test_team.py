"""Who may lead, who may approve from outside, and what two coordinators do at once."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from inbox.models import Message
from jurisdictions.actions.people import change_roles, remove_person
from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.rules import Refused
from jurisdictions.tenancy import jurisdiction_scope
from reviews import grants
from reviews.actions.approver import CannotNameApprover, end_approver, name_approver
from reviews.actions.moves import CannotMove, make_move
from reviews.actions.team import CannotName, hand_over, make_statement, name_team, step_back
from reviews.models import Review, ReviewGrant
from reviews.rules.moves import MOVES
from reviews.rules.who import may_make, people_told
from tests.cast import make_person, member
from tests.locks import come_to_wait, in_another_connection
from tests.reviews.situations import author, complete, seat

HOME = "/j/cedar/reviews/2026-001/"
SignIn = Callable[[str], Client]


@pytest.fixture
def inside(review: Review, cedar: Jurisdiction) -> Iterator[None]:
    with jurisdiction_scope(cedar.pk):
        yield


def seats(review: Review) -> dict[int, str]:
    return dict(review.seats.filter(ended_at=None).values_list("membership_id", "seat"))


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
class TestLead:
    def test_whoever_records_debriefs_only_does_not_lead(
        self, review: Review, lead: Membership, by: Membership, observer: User, cedar: Jurisdiction
    ) -> None:
        debriefer = member(observer, cedar)
        with pytest.raises(CannotName, match=r"^team\.lead_role$"):
            name_team(review, lead=debriefer, team=[lead], by=by)
        name_team(review, lead=lead, team=[debriefer], by=by)
        with pytest.raises(CannotName, match=r"^team\.lead_role$"):
            hand_over(from_=lead, to=debriefer, by=by)
        assert seats(review) == {lead.pk: "lead", debriefer.pk: "member"}

    @pytest.mark.usefixtures("quality_lead")
    def test_a_lead_whose_role_was_narrowed_cannot_send(self, review: Review, lead: Membership) -> None:
        complete(review, lead)
        Membership.objects.filter(pk=lead.pk).update(roles=["debriefer"])
        lead.refresh_from_db()
        assert may_make(MOVES["send_to_quality_lead"], review, lead), (
            "the button says why, and does not vanish"
        )
        with pytest.raises(CannotMove) as refusal:
            make_move(review, "send_to_quality_lead", by=lead)
        assert "team.lead_role" in {problem.code for problem in refusal.value.problems}

    @pytest.mark.usefixtures("quality_lead")
    def test_a_review_without_a_lead_says_so(self, review: Review, lead: Membership) -> None:
        complete(review, lead)
        review.seats.update(seat="member")
        with pytest.raises(CannotMove, match=r"team\.lead"):
            make_move(review, "send_to_quality_lead", by=lead)

    def test_nobody_is_named_to_a_closed_review(
        self, review: Review, lead: Membership, by: Membership
    ) -> None:
        Review.objects.update(state="not_selected")
        with pytest.raises(CannotName, match=r"team\.closed"):
            name_team(review, lead=lead, team=[], by=by)

    def test_the_team_goes_on_when_a_member_hands_over(
        self, review: Review, lead: Membership, by: Membership, observer: User, cedar: Jurisdiction
    ) -> None:
        second = member(make_person("second", cedar, Role.REVIEWER), cedar)
        seat(review, member(observer, cedar), by)
        hand_over(from_=member(observer, cedar), to=second, by=by)
        assert seats(review) == {lead.pk: "lead", second.pk: "member"}
        hand_over(from_=lead, to=second, by=by)
        assert seats(review) == {second.pk: "lead"}


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
class TestApproverFromOutside:
    def test_who_wrote_stepped_back_or_works_on_it_is_refused(
        self, review: Review, by: Membership, guest: Membership, lead: Membership
    ) -> None:
        until = timezone.localdate()
        with pytest.raises(CannotNameApprover, match=r"^approver\.guest; approver\.seat$"):
            name_approver(review, person=lead, until=until, by=by)
        author(review, guest)
        with pytest.raises(CannotNameApprover, match=r"^approver\.wrote$"):
            name_approver(review, person=guest, until=until, by=by)
        step_back(review, who=guest, reason="The aunt of a colleague.", by=by)
        with pytest.raises(CannotNameApprover, match=r"^approver\.away$"):
            name_approver(review, person=guest, until=until, by=by)
        assert not ReviewGrant.objects.exists()

    def test_a_day_that_has_passed_and_a_closed_review_are_refused(
        self, review: Review, by: Membership, guest: Membership
    ) -> None:
        Review.objects.update(state="not_selected")
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        with pytest.raises(CannotNameApprover, match=r"^approver\.closed; approver\.day$"):
            name_approver(review, person=guest, until=yesterday, by=by)

    def test_ending_it_takes_sight_and_approval_at_once(
        self, review: Review, by: Membership, guest: Membership
    ) -> None:
        until = timezone.localdate() + dt.timedelta(days=9)
        name_approver(review, person=guest, until=until, by=by)
        assert people_told(MOVES["send_to_director"], review) == [guest]
        assert grants.guests_of(review) == [(guest, until, True)]
        assert Review.objects.visible_to(guest).exists()
        for _ in range(2):
            end_approver(review, person=guest, by=by)
        assert not Review.objects.visible_to(guest).exists()
        assert not grants.may_approve(guest, review)
        assert grants.guests_of(review) == []
        ended = AuditEvent.objects.get(kind="review.approver_ended")
        assert (ended.about, ended.ids) == (f"review:{review.pk}", {"person": guest.pk})

    def test_naming_again_after_the_end_is_told_again(
        self, review: Review, by: Membership, guest: Membership
    ) -> None:
        until = timezone.localdate() + dt.timedelta(days=9)
        for _ in range(2):
            name_approver(review, person=guest, until=until, by=by)
        assert Message.objects.filter(kind="approver_named").count() == 1, "moving the day is not told"
        end_approver(review, person=guest, by=by)
        name_approver(review, person=guest, until=until, by=by)
        assert Message.objects.filter(kind="approver_named").count() == 2

    def test_a_guest_who_wrote_meanwhile_is_not_asked_to_approve(
        self, review: Review, by: Membership, guest: Membership
    ) -> None:
        name_approver(review, person=guest, until=timezone.localdate(), by=by)
        author(review, guest)
        assert people_told(MOVES["send_to_director"], review) == []


@pytest.mark.django_db
class TestApproverPage:
    def test_a_coordinator_ends_what_a_guest_may_do(
        self, review: Review, by: Membership, guest: Membership, cedar: Jurisdiction, sign_in: SignIn
    ) -> None:
        with jurisdiction_scope(cedar.pk):
            name_approver(review, person=guest, until=timezone.localdate(), by=by)
            Review.objects.update(state="with_director")
        client = sign_in("coordinator")
        for page in ("approver/", "team/"):
            assert f'name="end" value="{guest.pk}"' in client.get(HOME + page).content.decode()
        reader = Client()
        reader.force_login(guest.user)
        assert reader.get(HOME + "read/").status_code == 200
        answer = client.post(HOME + "approver/", {"end": str(guest.pk)}, follow=True)
        assert "Nobody can approve this review now." in answer.content.decode()
        assert reader.get(HOME + "read/").status_code == 404

    def test_it_can_be_ended_after_the_approval_and_nobody_named_then(
        self, review: Review, by: Membership, guest: Membership, cedar: Jurisdiction, sign_in: SignIn
    ) -> None:
        with jurisdiction_scope(cedar.pk):
            name_approver(review, person=guest, until=timezone.localdate(), by=by)
            Review.objects.update(state="with_director")
            make_move(review, "approve", by=guest)
        client = sign_in("coordinator")
        assert f'href="{HOME}approver/"' in client.get(HOME).content.decode()
        assert "Name this person" not in client.get(HOME + "approver/").content.decode()
        assert client.post(HOME + "approver/", {"person": str(guest.pk)}).status_code == 403
        assert client.post(HOME + "approver/", {"end": str(guest.pk)}).status_code == 302
        assert client.get(HOME + "approver/").status_code == 404

    @pytest.mark.parametrize("who", ["reviewer", "director", "quality_lead"])
    def test_nobody_else_ends_it(
        self,
        review: Review,
        by: Membership,
        guest: Membership,
        cedar: Jurisdiction,
        sign_in: SignIn,
        who: str,
        request: pytest.FixtureRequest,
    ) -> None:
        with jurisdiction_scope(cedar.pk):
            name_approver(review, person=guest, until=timezone.localdate(), by=by)
        assert sign_in(who).post(HOME + "approver/", {"end": str(guest.pk)}).status_code == 403
        with jurisdiction_scope(cedar.pk):
            assert grants.may_approve(guest, review)

    @pytest.mark.parametrize("key", ["x", "0", "99999999999999999999"])
    def test_a_stranger_cannot_be_ended(
        self, review: Review, sign_in: SignIn, guest: Membership, key: str
    ) -> None:
        assert sign_in("coordinator").post(HOME + "approver/", {"end": key}).status_code in {302, 404}

    def test_an_author_is_refused_in_words_and_what_was_typed_stays(
        self, review: Review, guest: Membership, cedar: Jurisdiction, sign_in: SignIn
    ) -> None:
        with jurisdiction_scope(cedar.pk):
            author(review, guest)
        until = timezone.localdate().isoformat()
        answer = sign_in("coordinator").post(HOME + "approver/", {"person": str(guest.pk), "until": until})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "wrote in this review, so somebody else approves it" in page
        assert f'value="{until}"' in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["name", "state", "step_back", "hand_over", "approver"])
def test_people_are_named_one_after_the_other(
    review: Review, cedar: Jurisdiction, lead: Membership, by: Membership, guest: Membership, act: str
) -> None:
    second = member(make_person("second", cedar, Role.REVIEWER), cedar)
    acts: dict[str, Callable[[], object]] = {
        "name": lambda: name_team(review, lead=lead, team=[second], by=by),
        "state": lambda: make_statement(review, by=lead, conflict=True),
        "step_back": lambda: step_back(review, who=second, reason="Knows the family.", by=by),
        "hand_over": lambda: hand_over(from_=lead, to=second, by=by),
        "approver": lambda: name_approver(review, person=guest, until=timezone.localdate(), by=by),
    }
    other, done = in_another_connection(cedar, acts[act])
    with jurisdiction_scope(cedar.pk), transaction.atomic():
        Review.objects.locked(review.pk)
        other.start()
        assert come_to_wait(other), "whoever names people waits for the review"
    other.join(20)
    assert done == ["done"]


@pytest.mark.django_db(transaction=True)
def test_two_teams_at_once_leave_one_of_them(
    review: Review, cedar: Jurisdiction, lead: Membership, by: Membership
) -> None:
    people = [member(make_person(name, cedar, Role.REVIEWER), cedar) for name in ("second", "third")]
    both_in = threading.Barrier(2, timeout=10)

    def naming(person: Membership) -> Callable[[], object]:
        def act() -> None:
            both_in.wait()
            name_team(review, lead=person, team=[], by=by)

        return act

    threads = [in_another_connection(cedar, naming(person)) for person in people]
    for thread, _ in threads:
        thread.start()
    for thread, _ in threads:
        thread.join(20)
    assert [done for _, done in threads] == [["done"], ["done"]]
    with jurisdiction_scope(cedar.pk):
        assert seats(review) in [{person.pk: "lead"} for person in people]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["leaves", "loses the role"])
@pytest.mark.parametrize("first", ["goes", "named"])
def test_nobody_is_seated_who_just_left(
    review: Review, cedar: Jurisdiction, lead: Membership, by: Membership, first: str, act: str
) -> None:
    second = member(make_person("second", cedar, Role.REVIEWER), cedar)
    refused: list[str] = []

    def name() -> None:
        name_team(review, lead=lead, team=[second], by=by)

    def go() -> None:
        if act == "leaves":
            remove_person(second, by=by)
        else:
            change_roles(second, roles=["director"], by=by)

    def refusing(do: Callable[[], None]) -> Callable[[], None]:
        def doing() -> None:
            try:
                do()
            except Refused as refusal:
                refused.append(str(refusal))

        return doing

    other, _ = in_another_connection(cedar, refusing(name if first == "goes" else go))
    with jurisdiction_scope(cedar.pk):
        go() if first == "goes" else name()
        other.start()
        assert come_to_wait(other), "the second waits"
    other.join(20)
    late = {"leaves": "team.left", "loses the role": "team.role"}[act]
    assert refused == [late if first == "goes" else "people.live_reviews"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("conflict", "status"), [("conflict", 302), ("no_conflict", 422)])
def test_a_statement_on_a_seat_that_ended_meanwhile(
    review: Review, cedar: Jurisdiction, lead: Membership, by: Membership, conflict: str, status: int
) -> None:
    """A conflict is never lost; without one there is nothing to record, and what was typed is given back."""
    with jurisdiction_scope(cedar.pk):
        review.seats.update(statement="", stated_at=None)
    answers: list[HttpResponse] = []
    client = Client()
    client.force_login(lead.user)

    def state() -> None:
        typed = {"statement": conflict, "note": "KEPT words."}
        answers.append(client.post(HOME + "statement/", typed))
        connection.close()

    stating = threading.Thread(target=state)
    with jurisdiction_scope(cedar.pk):
        Review.objects.locked(review.pk)
        review.seats.update(ended_at=timezone.now())
        stating.start()
        assert come_to_wait(stating), "the statement waits for the review"
    stating.join(20)
    (answer,) = answers
    assert answer.status_code == status
    with jurisdiction_scope(cedar.pk):
        assert list(review.recusals.values_list("reason", flat=True)) == ["KEPT words."] * (
            conflict == "conflict"
        )
    if conflict == "no_conflict":
        page = answer.content.decode()
        assert "You are not on the team of this review any more" in page
        assert "KEPT words." in page


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_what_is_handed_over_again_is_told_again(
    review: Review, cedar: Jurisdiction, lead: Membership, by: Membership
) -> None:
    second = member(make_person("second", cedar, Role.REVIEWER), cedar)
    for from_, to in ((lead, second), (second, lead), (lead, second)):
        hand_over(from_=from_, to=to, by=by)
    told = Message.objects.filter(kind="handed_over").values_list("to", flat=True)
    assert sorted(told) == sorted([second.pk, lead.pk, second.pk])
