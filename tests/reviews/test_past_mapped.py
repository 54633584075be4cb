"""Past reviews from REDCap projects of another make: mapped on the pages, tried, marked, let in, and known again."""

import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.tenancy import jurisdiction_scope
from reviews import bringing_in
from reviews.actions.undo_import import undo_import
from reviews.models import Child, Incident, Review, SavedMapping, UnmappedCode, Upload
from tests.reviews.past_desk import Desk, marked, said_wrong
from tests.reviews.past_projects import (
    FLAT,
    LABELLED,
    REPEATING,
    csv_of,
    row,
)

pytestmark = pytest.mark.django_db

KINDS = {"column-1": "incident_type"}  # what no name tells of the project with repeating instruments


@pytest.fixture
def desk(client: Client, by: Membership, cedar: Jurisdiction) -> Desk:
    client.force_login(by.user)
    return Desk(client, cedar)


def test_one_row_a_review_is_proposed_by_the_labels_of_its_dictionary(
    desk: Desk, cedar: Jurisdiction
) -> None:
    upload = desk.bring(csv_of(FLAT))
    assert desk.label(upload).status_code == 302
    assert desk.chosen(upload) == {
        "fatality_status": "incident_type",
        "inc_date": "occurred_on",
        "cnty": "county",
        "kid_age": "1.age_value",
        "kid_age_unit": "1.age_unit",
        "date_closed": "closed_on",
        "need1_text": "1.need_statement",
        "need1_met": "1.need_met",
        "need2_text": "2.need_statement",
        "need2_met": "2.need_met",
        "finding1_title": "1.opportunity_title",
        "rec1_text": "1.recommendation_statement",
        "resid": "caregivers",
    }
    run = desk.try_it(upload)
    assert (run.rows, run.accepted, run.with_warnings, run.returned, run.created) == (3, 2, 0, 1, 2), run.told
    assert run.told["unmapped"] == [["fatality_status", "7", 1], ["need1_met", "8", 1]]
    assert run.told["unread"] == ["“mood” in 2 rows"]
    assert set(marked(desk.back(run))) == {"B4", "I4"}
    desk.keep(upload)
    with jurisdiction_scope(cedar.pk):
        content = desk.content("S-1")
        assert content.value("caregivers") == ["mother", "father"]
        assert [content.value("need_met", need) for need in content.ids("needs")] == ["unmet", "met"]
        assert content.value("opportunity_title", content.ids("opportunities")[0]) == "Handover on Fridays"
        review = Review.objects.get(incident__source_key="S-1")
        assert (review.state, str(review.reported_closed_on)) == ("as_reported", "2019-11-04")
        assert Child.objects.get(incident=review.incident).age == "5 months"
        assert desk.content("S-2").given[None, "caregivers"].missing == "unknown"
        assert not Incident.objects.filter(source_key="S-3").exists()
        assert set(UnmappedCode.objects.values_list("column", "code", "rows")) == {
            ("fatality_status", "7", 1),
            ("need1_met", "8", 1),
        }


def test_what_an_instrument_repeats_becomes_entries_and_the_rest_is_counted(
    desk: Desk, cedar: Jurisdiction
) -> None:
    upload = desk.bring(csv_of(REPEATING))
    page = desk.client.get(desk.url("mapping", upload)).content.decode()
    assert "What is a row of each repeating instrument?" in page
    assert "visit_note" in page
    issues = {"instrument-1": "opportunities", "more": "1"}
    shown = desk.columns(upload, **issues)
    assert 'value="opportunity_title" selected' in shown.content.decode()
    run = desk.try_it(upload, KINDS | {"instrument-1": "opportunities", "column-6": "opportunity_title"})
    assert (run.rows, run.returned, run.with_warnings, run.created) == (3, 1, 1, 2), run.told
    assert run.told["unmapped"] == [["need_met", "sometimes", 1]]
    assert run.told["unread"] == ["instrument “home_visits” in 1 row"]
    assert run.told["strays"] == 1
    sheet = desk.back(run)
    assert marked(sheet) == {"I9": "sometimes", "A10": "19"}
    status = next(cell.column for cell in sheet[1] if cell.value == "NPCS status")
    assert [sheet.cell(row, status).value for row in (2, 7, 9, 10)] == [
        "Accepted",
        "Not read: nobody has said what it is",
        "Accepted, please look",
        "Returned",
    ]
    desk.keep(upload)
    with jurisdiction_scope(cedar.pk):
        content = desk.content("17")
        assert [content.value("need_statement", need) for need in content.ids("needs")] == [
            "A bed.",
            "A phone.",
        ]
        assert content.value("opportunity_title", content.ids("opportunities")[0]) == "Handover on Fridays"
        advice = content.ids("recommendations")[0]
        assert content.value("recommendation_owner", advice) == "Intake"
        assert content.value("recommendation_due", advice) == "2020-01-01"
        assert str(Incident.objects.get(source_key="17").occurred_on) == "2019-03-24"


def test_an_export_with_labels_is_read_as_it_is(desk: Desk, cedar: Jurisdiction) -> None:
    upload = desk.bring(csv_of(LABELLED))
    run = desk.try_it(upload, {"column-3": "caregivers"})
    assert (run.rows, run.accepted, run.with_warnings, run.returned) == (2, 1, 1, 0), run.told
    assert run.told["unmapped"] == [["Caregivers at home", "Neighbor’s cousin", 1]]
    assert run.told["unread"] == []
    assert marked(desk.back(run)) == {"H4": "Checked"}
    desk.keep(upload)
    with jurisdiction_scope(cedar.pk):
        content = desk.content("1")
        assert content.value("caregivers") == ["mother", "father"]
        assert content.value("need_met", content.ids("needs")[0]) == "unmet"


def test_the_same_file_again_begins_with_the_kept_mapping_and_changes_nothing(
    desk: Desk, cedar: Jurisdiction
) -> None:
    first = desk.bring(csv_of(REPEATING))
    desk.try_it(first, KINDS | {"about": "Our project"})
    kept = desk.keep(first)
    assert (kept.created, kept.receipt.mapping_sha256) != (2, "")
    with jurisdiction_scope(cedar.pk):
        assert SavedMapping.objects.get().name == "Our project"
    second = desk.bring(csv_of(REPEATING))
    assert "as in “Our project”" in desk.client.get(desk.url("mapping", second)).content.decode()
    run = desk.try_it(second)
    assert (run.created, run.unchanged, run.returned) == (0, 2, 1)
    desk.keep(second)
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.count() == 2
        undo_import(kept.receipt, by=kept.by)
        assert not Incident.objects.exists()


def test_the_marked_workbook_is_mended_and_brings_in_what_waited(desk: Desk, cedar: Jurisdiction) -> None:
    upload = desk.bring(
        csv_of([*REPEATING[:2], row(record_id="20", incident_kind="F", event_date="not a day")])
    )
    run = desk.try_it(upload, KINDS)
    assert run.returned == 1
    desk.keep(upload)
    answer = desk.client.get(reverse("imports:workbook", args=["cedar", upload.pk, run.pk]))
    book = load_workbook(io.BytesIO(b"".join(answer)))
    sheet = book.worksheets[0]
    assert marked(sheet) == {"E3": "not a day"}
    sheet["E3"] = "2019-06-01"
    out = io.BytesIO()
    book.save(out)
    again = desk.bring(out.getvalue(), "mended.xlsx")
    run = desk.try_it(again)
    assert (run.created, run.unchanged, run.returned) == (1, 1, 0), run.told


def test_what_is_required_and_in_no_variable_is_asked_for(desk: Desk, cedar: Jurisdiction) -> None:
    upload = desk.bring(csv_of([["id", "county"], ["1", "Hazel"], ["2", "Alder"]]))
    answer = desk.columns(upload)
    assert answer.status_code == 422
    assert "type of incident" in answer.content.decode()
    fixed = {
        "fixed-0": "incident_type",
        "fixed-0-value": "Fatality",
        "fixed-1": "place_type",
        "fixed-1-value": "Not known",
    }
    run = desk.try_it(upload, fixed)
    assert (run.created, run.returned) == (2, 0)
    desk.keep(upload)
    with jurisdiction_scope(cedar.pk):
        assert desk.content("1").given[None, "place_type"].missing == "unknown"


def test_ratings_and_the_number_of_an_incident_that_is_here_can_be_mapped(
    desk: Desk, cedar: Jurisdiction
) -> None:
    rows = [
        ["id", "kind", "opp1_title", "strain", "strain_one", "why"],
        ["1", "Fatality", "Handover", "2", "1", "Two posts open."],
    ]
    upload = desk.bring(csv_of(rows))
    said = {
        "column-1": "incident_type",
        "column-2": "opportunity_title",
        "number-2": "1",
        "column-3": "factor_stress",
    }
    said |= {"column-4": "factor_stress", "number-4": "1", "column-5": "factor_stress_why", "number-5": "1"}
    desk.try_it(upload, said)
    desk.keep(upload)
    with jurisdiction_scope(cedar.pk):
        content = desk.content("1")
        opportunity = content.ids("opportunities")[0]
        assert (content.value("factor_stress"), content.value("factor_stress", opportunity)) == ("2", "1")
        assert content.value("factor_stress_why", opportunity) == "Two posts open."


def test_a_broken_dictionary_is_refused_with_what_to_mend_and_nothing_is_lost(
    desk: Desk, cedar: Jurisdiction
) -> None:
    upload = desk.bring(csv_of(FLAT))
    for content, words in (
        (b"a,b\n1,2\n", "columns"),
        (b"", "Choose the data dictionary"),
        (b"x" * 1_100_000, "larger than"),
    ):
        answer = desk.label(upload, content)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    with jurisdiction_scope(cedar.pk):
        assert Upload.objects.get(pk=upload.pk).version == 1


def test_nothing_is_tried_before_the_columns_are_mapped(desk: Desk) -> None:
    upload = desk.bring(csv_of(FLAT))
    page = desk.client.get(desk.url("upload", upload)).content.decode()
    assert "Say what the columns mean" in page
    assert desk.client.post(desk.url("ask", upload)).status_code == 409


def test_what_looks_like_a_formula_or_a_page_stays_text(desk: Desk, cedar: Jurisdiction) -> None:
    rows = [
        ["id", "kind", "need1_text"],
        ["1", "Fatality", '=HYPERLINK("http://x")'],
        ["2", "Fatality", "<b>A bed</b>"],
    ]
    upload = desk.bring(csv_of(rows))
    run = desk.try_it(upload, {"column-1": "incident_type"})
    cells = [cell for line in desk.back(run).iter_rows(min_row=2, max_col=3) for cell in line]
    assert {cell.data_type for cell in cells} == {"s"}
    desk.keep(upload)
    with jurisdiction_scope(cedar.pk):
        content = desk.content("2")
        assert content.value("need_statement", content.ids("needs")[0]) == "<b>A bed</b>"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["id", "kind"], ["1", "Fatality"], ["1", "Fatality"]], "Row 2 has this number already"),
        ([["id", "kind"], ["", "Fatality"], ["1", "Fatality"]], "no number of a review"),
        ([["id", "kind", "x"], ["1", "Fatality", "", "beside"], ["2", "Fatality", ""]], "It has 4 cells"),
        (
            [["id", "kind", "opp1_title", "opp1_source"], ["1", "Fatality", "x", "the first"]],
            "no numbers of entries",
        ),
    ],
)
def test_what_cannot_come_in_goes_back_with_words(desk: Desk, rows: list[list[str]], words: str) -> None:
    upload = desk.bring(csv_of(rows))
    said = {"key": "0", "column-1": "incident_type", "column-3": "opportunity_sources", "number-3": "1"}
    run = desk.try_it(upload, said)
    assert any(words in remark["message"] for remark in run.told["remarks"]), run.told
    assert run.returned


def test_a_project_of_two_kinds_of_needs_numbers_them_in_the_order_of_the_file(
    desk: Desk, cedar: Jurisdiction
) -> None:
    header = [
        "record_id",
        "redcap_repeat_instrument",
        "redcap_repeat_instance",
        "kind",
        "child_what",
        "adult_what",
    ]
    rows = [header, ["1", "", "", "Fatality", "", ""], ["1", "child_needs", "1", "", "A bed.", ""]]
    upload = desk.bring(csv_of([*rows, ["1", "adult_needs", "1", "", "", "A phone."]]))
    said = {"column-1": "incident_type", "instrument-0": "needs", "instrument-1": "needs"}
    run = desk.try_it(upload, said | {"column-2": "need_statement", "column-3": "need_statement"})
    assert run.returned == 0, run.told
    desk.keep(upload)
    with jurisdiction_scope(cedar.pk):
        content = desk.content("1")
        assert [content.value("need_statement", need) for need in content.ids("needs")] == [
            "A bed.",
            "A phone.",
        ]


def test_a_variable_of_an_instrument_becomes_no_item_of_another_section(desk: Desk) -> None:
    upload = desk.bring(csv_of(REPEATING))
    run = desk.try_it(upload, KINDS | {"column-4": "recommendation_statement", "column-5": "county"})
    assert {"“need_description” in 4 rows", "“need_met” in 4 rows"} <= set(run.told["unread"])


def test_rows_that_somebody_left_out_are_not_counted_as_unread(desk: Desk) -> None:
    upload = desk.bring(csv_of(REPEATING))
    run = desk.try_it(upload, KINDS | {"instrument-1": "-", "instrument-3": "-", "column-3": "-"})
    assert run.told["unread"] == []


def test_two_columns_are_never_taken_for_one_and_too_many_rows_are_refused(
    desk: Desk, monkeypatch: Any
) -> None:
    header = ["id", "kind", "x", "x___1", "y___1", "y___2"]
    upload = desk.bring(csv_of([header, ["1", "Fatality", "said", "1", "1", "0"]]))
    assert [column["name"] for column in upload.columns] == ["id", "kind", "x", "x___1", "y"]
    monkeypatch.setattr(bringing_in, "MOST_ROWS", 1)
    assert "more than 1 rows" in desk.bring(csv_of([["id", "kind"], ["1", "F"], ["2", "F"]])).refused


def test_a_spreadsheet_with_a_title_above_its_headings_is_marked_where_it_stands(desk: Desk) -> None:
    book = Workbook()
    assert book.active is not None
    for line in (["Our reviews", None, None], ["id", "kind", "day"], [1, "Fatality", dt.date(2019, 3, 24)]):
        book.active.append(line)
    book.active.append([2, "Fatality", "soon"])
    out = io.BytesIO()
    book.save(out)
    upload = desk.bring(out.getvalue(), "reviews.xlsx")
    run = desk.try_it(upload, {"column-1": "incident_type", "column-2": "occurred_on"})
    assert (run.rows, run.returned, run.created) == (2, 1, 1), run.told
    sheet = desk.back(run)
    assert (sheet["A1"].value, sheet["C2"].value, sheet["C4"].value) == ("Our reviews", "day", "soon")
    assert [cell.coordinate for cell in sheet[4] if cell.fill.fill_type][:1] == ["C4"]
    assert not any(cell.fill.fill_type for cell in sheet[3])


def test_an_event_can_be_part_of_a_review_s_number(desk: Desk, cedar: Jurisdiction) -> None:
    header = ["record_id", "redcap_event_name", "kind", "county_of"]
    rows = [header, ["1", "first_arm_1", "Fatality", "Hazel"], ["1", "second_arm_1", "Fatality", "Alder"]]
    upload = desk.bring(csv_of(rows))
    said = {"column-2": "incident_type", "column-3": "county"}
    assert "has this number already" in desk.try_it(upload, said | {"key": "0"}).told["remarks"][0]["message"]
    run = desk.try_it(upload, said | {"key": ["0", "1"]})
    assert (run.created, run.returned) == (2, 0), run.told


def test_an_age_without_its_unit_is_asked_for_wherever_children_stand(
    desk: Desk, cedar: Jurisdiction
) -> None:
    header = ["record_id", "redcap_repeat_instrument", "redcap_repeat_instance", "kind", "age"]
    upload = desk.bring(csv_of([header, ["1", "", "", "Fatality", ""], ["1", "children", "1", "", "5"]]))
    said = {"column-1": "incident_type", "instrument-0": "child", "column-2": "age_value"}
    answer = desk.columns(upload, **said)
    assert (answer.status_code, "An age needs a number and a unit" in said_wrong(answer)[0]) == (422, True)
    unit = {"fixed-0": "r1.age_unit", "fixed-0-value": "months"}
    run = desk.try_it(upload, said | unit)
    assert run.returned == 0, run.told
    desk.keep(upload)
    with jurisdiction_scope(cedar.pk):
        assert Child.objects.get().age == "5 months"
