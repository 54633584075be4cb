"""The pages of a receipt: who may read it, and the step that takes its import back."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from inbox.models import Message
from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews import bringing_in, tasks
from reviews.actions.notify import open_past_incident
from reviews.actions.undo_import import ask_to_undo, undo_import
from reviews.imports.keeping import kept_unless
from reviews.models import ImportRun, ImportUndoing, ImportUndone, Incident, IncidentImport, Recusal, Upload
from tests.reviews.import_situations import HEADER, PLAIN

pytestmark = pytest.mark.django_db

ROWS = HEADER + "1,F,2020-01-01,Alder,Told.,3\n2,F,2020-02-01,Alder,,3\n"
TWO = PLAIN + "  - age_value: second\n    age_unit: {constant: years}\n"
WIDE = HEADER.replace("\n", ",second\n")


@pytest.fixture
def receipt(bring_in: Any, by: Membership) -> IncidentImport:
    return bring_in(ROWS, by=by).record


def page_of(client: Client, name: str, receipt: IncidentImport, slug: str = "cedar") -> Any:
    return client.get(reverse(f"imports:{name}", args=[slug, receipt.pk]))


def test_a_receipt_says_what_came_in_and_by_whom(
    client: Client, coordinator: User, receipt: IncidentImport
) -> None:
    client.force_login(coordinator)
    page = page_of(client, "receipt", receipt).content.decode()
    for words in ("file.csv", "Coordinator", receipt.sha256, receipt.mapping_sha256, "Undo this import"):
        assert words in page
    url = reverse("imports:receipt", args=["cedar", receipt.pk])
    assert f'href="{url}"' in client.get(reverse("imports:list", args=["cedar"])).content.decode()


def test_whoever_oversees_reads_receipts_and_only_who_brings_files_in_undoes(
    client: Client, quality_lead: User, reviewer: User, receipt: IncidentImport
) -> None:
    client.force_login(quality_lead)
    page = page_of(client, "receipt", receipt)
    assert page.status_code == 200
    assert "Undo this import" not in page.content.decode()
    undo = reverse("imports:undo", args=["cedar", receipt.pk])
    assert (client.get(undo).status_code, client.post(undo).status_code) == (403, 403)
    client.force_login(reviewer)
    assert page_of(client, "receipt", receipt).status_code == 403


def test_another_agency_s_receipt_is_not_there(
    client: Client, outsider: User, receipt: IncidentImport, cedar: Jurisdiction
) -> None:
    client.force_login(outsider)
    for name in ("receipt", "undo"):
        for slug in ("cedar", "birch"):
            url = reverse(f"imports:{name}", args=[slug, receipt.pk])
            assert client.get(url).status_code == 404
            assert client.post(url).status_code in (404, 405)
    with jurisdiction_scope(cedar.pk):
        assert not ImportUndone.objects.exists()


def test_the_step_says_what_it_will_do_and_does_it(
    client: Client, coordinator: User, receipt: IncidentImport, cedar: Jurisdiction
) -> None:
    client.force_login(coordinator)
    url = reverse("imports:undo", args=["cedar", receipt.pk])
    page = client.get(url).content.decode()
    assert "2 incidents that it brought will be removed" in page
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.count() == 2
    answer = client.post(url, follow=True)
    page = answer.content.decode()
    shown = reverse("imports:receipt", args=["cedar", receipt.pk])
    assert answer.redirect_chain == [(shown, 302)]
    assert "The import is being taken back" in page
    assert "Undo this import" not in page
    assert client.post(url).status_code == 302  # asked twice, it is owed once
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.count() == 2
        assert ImportUndoing.objects.count() == 1
    assert "npcs-progress" in client.get(shown, headers={"HX-Request": "true"}).content.decode()
    tasks.undo_imports(cedar.pk)
    assert client.get(shown, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    page = client.get(shown).content.decode()
    assert "2 incidents were removed." in page
    assert "This import was undone" in page
    assert "Undo this import" not in page
    with jurisdiction_scope(cedar.pk):
        assert not Incident.objects.exists()
    assert "Undone on " in client.get(reverse("imports:list", args=["cedar"])).content.decode()
    again = client.post(url)
    assert again.status_code == 422
    assert "undone already" in again.content.decode()


def test_what_came_between_is_said_and_working_twice_undoes_once(
    cedar: Jurisdiction, receipt: IncidentImport, by: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        asked = ask_to_undo(receipt, by=by)
        review = open_past_incident(Incident.objects.earliest("pk"), by=by)
    tasks.undo_imports(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        asked.refresh_from_db()
        assert (asked.work_state, "A review was opened" in asked.refused) == ("done", True)
        assert Message.objects.get(to=by, kind="undo_failed").path.endswith(f"/receipts/{receipt.pk}/")
        review.delete()
        again = ask_to_undo(receipt, by=by)
        ImportUndoing.objects.filter(pk=again.pk).update(claim=uuid.uuid4())
        again.refresh_from_db()
    bringing_in.make_undoing(again)  # a worker that died before it could settle
    tasks.undo_imports(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        again.refresh_from_db()
        assert (again.work_state, again.refused) == ("done", "")
        assert ImportUndone.objects.count() == 1
        assert Message.objects.filter(to=by, kind="undo_done").count() == 1


def test_statements_over_a_whole_file_may_take_longer_than_those_of_a_page(cedar: Jurisdiction) -> None:
    def allowed() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return str(cursor.fetchone()[0])

    with jurisdiction_scope(cedar.pk):
        usual = allowed()
        with kept_unless(dry_run=True):
            assert allowed() == "10min" != usual
        assert allowed() == usual


def test_whoever_left_meanwhile_takes_nothing_back(
    cedar: Jurisdiction, receipt: IncidentImport, by: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        asked = ask_to_undo(receipt, by=by)
    Membership.objects.filter(pk=by.pk).update(roles=["reviewer"])
    tasks.undo_imports(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        asked.refresh_from_db()
        assert "may not bring files in any more" in asked.refused
        assert Incident.objects.count() == 2


def test_what_goes_back_is_said_in_numbers(
    client: Client, coordinator: User, receipt: IncidentImport, bring_in: Any
) -> None:
    del receipt
    rows = "1,NF,2020-01-01,Rowan,Told.,3,5\n2,F,2020-02-01,Alder,Told.,3,\n3,F,2020-03-01,Alder,,3,\n"
    second = bring_in(WIDE + rows, TWO).record
    client.force_login(coordinator)
    page = page_of(client, "undo", second).content.decode()
    assert "1 incident that it brought will be removed" in page
    assert "In 2 incidents that it changed, 3 facts will stand as before." in page
    assert "1 child that it added will be taken out." in page


def test_what_stands_in_the_way_leads_to_its_incidents(
    client: Client, coordinator: User, receipt: IncidentImport, cedar: Jurisdiction, by: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        incident = Incident.objects.earliest("pk")
        open_past_incident(incident, by=by)
    client.force_login(coordinator)
    url = reverse("imports:undo", args=["cedar", receipt.pk])
    for answer, status in ((client.get(url), 200), (client.post(url), 422)):
        page = answer.content.decode()
        assert answer.status_code == status
        assert "A review was opened on what came in" in page
        assert f'href="/j/cedar/incidents/{incident.number}/"' in page
        assert "Leave it as it is" not in page
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.count() == 2
        Recusal.objects.create(
            jurisdiction=cedar, review=incident.review, membership=by, recorded_by=by, reason="Knows."
        )
    page = client.get(url).content.decode()
    assert "you stepped back" in page
    assert incident.number not in page


def test_the_page_of_a_pass_that_was_kept_leads_to_its_receipt(
    client: Client, coordinator: User, receipt: IncidentImport, cedar: Jurisdiction, by: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        upload = Upload.objects.create(jurisdiction=cedar, by=by, file_name="past.csv", size=1)
        run = ImportRun.objects.create(
            jurisdiction=cedar,
            upload=upload,
            by=by,
            keeps=True,
            mapping_version=1,
            rows=2,
            accepted=2,
            receipt=receipt,
            done_at=receipt.at,
        )
        undo_import(receipt, by=by)
    client.force_login(coordinator)
    page = client.get(reverse("imports:run", args=["cedar", upload.pk, run.pk])).content.decode()
    assert f'href="{reverse("imports:receipt", args=["cedar", receipt.pk])}"' in page
