"""No more sessions than a person may have: the one used longest ago ends, and they are told; rows that ran out go."""

import datetime as dt
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from jurisdictions import tasks
from jurisdictions.models import Jurisdiction, Session, User
from npcs import env
from tests.second_step import with_password_alone

HOME = "/j/cedar/directory/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _two(settings: Any) -> None:
    settings.SESSIONS_PER_PERSON = 2


def signed_in(user: User, *, minutes_ago: int = 0, agent: str = "") -> Client:
    """A whole sign-in that was used once, so long ago."""
    client = Client(HTTP_USER_AGENT=agent)
    client.force_login(user)
    assert client.get(HOME).status_code == 200
    session = Session.objects.filter(pk=client.session.session_key)
    session.update(expire_date=timezone.now() + dt.timedelta(minutes=30 - minutes_ago))
    return client


def test_one_more_ends_the_one_used_longest_ago_and_says_so(cedar: Jurisdiction, reviewer: User) -> None:
    early = signed_in(reviewer, minutes_ago=20, agent=FIREFOX)
    late = signed_in(reviewer, minutes_ago=5)
    new = Client()
    new.force_login(reviewer)
    page = unescape(new.get(HOME).content.decode())
    assert "the one used longest ago was signed out: Firefox on Windows." in page
    assert early.get(HOME).status_code == 302
    assert late.get(HOME).status_code == new.get(HOME).status_code == 200
    assert "signed out" not in new.get(HOME).content.decode()


def test_as_many_as_one_may_have_are_left_alone(cedar: Jurisdiction, reviewer: User) -> None:
    first, second = signed_in(reviewer, minutes_ago=20), signed_in(reviewer)
    for client in (first, second, first):
        assert "signed out" not in client.get(HOME).content.decode()
    assert Session.objects.filter(user=reviewer).count() == 2


def test_whoever_knows_only_the_password_signs_nobody_out(cedar: Jurisdiction, reviewer: User) -> None:
    mine = [signed_in(reviewer, minutes_ago=20), signed_in(reviewer, minutes_ago=10)]
    for _ in range(3):
        thief = with_password_alone(Client(), reviewer)
        assert thief.get(HOME).headers["Location"] == "/account/set-up/"
    assert [client.get(HOME).status_code for client in mine] == [200, 200]
    # Nor does one of theirs count when the person signs in once more.
    Session.objects.filter(pk=mine[1].session.session_key).delete()
    signed_in(reviewer)
    assert mine[0].get(HOME).status_code == 200


def test_other_people_s_sessions_are_theirs(cedar: Jurisdiction, reviewer: User, coordinator: User) -> None:
    theirs = [signed_in(coordinator, minutes_ago=20) for _ in range(2)]
    for _ in range(3):
        signed_in(reviewer)
    assert [client.get(HOME).status_code for client in theirs] == [200, 200]


def test_sessions_that_ran_out_neither_count_nor_stay(cedar: Jurisdiction, reviewer: User) -> None:
    gone, living = signed_in(reviewer, minutes_ago=31), signed_in(reviewer, minutes_ago=29)
    signed_in(reviewer)
    assert living.get(HOME).status_code == 200
    assert tasks.purge_sessions() == 1
    assert not Session.objects.filter(pk=gone.session.session_key).exists()
    assert tasks.purge_sessions() == 0


@pytest.mark.parametrize("told", ["0", "-1", "many", "2.5", "٣"])
def test_the_setting_is_a_whole_number_above_nothing(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setenv("SESSIONS_PER_PERSON", told)
    with pytest.raises(ImproperlyConfigured, match="SESSIONS_PER_PERSON is a whole number, 1 or more"):
        env.number("SESSIONS_PER_PERSON", 3, least=1)
