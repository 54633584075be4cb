"""Mail through a real server: what it says, what it never says, and what happens when the server does not take it."""

from typing import Any

import pytest
from django.utils import timezone

from inbox.actions import queue_message
from inbox.kinds import KINDS
from inbox.models import Message
from inbox.tasks import deliver_messages
from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import make_person, member
from tests.inbox.conftest import MailServer

PATH = "/j/cedar/reviews/2026-001/"


@pytest.fixture
def message(cedar: Jurisdiction, director: User) -> Message:
    return owe(cedar, director)


def owe(agency: Jurisdiction, user: User, kind: str = "turn_director", occasion: str = "move:1") -> Message:
    with jurisdiction_scope(agency.pk):
        return queue_message(kind, to=member(user, agency), number="2026-001", path=PATH, occasion=occasion)


def now_due(message: Message) -> Message:
    """As the row stands, due at once: the wait between two tries is over."""
    with jurisdiction_scope(message.jurisdiction_id):
        Message.objects.filter(pk=message.pk).update(due_at=timezone.now())
        return Message.objects.get(pk=message.pk)


def test_one_mail_with_a_number_and_a_link(
    message: Message, director: User, mail_server: MailServer, settings: Any
) -> None:
    director.display_name = "Niamh O’Dea & sons"
    director.save(update_fields=["display_name"])
    assert deliver_messages(message.jurisdiction_id) == 1
    [mail] = mail_server.mails
    text = mail.get_content()
    assert mail["To"] == "director@example.org"
    assert mail["Subject"] == "Review 2026-001 is ready for your decision"
    assert mail["Message-ID"] == f"<message.{message.jurisdiction_id}.{message.pk}@localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert "Hello Niamh O’Dea & sons," in text
    assert f"\n{settings.BASE_URL}{PATH}\n" in text.replace("\r\n", "\n")
    assert "Cedar County" in text
    assert "because you may approve this review" in text
    assert now_due(message).done_at is not None


def test_what_is_settled_is_not_sent_again(message: Message, mail_server: MailServer) -> None:
    deliver_messages(message.jurisdiction_id)
    assert deliver_messages(message.jurisdiction_id) == 0
    assert len(mail_server.mails) == 1


def test_a_mail_sent_again_after_a_crash_has_the_same_id(message: Message, mail_server: MailServer) -> None:
    deliver_messages(message.jurisdiction_id)
    with jurisdiction_scope(message.jurisdiction_id):  # the worker died between the server's 250 and its note
        Message.objects.update(done_at=None, claimed_until=None)
    deliver_messages(message.jurisdiction_id)
    first, second = mail_server.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_a_refused_address_waits_and_does_not_hold_up_the_others(
    cedar: Jurisdiction, message: Message, reviewer: User, mail_server: MailServer
) -> None:
    mail_server.refused.add("director@example.org")
    owe(cedar, reviewer, kind="named_to_review")
    assert deliver_messages(cedar.pk) == 1
    assert [mail["To"] for mail in mail_server.mails] == ["reviewer@example.org"]
    with jurisdiction_scope(cedar.pk):
        row = Message.objects.get(pk=message.pk)
    assert (row.done_at, row.dead_at, row.tries, row.trouble) == (None, None, 1, "SMTPRecipientsRefused")
    assert row.due_at > timezone.now()


def test_after_the_last_try_a_person_can_see_it(
    message: Message, mail_server: MailServer, settings: Any
) -> None:
    settings.WORK_TRIES = 2
    mail_server.refused.add("director@example.org")
    deliver_messages(message.jurisdiction_id)
    assert now_due(message).dead_at is None
    deliver_messages(message.jurisdiction_id)
    assert now_due(message).dead_at is not None
    with jurisdiction_scope(message.jurisdiction_id):
        assert [row.pk for row in Message.objects.given_up()] == [message.pk]


def test_a_server_that_is_away_costs_time_not_mail(message: Message, mail_server: MailServer) -> None:
    mail_server.stop()
    assert deliver_messages(message.jurisdiction_id) == 0
    assert now_due(message).trouble == "ConnectionRefusedError"
    mail_server.start()
    assert deliver_messages(message.jurisdiction_id) == 1
    assert len(mail_server.mails) == 1
    row = now_due(message)
    assert (row.tries, row.trouble) == (2, "")


@pytest.mark.parametrize("gone", ["left", "closed"])
def test_somebody_who_left_gets_no_mail(
    message: Message, director: User, mail_server: MailServer, gone: str
) -> None:
    if gone == "left":
        Membership.objects.filter(user=director).update(left_at=timezone.now())
    else:
        User.objects.filter(pk=director.pk).update(is_active=False)
    assert deliver_messages(message.jurisdiction_id) == 1
    assert mail_server.mails == []
    assert now_due(message).done_at is not None


def test_an_agency_s_worker_sends_no_other_agency_s_mail(
    message: Message, birch: Jurisdiction, mail_server: MailServer
) -> None:
    assert deliver_messages(birch.pk) == 0
    assert mail_server.mails == []


def test_whoever_cannot_sign_in_is_led_to_a_new_password(
    cedar: Jurisdiction, director: User, mail_server: MailServer, settings: Any
) -> None:
    owe(cedar, director, kind="sign_in_started_over")
    deliver_messages(cedar.pk)
    [mail] = mail_server.mails
    assert f"{settings.BASE_URL}/account/reset/" in mail.get_content()
    assert "Sign in to read it" not in mail.get_content()


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_lets_out_more_than_the_number(
    cedar: Jurisdiction, mail_server: MailServer, kind: str
) -> None:
    """Canaries stand wherever a careless text could take them from."""
    user = make_person("dana", cedar, "reviewer")  # type: ignore[arg-type]
    to = member(user, cedar)
    with jurisdiction_scope(cedar.pk):
        queue_message(kind, to=to, number="2026-001", path=PATH, occasion="canary-occasion")
    deliver_messages(cedar.pk)
    [mail] = mail_server.mails
    whole = mail.as_string() + mail.get_content()
    for canary in ("canary-occasion", "Canary narrative", "reviewer@", kind):
        assert canary not in whole
    assert "{" not in mail.get_content()
    assert all(ord(sign) < 128 for sign in mail["Subject"])
