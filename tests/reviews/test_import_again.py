"""The same file again: beside what people changed since, and as the workbook that went back."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.answer import Place, save_answer
from reviews.actions.facts import change_facts
from reviews.actions.import_incidents import import_incidents
from reviews.actions.notify import open_past_incident
from reviews.actions.withdraw import withdraw_incident
from reviews.facts import IncidentFacts, child_facts_of
from reviews.imports.marked import write_marked
from reviews.imports.unpacking import unpack
from reviews.models import Answer, AnswerVersion, Child, Incident, Recusal, Review
from tests.cast import member
from tests.reviews.import_situations import HEADER, PLAIN, mapping
from tests.reviews.incident_situations import notified

pytestmark = pytest.mark.django_db


# -- again, and beside people ---------------------------------------------------------------------


def test_what_a_person_has_changed_here_stays_theirs(
    bring_in: Any, cedar: Jurisdiction, coordinator: User
) -> None:
    bring_in(HEADER + "1,F,2020-01-01,Alder,Told.,3\n")
    by = member(coordinator, cedar)
    with jurisdiction_scope(cedar.pk):
        incident = Incident.objects.get()
        facts = IncidentFacts("fatality", dt.date(2020, 1, 1), county="Hazel")
        change_facts(incident, facts, [child_facts_of(Child.objects.get())], by=by, version=1)
        open_past_incident(incident, by=by)
        save_answer(
            Place(incident.review, None, "what_was_reported"),
            value="<p>Read again.</p>",
            missing="",
            version=1,
            by=by,
        )
    receipt = bring_in(HEADER + "1,NF,2020-01-01,Rowan,Told anew.,4\n")
    assert receipt.count("changed") == 1
    assert {remark.label for remark in receipt.remarks[2]} == {
        "County where it happened",
        "What was reported to the agency?",
    }
    with jurisdiction_scope(cedar.pk):
        incident = Incident.objects.get()
        assert (incident.county, incident.incident_type) == ("Hazel", "near_fatality")
        assert Answer.objects.get(item="what_was_reported").value == "<p>Read again.</p>"
        assert Child.objects.get().age_value == 4
        by_import = AnswerVersion.objects.filter(replaced_by_import__isnull=False)
        assert dict(by_import.values_list("item", "value")) == {"incident_type": "fatality", "age_value": 3}
    assert bring_in(HEADER + "1,NF,2020-01-01,Rowan,Told anew.,4\n").count("unchanged") == 1


def test_what_a_person_filled_in_where_nothing_stood_stays_theirs(
    bring_in: Any, cedar: Jurisdiction, coordinator: User
) -> None:
    bring_in(HEADER + "1,F,2020-01-01,,Told.,3\n")
    with jurisdiction_scope(cedar.pk):
        facts = IncidentFacts("fatality", dt.date(2020, 1, 1), county="Hazel")
        children = [child_facts_of(Child.objects.get())]
        change_facts(Incident.objects.get(), facts, children, by=member(coordinator, cedar), version=1)
    receipt = bring_in(HEADER + "1,NF,2020-01-01,Rowan,Told.,3\n")
    assert {remark.label for remark in receipt.remarks[2]} == {"County where it happened"}
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.get().county == "Hazel"


def test_one_more_child_is_a_change_of_the_facts(bring_in: Any, cedar: Jurisdiction) -> None:
    bring_in(HEADER + "1,F,2020-01-01,Alder,Told.,3\n")
    text = PLAIN + "  - age_value: second\n    age_unit: {constant: years}\n"
    bring_in(HEADER.replace("\n", ",second\n") + "1,F,2020-01-01,Alder,Told.,3,7\n", text)
    with jurisdiction_scope(cedar.pk):
        assert (Child.objects.count(), Incident.objects.get().version) == (2, 2)


def test_a_cell_that_was_emptied_empties_what_the_file_had_said(bring_in: Any, cedar: Jurisdiction) -> None:
    bring_in(HEADER + "1,F,2020-01-01,Alder,Told.,3\n")
    text = PLAIN.replace(
        "age_unit: {constant: months}", "age_unit: {column: kind, codes: {F: months, NF: months}}"
    )
    receipt = bring_in(HEADER + "1,F,2020-01-01,,,3\n", text)
    assert receipt.count("changed") == 1
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.get().county == ""
        answer = Answer.objects.get(item="what_was_reported")
        assert (answer.value, answer.version) == (None, 2)
        assert set(AnswerVersion.objects.values_list("item", flat=True)) == {"county", "what_was_reported"}


@pytest.mark.parametrize("state", [Review.State.WITH_QUALITY_LEAD, Review.State.WITH_DIRECTOR, "withdrawn"])
def test_a_changed_row_of_a_closed_or_withdrawn_incident_goes_back(
    bring_in: Any, cedar: Jurisdiction, coordinator: User, state: str
) -> None:
    bring_in(HEADER + "1,F,2020-01-01,Alder,Told.,3\n")
    by = member(coordinator, cedar)
    with jurisdiction_scope(cedar.pk):
        incident = Incident.objects.get()
        if state == "withdrawn":
            withdraw_incident(incident, by=by, reason="Not ours.")
        else:
            open_past_incident(incident, by=by)
            day = dt.date(2026, 1, 1)
            Review.objects.update(state=state, due_on=day, selected_on=day)
    assert bring_in(HEADER + "1,F,2020-01-01,Alder,Told.,3\n").count("unchanged") == 1
    receipt = bring_in(HEADER + "1,F,2020-01-01,Rowan,Told.,3\n")
    assert (receipt.returned, receipt.accepted) == (1, 0)
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.get().county == "Alder"


def test_a_look_alike_that_is_here_is_pointed_out_and_not_merged(
    bring_in: Any, cedar: Jurisdiction, coordinator: User
) -> None:
    there = notified(cedar, coordinator)
    receipt = bring_in(HEADER + "1,F,2026-03-02,alder,Told.,4\n")
    assert f"incident {there.number}" in receipt.remarks[2][0].message
    assert receipt.with_warnings == 1
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.count() == 2


# -- workbooks ---------------------------------------------------------------------------------------


def test_a_workbook_comes_back_with_its_cells_where_they_stood_and_as_what_they_were(
    cedar: Jurisdiction, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Past"
    sheet.append(["Incidents of the county"])
    sheet.append(["id", "kind", "day", "county", "told", "age", "NPCS status"])
    sheet.append([1, "F", dt.date(2020, 1, 2), "Alder", "Told.", 3, "Returned"])
    sheet.append([])
    sheet.append([2, "F", dt.date(2020, 1, 3), "Alder", "Told.", 99999, "Returned"])
    book.save(tmp_path / "file.xlsx")
    how = mapping(f"sheet: Past\nheader_row: 2\n{PLAIN}")
    with jurisdiction_scope(cedar.pk):
        receipt = import_incidents(unpack(tmp_path / "file.xlsx", tmp_path), how, jurisdiction=cedar)
    assert (receipt.accepted, receipt.returned) == (1, 1)
    write_marked(receipt, tmp_path / "back.xlsx")
    back = load_workbook(tmp_path / "back.xlsx")["Past"]
    assert back["A1"].value == "Incidents of the county"
    assert [cell.value for cell in back[2]][:7] == [
        "id",
        "kind",
        "day",
        "county",
        "told",
        "age",
        "NPCS status",
    ]
    assert (back["A3"].value, back["C3"].value, back["F3"].value) == (1, dt.datetime(2020, 1, 2), 3)  # noqa: DTZ001
    assert [cell.value for cell in back[4]] == [None] * back.max_column
    assert (back["G3"].value, back["G5"].value) == ("Accepted", "Returned")
    assert (back["F5"].value, back["F5"].data_type) == (99999, "n")
    assert back["F5"].fill.fgColor.rgb == "FFFFE8B3"
    assert back["F3"].fill.fgColor.rgb != "FFFFE8B3"


def test_a_dry_run_says_what_would_change_before_it_does(
    bring_in: Any, cedar: Jurisdiction, tmp_path: Path
) -> None:
    bring_in(HEADER + "1,F,2020-01-01,Alder,,3\n2,F,2020-02-01,Alder,Told.,4\n")
    receipt = bring_in(HEADER + "1,F,2020-01-01,Rowan,Told.,5\n2,F,2020-02-01,Alder,Told.,4\n", dry_run=True)
    assert [(change.row, change.label, change.before, change.after) for change in receipt.changes] == [
        (2, "County where it happened", "Alder", "Rowan"),
        (2, "What was reported to the agency?", "", "Told."),
        (2, "Age of the child", "3", "5"),
    ]
    with jurisdiction_scope(cedar.pk):
        number = Incident.objects.get(source_key="1").number
        assert set(Incident.objects.values_list("county", flat=True)) == {"Alder"}
    assert {change.number for change in receipt.changes} == {number}
    write_marked(receipt, tmp_path / "back.xlsx")
    sheet = load_workbook(tmp_path / "back.xlsx")["What changes"]
    assert [cell.value for cell in sheet[2]] == [2, number, "County where it happened", "Alder", "Rowan"]


def test_whoever_stepped_back_from_a_review_changes_nothing_of_it_by_a_file(
    bring_in: Any, cedar: Jurisdiction, coordinator: User
) -> None:
    bring_in(HEADER + "1,F,2020-01-01,Alder,Told.,3\n2,F,2020-02-01,Alder,Told.,3\n")
    by = member(coordinator, cedar)
    with jurisdiction_scope(cedar.pk):
        incident = Incident.objects.get(source_key="1")
        review = open_past_incident(incident, by=by)
        Recusal.objects.create(
            jurisdiction=cedar, review=review, membership=by, recorded_by=by, reason="Knows the family."
        )
    for rows in ("1,F,2020-01-01,Rowan,Told.,3\n", "1,F,2020-01-01,Alder,Told.,3\n"):
        receipt = bring_in(f"{HEADER}{rows}2,F,2020-02-01,Rowan,Told.,3\n", by=by, dry_run=True)
        assert (receipt.returned, receipt.accepted) == (1, 1)
        assert "stepped back" in receipt.remarks[2][0].message
        assert {change.row for change in receipt.changes} == {3}
