"""The ceiling that the partnership sets over an agency's roles: what lies over it gives nothing; nobody gets more."""

import re
import threading
from collections.abc import Callable
from html import unescape

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from inbox.models import Message
from jurisdictions.actions.agencies import (
    AgencyChanged,
    ceiling_as_read,
    set_role_ceiling,
)
from jurisdictions.actions.invitations import CannotAccept, CannotInvite, accept_invitation, invite_person
from jurisdictions.actions.people import CannotChangeRoles, change_roles
from jurisdictions.ceiling import who_exceeds
from jurisdictions.links import token_for
from jurisdictions.models import AuditEvent, Invitation, Jurisdiction, Membership, PartnershipEvent, User
from jurisdictions.roles import RIGHTS, ROLES, Permission, Role, allowed, every_role, rights_over
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import make_person, member

PAGE = "/partnership/agencies/cedar/roles/"
PEOPLE = "/j/cedar/people/"


def without(*closed: Role) -> list[str]:
    return [role for role in every_role() if role not in closed]


def close(agency: Jurisdiction, *closed: Role) -> None:
    """Straight in the table, as it stands after somebody has closed these roles."""
    Jurisdiction.objects.filter(pk=agency.pk).update(role_ceiling=without(*closed))
    agency.refresh_from_db()


# -- What counts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", Role)
@pytest.mark.parametrize("role", Role)
@pytest.mark.django_db
def test_a_role_over_the_ceiling_gives_nothing_and_the_others_what_they_did(
    cedar: Jurisdiction, closed: Role, role: Role
) -> None:
    if closed == Role.ADMINISTRATOR:
        return
    close(cedar, closed)
    person = member(make_person("somebody", cedar, role), cedar)
    assert {right for right in Permission if person.allows(right)} == (
        set() if role == closed else ROLES[role]
    )
    assert person.is_a(role) == (role != closed)
    assert Membership.objects.holding(role).exists() == (role != closed)
    assert Membership.objects.over_ceiling().exists() == (role == closed)
    assert person.roles == [role]  # kept, until somebody mends it


def test_every_right_has_words() -> None:
    assert set(RIGHTS) == set(Permission)


@pytest.mark.parametrize("role", Role)
def test_the_rights_over_a_ceiling_are_those_that_no_role_under_it_has(role: Role) -> None:
    ceiling = without(role)
    rest = [right for right in Permission if allowed(ceiling, right)]
    assert rights_over(role, ceiling) == [right for right in Permission if right in ROLES[role] - set(rest)]


@pytest.mark.django_db
@pytest.mark.parametrize("ceiling", [without(Role.ADMINISTRATOR), [*every_role(), "emperor"], []])
def test_the_database_keeps_administrators_and_knows_the_roles(
    cedar: Jurisdiction, ceiling: list[str]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Jurisdiction.objects.filter(pk=cedar.pk).update(role_ceiling=ceiling)


@pytest.mark.django_db
def test_whatever_says_nothing_of_a_ceiling_has_every_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO jurisdictions_jurisdiction (slug, name, kind, created_at) VALUES ('a', 'A', 'city', now())"
        )
    assert Jurisdiction.objects.get().role_ceiling == every_role() == Jurisdiction().role_ceiling


def test_rights_stop_with_the_next_request(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, coordinator: User
) -> None:
    client = sign_in("coordinator")
    assert client.get("/j/cedar/incidents/").status_code == 200
    close(cedar, Role.COORDINATOR)
    assert client.get("/j/cedar/incidents/").status_code == 403
    close(cedar)
    assert client.get("/j/cedar/incidents/").status_code == 200


# -- Nobody gets more -----------------------------------------------------------------------------


@pytest.fixture
def by(in_cedar: Jurisdiction, administrator: User) -> Membership:
    return member(administrator, in_cedar)


def test_nobody_is_invited_beyond_it(in_cedar: Jurisdiction, by: Membership) -> None:
    close(in_cedar, Role.DIRECTOR)
    with pytest.raises(CannotInvite, match="over_ceiling"):
        invite_person(in_cedar, email="a@example.org", roles=["reviewer", "director"], by=by)
    assert not Invitation.objects.exists()


def test_the_ceiling_is_read_when_it_counts_and_not_when_the_page_was(
    in_cedar: Jurisdiction, by: Membership, reviewer: User
) -> None:
    stale, person = Jurisdiction.objects.get(pk=in_cedar.pk), member(reviewer, in_cedar)
    close(in_cedar, Role.DIRECTOR)
    with pytest.raises(CannotInvite):
        invite_person(stale, email="a@example.org", roles=["director"], by=by)
    with pytest.raises(CannotChangeRoles, match="over_ceiling"):
        change_roles(person, roles=["director"], by=by)


def test_an_invitation_from_before_is_accepted_as_it_stands_or_not_at_all(
    in_cedar: Jurisdiction, by: Membership
) -> None:
    invitation = invite_person(in_cedar, email="new@example.org", roles=["reviewer", "director"], by=by)
    newcomer = make_person("new")
    close(in_cedar, Role.DIRECTOR)
    with pytest.raises(CannotAccept, match="over_ceiling"):
        accept_invitation(invitation, by=newcomer)
    assert not Membership.objects.filter(user=newcomer).exists()
    close(in_cedar)
    assert accept_invitation(invitation, by=newcomer).roles == ["reviewer", "director"]


def test_its_link_says_so(cedar: Jurisdiction, administrator: User) -> None:
    with jurisdiction_scope(cedar.pk):
        invitation = invite_person(
            cedar, email="new@example.org", roles=["director"], by=member(administrator, cedar)
        )
    close(cedar, Role.DIRECTOR)
    for method in ("get", "post"):
        answer = getattr(Client(), method)(f"/invitation/{token_for(invitation)}/")
        assert answer.status_code == 410
        assert "cannot be accepted now" in answer.content.decode()


def test_roles_are_mended_by_taking_the_closed_one_away(
    in_cedar: Jurisdiction, by: Membership, reviewer: User
) -> None:
    person = member(reviewer, in_cedar)
    person.roles = ["reviewer", "director"]
    person.save(update_fields=["roles"])
    close(in_cedar, Role.DIRECTOR)
    with pytest.raises(CannotChangeRoles, match="over_ceiling"):
        change_roles(person, roles=["debriefer", "director"], by=by)
    assert change_roles(person, roles=["reviewer"], by=by).roles == ["reviewer"]


def test_the_agency_sees_by_name_who_holds_more_and_which_invitations_offer_it(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, director: User, administrator: User
) -> None:
    client = sign_in("administrator")
    posted = {"email": "new@example.org", "roles": ["director"]}
    assert client.post(f"{PEOPLE}invite/", posted).status_code == 302
    assert "Over the ceiling" not in client.get(PEOPLE).content.decode()
    close(cedar, Role.DIRECTOR)
    page = client.get(PEOPLE).content.decode()
    assert "Director holds more." in page
    assert page.count("Over the ceiling") == 2
    assert "cancel it and invite anew" in page
    refused = client.post(f"{PEOPLE}invite/", posted | {"email": "other@example.org"})
    assert refused.status_code == 422
    assert "It would add the right to approve reviews." in refused.content.decode()
    roles = client.get(f"{PEOPLE}{Membership.objects.get(user=director).pk}/roles/").content.decode()
    assert "Take the tick away." in roles
    assert "Not open to your agency, as the partnership has set it: Director." in roles


# -- Setting it -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("administrator", 404), ("outsider", 404), ("partner", 200)]
)
def test_who_may_set_it(sign_in: Callable[[str], Client], cedar: Jurisdiction, who: str, status: int) -> None:
    client = sign_in(who)
    assert client.get(PAGE).status_code == status
    posted = {"roles": without(Role.DIRECTOR, Role.ADMINISTRATOR), "stood": ceiling_as_read(cedar)}
    assert client.post(PAGE, posted).status_code == (302 if who == "partner" else status)
    cedar.refresh_from_db()
    assert (Role.DIRECTOR in cedar.role_ceiling) == (who != "partner")


def test_what_it_takes_away_is_said_before_and_nothing_is_saved_until_somebody_agrees(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, director: User, administrator: User, partner: User
) -> None:
    make_person("second", cedar, Role.DIRECTOR, Role.DEBRIEFER)
    with jurisdiction_scope(cedar.pk):
        by = member(administrator, cedar)
        invite_person(cedar, email="new@example.org", roles=["director"], by=by)
    client = sign_in("partner")
    posted = {"roles": without(Role.DIRECTOR, Role.ADMINISTRATOR), "stood": ceiling_as_read(cedar)}
    page = unescape(client.post(PAGE, posted).content.decode())
    assert "2 people hold a role that you close (Director: 2)." in page
    assert "1 open invitation can no longer be accepted." in page
    assert "second@example.org" not in page
    assert "Second" not in page
    assert ">Director<" in page
    cedar.refresh_from_db()
    assert cedar.role_ceiling == every_role()
    for agreed, status in (("1.1.director.Director:1", 200), ("2.1.director.Director:2", 302)):
        assert client.post(PAGE, posted | {"agreed": agreed}).status_code == status
    cedar.refresh_from_db()
    assert cedar.role_ceiling == without(Role.DIRECTOR)
    event = PartnershipEvent.objects.get(kind="agency.ceiling_set")
    assert (event.by_user, event.about) == (partner.pk, f"jurisdiction:{cedar.pk}")
    assert "Now 2 people hold and" not in page
    assert "Now 2 people hold" in unescape(client.get(PAGE).content.decode())


@pytest.mark.parametrize("invited", [False, True], ids=["held", "offered"])
def test_who_agreed_to_one_role_has_not_agreed_to_another(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, administrator: User, invited: bool
) -> None:
    """Also where both come down on as many."""
    for role in (Role.DIRECTOR, Role.COORDINATOR):
        if invited:
            with jurisdiction_scope(cedar.pk):
                invite_person(
                    cedar, email=f"{role}@example.org", roles=[role], by=member(administrator, cedar)
                )
        else:
            make_person(role, cedar, role)
    client = sign_in("partner")
    posted = {"stood": ceiling_as_read(cedar)}
    first = client.post(PAGE, posted | {"roles": without(Role.DIRECTOR, Role.ADMINISTRATOR)}).content.decode()
    (agreed,) = re.findall(r'name="agreed" value="([^"]+)"', first)
    other = {"roles": without(Role.COORDINATOR, Role.ADMINISTRATOR), "agreed": agreed}
    assert client.post(PAGE, posted | other).status_code == 200
    cedar.refresh_from_db()
    assert cedar.role_ceiling == every_role()


def test_raising_it_asks_nothing(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, director: User, coordinator: User
) -> None:
    close(cedar, Role.DIRECTOR, Role.COORDINATOR)
    posted = {"roles": without(Role.DIRECTOR, Role.ADMINISTRATOR), "stood": ceiling_as_read(cedar)}
    assert sign_in("partner").post(PAGE, posted).status_code == 302
    cedar.refresh_from_db()
    assert cedar.role_ceiling == without(Role.DIRECTOR)


def test_the_agency_is_told_in_its_audit_and_its_people_by_message(
    cedar: Jurisdiction, partner: User, administrator: User, director: User, reviewer: User
) -> None:
    set_role_ceiling(cedar, roles=without(Role.DIRECTOR), stood=ceiling_as_read(cedar), by=partner)
    with jurisdiction_scope(cedar.pk):
        assert AuditEvent.objects.get(kind="agency.ceiling_set").ids == {"roles": without(Role.DIRECTOR)}
        told = set(Message.objects.values_list("to__user__display_name", "kind"))
    assert told == {("Administrator", "ceiling_set"), ("Director", "role_closed")}


def test_the_same_again_is_no_change_and_a_stale_page_is_told(cedar: Jurisdiction, partner: User) -> None:
    stood = ceiling_as_read(cedar)
    set_role_ceiling(cedar, roles=every_role(), stood="whatever", by=partner)
    assert not PartnershipEvent.objects.exists()
    set_role_ceiling(cedar, roles=without(Role.GUEST), stood=stood, by=partner)
    with pytest.raises(AgencyChanged):
        set_role_ceiling(cedar, roles=without(Role.DIRECTOR), stood=stood, by=partner)


def test_what_is_wrong_is_said_beside_the_roles(
    sign_in: Callable[[str], Client], cedar: Jurisdiction
) -> None:
    answer = sign_in("partner").post(PAGE, {"roles": ["emperor"], "stood": ceiling_as_read(cedar)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_roles_error"' in page
    assert page.count("Roles that its people may hold: choose from the list.") == 2  # in the summary too


def test_a_stale_page_keeps_what_was_ticked(sign_in: Callable[[str], Client], cedar: Jurisdiction) -> None:
    posted = {"roles": without(Role.DIRECTOR, Role.ADMINISTRATOR), "stood": ceiling_as_read(cedar)}
    close(cedar, Role.GUEST)
    client = sign_in("partner")
    answer = client.post(PAGE, posted)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="guest" checked' in page
    assert 'value="director" checked' not in page
    again = posted | {"stood": " ".join(without(Role.GUEST))}
    assert client.post(PAGE, again).status_code == 302


def test_who_exceeds_counts_people_once_and_nobody_who_left(
    cedar: Jurisdiction, birch: Jurisdiction, outsider: User
) -> None:
    make_person("both", cedar, Role.DIRECTOR, Role.COORDINATOR)
    gone = make_person("gone", cedar, Role.DIRECTOR)
    gone.memberships.update(left_at="2026-01-01T00:00:00Z")
    found = who_exceeds(cedar, without(Role.DIRECTOR, Role.COORDINATOR))
    assert (found.people, found.by_role) == (1, [("Coordinator", 1), ("Director", 1)])
    assert not who_exceeds(cedar, every_role())


@pytest.mark.django_db(transaction=True)
def test_a_role_is_never_given_while_the_ceiling_comes_down(
    cedar: Jurisdiction, partner: User, administrator: User, reviewer: User
) -> None:
    """Whoever comes first, nobody ends up with a role that was given after it was closed."""
    person, by, stood = member(reviewer, cedar), member(administrator, cedar), ceiling_as_read(cedar)
    held, given = threading.Event(), threading.Event()
    refused: list[str] = []

    def give() -> None:
        try:
            held.wait()
            given.set()
            with jurisdiction_scope(cedar.pk):
                change_roles(person, roles=["director"], by=by)
        except CannotChangeRoles as refusal:
            refused.append(refusal.problems[0].code)
        finally:
            connection.close()

    thread = threading.Thread(target=give)
    thread.start()
    with transaction.atomic():
        set_role_ceiling(cedar, roles=without(Role.DIRECTOR), stood=stood, by=partner)
        held.set()
        given.wait()
    thread.join()
    assert refused == ["roles.over_ceiling"]
    assert member(reviewer, cedar).roles == ["reviewer"]
