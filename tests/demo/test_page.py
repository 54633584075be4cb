"""The page "people to become": in the demo, on the same machine, and nowhere else."""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from jurisdictions.models import Membership, PartnershipMembership, User
from npcs.demo.days import Days
from npcs.demo.people import write_agencies, write_people
from tests.demo import demo_urls


@pytest.fixture
def demo(db: None, settings) -> None:
    """Demo mode, with the demo's people in it and none of their work."""
    settings.DEMO = True
    settings.DEMO_MAIL_URL = "http://127.0.0.1:8025"
    settings.ROOT_URLCONF = demo_urls.__name__
    days = Days.from_now()
    write_people(write_agencies(days), days)


def membership(email: str, agency: str = "alder-county") -> Membership:
    return Membership.objects.get(user__email=email, jurisdiction__slug=agency)


def test_outside_the_demo_the_address_is_unknown(db: None, client: Client):
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/become/1/").status_code == 404
    assert "demo" not in get_resolver().namespace_dict


def test_outside_demo_mode_the_view_is_not_there_either(demo: None, client: Client, settings):
    settings.DEMO = False
    assert client.get("/demo/").status_code == 404
    who = membership("maren@alder.example")
    assert client.post(f"/demo/become/{who.pk}/").status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "::ffff:192.0.2.7"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=192.0.2.7"},
    ],
    ids=["another machine", "another in six", "nowhere", "through a proxy", "through another proxy"],
)
def test_from_another_machine_it_is_not_there(demo: None, client: Client, elsewhere: dict[str, str]):
    who = membership("maren@alder.example")
    assert client.get("/demo/", **elsewhere).status_code == 404
    assert client.get("/demo/sample/incidents/", **elsewhere).status_code == 404
    assert client.post(f"/demo/become/{who.pk}/", **elsewhere).status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("here", ["127.0.0.1", "::1"])
def test_here_it_names_everybody_and_what_they_do(demo: None, client: Client, here: str):
    answer = client.get("/demo/", REMOTE_ADDR=here)
    page = answer.content.decode()
    assert answer.status_code == 200
    for told in (
        'Become<span class="usa-sr-only"> Maren O.</span>',
        "Quality lead",
        "Longwater Tribal Family Services",
        "Guest on one review",
    ):
        assert told in page
    assert "Partnership administrator" in page
    assert "http://127.0.0.1:8025" in page
    assert page.count("<form") == Membership.objects.count() + PartnershipMembership.objects.count()


def test_becoming_somebody_signs_in_and_leads_home(demo: None, client: Client):
    who = membership("maren@alder.example")
    answer = client.post(f"/demo/become/{who.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, "/j/alder-county/")
    assert client.session["_auth_user_id"] == str(who.user_id)


def test_becoming_the_next_one_leaves_the_first(demo: None, client: Client):
    client.post(f"/demo/become/{membership('maren@alder.example').pk}/")
    old = client.session.session_key
    nell = membership("nell@quillow.example", "longwater")
    answer = client.post(f"/demo/become/{nell.pk}/")
    assert answer["Location"] == "/j/longwater/"
    assert client.session["_auth_user_id"] == str(nell.user_id)
    assert client.session.session_key != old


def test_a_partner_comes_to_the_agencies(demo: None, client: Client):
    partner = PartnershipMembership.objects.get(user__email="ida@partnership.example")
    answer = client.post(f"/demo/become/partnership/{partner.pk}/")
    assert answer["Location"] == reverse("partnership:agencies")


def test_somebody_who_was_invited_cannot_be_become(demo: None, client: Client):
    user = User.objects.create_user("real.person@example.org", display_name="A visitor")
    agency = membership("maren@alder.example").jurisdiction
    real = Membership.objects.create(jurisdiction=agency, user=user, roles=["reviewer"])
    assert "A visitor" not in client.get("/demo/").content.decode()
    assert client.post(f"/demo/become/{real.pk}/").status_code == 404


def test_becoming_takes_a_form_of_ours(demo: None):
    client = Client(enforce_csrf_checks=True)
    who = membership("maren@alder.example")
    assert client.get(f"/demo/become/{who.pk}/").status_code == 405
    assert client.post(f"/demo/become/{who.pk}/").status_code == 403


def test_the_messy_file_can_be_taken_along(demo: None, client: Client):
    answer = client.get("/demo/sample/incidents/")
    assert b"".join(answer).count(b"\n") > 10
    assert answer["Content-Disposition"] == 'attachment; filename="messy-incidents.csv"'
    assert client.get("/demo/sample/settings/").status_code == 404
