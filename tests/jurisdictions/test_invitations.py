"""From an invitation to a membership: the link, its states, and each of its plain pages."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from jurisdictions import links
from jurisdictions.actions.invitations import (
    CannotAccept,
    CannotCancel,
    CannotInvite,
    CannotResend,
    accept_invitation,
    cancel_invitation,
    invite_person,
    join_with_new_account,
    resend_invitation,
)
from jurisdictions.models import AuditEvent, Invitation, Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.tasks import send_invitations
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import make_person, member
from tests.second_step import code, set_up_app

LIST = "/j/cedar/people/"
PASSWORD = "four words go together oddly"
NEW = {"display_name": "Dana R.", "password": PASSWORD, "password_again": PASSWORD}


def invite(agency: Jurisdiction, by: User, email: str = "dana@example.org", *roles: str) -> Invitation:
    with jurisdiction_scope(agency.pk):
        return invite_person(agency, email=email, roles=roles or ["reviewer"], by=member(by, agency))


@pytest.fixture
def invitation(cedar: Jurisdiction, administrator: User) -> Invitation:
    return invite(cedar, administrator)


def link(invitation: Invitation) -> str:
    return f"/invitation/{links.token_for(invitation)}/"


class TestInviting:
    @pytest.mark.parametrize(
        ("who", "status"), [("nobody", 302), ("outsider", 404), ("coordinator", 403), ("administrator", 302)]
    )
    def test_who_may(
        self, sign_in: Callable[[str], Client], cedar: Jurisdiction, who: str, status: int
    ) -> None:
        response = sign_in(who).post(f"{LIST}invite/", {"email": "Dana@Example.org", "roles": ["reviewer"]})
        assert response.status_code == status
        assert Invitation.objects.filter(email="dana@example.org").exists() == (who == "administrator")

    @pytest.mark.parametrize(("who", "status"), [("nobody", 302), ("outsider", 404), ("coordinator", 403)])
    @pytest.mark.parametrize("act", ["resend", "cancel"])
    def test_others_neither_resend_nor_cancel(
        self, sign_in: Callable[[str], Client], invitation: Invitation, who: str, status: int, act: str
    ) -> None:
        assert sign_in(who).post(f"{LIST}invitations/{invitation.pk}/{act}/").status_code == status
        assert Invitation.objects.get().state == "open"

    def test_another_agency_s_invitation_is_not_here(
        self, sign_in: Callable[[str], Client], birch: Jurisdiction, outsider: User, administrator: User
    ) -> None:
        theirs = invite(birch, outsider)
        assert sign_in("administrator").post(f"{LIST}invitations/{theirs.pk}/cancel/").status_code == 404
        assert "dana@example.org" not in sign_in("administrator").get(LIST).content.decode()

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"roles": ["reviewer"]}, "Enter the e-mail address"),
            ({"email": "dana", "roles": ["reviewer"]}, "write it as in name@agency.gov"),
            ({"email": "dana@example.org"}, "Roles: tick at least one."),
            ({"email": "reviewer@example.org", "roles": ["director"]}, "is in this agency already"),
        ],
    )
    def test_what_is_refused_keeps_what_was_typed(
        self,
        sign_in: Callable[[str], Client],
        administrator: User,
        reviewer: User,
        typed: dict[str, Any],
        words: str,
    ) -> None:
        response = sign_in("administrator").post(f"{LIST}invite/", typed)
        page = response.content.decode()
        assert response.status_code == 422
        assert words in page
        if "email" in typed:
            assert f'value="{typed["email"]}"' in page
        for role in typed.get("roles", []):
            assert f'value="{role}" checked' in page

    def test_the_same_again_is_the_same(self, cedar: Jurisdiction, administrator: User) -> None:
        assert invite(cedar, administrator).pk == invite(cedar, administrator).pk
        with jurisdiction_scope(cedar.pk):
            assert AuditEvent.objects.filter(kind="invitation.sent").count() == 1

    def test_with_other_roles_it_is_refused_until_cancelled(
        self, cedar: Jurisdiction, administrator: User, invitation: Invitation
    ) -> None:
        with pytest.raises(CannotInvite, match=r"invite\.waiting"):
            invite(cedar, administrator, "dana@example.org", "director")
        with jurisdiction_scope(cedar.pk):
            cancel_invitation(invitation, by=member(administrator, cedar))
        assert invite(cedar, administrator, "dana@example.org", "director").roles == ["director"]

    def test_the_people_page_shows_open_and_expired_ones(
        self, sign_in: Callable[[str], Client], invitation: Invitation
    ) -> None:
        client = sign_in("administrator")
        page = client.get(LIST).content.decode()
        assert "dana@example.org" in page
        assert "until" in page
        Invitation.objects.update(expires_at=timezone.now())
        assert "Ran out" in client.get(LIST).content.decode()
        Invitation.objects.update(dead_at=timezone.now(), expires_at=timezone.now() + dt.timedelta(days=1))
        assert "Could not be delivered" in client.get(LIST).content.decode()


class TestMail:
    def test_it_says_who_where_what_and_until_when(self, invitation: Invitation, settings: Any) -> None:
        assert send_invitations() == 1
        [sent] = mail.outbox
        assert sent.to == ["dana@example.org"]
        assert sent.subject == "You are invited to join Cedar County in NPCS"
        assert f"\n{settings.BASE_URL}{link(invitation)}\n" in sent.body
        assert "Administrator invites you" in sent.body
        assert "Your roles there: Reviewer." in sent.body
        assert send_invitations() == 0

    def test_sending_again_is_another_mail_with_another_link(
        self, cedar: Jurisdiction, administrator: User, invitation: Invitation
    ) -> None:
        send_invitations()
        Invitation.objects.update(owed_at=timezone.now() - dt.timedelta(minutes=2))
        with jurisdiction_scope(cedar.pk):
            resend_invitation(invitation, by=member(administrator, cedar))
        assert send_invitations() == 1
        first, second = mail.outbox
        assert first.extra_headers["Message-ID"] != second.extra_headers["Message-ID"]
        assert link(Invitation.objects.get()) in second.body
        assert link(invitation) not in second.body

    def test_a_cancelled_one_is_not_sent(
        self, cedar: Jurisdiction, administrator: User, invitation: Invitation
    ) -> None:
        with jurisdiction_scope(cedar.pk):
            cancel_invitation(invitation, by=member(administrator, cedar))
        assert send_invitations() == 1
        assert mail.outbox == []


class TestSendingAgain:
    def test_not_within_a_minute(
        self, cedar: Jurisdiction, administrator: User, invitation: Invitation
    ) -> None:
        with jurisdiction_scope(cedar.pk), pytest.raises(CannotResend, match="too_soon"):
            resend_invitation(invitation, by=member(administrator, cedar))

    def test_it_opens_an_expired_one_and_ends_older_links(
        self, client: Client, cedar: Jurisdiction, administrator: User, invitation: Invitation
    ) -> None:
        old = link(invitation)
        Invitation.objects.update(owed_at=timezone.now() - dt.timedelta(days=15), expires_at=timezone.now())
        assert client.get(old).status_code == 410
        with jurisdiction_scope(cedar.pk):
            again = resend_invitation(invitation, by=member(administrator, cedar))
        assert again.state == "open"
        replaced = client.get(old)
        assert replaced.status_code == 410
        assert "newer link" in replaced.content.decode()
        assert client.get(link(again)).status_code == 200

    @pytest.mark.parametrize("state", ["accepted", "cancelled"])
    def test_not_what_is_over(self, cedar: Jurisdiction, administrator: User, state: str) -> None:
        invitation = invite(cedar, administrator)
        by = member(administrator, cedar)
        with jurisdiction_scope(cedar.pk):
            if state == "accepted":
                join_with_new_account(invitation, display_name="D", password=PASSWORD)
                with pytest.raises(CannotCancel):
                    cancel_invitation(invitation, by=by)
            else:
                cancel_invitation(invitation, by=by)
                cancel_invitation(invitation, by=by)  # twice is once
            with pytest.raises(CannotResend, match=state):
                resend_invitation(invitation, by=by)


class TestANewPerson:
    def test_chooses_a_password_and_is_in(self, client: Client, invitation: Invitation) -> None:
        page = client.get(link(invitation)).content.decode()
        assert "Join Cedar County" in page
        assert "dana@example.org" in page
        assert "Works on the reviews they are named to." in page
        response = client.post(link(invitation), NEW)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/j/cedar/")
        user = User.objects.get(email="dana@example.org")
        membership = Membership.objects.get(user=user)
        assert (user.display_name, membership.roles) == ("Dana R.", ["reviewer"])
        assert client.get("/j/cedar/inbox/").headers["Location"] == "/account/set-up/"
        set_up_app(client)
        assert client.get("/j/cedar/inbox/").status_code == 200
        with jurisdiction_scope(membership.jurisdiction_id):
            event = AuditEvent.objects.get(kind="invitation.accepted")
        assert (event.by_user, event.ids) == (user.pk, {"membership": membership.pk})

    def test_signs_in_later_with_that_password(self, client: Client, invitation: Invitation) -> None:
        client.post(link(invitation), NEW)
        secret = set_up_app(client)
        client.logout()
        client.post("/account/sign-in/", {"login": "Dana@example.org", "password": PASSWORD})
        client.post("/account/second-step/", {"code": code(secret, later=1)})
        assert client.get("/j/cedar/inbox/").status_code == 200

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"display_name": ""}, "Enter your name"),
            ({"password": "short", "password_again": "short"}, "at least 15 characters"),
            ({"password": "dana@example.org", "password_again": "dana@example.org"}, "too similar"),
            ({"password_again": "something else entirely"}, "the two are not the same"),
            ({"password_again": ""}, "Type the password a second time"),
        ],
    )
    def test_what_is_refused_is_said_in_words(
        self, client: Client, invitation: Invitation, typed: dict[str, str], words: str
    ) -> None:
        response = client.post(link(invitation), NEW | typed)
        page = response.content.decode()
        assert response.status_code == 422
        assert words in page
        assert PASSWORD not in page
        assert not User.objects.filter(email="dana@example.org").exists()

    def test_the_tenant_and_the_roles_come_from_the_invitation(
        self, client: Client, invitation: Invitation, birch: Jurisdiction
    ) -> None:
        forged = {"jurisdiction": "birch", "roles": ["agency_administrator"], "email": "evil@example.org"}
        client.post(link(invitation), NEW | forged)
        membership = Membership.objects.get(user__email="dana@example.org")
        assert (membership.jurisdiction.slug, membership.roles) == ("cedar", ["reviewer"])


class TestSomebodyWithAnAccount:
    @pytest.fixture
    def dana(self, birch: Jurisdiction) -> User:
        return make_person("dana", birch, Role.REVIEWER)

    def test_is_asked_to_sign_in_and_led_back(
        self, client: Client, dana: User, invitation: Invitation
    ) -> None:
        page = client.get(link(invitation)).content.decode()
        assert "dana@example.org" in page
        assert "/account/sign-in/?next=/invitation/" in page
        assert client.post(link(invitation), NEW).status_code == 200  # no second account, no new password
        assert User.objects.get(email=dana.email).password == dana.password

    def test_joins_with_one_press(self, client: Client, dana: User, invitation: Invitation) -> None:
        client.force_login(dana)
        assert "Join Cedar County" in client.get(link(invitation)).content.decode()
        assert not Membership.objects.filter(user=dana, jurisdiction__slug="cedar").exists()
        assert client.post(link(invitation)).headers["Location"].startswith("/j/cedar/")
        assert Membership.objects.filter(user=dana).count() == 2

    def test_at_another_address_gets_a_plain_page(
        self, client: Client, reviewer: User, invitation: Invitation
    ) -> None:
        client.force_login(reviewer)
        for response in (client.get(link(invitation)), client.post(link(invitation))):
            page = response.content.decode()
            assert response.status_code == 403
            assert "You are signed in as" in page
            assert "reviewer@example.org" in page
            assert "dana@example.org" in page
        assert Invitation.objects.get().accepted_at is None

    def test_signing_out_there_leads_back(
        self, client: Client, reviewer: User, invitation: Invitation
    ) -> None:
        client.force_login(reviewer)
        response = client.post("/account/sign-out/", {"next": link(invitation)})
        assert response.headers["Location"] == link(invitation)
        assert "Join Cedar County" in client.get(link(invitation)).content.decode()

    def test_who_left_comes_back_to_the_same_row(
        self, cedar: Jurisdiction, administrator: User, reviewer: User
    ) -> None:
        before = member(reviewer, cedar)
        Membership.objects.filter(pk=before.pk).update(left_at=timezone.now())
        again = invite(cedar, administrator, reviewer.email, "director")
        with jurisdiction_scope(cedar.pk):
            after = accept_invitation(again, by=reviewer)
        assert (after.pk, after.left_at, after.roles) == (before.pk, None, ["director"])


class TestPlainPages:
    @pytest.mark.parametrize("token", ["x", "x:y", "AAAA:BBBB", "%20"])
    def test_a_broken_link(self, client: Client, db: None, token: str) -> None:
        response = client.get(f"/invitation/{token}/")
        assert response.status_code == 404
        assert "This link is not whole" in response.content.decode()

    def test_a_link_that_was_changed_or_cut(self, client: Client, invitation: Invitation) -> None:
        token = links.token_for(invitation)
        for broken in (token[:-1], token[1:], "B" + token[1:] if token[0] != "B" else "C" + token[1:]):
            assert client.get(f"/invitation/{broken}/").status_code == 404

    def test_an_invitation_that_is_unknown_looks_broken(self, client: Client, invitation: Invitation) -> None:
        address = link(invitation)
        Invitation.objects.all().delete()
        assert client.get(address).status_code == 404

    @pytest.mark.parametrize(
        ("change", "status", "words"),
        [
            ({"expires_at": dt.datetime(2026, 1, 2, tzinfo=dt.UTC)}, 410, "ran out"),
            ({"cancelled_at": dt.datetime(2026, 1, 2, tzinfo=dt.UTC)}, 410, "taken back"),
        ],
    )
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_what_is_over_says_how_to_go_on(
        self,
        client: Client,
        invitation: Invitation,
        change: dict[str, Any],
        status: int,
        words: str,
        method: str,
    ) -> None:
        Invitation.objects.update(**change)
        response = getattr(client, method)(link(invitation), NEW)
        page = response.content.decode()
        assert response.status_code == status
        assert words in page
        assert "Administrator" in page  # whom to ask
        assert not User.objects.filter(email="dana@example.org").exists()

    def test_accepting_twice_is_harmless(self, client: Client, invitation: Invitation) -> None:
        client.post(link(invitation), NEW)
        set_up_app(client)
        for response in (client.get(link(invitation)), client.post(link(invitation), NEW)):
            assert response.status_code == 200
            assert "This invitation was accepted" in response.content.decode()
        assert Membership.objects.filter(user__email="dana@example.org").count() == 1

    def test_the_action_itself_refuses_what_is_over(
        self, cedar: Jurisdiction, invitation: Invitation, reviewer: User
    ) -> None:
        with jurisdiction_scope(cedar.pk):
            with pytest.raises(CannotAccept, match="wrong_address"):
                accept_invitation(invitation, by=reviewer)
            Invitation.objects.update(expires_at=timezone.now())
            with pytest.raises(CannotAccept, match="expired"):
                join_with_new_account(invitation, display_name="D", password=PASSWORD)
        assert not User.objects.filter(email="dana@example.org").exists()


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_person(cedar: Jurisdiction, administrator: User) -> None:
    invitation = invite(cedar, administrator)
    ready, results = threading.Barrier(2, timeout=10), []

    def go() -> None:
        try:
            ready.wait()
            results.append(Client().post(link(invitation), NEW).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(results) == 2
    assert set(results) <= {200, 302}
    assert Membership.objects.filter(user__email="dana@example.org").count() == 1
