"""The partnership brings agencies in and invites each one's first administrator; it opens none of them."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from jurisdictions.models import Invitation, Jurisdiction, PartnershipEvent, User
from tests.cast import make_person

LIST = "/partnership/agencies/"
NEW = {
    "name": "Quillow County Children & Youth",
    "slug": "",
    "kind": "county",
    "parent": "birch",
    "agreement_on": "",
}
CHANGED = {"name": "Cedar Tribe", "kind": "tribe", "parent": "birch", "slug": "another"}


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("administrator", 404), ("outsider", 404), ("partner", 200)]
)
@pytest.mark.parametrize("page", ["", "add/", "cedar/", "cedar/change/", "cedar/agreement/"])
def test_who_may_see(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, who: str, status: int, page: str
) -> None:
    assert sign_in(who).get(LIST + page).status_code == status


@pytest.mark.parametrize(("who", "status"), [("nobody", 302), ("administrator", 404), ("outsider", 404)])
def test_others_change_nothing(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, birch: Jurisdiction, who: str, status: int
) -> None:
    client = sign_in(who)
    assert client.post(f"{LIST}add/", NEW).status_code == status
    assert client.post(f"{LIST}cedar/agreement/", {"agreement_on": "2026-01-01"}).status_code == status
    assert client.post(f"{LIST}cedar/change/", CHANGED).status_code == status
    assert client.post(f"{LIST}cedar/invite/", {"email": "a@example.org"}).status_code == status
    assert Jurisdiction.objects.count() == 2
    assert not Invitation.objects.exists()
    assert Jurisdiction.objects.get(slug="cedar").agreement_on == dt.date(2025, 1, 7)


def test_the_partnership_reaches_no_agency(sign_in: Callable[[str], Client], cedar: Jurisdiction) -> None:
    client = sign_in("partner")
    for path in ("people/", "inbox/", "people/settings/"):
        assert client.get(f"/j/cedar/{path}").status_code == 404


def test_adding_an_agency_proposes_its_short_name(
    sign_in: Callable[[str], Client], birch: Jurisdiction, partner: User
) -> None:
    response = sign_in("partner").post(f"{LIST}add/", NEW)
    assert response.headers["Location"] == f"{LIST}quillow-county-children-youth/"
    agency = Jurisdiction.objects.get(slug="quillow-county-children-youth")
    assert (agency.kind, agency.parent, agency.agreement_on) == ("county", birch, None)
    event = PartnershipEvent.objects.get(kind="agency.created")
    assert (event.by_user, event.about) == (partner.pk, f"jurisdiction:{agency.pk}")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "Enter the name of the agency."),
        ({"kind": ""}, "Choose the kind of agency."),
        ({"slug": "birch"}, "birch belongs to another agency"),
        ({"slug": "no spaces"}, "use small letters, digits and hyphens only"),
        ({"parent": "nowhere"}, "Part of: choose an agency from the list."),
        ({"agreement_on": "31.3.26"}, "Agreement signed on: write the day"),
        ({"name": "☂"}, "the name gives none"),
    ],
)
def test_what_is_refused_is_said_in_words(
    sign_in: Callable[[str], Client], birch: Jurisdiction, typed: dict[str, str], words: str
) -> None:
    response = sign_in("partner").post(f"{LIST}add/", NEW | typed)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert Jurisdiction.objects.count() == 1


@pytest.mark.parametrize("typed", ["2026-03-31", "31 March 2026", "March 31, 2026", "3/31/2026"])
def test_the_agreement_s_day_is_recorded(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, typed: str
) -> None:
    client = sign_in("partner")
    assert client.post(f"{LIST}cedar/agreement/", {"agreement_on": typed}).status_code == 302
    assert Jurisdiction.objects.get(slug="cedar").agreement_on == dt.date(2026, 3, 31)
    client.post(f"{LIST}cedar/agreement/", {"agreement_on": typed})
    assert PartnershipEvent.objects.filter(kind="agency.agreement_recorded").count() == 1
    assert "31 Mar 2026" in client.get(LIST).content.decode()


def test_a_refused_day_leaves_the_old_one(sign_in: Callable[[str], Client], cedar: Jurisdiction) -> None:
    response = sign_in("partner").post(f"{LIST}cedar/agreement/", {"agreement_on": "tomorrow"})
    assert response.status_code == 422
    assert 'value="tomorrow"' in response.content.decode()
    assert Jurisdiction.objects.get(slug="cedar").agreement_on == dt.date(2025, 1, 7)


def test_where_an_address_is_typed_no_other_button_leads_away(
    sign_in: Callable[[str], Client], cedar: Jurisdiction
) -> None:
    client = sign_in("partner")
    main = client.get(f"{LIST}cedar/").content.decode().split("<main")[1]
    assert main.count("<form") == 1
    assert f'<a href="{LIST}cedar/agreement/">Correct the day</a>' in main
    assert 'value="2025-01-07"' in client.get(f"{LIST}cedar/agreement/").content.decode()
    refused = client.post(f"{LIST}cedar/invite/", {"email": "kept words"})
    assert refused.status_code == 422
    assert 'value="kept words"' in refused.content.decode()


class TestFirstAdministrator:
    INVITE = f"{LIST}cedar/invite/"

    def test_it_is_invited_as_administrator_and_nothing_else(
        self, sign_in: Callable[[str], Client], cedar: Jurisdiction, partner: User
    ) -> None:
        client = sign_in("partner")
        assert client.post(self.INVITE, {"email": "First@Example.org"}).status_code == 302
        invitation = Invitation.objects.get()
        assert (invitation.email, invitation.roles) == ("first@example.org", ["agency_administrator"])
        assert (invitation.jurisdiction, invitation.invited_by) == (cedar, partner)
        event = PartnershipEvent.objects.get(kind="invitation.sent")
        assert event.ids == {"agency": cedar.pk, "roles": ["agency_administrator"]}
        assert "first@example.org" in client.get(f"{LIST}cedar/").content.decode()

    def test_only_while_there_is_none(
        self, sign_in: Callable[[str], Client], cedar: Jurisdiction, administrator: User
    ) -> None:
        client = sign_in("partner")
        assert "invite everybody else" in client.get(f"{LIST}cedar/").content.decode().replace(
            "invites", "invite"
        )
        response = client.post(self.INVITE, {"email": "another@example.org"})
        assert response.status_code == 422
        assert not Invitation.objects.exists()

    def test_one_at_a_time(self, sign_in: Callable[[str], Client], cedar: Jurisdiction) -> None:
        client = sign_in("partner")
        client.post(self.INVITE, {"email": "first@example.org"})
        response = client.post(self.INVITE, {"email": "second@example.org"})
        assert response.status_code == 422
        assert client.post(self.INVITE, {"email": "first@example.org"}).status_code == 302
        assert Invitation.objects.count() == 1

    def test_resend_and_cancel(self, sign_in: Callable[[str], Client], cedar: Jurisdiction) -> None:
        client = sign_in("partner")
        client.post(self.INVITE, {"email": "first@example.org"})
        invitation = Invitation.objects.get()
        address = f"{LIST}cedar/invitations/{invitation.pk}/"
        page = client.post(f"{address}resend/", follow=True).content.decode()
        assert "a moment ago" in page
        Invitation.objects.update(owed_at=timezone.now() - dt.timedelta(minutes=2))
        assert "A new link" in client.post(f"{address}resend/", follow=True).content.decode()
        assert "cancelled" in client.post(f"{address}cancel/", follow=True).content.decode()
        invitation.refresh_from_db()
        assert invitation.state == "cancelled"
        kinds = PartnershipEvent.objects.order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["invitation.sent", "invitation.resent", "invitation.cancelled"]

    def test_the_agency_s_other_invitations_are_its_own_affair(
        self, sign_in: Callable[[str], Client], cedar: Jurisdiction
    ) -> None:
        own = Invitation.objects.create(
            jurisdiction=cedar,
            email="r@example.org",
            roles=["reviewer"],
            invited_by=make_person("x"),
            expires_at=timezone.now(),
        )
        client = sign_in("partner")
        for act in ("resend", "cancel"):
            assert client.post(f"{LIST}cedar/invitations/{own.pk}/{act}/").status_code == 404


def stood(page: str) -> dict[str, str]:
    """The hidden field as the page was read."""
    found = re.search(r'name="stood" value="(\w{64})"', page)
    assert found is not None
    return {"stood": found[1]}


@pytest.mark.parametrize(
    ("meanwhile", "says"),
    [
        ({"name": "Cedar & Alder"}, "Saved by them: “Cedar &amp; Alder”. Typed by you: “Cedar Tribe”."),
        ({"kind": "city"}, "Saved by them: “City agency”. Typed by you: “Tribal agency”."),
        ({"parent": "middle"}, "Saved by them: “Middle”. Typed by you: “Birch State”."),
    ],
)
def test_what_somebody_else_said_meanwhile_is_shown_and_not_lost(
    sign_in: Callable[[str], Client],
    cedar: Jurisdiction,
    birch: Jurisdiction,
    meanwhile: dict[str, str],
    says: str,
) -> None:
    Jurisdiction.objects.create(slug="middle", name="Middle", kind="district")
    client, address = sign_in("partner"), f"{LIST}cedar/change/"
    read = stood(client.get(address).content.decode())
    theirs = {"name": "Cedar County", "kind": "county", "parent": ""} | meanwhile
    assert client.post(address, theirs | read).status_code == 302
    refused = client.post(address, CHANGED | read)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Somebody else saved this agency’s details while this page was open" in page
    assert says in page
    assert 'value="Cedar Tribe"' in page
    assert Jurisdiction.objects.get(slug="cedar").name == theirs["name"]
    assert client.post(address, CHANGED | stood(page)).status_code == 302
    assert Jurisdiction.objects.get(slug="cedar").name == "Cedar Tribe"


def test_what_is_said_of_an_agency_is_corrected_and_its_short_name_stays(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, birch: Jurisdiction
) -> None:
    client = sign_in("partner")
    page = client.get(f"{LIST}cedar/change/").content.decode()
    assert 'value="Cedar County"' in page
    assert "<strong>cedar</strong>, stays" in page
    assert client.post(f"{LIST}cedar/change/", CHANGED | stood(page))["Location"] == f"{LIST}cedar/"
    cedar.refresh_from_db()
    assert (cedar.slug, cedar.name, cedar.kind, cedar.parent) == ("cedar", "Cedar Tribe", "tribe", birch)
    again = client.post(f"{LIST}cedar/change/", CHANGED | stood(page))
    assert again.status_code == 302
    event = PartnershipEvent.objects.get(kind="agency.changed")  # the same again is no change
    assert (event.about, event.ids) == (f"jurisdiction:{cedar.pk}", {"changed": ["name", "kind", "parent"]})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "Enter the name of the agency."),
        ({"kind": "village"}, "village"),
        ({"parent": "cedar"}, "Cedar County lies inside Cedar County"),
        ({"parent": "birch"}, "Birch State lies inside Cedar County"),
        ({"parent": "nowhere"}, "choose an agency from the list"),
    ],
)
def test_an_agency_is_never_inside_itself_and_never_without_a_name(
    sign_in: Callable[[str], Client],
    cedar: Jurisdiction,
    birch: Jurisdiction,
    changed: dict[str, str],
    words: str,
) -> None:
    middle = Jurisdiction.objects.create(slug="middle", name="Middle", kind="district", parent=cedar)
    Jurisdiction.objects.filter(pk=birch.pk).update(parent=middle)
    client, address = sign_in("partner"), f"{LIST}cedar/change/"
    read = stood(client.get(address).content.decode())
    answer = client.post(address, {"name": "Cedar", "kind": "county"} | changed | read)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    cedar.refresh_from_db()
    assert (cedar.name, cedar.parent) == ("Cedar County", None)
