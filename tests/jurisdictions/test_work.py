"""Owed work: claimed by one, put back with backoff, given up after the last try, done once."""

import datetime as dt
import threading
from functools import partial

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from inbox.models import Message
from jurisdictions import work
from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import member


def owe(agency: Jurisdiction, user: User, count: int) -> None:
    with jurisdiction_scope(agency.pk):
        for n in range(count):
            work.owe(
                Message(
                    jurisdiction=agency,
                    to=member(user, agency),
                    kind="named_to_review",
                    occasion=f"t:{n}",
                    path="/j/",
                )
            )


def drain(agency: Jurisdiction, do: object, settle: object = lambda row, result: None) -> int:
    scope = partial(jurisdiction_scope, agency.pk)
    return work.drain(lambda: Message.objects.all(), scope=scope, do=do, settle=settle)  # type: ignore[arg-type]


def only(agency: Jurisdiction) -> Message:
    with jurisdiction_scope(agency.pk):
        return Message.objects.get()


@pytest.mark.django_db(transaction=True)
def test_eight_workers_do_each_row_once(cedar: Jurisdiction, reviewer: User) -> None:
    owe(cedar, reviewer, 40)
    done: list[int] = []

    def run() -> None:
        drain(cedar, lambda row: done.append(row.pk))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == len(set(done)) == 40
    with jurisdiction_scope(cedar.pk):
        assert not Message.objects.filter(done_at=None).exists()


@pytest.mark.django_db
def test_what_fails_is_put_back_later_and_later(cedar: Jurisdiction, reviewer: User) -> None:
    owe(cedar, reviewer, 1)

    def fails(row: Message) -> None:
        raise OSError("CANARY of a server's answer")

    assert drain(cedar, fails) == 0
    row = only(cedar)
    assert (row.tries, row.trouble, row.done_at) == (1, "OSError", None)
    assert row.due_at > timezone.now() + dt.timedelta(seconds=settings.WORK_BACKOFF_SECONDS)
    assert drain(cedar, fails) == 0
    assert only(cedar).tries == 1, "it is not its turn yet"


@pytest.mark.django_db
def test_after_the_last_try_a_row_is_given_up(cedar: Jurisdiction, reviewer: User) -> None:
    owe(cedar, reviewer, 1)
    with jurisdiction_scope(cedar.pk):
        Message.objects.update(tries=settings.WORK_TRIES - 1)

    def fails(row: Message) -> None:
        raise OSError

    drain(cedar, fails)
    assert only(cedar).work_state == "dead"


@pytest.mark.django_db
def test_a_row_whose_worker_dies_each_time_is_given_up_too(cedar: Jurisdiction, reviewer: User) -> None:
    owe(cedar, reviewer, 1)
    with jurisdiction_scope(cedar.pk):
        past = timezone.now() - dt.timedelta(seconds=1)
        Message.objects.update(tries=settings.WORK_TRIES, claimed_until=past)
    assert drain(cedar, lambda row: None) == 0
    row = only(cedar)
    assert (row.work_state, row.trouble) == ("dead", "WorkerKilled")


@pytest.mark.django_db
def test_a_lease_keeps_others_off_until_it_ends(cedar: Jurisdiction, reviewer: User) -> None:
    owe(cedar, reviewer, 1)
    with jurisdiction_scope(cedar.pk):
        Message.objects.update(tries=1, claimed_until=timezone.now() + dt.timedelta(seconds=60))
    assert drain(cedar, lambda row: None) == 0
    with jurisdiction_scope(cedar.pk):
        Message.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    assert drain(cedar, lambda row: None) == 1


@pytest.mark.django_db
def test_only_the_latest_claim_settles(cedar: Jurisdiction, reviewer: User) -> None:
    owe(cedar, reviewer, 1)
    settled: list[int] = []

    def overtaken(row: Message) -> None:
        with jurisdiction_scope(cedar.pk):
            Message.objects.update(claim=None, claimed_until=timezone.now() + dt.timedelta(seconds=60))

    assert drain(cedar, overtaken, lambda row, result: settled.append(row.pk)) == 0
    assert settled == []
    assert only(cedar).done_at is None


@pytest.mark.django_db
def test_what_is_owed_again_starts_over_and_an_earlier_worker_cannot_settle_it(
    cedar: Jurisdiction, reviewer: User
) -> None:
    owe(cedar, reviewer, 1)
    now, settled = timezone.now(), list[int]()

    def again(row: Message) -> None:
        with jurisdiction_scope(cedar.pk):
            later = {"due_at": now + dt.timedelta(hours=1), "dead_at": now, "trouble": "OSError"}
            Message.objects.update(**later)
            work.owe_again(Message.objects.get())

    def once(row: Message) -> None:
        if row.tries == 1 and not settled:
            settled.append(-1)
            again(row)

    assert drain(cedar, once, lambda row, result: settled.append(row.pk)) == 1
    row = only(cedar)
    assert settled == [-1, row.pk]
    assert (row.tries, row.trouble, row.dead_at, row.claimed_until) == (1, "", None, None)
    assert row.due_at < timezone.now()
    with jurisdiction_scope(cedar.pk):
        work.owe_again(row)
    assert (only(cedar).claim, only(cedar).done_at, only(cedar).tries) == (None, None, 0)
