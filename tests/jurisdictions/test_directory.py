"""The directory of the partnership, and naming one's agency's liaison and deputy in it."""

from collections.abc import Callable
from html import unescape

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from jurisdictions.actions.contacts import ContactsChanged, Named, as_read, name_contacts, standing
from jurisdictions.models import AgencyContact, AuditEvent, Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import make_person, member

OURS, THEIRS, PARTNERS = "/j/cedar/directory/", "/j/birch/directory/", "/partnership/directory/"
NAMING = "/j/cedar/people/contacts/"


def contact(user: User, agency: Jurisdiction, part: str = "liaison", **columns: str) -> AgencyContact:
    columns = {"office": "Office of Reviews", "email": f"office@{agency.slug}.gov"} | columns
    return AgencyContact.objects.create(
        jurisdiction=agency, part=part, membership=member(user, agency), **columns
    )


@pytest.mark.parametrize(
    ("who", "page", "status"),
    [
        ("nobody", OURS, 302),
        ("nobody", PARTNERS, 302),
        ("reviewer", OURS, 200),
        ("guest", OURS, 200),
        ("outsider", OURS, 404),
        ("outsider", THEIRS, 200),
        ("partner", PARTNERS, 200),
        ("partner", OURS, 404),
        ("reviewer", PARTNERS, 404),
    ],
)
def test_every_member_of_any_agency_and_the_partnership_may_read_it(
    sign_in: Callable[[str], Client],
    cedar: Jurisdiction,
    birch: Jurisdiction,
    guest: User,
    who: str,
    page: str,
    status: int,
) -> None:
    assert sign_in(who).get(page).status_code == status


@pytest.fixture
def guest(cedar: Jurisdiction) -> User:
    return make_person("guest", cedar, Role.GUEST)


def test_it_says_who_is_in_since_when_and_whom_to_turn_to(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, reviewer: User, outsider: User
) -> None:
    Jurisdiction.objects.create(slug="not-yet", name="Not Yet County", kind="county")
    contact(outsider, Jurisdiction.objects.get(slug="birch"), phone="555 0100")
    page = unescape(sign_in("reviewer").get(OURS).content.decode())
    for words in (
        "Cedar County",
        "7 January 2025",
        "Birch State",
        "Outsider<br>Office of Reviews<br>555 0100",
    ):
        assert words in page
    assert 'href="mailto:office@birch.gov"' in page
    assert "not named yet" in page
    assert "Not Yet County" not in page, "without an agreement it is not in"


def test_who_left_is_no_contact_any_more(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, reviewer: User, observer: User
) -> None:
    contact(observer, cedar)
    client = sign_in("reviewer")
    assert "office@cedar.gov" in client.get(OURS).content.decode()
    Membership.objects.filter(user=observer).update(left_at=timezone.now())
    assert "office@cedar.gov" not in client.get(OURS).content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("outsider", 404), ("coordinator", 403), ("administrator", 200)]
)
def test_who_may_name(sign_in: Callable[[str], Client], cedar: Jurisdiction, who: str, status: int) -> None:
    assert sign_in(who).get(NAMING).status_code == status


def posted(agency: Jurisdiction, **given: str) -> dict[str, str]:
    return given | {"stood": as_read(standing(agency))}


def test_an_administrator_names_both(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, reviewer: User, administrator: User
) -> None:
    first, second = (str(member(user, cedar).pk) for user in (reviewer, administrator))
    given = posted(
        cedar,
        liaison_person=first,
        liaison_office="Office",
        liaison_email="office@cedar.gov",
        deputy_person=second,
        deputy_phone="555 0101",
    )
    client = sign_in("administrator")
    assert client.post(NAMING, given).headers["Location"] == OURS
    assert [one.in_words for one in standing(cedar)] == [
        "Reviewer, Office, office@cedar.gov",
        "Administrator, 555 0101",
    ]
    with jurisdiction_scope(cedar.pk):
        event = AuditEvent.objects.get(kind="agency.contacts_named")
    assert event.ids == {"memberships": [int(first), int(second)]}
    # The two change places.
    swapped = given | {"liaison_person": second, "deputy_person": first} | posted(cedar)
    assert client.post(NAMING, swapped).status_code == 302
    assert [one.membership_id for one in standing(cedar)] == [int(second), int(first)]
    assert client.post(NAMING, posted(cedar)).status_code == 302
    assert standing(cedar) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"liaison_person": "reviewer"}, "Liaison: give a public e-mail address or telephone."),
        ({"liaison_email": "a@b.gov"}, "Liaison: choose the person, or empty the fields below."),
        ({"liaison_person": "outsider", "liaison_phone": "1"}, "Liaison: choose from the list."),
        ({"liaison_person": "guest", "liaison_phone": "1"}, "Liaison: choose from the list."),
        ({"liaison_person": "reviewer", "liaison_email": "office"}, "write it as in office@agency.gov"),
        (
            {
                "liaison_person": "reviewer",
                "liaison_phone": "1",
                "deputy_person": "reviewer",
                "deputy_phone": "2",
            },
            "Deputy liaison: choose somebody other than the liaison.",
        ),
    ],
)
def test_what_cannot_stand_there_is_said_and_stays_typed(
    sign_in: Callable[[str], Client],
    cedar: Jurisdiction,
    reviewer: User,
    outsider: User,
    guest: User,
    administrator: User,
    given: dict[str, str],
    words: str,
) -> None:
    keys = {
        one.user.email.partition("@")[0]: str(one.pk) for one in Membership.objects.select_related("user")
    }
    typed = {name: keys.get(value, value) if "person" in name else value for name, value in given.items()}
    answer = sign_in("administrator").post(NAMING, posted(cedar, **typed))
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert words in page
    for name, value in typed.items():
        if "person" not in name:
            assert f'name="{name}" value="{value}"' in page
    assert not AgencyContact.objects.exists()


def test_a_page_that_came_too_late_shows_what_stands(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, reviewer: User, administrator: User
) -> None:
    given = posted(cedar, liaison_person=str(member(reviewer, cedar).pk), liaison_phone="555 0199")
    contact(administrator, cedar, phone="555 0100")
    client = sign_in("administrator")
    answer = client.post(NAMING, given)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "555 0100" in page
    assert 'value="555 0199"' in page
    assert client.post(NAMING, given | posted(cedar)).status_code == 302
    (now,) = standing(cedar)
    assert (now.membership.user, now.phone) == (reviewer, "555 0199")


def test_the_same_again_is_no_change(cedar: Jurisdiction, reviewer: User, administrator: User) -> None:
    contact(reviewer, cedar)
    by = member(administrator, cedar)
    (stands,) = standing(cedar)
    same = Named("liaison", stands.membership_id, stands.office, stands.email, stands.phone)
    with jurisdiction_scope(cedar.pk):
        name_contacts([same], stood="whatever", by=by)
        with pytest.raises(ContactsChanged):
            name_contacts([], stood="whatever", by=by)
        assert not AuditEvent.objects.exists()
    assert standing(cedar) == [stands]


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"part": "deputy"}, "liaison_and_deputy_are_two_people"),
        ({"who": "observer"}, "contact_once_per_part"),
        ({"who": "observer", "part": "chief"}, "contact_part_is_known"),
        ({"who": "observer", "part": "deputy", "email": ""}, "contact_can_be_reached"),
        ({"who": "outsider", "part": "deputy"}, "same_jurisdiction"),
    ],
)
def test_the_database_holds_to_it(
    cedar: Jurisdiction,
    reviewer: User,
    observer: User,
    outsider: User,
    columns: dict[str, str],
    constraint: str,
) -> None:
    contact(reviewer, cedar)
    given = {"who": "reviewer", "part": "liaison", "email": "a@b.gov"} | columns
    person = Membership.objects.get(user__email=f"{given['who']}@example.org")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        _write(cedar, person, given)


def _write(agency: Jurisdiction, person: Membership, given: dict[str, str]) -> None:
    """And have PostgreSQL check now what it would check at the commit."""
    AgencyContact.objects.create(
        jurisdiction=agency, part=given["part"], membership=person, email=given["email"]
    )
    connection.check_constraints()
