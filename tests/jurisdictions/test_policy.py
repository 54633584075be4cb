"""An agency's settings: its own, checked, and never silently overwritten."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from jurisdictions.actions.policy import PolicyChanged, set_policy
from jurisdictions.models import AgencyPolicy, AuditEvent, Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import member

URL = "/j/cedar/people/settings/"
TYPED = {
    "version": "0",
    "review_due_days": "120",
    "due_soon_days": "7",
    "paper": "a4",
    "confidentiality_statement": "Confidential under our own rules.",
    "statement_by": "General Counsel",
    "statement_on": "31 March 2026",
    "support_line": "Call 555-0171.",
}


def saved(agency: Jurisdiction) -> AgencyPolicy:
    with jurisdiction_scope(agency.pk):
        return AgencyPolicy.objects.get()


@pytest.mark.parametrize(
    ("who", "get", "post"),
    [("nobody", 302, 302), ("outsider", 404, 404), ("director", 403, 403), ("administrator", 200, 302)],
)
def test_who_may(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, who: str, get: int, post: int
) -> None:
    client = sign_in(who)
    assert client.get(URL).status_code == get
    assert client.post(URL, TYPED).status_code == post
    with jurisdiction_scope(cedar.pk):
        assert AgencyPolicy.objects.exists() == (who == "administrator")


def test_the_first_save_is_version_one_and_written_down(
    sign_in: Callable[[str], Client], cedar: Jurisdiction
) -> None:
    client = sign_in("administrator")
    client.post(URL, TYPED)
    policy = saved(cedar)
    assert (policy.version, policy.review_due_days, policy.paper) == (1, 120, "a4")
    assert policy.statement_on == dt.date(2026, 3, 31)
    with jurisdiction_scope(cedar.pk):
        event = AuditEvent.objects.get(kind="policy.set")
    assert "review_due_days" in event.ids["changed"]
    assert "due_soon_days" not in event.ids["changed"]
    assert "555" not in str(event.ids)
    page = client.get(URL).content.decode()
    assert 'value="2026-03-31"' in page
    assert 'name="version" value="1"' in page


def test_a_save_over_somebody_else_s_is_refused_once_with_both_texts(
    sign_in: Callable[[str], Client], cedar: Jurisdiction
) -> None:
    client = sign_in("administrator")
    client.post(URL, TYPED)
    mine = TYPED | {"support_line": "Call me instead.", "paper": "letter"}
    response = client.post(URL, mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Call 555-0171." in page
    assert "Call me instead." in page
    assert "US Letter" in page
    assert saved(cedar).support_line == "Call 555-0171."
    assert 'name="version" value="1"' in page
    assert client.post(URL, mine | {"version": "1"}).status_code == 302
    assert (saved(cedar).version, saved(cedar).support_line) == (2, "Call me instead.")


def test_an_old_version_loses_after_the_first_too(in_cedar: Jurisdiction, administrator: User) -> None:
    by = member(administrator, in_cedar)
    set_policy(version=0, by=by, review_due_days=60)
    set_policy(version=1, by=by, review_due_days=61)
    with pytest.raises(PolicyChanged) as refusal:
        set_policy(version=1, by=by, review_due_days=62)
    assert refusal.value.theirs.review_due_days == 61
    with pytest.raises(PolicyChanged):
        set_policy(version=0, by=by, review_due_days=63)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"review_due_days": ""}, "Enter the days to finish a review"),
        ({"review_due_days": "0"}, "give between 1 and 730"),
        ({"review_due_days": "many"}, "write a whole number"),
        ({"due_soon_days": "120"}, "give fewer than"),
        ({"statement_by": ""}, "Say who approved the statement"),
        ({"statement_on": ""}, "Say on which day"),
        ({"statement_on": "soon"}, "Approved on: write the day"),
        ({"support_line": "x" * 301}, "use 300 characters at most"),
    ],
)
def test_what_is_refused_is_said_in_words_and_nothing_typed_is_lost(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, typed: dict[str, str], words: str
) -> None:
    response = sign_in("administrator").post(URL, TYPED | typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count(words) == 2  # in the summary, and at its field
    assert "Confidential under our own rules." in page


def test_each_agency_has_its_own(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, birch: Jurisdiction, administrator: User
) -> None:
    with jurisdiction_scope(birch.pk):
        AgencyPolicy.objects.create(jurisdiction=birch, support_line="Birch's own line")
    response: Any = sign_in("administrator").get(URL)
    assert "Birch" not in response.content.decode()
