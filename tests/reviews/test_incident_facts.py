"""Changing the facts of an incident: what stood is kept where the page shows it, and nowhere else."""

import datetime as dt

import pytest
from django.test import Client

from jurisdictions.models import AuditEvent, Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import AnswerVersion, Child
from tests.reviews.incident_situations import form, notified

pytestmark = pytest.mark.django_db
HOME = "/j/cedar/incidents/"


def test_facts_are_changed_and_what_stood_is_kept(
    client: Client, cedar: Jurisdiction, coordinator: User
) -> None:
    incident = notified(cedar, coordinator, incident_type="near_fatality")
    with jurisdiction_scope(cedar.pk):
        entry = incident.children.get().entry_id
    client.force_login(coordinator)
    assert client.get(f"{HOME}{incident.number}/edit/").status_code == 200
    child = {"age_value": "4", "age_unit": "months", "sex": "male", "entry": str(entry)}
    posted = form(child, incident_type="fatality", case_number="C-77") | {"version": "1"}
    assert client.post(f"{HOME}{incident.number}/edit/", posted).status_code == 302
    with jurisdiction_scope(cedar.pk):
        incident.refresh_from_db()
        assert (incident.incident_type, incident.version) == ("fatality", 2)
        kept = dict(AnswerVersion.objects.values_list("item", "value"))
        assert kept == {"incident_type": "near_fatality", "aware_on": None, "age_value": 3, "sex": "unknown"}
        event = AuditEvent.objects.get(kind="incident.changed")
        assert event.ids == {
            "items": ["age_value", "aware_on", "incident_type", "sex"],
            "children_added": 0,
            "children_removed": 0,
        }, "which items, never what stood or stands in them"
    assert "the type was near fatality" in client.get(f"{HOME}{incident.number}/").content.decode()


def test_saving_what_stands_changes_nothing(client: Client, cedar: Jurisdiction, coordinator: User) -> None:
    incident = notified(cedar, coordinator, aware_on=dt.date(2026, 3, 4), incident_type="near_fatality")
    with jurisdiction_scope(cedar.pk):
        child = {
            "age_value": "3",
            "age_unit": "months",
            "sex": "unknown",
            "entry": str(Child.objects.get().entry_id),
        }
    client.force_login(coordinator)
    posted = form(child, case_number="C-77") | {"version": "1"}
    assert client.post(f"{HOME}{incident.number}/edit/", posted).status_code == 302
    with jurisdiction_scope(cedar.pk):
        incident.refresh_from_db()
        assert incident.version == 1
        assert not AnswerVersion.objects.exists()


def test_a_notifier_off_the_team_is_led_to_no_page_that_they_cannot_open(
    client: Client, cedar: Jurisdiction, reviewer: User, coordinator: User
) -> None:
    incident = notified(cedar, reviewer)
    url, part = f"{HOME}{incident.number}/edit/", f"/j/cedar/reviews/{incident.number}/parts/facts/"
    client.force_login(reviewer)
    assert client.get(part).status_code == 404
    page = client.get(url)
    assert page.status_code == 200
    assert part not in page.content.decode()
    client.force_login(coordinator)
    assert part in client.get(url).content.decode()
