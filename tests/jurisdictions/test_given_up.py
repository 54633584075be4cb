"""What could not be done is counted for an administrator where a page shows it, and nowhere else."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from inbox.actions import queue_message
from inbox.models import Message
from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.export_incidents import ask_for_export
from reviews.models import IncidentExport
from tests.cast import member

pytestmark = pytest.mark.django_db


def test_only_work_with_a_page_of_its_own_is_counted(
    client: Client, cedar: Jurisdiction, administrator: User, coordinator: User
) -> None:
    gone = timezone.now() - dt.timedelta(hours=1)
    with jurisdiction_scope(cedar.pk):
        to = member(coordinator, cedar)
        ask_for_export({}, by=to)
        IncidentExport.objects.update(dead_at=gone)
        for at in range(3):
            queue_message("due_soon", to=to, number="2026-001", path="/j/cedar/", occasion=f"t:{at}")
        Message.objects.exclude(occasion="t:0").update(dead_at=gone)
    client.force_login(administrator)
    page = client.get("/j/cedar/people/")
    assert page.status_code == 200
    assert "2 mails could not be delivered" in page.content.decode()
    assert page.content.decode().count("could not be delivered") == 1
