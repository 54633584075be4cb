"""Words of an agency's own in our workbook of past reviews: asked for once, said once, remembered for the next."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dictionary.models import Edition
from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.bring_in import begin_with_known_words
from reviews.imports.columns import parse
from reviews.imports.mapping import MappingError
from reviews.models import Child, ImportRun, Incident, IncidentImport, SavedMapping, Upload
from reviews.past.cells import Taken, take
from reviews.past.words import read_words
from tests.reviews.import_situations import form_of
from tests.reviews.past_desk import Desk
from tests.reviews.past_projects import csv_of
from tests.reviews.past_workbooks import WHOLE, Rows, filled_in

pytestmark = pytest.mark.django_db

# As people write: by the words that they are used to.
SAID: Rows = WHOLE | {
    "Reviews": [
        WHOLE["Reviews"][0] | {"Who cared for the child day to day?": "Mother; stepdad"},
        WHOLE["Reviews"][1] | {"Type of incident": "Death"},
    ],
    "Children": [WHOLE["Children"][0] | {"Sex": "Girl"}],
    "Family needs": [WHOLE["Family needs"][0] | {"Was the need met?": "nope"}],
    "Ratings": [
        WHOLE["Ratings"][0] | {"Rating": "strong", "Factor": "Stress"},
        WHOLE["Ratings"][1] | {"Rating": "n.k."},
    ],
}
MEANT = {
    ("incident_type", "Death"): "fatality",
    ("caregivers", "stepdad"): "parents_partner",
    ("sex", "Girl"): "female",
    ("need_met", "nope"): "unmet",
    ("rating", "strong"): "3",
    ("rating", "n.k."): "!unknown",
    ("factor", "Stress"): "factor_stress",
}


@pytest.fixture
def desk(client: Client, by: Membership, cedar: Jurisdiction) -> Desk:
    client.force_login(by.user)
    return Desk(client, cedar)


def said_on_the_page(desk: Desk, upload: Upload, meant: dict[tuple[str, str], str]) -> dict[str, Any]:
    """The page of words as it stands, with these meanings chosen."""
    form = form_of(desk.client, desk.url("values", upload))
    for column in upload.columns:
        for at, (word, _) in enumerate(column["values"]):
            if (column["name"], word) in meant:
                form[f"{column['name']}-{at}"] = meant[column["name"], word]
    return form


def let_in(desk: Desk, folder: Path, meant: dict[tuple[str, str], str] = MEANT) -> Upload:
    """A workbook with its own words, explained, tried and let in."""
    upload = desk.bring(filled_in(SAID, folder), "past.xlsx")
    desk.client.post(desk.url("values", upload), said_on_the_page(desk, upload, meant))
    desk.made()
    desk.keep(upload)
    return upload


def test_words_are_told_when_the_file_was_looked_at_and_said_once_for_all_rows(
    desk: Desk, cedar: Jurisdiction, tmp_path: Path
) -> None:
    upload = desk.bring(filled_in(SAID, tmp_path), "past.xlsx")
    found = {(column["name"], word) for column in upload.columns for word, _ in column["values"]}
    assert found == set(MEANT)
    shown = desk.client.get(desk.url("upload", upload)).content.decode()
    assert "7 words of your own stand where the workbook asks" in shown
    page = desk.client.get(desk.url("values", upload)).content.decode()
    assert "What your own words mean" in page
    assert "On the sheet “Family needs”" in page
    answer = desk.client.post(desk.url("values", upload), said_on_the_page(desk, upload, MEANT))
    assert answer.status_code == 302
    run = desk.made()
    assert (run.rows, run.returned, run.created, run.told["unmapped"]) == (2, 0, 2, []), run.told
    kept = desk.keep(upload)
    assert kept.receipt.mapping_sha256
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.get(source_key="CR-8").incident_type == "fatality"
        assert Child.objects.filter(sex="female").count() == 1
        content = desk.content("CR-7")
        opportunity = content.ids("opportunities")[0]
        assert content.value("caregivers") == ["mother", "parents_partner"]
        assert content.value("need_met", content.ids("needs")[0]) == "unmet"
        assert content.value("factor_stress", opportunity) == "3"
        assert content.given[None, "factor_fatigue"].missing == "unknown"


def test_the_next_workbook_is_read_by_what_was_said_and_the_same_again_changes_nothing(
    desk: Desk, cedar: Jurisdiction, tmp_path: Path
) -> None:
    let_in(desk, tmp_path)
    again = desk.bring(filled_in(SAID, tmp_path), "past.xlsx")
    shown = desk.client.get(desk.url("upload", again)).content.decode()
    assert "7 words of your own stand where" in shown
    assert "All have a meaning" in shown
    run = desk.tried(again)
    assert (run.rows, run.unchanged, run.returned) == (2, 2, 0)
    more = SAID | {"Records": [{"Review": "CR-7", "No.": 1, "Which record?": "the blue folder"}]}
    third = desk.bring(filled_in(more, tmp_path), "past.xlsx")
    assert third.mapping == ""  # somebody is asked for the new word, with the others as they were said
    form = form_of(desk.client, desk.url("values", third))
    assert form["sex-0"] == ["female"]
    assert form["record_kind-0"] == [""]


def test_what_is_not_said_goes_back_and_is_told_once_for_all_its_rows(
    desk: Desk, cedar: Jurisdiction, tmp_path: Path
) -> None:
    upload = desk.bring(filled_in(SAID, tmp_path), "past.xlsx")
    form = said_on_the_page(desk, upload, MEANT | {("sex", "Girl"): ""})
    desk.client.post(desk.url("values", upload), form)
    run = desk.made()
    assert (run.rows, run.returned, run.told["unmapped"]) == (2, 1, [["sex", "Girl", 1]])
    assert run.told["remarks"] == []
    page = desk.client.get(reverse("imports:run", args=["cedar", upload.pk, run.pk])).content.decode()
    assert "Words that are in no list" in page
    assert "Say what your own words mean" in page
    kept = desk.keep(upload)
    assert (kept.created, kept.returned) == (1, 1)
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.get().source_key == "CR-8"
        assert SavedMapping.objects.get().name == SavedMapping.OWN_WORDS


def test_a_word_that_is_left_open_is_not_remembered_any_more(
    desk: Desk, cedar: Jurisdiction, tmp_path: Path
) -> None:
    for meant in (MEANT, MEANT | {("sex", "Girl"): ""}):
        let_in(desk, tmp_path, meant)
    with jurisdiction_scope(cedar.pk):
        remembered = parse(SavedMapping.objects.get().document)["items"]
    assert "sex" not in remembered
    assert remembered["need_met"]["codes"] == {"nope": "unmet"}


def test_what_stands_of_some_words_leaves_the_others_to_be_said(
    desk: Desk, cedar: Jurisdiction, tmp_path: Path
) -> None:
    upload = desk.bring(filled_in(SAID, tmp_path), "past.xlsx")
    document = "items: {sex: {column: Sex, codes: {Girl: female}}}"
    with jurisdiction_scope(cedar.pk):
        Upload.objects.filter(pk=upload.pk).update(mapping=document)
    shown = desk.client.get(desk.url("upload", upload)).content.decode()
    assert "6 have no meaning yet" in shown
    assert form_of(desk.client, desk.url("values", upload))["rating-0"] == [""]


def test_what_was_said_while_the_file_was_looked_at_stands(
    desk: Desk, cedar: Jurisdiction, by: Membership, tmp_path: Path
) -> None:
    first = let_in(desk, tmp_path)
    with jurisdiction_scope(cedar.pk):
        again = Upload.objects.create(
            jurisdiction=cedar, shape="reviews", by=by, file_name="again.xlsx", size=1, columns=first.columns
        )
        # The worker's own row knows nothing of it.
        Upload.objects.filter(pk=again.pk).update(mapping="items: {}")
        begin_with_known_words(again)
        assert Upload.objects.get(pk=again.pk).mapping == "items: {}"


def test_words_beyond_those_that_a_page_can_list_are_said_to_be_there(
    desk: Desk, cedar: Jurisdiction, tmp_path: Path
) -> None:
    needs = [{"Review": "CR-7", "No.": at, "Was the need met?": f"word {at}"} for at in range(1, 204)]
    upload = desk.bring(filled_in(WHOLE | {"Family needs": needs}, tmp_path), "past.xlsx")
    assert "203 words of your own" in desk.client.get(desk.url("upload", upload)).content.decode()
    assert "3 more words stand there" in desk.client.get(desk.url("values", upload)).content.decode()


def test_a_file_of_another_layout_never_begins_with_words(
    desk: Desk, cedar: Jurisdiction, tmp_path: Path
) -> None:
    let_in(desk, tmp_path)
    names = sorted({column for column, _ in MEANT} - {"incident_type"})
    other = desk.bring(csv_of([["id", *names], ["1", *("x" for _ in names)]]))
    page = desk.client.get(desk.url("mapping", other)).content.decode()
    assert "proposed from names and values" in page


def test_words_that_the_questions_no_longer_hold_are_asked_again_before_a_trial(
    desk: Desk, cedar: Jurisdiction, tmp_path: Path
) -> None:
    upload = desk.bring(filled_in(SAID, tmp_path), "past.xlsx")
    with jurisdiction_scope(cedar.pk):
        document = "items: {sex: {column: sex, codes: {Girl: dragon}}}"
        Upload.objects.filter(pk=upload.pk).update(mapping=document)
    answer = desk.client.post(desk.url("ask", upload))
    assert answer.status_code == 409
    assert "dragon" in answer.content.decode()
    with jurisdiction_scope(cedar.pk):
        assert not ImportRun.objects.exists()
        assert not IncidentImport.objects.exists()


@pytest.mark.parametrize(
    ("document", "wrong"),
    [
        ("key: [Review]", "`items` with their `codes`"),
        ("items: {what_was_reported: {column: x, codes: {}}}", "no item of this name"),
        ("items: {sex: {constant: female}}", "nothing else can be said"),
        ("items: {sex: {column: sex, codes: {Girl: dragon}}}", "does not fit sex"),
        ("- sex", "`items` with their `codes`"),
        ("items: {caregivers: {column: x, codes: {parents: [mother, father]}}}", "one answer"),
        ("items: {sex: {column: sex, codes: {Girl: null}}}", "say what it means"),
        ("items: {sex: {column: sex, codes: {Girl: ''}}}", "say what it means"),
        ("items: {caregivers: {column: x, separator: '/', codes: {}}}", "nothing else can"),
    ],
)
def test_words_that_cannot_be_read_are_refused_with_what_is_wrong(document: str, wrong: str) -> None:
    with pytest.raises(MappingError, match=wrong):
        read_words(document.encode(), Edition.objects.in_force().parsed)


def test_a_cell_of_several_answers_is_parted_where_its_parts_are_known() -> None:
    caregivers = Edition.objects.in_force().parsed.item("caregivers")
    meant = {"stepdad": ("parents_partner", ""), "nobody": (None, "unknown")}
    assert take(caregivers, "Mother, stepdad", meant) == Taken(["mother", "parents_partner"])
    assert take(caregivers, "mother; nobody", meant) == Taken(["mother"])
    assert take(caregivers, "nobody", meant) == Taken(missing="unknown")
    assert take(caregivers, "Mother, a lodger", meant).unknown == ("a lodger",)
    assert take(caregivers, "Mother, Father; a lodger", meant).unknown == ("a lodger",)
    assert take(caregivers, "the lodger, who was new", meant).unknown == ("the lodger, who was new",)
