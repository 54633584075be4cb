"""The first person of an empty installation."""

import re

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from jurisdictions.models import PartnershipEvent, PartnershipMembership, User
from tests.second_step import set_up_app

pytestmark = pytest.mark.django_db
ADDRESS = "First.Person@example.org"


def add(email: str = ADDRESS) -> None:
    call_command("add_partnership_administrator", email, "First P.")


def test_the_first_person_sets_a_password_by_mail_and_reaches_the_agencies(client: Client) -> None:
    add()
    client.post("/account/reset/", {"email": ADDRESS})
    (sent,) = mail.outbox
    (path,) = re.findall(r"https?://[^/\s]+(/account/reset/\S+)", sent.body)
    form = client.get(path, follow=True).redirect_chain[-1][0]
    password = "three calm herons at the weir"
    client.post(form, {"password1": password, "password2": password})
    client.post("/account/sign-in/", {"login": ADDRESS, "password": password})
    set_up_app(client)
    assert client.get("/", follow=True).redirect_chain == [("/partnership/agencies/", 302)]


def test_asking_again_changes_nothing_and_is_not_written_down_twice() -> None:
    add()
    add(ADDRESS.upper())
    assert PartnershipMembership.objects.get().user.email == ADDRESS.lower()
    assert User.objects.count() == 1
    assert PartnershipEvent.objects.filter(kind="partnership.administrator_added").count() == 1


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(CommandError, match="is not an address"):
        add("nobody")
