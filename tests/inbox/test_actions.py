"""A message is owed once, with the change it tells of, and to one person."""

import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from inbox.actions import mark_all_read, mark_read, queue_message, try_again
from inbox.kinds import KINDS
from inbox.models import Message
from jurisdictions import doorbell
from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import member

PATH = "/j/cedar/reviews/2026-001/"


def owe(to: Membership, kind: str = "turn_director", occasion: str = "move:1") -> Message:
    return queue_message(kind, to=to, number="2026-001", path=PATH, occasion=occasion)


@pytest.mark.usefixtures("in_cedar")
class TestOwing:
    @pytest.fixture
    def to(self, director: User, cedar: Jurisdiction) -> Membership:
        return member(director, cedar)

    def test_the_same_occasion_is_the_same_message(self, to: Membership) -> None:
        first, again = owe(to), owe(to)
        assert first.pk == again.pk
        assert Message.objects.count() == 1

    def test_another_occasion_kind_or_person_is_another_message(self, to: Membership, reviewer: User) -> None:
        owe(to)
        owe(to, occasion="move:2")
        owe(to, kind="overdue")
        owe(member(reviewer, to.jurisdiction))
        assert Message.objects.count() == 4

    def test_owing_twice_leaves_the_transaction_whole(self, to: Membership) -> None:
        owe(to)
        owe(to)
        to.roles = ["director", "coordinator"]
        to.save(update_fields=["roles"])  # would fail in a broken transaction
        assert Message.objects.count() == 1

    def test_owing_twice_is_no_error_to_the_database(self, to: Membership) -> None:
        """The reminders ask every hour: what is owed already must not fill PostgreSQL's log."""
        errors: list[Exception] = []

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            try:
                return execute(sql, params, many, context)
            except DatabaseError as error:
                errors.append(error)
                raise

        with connection.execute_wrapper(watch):
            assert owe(to).pk == owe(to).pk
        assert errors == []

    def test_a_message_that_was_sent_rings_for_nobody(
        self, to: Membership, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rung: list[str] = []
        owe(to)
        Message.objects.update(done_at=timezone.now())
        monkeypatch.setattr(doorbell, "remember", lambda task, jurisdiction: rung.append(task))
        owe(to)
        assert rung == []
        owe(to, occasion="move:2")
        assert rung == ["inbox.tasks.deliver_messages"]

    def test_a_worker_is_rung_for_once_it_is_committed(
        self, to: Membership, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
    ) -> None:
        rung: list[tuple[str, int | None]] = []
        monkeypatch.setattr(doorbell, "ring", lambda task, jurisdiction: rung.append((task, jurisdiction)))
        with django_capture_on_commit_callbacks(execute=True), doorbell.ringing_on_commit():  # type: ignore[operator]
            owe(to)
            owe(to, occasion="move:2")
            assert rung == []
        assert rung == [("inbox.tasks.deliver_messages", to.jurisdiction_id)]

    def test_an_unknown_kind_and_a_foreign_address_are_mistakes_of_the_caller(self, to: Membership) -> None:
        with pytest.raises(ValueError, match="not a kind"):
            queue_message("birthday", to=to, number="", path=PATH, occasion="x")
        for path in ("https://example.org/", "//example.org/", "reviews/"):
            with pytest.raises(ValueError, match="/j/"):
                queue_message("overdue", to=to, number="", path=path, occasion="x")

    def test_reading_twice_keeps_the_first_time(self, to: Membership) -> None:
        message = mark_read(owe(to))
        first = message.read_at
        assert mark_read(message).read_at == first

    def test_all_read_is_only_ones_own(self, to: Membership, reviewer: User) -> None:
        owe(to)
        owe(to, occasion="move:2")
        other = owe(member(reviewer, to.jurisdiction))
        assert mark_all_read(to) == 2
        other.refresh_from_db()
        assert other.read_at is None

    def test_trying_again_starts_over_and_is_written_down(self, to: Membership, administrator: User) -> None:
        message = owe(to)
        Message.objects.update(dead_at=message.owed_at, tries=12, trouble="SMTPRecipientsRefused")
        by = member(administrator, to.jurisdiction)
        assert try_again(by=by) == 1
        message.refresh_from_db()
        assert (message.dead_at, message.tries, message.trouble) == (None, 0, "")
        assert AuditEvent.objects.get(kind="messages.tried_again").ids == {"messages": [message.pk]}
        assert try_again(by=by) == 0


@pytest.mark.django_db(transaction=True)
def test_two_at_once_owe_one_message(cedar: Jurisdiction, director: User) -> None:
    both_in = threading.Barrier(2, timeout=10)
    results: list[int] = []

    def go() -> None:
        try:
            with jurisdiction_scope(cedar.pk):
                to = member(director, cedar)
                both_in.wait()
                results.append(owe(to).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(15)
    assert len(results) == 2
    assert len(set(results)) == 1


@pytest.mark.parametrize("key", KINDS)
def test_every_kind_says_only_the_number(key: str) -> None:
    kind = KINDS[key]
    for number in ("2026-014", ""):
        for text in (kind.subject_for(number), kind.line_for(number), kind.action, kind.why):
            assert "{" not in text
            for word in ("fault", "finding", "screening", "blame", " case "):
                assert word not in text.lower()
    assert len(kind.subject_for("2026-014")) < 70


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (None, "Open remarks are next to the part they are about."),
        (1, "You have 1 open remark. It is next to the part it is about."),
        (2, "You have 2 open remarks. They are next to the parts they are about."),
    ],
)
def test_a_returned_review_says_how_many_remarks_only_where_it_is_known(
    cedar: Jurisdiction, director: User, count: int | None, words: str
) -> None:
    to = member(director, cedar)
    given = {"to": to, "number": "2026-001", "path": PATH, "occasion": "move:1"}
    with jurisdiction_scope(cedar.pk):
        made = queue_message("turn_returned", count=count, **given)
        kept = Message.objects.get(pk=made.pk)
        # As a message was made before they were counted.
        before = Message.objects.create(
            jurisdiction=cedar, kind="turn_returned", **given | {"occasion": "move:0"}
        )
    line = KINDS["turn_returned"].line_for("2026-001", kept.count)
    assert line == f"Review 2026-001 was returned to its team. {words}"
    assert before.count is None
