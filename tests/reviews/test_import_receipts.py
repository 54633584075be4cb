"""The pages of a receipt: who may read it, and the step that takes its import back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.notify import open_past_incident
from reviews.actions.undo_import import undo_import
from reviews.models import ImportRun, ImportUndone, Incident, IncidentImport, Recusal, Upload
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
    assert answer.redirect_chain == [(reverse("imports:receipt", args=["cedar", receipt.pk]), 302)]
    assert "2 incidents were removed." in page
    assert "This import was undone" in page
    assert "Undo this import" not in page
    with jurisdiction_scope(cedar.pk):
        assert not Incident.objects.exists()
    assert "Undone on " in client.get(reverse("imports:list", args=["cedar"])).content.decode()
    again = client.post(url)
    assert again.status_code == 422
    assert "undone already" in again.content.decode()


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
