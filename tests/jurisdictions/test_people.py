"""People of an agency: roles, leaving, and that somebody always administers."""

import re
import threading
from collections.abc import Callable, Collection, Iterator
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from jurisdictions import rules
from jurisdictions.actions.people import CannotChangeRoles, CannotRemove, change_roles, remove_person
from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.roles import ROLE_LABELS, ROLE_MEANINGS, Role
from jurisdictions.rules import Problem
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import make_person, member

LIST = "/j/cedar/people/"


@pytest.fixture
def second(cedar: Jurisdiction) -> User:
    return make_person("second", cedar, Role.ADMINISTRATOR)


def url(user: User, act: str) -> str:
    return f"{LIST}{Membership.objects.get(user=user).pk}/{act}/"


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("outsider", 404), ("coordinator", 403), ("administrator", 200)]
)
@pytest.mark.parametrize("page", ["", "invite/", "roles", "remove"])
def test_who_may_see(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, reviewer: User, who: str, status: int, page: str
) -> None:
    address = url(reviewer, page) if page in {"roles", "remove"} else f"{LIST}{page}"
    assert sign_in(who).get(address).status_code == status


@pytest.mark.parametrize(("who", "status"), [("nobody", 302), ("outsider", 404), ("coordinator", 403)])
@pytest.mark.parametrize("act", ["roles", "remove"])
def test_others_change_nothing(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, reviewer: User, who: str, status: int, act: str
) -> None:
    assert sign_in(who).post(url(reviewer, act), {"roles": ["director"]}).status_code == status
    kept = member(reviewer, cedar)
    assert (kept.roles, kept.left_at) == (["reviewer"], None)


@pytest.mark.parametrize("act", ["roles", "remove"])
def test_somebody_of_another_agency_is_nobody_here(
    sign_in: Callable[[str], Client], administrator: User, outsider: User, act: str
) -> None:
    client = sign_in("administrator")
    assert client.get(url(outsider, act)).status_code == 404
    assert client.post(url(outsider, act), {"roles": ["director"]}).status_code == 404
    assert client.get(f"{LIST}999999/{act}/").status_code == 404


def test_the_list_names_everybody_in_words(
    sign_in: Callable[[str], Client], reviewer: User, outsider: User, administrator: User
) -> None:
    page = sign_in("administrator").get(LIST).content.decode()
    assert "reviewer@example.org" in page
    assert "Agency administrator" in page
    assert "(you)" in page
    assert "outsider@example.org" not in page


def test_the_roles_page_explains_each_role(
    sign_in: Callable[[str], Client], administrator: User, reviewer: User
) -> None:
    page = unescape(sign_in("administrator").get(url(reviewer, "roles")).content.decode())
    for role in Role:
        assert ROLE_LABELS[role] in page
        assert ROLE_MEANINGS[role] in page


def test_an_administrator_changes_roles(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, administrator: User, reviewer: User
) -> None:
    response = sign_in("administrator").post(url(reviewer, "roles"), {"roles": ["director", "reviewer"]})
    assert response.headers["Location"] == LIST
    assert member(reviewer, cedar).roles == ["reviewer", "director"]
    with jurisdiction_scope(cedar.pk):
        event = AuditEvent.objects.get(kind="membership.roles_changed")
    assert (event.by_user, event.ids) == (administrator.pk, {"roles": ["reviewer", "director"]})


@pytest.mark.parametrize("roles", [[], ["emperor"]])
def test_roles_are_at_least_one_of_the_list(
    sign_in: Callable[[str], Client],
    cedar: Jurisdiction,
    administrator: User,
    reviewer: User,
    roles: list[str],
) -> None:
    response = sign_in("administrator").post(url(reviewer, "roles"), {"roles": roles})
    assert response.status_code == 422
    assert 'href="#id_roles_0"' in response.content.decode()
    assert member(reviewer, cedar).roles == ["reviewer"]


def test_the_same_roles_again_are_no_change(
    in_cedar: Jurisdiction, administrator: User, reviewer: User
) -> None:
    by = member(administrator, in_cedar)
    change_roles(member(reviewer, in_cedar), roles=["reviewer"], by=by)
    assert not AuditEvent.objects.exists()


def test_removing_ends_every_right_and_keeps_the_row(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, administrator: User, reviewer: User
) -> None:
    client = sign_in("administrator")
    assert "their name" in client.get(url(reviewer, "remove")).content.decode()
    assert client.post(url(reviewer, "remove")).headers["Location"] == LIST
    assert Membership.objects.get(user=reviewer).left_at is not None
    assert "reviewer@example.org" not in client.get(LIST).content.decode()
    assert client.get(url(reviewer, "remove")).status_code == 404
    assert sign_in("reviewer").get("/j/cedar/inbox/").status_code == 404


def test_removing_twice_is_once(in_cedar: Jurisdiction, administrator: User, reviewer: User) -> None:
    by, leaving = member(administrator, in_cedar), member(reviewer, in_cedar)
    first = remove_person(leaving, by=by).left_at
    assert remove_person(leaving, by=by).left_at == first
    assert AuditEvent.objects.filter(kind="membership.ended").count() == 1
    with pytest.raises(CannotChangeRoles, match=r"people\.left"):
        change_roles(leaving, roles=["director"], by=by)


def test_the_last_administrator_stays(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, administrator: User
) -> None:
    client = sign_in("administrator")
    refused = client.get(url(administrator, "remove")).content.decode()
    assert re.search(r'<a href="/j/cedar/people/">[^<]*is the only agency administrator', refused)
    removing = client.post(url(administrator, "remove"))
    changing = client.post(url(administrator, "roles"), {"roles": ["reviewer"]})
    for response in (removing, changing):
        assert response.status_code == 422
        assert "only agency administrator" in response.content.decode()
    kept = member(administrator, cedar)
    assert (kept.left_at, kept.roles) == (None, ["agency_administrator"])


def test_an_administrator_whose_account_is_closed_does_not_count(
    in_cedar: Jurisdiction, administrator: User, second: User
) -> None:
    User.objects.filter(pk=second.pk).update(is_active=False)
    with pytest.raises(CannotRemove, match="last_administrator"):
        remove_person(member(administrator, in_cedar), by=member(administrator, in_cedar))


def test_one_of_two_may_go_even_oneself(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, administrator: User, second: User
) -> None:
    response = sign_in("administrator").post(url(administrator, "remove"))
    assert response.headers["Location"] == "/"
    assert Membership.objects.get(user=administrator).left_at is not None


class TestOpenWork:
    """An app above says what must be handed over first; this one asks, under lock and on the page."""

    @pytest.fixture(autouse=True)
    def _holds_something(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def holds_two_reviews(membership: Membership, remaining: Collection[str]) -> Iterator[Problem]:
            if membership.is_a(Role.REVIEWER) and Role.REVIEWER not in remaining:
                yield Problem("reviews.open", "They lead 2 open reviews.", url="/j/cedar/reviews/hand-over/")

        asked = [*rules.BEFORE_LOSING_ROLES, holds_two_reviews]
        monkeypatch.setattr(rules, "BEFORE_LOSING_ROLES", asked)

    def test_it_is_named_with_its_link_and_guards_the_act(
        self, sign_in: Callable[[str], Client], administrator: User, reviewer: User
    ) -> None:
        client = sign_in("administrator")
        for response, status in [
            (client.get(url(reviewer, "remove")), 200),
            (client.post(url(reviewer, "remove")), 422),
        ]:
            assert response.status_code == status
            assert 'href="/j/cedar/reviews/hand-over/"' in response.content.decode()
        assert Membership.objects.get(user=reviewer).left_at is None

    def test_it_is_asked_of_the_roles_that_would_remain(
        self, sign_in: Callable[[str], Client], administrator: User, reviewer: User
    ) -> None:
        client = sign_in("administrator")
        refused = client.post(url(reviewer, "roles"), {"roles": ["director"]})
        page = refused.content.decode()
        assert refused.status_code == 422
        assert 'href="/j/cedar/reviews/hand-over/"' in page
        assert "They lead 2 open reviews." in page
        assert re.search(r'value="director"[^>]*checked', page), "what was ticked stays ticked"
        assert Membership.objects.get(user=reviewer).roles == ["reviewer"]
        assert client.post(url(reviewer, "roles"), {"roles": ["director", "reviewer"]}).status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["remove", "change"])
def test_two_administrators_cannot_end_each_other(
    cedar: Jurisdiction, administrator: User, second: User, act: str
) -> None:
    ready, ended, refused = threading.Barrier(2, timeout=10), [], []

    def end(by: User, whom: User) -> None:
        try:
            with jurisdiction_scope(cedar.pk):
                me, other = member(by, cedar), member(whom, cedar)
                ready.wait()
                if act == "remove":
                    ended.append(remove_person(other, by=me))
                else:
                    ended.append(change_roles(other, roles=["reviewer"], by=me))
        except (CannotRemove, CannotChangeRoles) as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads: list[Any] = [
        threading.Thread(target=end, args=pair) for pair in [(administrator, second), (second, administrator)]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(15)
    assert (len(ended), len(refused)) == (1, 1)
    assert Membership.objects.holding(Role.ADMINISTRATOR).filter(jurisdiction=cedar).count() == 1
