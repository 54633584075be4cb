"""One's own sign-in: its second steps, its sessions, starting over. What is taken away is gone at once."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.sessions.backends.base import UpdateError
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from inbox.models import Message
from jurisdictions import devices
from jurisdictions.models import AuditEvent, Jurisdiction, Membership, PartnershipEvent, Session, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import make_person, member
from tests.second_step import code, give_app, set_up_app, with_password_alone

pytestmark = pytest.mark.django_db
PASSWORD = "learn together and blame nobody"
SECURITY, HOME = "/account/security/", "/j/cedar/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"
)


@pytest.fixture
def person(reviewer: User) -> User:
    reviewer.set_password(PASSWORD)
    reviewer.save(update_fields=["password"])
    RecoveryCodes.activate(reviewer)
    return reviewer


def browser(user: User, agent: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": agent})
    client.force_login(user)
    assert client.get(HOME).status_code == 200
    return client


def passkey(user: User, name: str = "Work laptop") -> Authenticator:
    made: Authenticator = Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": {}}
    )
    return made


def kinds(agency: Jurisdiction) -> list[str]:
    with jurisdiction_scope(agency.pk):
        return list(AuditEvent.objects.filter(kind__startswith="factor.").values_list("kind", flat=True))


class TestTheSecondSteps:
    def test_the_last_one_stays(self, person: User) -> None:
        give_app(person)
        only = Authenticator.objects.get(user=person, type="totp")
        client = browser(person)
        assert "Your only one" in client.get(SECURITY).content.decode()
        answer = client.post(f"/account/security/steps/{only.pk}/remove/")
        assert answer.status_code == 422
        assert "Add another one first" in answer.content.decode()
        assert Authenticator.objects.filter(pk=only.pk).exists()

    def test_recovery_codes_are_none_to_keep_and_none_to_remove(self, person: User) -> None:
        give_app(person)
        codes = Authenticator.objects.get(user=person, type="recovery_codes")
        assert browser(person).post(f"/account/security/steps/{codes.pk}/remove/").status_code == 404

    def test_one_of_two_goes_and_with_it_every_session_elsewhere(
        self, person: User, cedar: Jurisdiction
    ) -> None:
        give_app(person)
        key = passkey(person)
        here, elsewhere = browser(person), browser(person, IPHONE)
        assert "Remove Work laptop?" in here.get(f"/account/security/steps/{key.pk}/remove/").content.decode()
        assert here.post(f"/account/security/steps/{key.pk}/remove/").headers["Location"] == SECURITY
        assert here.get(HOME).status_code == 200
        assert elsewhere.get(HOME).status_code == 302
        assert [one.subject for one in mail.outbox] == ["A passkey was removed from NPCS"]
        assert kinds(cedar) == ["factor.removed"]

    def test_somebody_else_s_is_not_there(self, person: User, director: User) -> None:
        give_app(person)
        theirs = passkey(director)
        assert browser(person).post(f"/account/security/steps/{theirs.pk}/remove/").status_code == 404
        assert Authenticator.objects.filter(pk=theirs.pk).exists()

    def test_another_phone_takes_the_place_of_the_first(self, person: User, cedar: Jurisdiction) -> None:
        old = give_app(person)
        here, elsewhere = browser(person), browser(person, IPHONE)
        page = here.get("/account/set-up/").content.decode()
        new = page.partition('id="secret">')[2].partition("<")[0].replace(" ", "")
        assert here.post("/account/set-up/", {"code": code(new)}).headers["Location"] == SECURITY
        assert elsewhere.get(HOME).status_code == 302
        client = Client()
        client.post("/account/sign-in/", {"login": person.email, "password": PASSWORD})
        client.post("/account/second-step/", {"code": code(old)})
        assert client.get(HOME).status_code == 302
        assert kinds(cedar) == ["factor.app_replaced"]

    @pytest.mark.parametrize(
        "path",
        ["set-up/", "set-up/passkey/", "recovery-codes/new/", "security/steps/1/remove/"],
    )
    def test_a_sign_in_of_some_minutes_ago_gives_the_password_again(self, person: User, path: str) -> None:
        give_app(person)
        with time_machine.travel(timezone.now(), tick=False) as clock:
            client = browser(person)
            clock.shift(dt.timedelta(minutes=6))
            leads = client.get(f"/account/{path}").headers["Location"]
            assert leads.startswith("/account/reauthenticate/?next=")
            answer = client.post(leads, {"password": PASSWORD})
            assert answer.headers["Location"] == f"/account/{path}"
            assert client.get(f"/account/{path}").status_code in {200, 404}

    def test_what_one_sets_up_is_told_by_mail_and_in_the_audit(
        self, person: User, cedar: Jurisdiction
    ) -> None:
        client = with_password_alone(Client(), person)
        set_up_app(client)
        (told,) = mail.outbox
        assert told.subject == "An authenticator app was set up for NPCS"
        assert told.to == [person.email]
        assert kinds(cedar) == ["factor.app_set_up"]

    def test_a_partner_s_stands_in_the_partnership_s_audit(self, partner: User) -> None:
        set_up_app(with_password_alone(Client(), partner))
        assert PartnershipEvent.objects.get(kind="factor.app_set_up").by_user == partner.pk


class TestSessions:
    def test_they_are_listed_in_words_this_browser_first(self, person: User) -> None:
        browser(person, IPHONE)
        client = browser(person)
        page = client.get(SECURITY).content.decode()
        assert page.index("Firefox on Windows") < page.index("Safari on iPhone")
        assert page.count("(here)") == 1
        assert "127.0.0.1" in page
        assert not any(key in page for key in Session.objects.values_list("session_key", flat=True))

    def test_one_is_ended_and_gone_at_the_next_request(self, person: User) -> None:
        elsewhere, here = browser(person, IPHONE), browser(person)
        (other,) = [one for one in devices.devices_of(person, here.session.session_key) if not one.is_here]
        assert here.post(f"/account/security/sessions/{other.mark}/end/").headers["Location"] == SECURITY
        assert elsewhere.get(HOME).status_code == 302
        assert here.get(HOME).status_code == 200

    def test_all_others_are_ended(self, person: User) -> None:
        others, here = [browser(person, IPHONE), browser(person, IPHONE)], browser(person)
        here.post("/account/security/sessions/end/")
        assert [one.get(HOME).status_code for one in others] == [302, 302]
        assert here.get(HOME).status_code == 200

    def test_ending_the_one_at_hand_is_signing_out(self, person: User) -> None:
        here = browser(person)
        mark = devices.mark_of(here.session.session_key)
        assert here.post(f"/account/security/sessions/{mark}/end/").headers["Location"] == "/account/sign-in/"
        assert here.get(HOME).status_code == 302

    def test_nobody_sees_or_ends_somebody_else_s(self, person: User, director: User) -> None:
        theirs, mine = browser(director, IPHONE), browser(person)
        mark = devices.mark_of(theirs.session.session_key)
        assert mark not in mine.get(SECURITY).content.decode()
        assert mine.post(f"/account/security/sessions/{mark}/end/").status_code == 404
        mine.post("/account/security/sessions/end/")
        assert theirs.get(HOME).status_code == 200

    def test_what_has_run_out_or_is_of_an_earlier_password_is_not_listed(self, person: User) -> None:
        browser(person)
        person.set_password("another four words that hold")
        person.save(update_fields=["password"])
        late = browser(person)
        Session.objects.filter(session_key=late.session.session_key).update(expire_date=timezone.now())
        assert devices.devices_of(person, None) == []

    def test_a_changed_password_ends_them_all(self, person: User) -> None:
        elsewhere, here = browser(person, IPHONE), browser(person)
        new = "seven patient herons at dusk"
        form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        assert here.post("/account/password/", form).status_code == 302
        assert [one.get(HOME).status_code for one in (here, elsewhere)] == [302, 302]

    def test_a_request_that_is_under_way_does_not_bring_an_ended_session_back(self, person: User) -> None:
        client = browser(person)
        under_way = client.session
        Session.objects.filter(user=person).delete()
        with pytest.raises(UpdateError):
            under_way.save()
        assert client.get(HOME).status_code == 302

    @pytest.mark.parametrize(
        ("agent", "words"),
        [("", "A browser"), ("<b>curl</b>", "A browser"), (FIREFOX + " Edg/1", "Edge on Windows")],
    )
    def test_a_browser_is_named_in_our_words_only(self, agent: str, words: str) -> None:
        assert devices.browser_in_words(agent) == words


class TestALostPhone:
    @pytest.fixture
    def page(self, person: User, cedar: Jurisdiction) -> str:
        give_app(person)
        return f"/j/cedar/people/{member(person, cedar).pk}/start-over/"

    def test_the_administrator_lets_them_start_over(
        self, sign_in: Callable[[str], Client], person: User, cedar: Jurisdiction, page: str
    ) -> None:
        theirs = browser(person)
        client = sign_in("administrator")
        assert page in client.get("/j/cedar/people/").content.decode()
        assert "Speak to them first" in client.get(page).content.decode()
        assert client.post(page).headers["Location"] == "/j/cedar/people/"
        assert theirs.get(HOME).status_code == 302
        assert not Authenticator.objects.filter(user=person).exists()
        with jurisdiction_scope(cedar.pk):
            (told,) = Message.objects.filter(to__user=person)
            event = AuditEvent.objects.get(kind="factor.all_taken_away")
        assert told.kind == "sign_in_started_over"
        assert event.about == f"membership:{member(person, cedar).pk}"

    def test_the_password_of_before_opens_no_way_to_a_second_step(
        self, sign_in: Callable[[str], Client], person: User, page: str
    ) -> None:
        sign_in("administrator").post(page)
        client = Client()
        client.post("/account/sign-in/", {"login": person.email, "password": PASSWORD})
        assert client.get("/account/set-up/").status_code == 302
        assert "_auth_user_id" not in client.session
        client.post("/account/reset/", {"email": person.email})
        assert [one.to for one in mail.outbox] == [[person.email]]

    @pytest.mark.parametrize(
        ("who", "status"), [("nobody", 302), ("outsider", 404), ("reviewer", 403), ("quality_lead", 403)]
    )
    def test_others_cannot(
        self,
        sign_in: Callable[[str], Client],
        request: pytest.FixtureRequest,
        page: str,
        who: str,
        status: int,
    ) -> None:
        if who != "nobody":
            request.getfixturevalue(who)
        client = sign_in(who)
        assert client.get(page).status_code == status
        assert client.post(page).status_code == status
        assert Authenticator.objects.exists()

    def test_nobody_does_it_to_themselves(
        self, sign_in: Callable[[str], Client], administrator: User, cedar: Jurisdiction
    ) -> None:
        give_app(administrator)
        own = f"/j/cedar/people/{member(administrator, cedar).pk}/start-over/"
        client = sign_in("administrator")
        assert own not in client.get("/j/cedar/people/").content.decode()
        assert client.post(own).status_code == 422
        assert Authenticator.objects.filter(user=administrator).exists()

    @pytest.mark.parametrize("elsewhere", ["another agency", "the partnership"])
    def test_whose_sign_in_opens_more_is_not_one_agency_s_to_start_over(
        self,
        sign_in: Callable[[str], Client],
        person: User,
        partner: User,
        cedar: Jurisdiction,
        birch: Jurisdiction,
        elsewhere: str,
        page: str,
    ) -> None:
        if elsewhere == "another agency":
            Membership.objects.create(jurisdiction=birch, user=person, roles=[Role.REVIEWER])
        else:
            Membership.objects.create(jurisdiction=cedar, user=partner, roles=[Role.REVIEWER])
            give_app(partner)
            page = f"/j/cedar/people/{member(partner, cedar).pk}/start-over/"
        answer = sign_in("administrator").post(page)
        assert answer.status_code == 422
        assert "opens more than your agency" in answer.content.decode()
        assert birch.name not in answer.content.decode()
        assert Authenticator.objects.filter(type="totp").exists()

    def test_whoever_runs_it_helps_them_by_command(
        self, person: User, cedar: Jurisdiction, birch: Jurisdiction, page: str
    ) -> None:
        Membership.objects.create(jurisdiction=birch, user=person, roles=[Role.REVIEWER])
        theirs = browser(person)
        call_command("start_sign_in_over", person.email.upper())
        assert theirs.get(HOME).status_code == 302
        assert not Authenticator.objects.filter(user=person).exists()
        assert kinds(cedar) == kinds(birch) == ["factor.all_taken_away"]
        assert PartnershipEvent.objects.get(kind="factor.all_taken_away").by_user is None

    def test_the_command_names_nobody_by_mistake(self, person: User) -> None:
        with pytest.raises(CommandError, match="No account"):
            call_command("start_sign_in_over", "nobody@example.org")


def test_a_removed_person_sees_nothing_though_signed_in(person: User) -> None:
    client = browser(person)
    person.memberships.update(left_at=timezone.now())
    assert client.get(HOME).status_code == 404


def test_people_of_no_agency_look_after_their_sign_in_too() -> None:
    client = Client()
    client.force_login(make_person("between_agencies"))
    assert client.get(SECURITY).status_code == 200
