"""Own questions for other software: what a review names, and only to the agency whose they are."""

import pytest

from dictionary.models import OwnEdition
from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Review
from tests.dictionary.own_questions import question, released
from tests.reviews.situations import make_review
from tests.tokens import software

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/j/cedar/"


@pytest.fixture
def own(cedar: Jurisdiction, by: Membership) -> OwnEdition:
    with jurisdiction_scope(cedar.pk):
        return released(by, question())


@pytest.fixture
def asking(cedar: Jurisdiction, by: Membership, lead: Membership, own: OwnEdition) -> Review:
    with jurisdiction_scope(cedar.pk):
        return make_review(cedar, by, lead=lead, own_edition=own)


def test_a_review_names_them_and_they_can_be_read(
    asking: Review, cedar: Jurisdiction, reviewer: User
) -> None:
    client = software(reviewer, cedar)
    assert client.get(f"{ROOT}reviews/2026-001/").json()["own_questions"] == 1
    assert client.get(f"{ROOT}reviews/2026-001/answers/").json()["own_questions"] == 1
    (row,) = client.get(f"{ROOT}dictionary/own/").json()["results"]
    assert (row["own_questions"], row["edition"]) == (1, "1.0")
    (item,) = client.get(f"{ROOT}dictionary/own/1/").json()["items"]
    assert (item["item"], [code["code"] for code in item["choices"]]) == ("own_shift", ["day", "night"])


def test_their_answers_are_saved_as_all_are(asking: Review, cedar: Jurisdiction, reviewer: User) -> None:
    client = software(reviewer, cedar)
    sent = {"item": "own_shift", "version": 0, "value": "night"}
    assert client.send("POST", f"{ROOT}reviews/2026-001/answers/", sent).status_code == 200
    answers = client.get(f"{ROOT}reviews/2026-001/answers/").json()["answers"]
    assert [one["value"] for one in answers if one["item"] == "own_shift"] == ["night"]


def test_another_agency_s_are_not_there(own: OwnEdition, birch: Jurisdiction, outsider: User) -> None:
    client = software(outsider, birch)
    assert client.get("/api/v1/j/birch/dictionary/own/").json()["results"] == []
    assert client.get("/api/v1/j/birch/dictionary/own/1/").status_code == 404
