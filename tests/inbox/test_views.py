"""The inbox: one's own messages, unread first; and for administrators, who could not be reached."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox.actions import queue_message
from inbox.models import Message
from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import member

LIST = "/j/cedar/inbox/"
PATH = "/j/cedar/reviews/2026-001/"


@pytest.fixture
def message(cedar: Jurisdiction, reviewer: User) -> Message:
    with jurisdiction_scope(cedar.pk):
        to = member(reviewer, cedar)
        return queue_message("turn_returned", to=to, number="2026-001", path=PATH, occasion="move:1")


def now(message: Message) -> Message:
    with jurisdiction_scope(message.jurisdiction_id):
        return Message.objects.get(pk=message.pk)


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("outsider", 404), ("observer", 200), ("reviewer", 200)]
)
def test_who_may_see_their_inbox(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, who: str, status: int
) -> None:
    assert sign_in(who).get(LIST).status_code == status


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("outsider", 404), ("observer", 404), ("reviewer", 302)]
)
@pytest.mark.parametrize("act", ["", "read/"])
def test_a_message_is_its_addressee_s_alone(
    sign_in: Callable[[str], Client], message: Message, who: str, status: int, act: str
) -> None:
    client = sign_in(who)
    send = client.post if act else client.get
    assert send(f"{LIST}{message.pk}/{act}").status_code == status
    assert (now(message).read_at is not None) == (who == "reviewer")


def test_opening_leads_on_and_marks_it_read(sign_in: Callable[[str], Client], message: Message) -> None:
    response = sign_in("reviewer").get(f"{LIST}{message.pk}/")
    assert response.headers["Location"] == PATH
    assert now(message).read_at is not None


def test_the_list_says_what_where_and_how_many(sign_in: Callable[[str], Client], message: Message) -> None:
    page = sign_in("reviewer").get(LIST).content.decode()
    assert "Review 2026-001 came back with remarks" in page
    assert f'href="{LIST}{message.pk}/"' in page
    assert "See the remarks" in page


def test_another_s_message_is_not_in_the_list(sign_in: Callable[[str], Client], message: Message) -> None:
    page = sign_in("observer").get(LIST).content.decode()
    assert "2026-001" not in page
    assert "No messages yet" in page


def test_unread_first_then_the_newest_page_by_page(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, reviewer: User
) -> None:
    """Sixty messages, every third read; each is shown once, in order, whatever page it is on."""
    begin = timezone.now() - dt.timedelta(days=2)
    with jurisdiction_scope(cedar.pk):
        to = member(reviewer, cedar)
        for number in range(60):
            Message.objects.create(
                jurisdiction=cedar,
                to=to,
                kind="overdue",
                number=f"n{number:02}",
                path=PATH,
                occasion=str(number),
                owed_at=begin + dt.timedelta(minutes=number // 4),  # some at the very same time
                read_at=timezone.now() if number % 3 == 0 else None,
            )
    client, url, seen = sign_in("reviewer"), LIST, []
    while url:
        context = client.get(url).context
        page = [line.subject.split()[1] for line in [*context["unread"], *context["read"]]]
        assert len(page) <= 25
        seen += page
        url = context["next_url"]
    unread = [f"n{number:02}" for number in range(59, -1, -1) if number % 3]
    read = [f"n{number:02}" for number in range(59, -1, -1) if number % 3 == 0]
    assert seen == unread + read


@pytest.mark.parametrize(
    "after", ["nonsense", "new,2026-01-01,1", "read,2026-01-01T00:00:00+00:00,x", "new,,"]
)
def test_a_made_up_place_is_the_beginning(
    sign_in: Callable[[str], Client], message: Message, after: str
) -> None:
    response = sign_in("reviewer").get(LIST, {"after": after})
    assert response.status_code == 200
    assert "2026-001" in response.content.decode()


def test_mark_all_read(sign_in: Callable[[str], Client], message: Message) -> None:
    client = sign_in("reviewer")
    assert client.post(f"{LIST}read/").headers["Location"] == LIST
    assert now(message).read_at is not None
    assert "You have read everything" in client.get(LIST).content.decode()


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_costs_the_same_whatever_its_length(
    sign_in: Callable[[str], Client],
    cedar: Jurisdiction,
    reviewer: User,
    django_assert_max_num_queries: Any,
    count: int,
) -> None:
    with jurisdiction_scope(cedar.pk):
        to = member(reviewer, cedar)
        for number in range(count):
            queue_message("overdue", to=to, number="2026-001", path=PATH, occasion=str(number))
    client = sign_in("reviewer")
    client.get(LIST)
    with django_assert_max_num_queries(12):
        client.get(LIST)


class TestUndelivered:
    @pytest.fixture
    def dead(self, message: Message) -> Message:
        with jurisdiction_scope(message.jurisdiction_id):
            Message.objects.update(dead_at=timezone.now(), tries=12, trouble="SMTPRecipientsRefused")
        return now(message)

    @pytest.mark.parametrize(
        ("who", "get", "post"),
        [("nobody", 302, 302), ("outsider", 404, 404), ("reviewer", 403, 403), ("administrator", 200, 302)],
    )
    def test_who_may(
        self, sign_in: Callable[[str], Client], dead: Message, who: str, get: int, post: int
    ) -> None:
        client = sign_in(who)
        assert client.get(f"{LIST}undelivered/").status_code == get
        assert client.post(f"{LIST}undelivered/try-again/").status_code == post
        assert (now(dead).dead_at is None) == (who == "administrator")

    def test_it_says_who_and_why_and_not_what_about(
        self, sign_in: Callable[[str], Client], dead: Message
    ) -> None:
        page = sign_in("administrator").get(f"{LIST}undelivered/").content.decode()
        assert "reviewer@example.org" in page
        assert "does not know this address" in page
        assert "2026-001" not in page

    def test_the_people_page_points_at_it(self, sign_in: Callable[[str], Client], dead: Message) -> None:
        client = sign_in("administrator")
        page = client.get("/j/cedar/people/").content.decode()
        assert "1 mail could not be delivered" in page
        assert f'href="{LIST}undelivered/"' in page
        client.post(f"{LIST}undelivered/try-again/")
        assert "undelivered" not in client.get("/j/cedar/people/").content.decode()
