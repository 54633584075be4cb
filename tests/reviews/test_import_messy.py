"""The messy sample, row by row: what comes in, what comes with a warning, what goes back and why."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from jurisdictions.models import AuditEvent, Jurisdiction
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Answer, Incident, IncidentImport, UnmappedCode

pytestmark = pytest.mark.django_db

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FILE, MAPPING = EXAMPLES / "messy-incidents.csv", EXAMPLES / "messy-incidents.mapping.yaml"

# Row in the spreadsheet: a word of the message. Rows that are not named come in without a remark.
RETURNED = {
    5: "is not a date like 03/24/2019",  # June 7, 2019
    8: "said yet what “N.F.” means",
    9: "not a date",  # 31 September
    11: "both a number and a unit",
    12: "Row 11 has the same key already",
    13: "no key",
    17: "not a date",  # 30 February
    18: "No incident goes without its type",
    23: "has not come yet",
    25: "16 cells",
}
WARNED = {
    10: "before it happened",
    14: "said yet what “REVISIT” means",
    15: "looks like row 16",
    16: "looks like row 15",
    19: "without a date",
}


def bring_in(tmp_path: Path, *options: str) -> tuple[str, Any]:
    out, report = StringIO(), tmp_path / "back.xlsx"
    call_command(
        "import_incidents",
        "cedar",
        str(FILE),
        "--mapping",
        str(MAPPING),
        "--report",
        str(report),
        *options,
        stdout=out,
    )
    return out.getvalue(), load_workbook(report)


def test_each_row_is_accounted_for_and_says_why(cedar: Jurisdiction, tmp_path: Path) -> None:
    said, book = bring_in(tmp_path)
    rows = list(book["Rows"].iter_rows(min_row=2, values_only=True))
    at = [cell.value for cell in book["Rows"][1]].index("NPCS status")
    remarks = {
        number: (row[at], row[at + 3] or "") for number, row in enumerate(rows, 2) if row[at] != "Accepted"
    }
    assert {number for number, (status, _) in remarks.items() if status == "Returned"} == set(RETURNED)
    for number, words in (RETURNED | WARNED).items():
        assert words in remarks[number][1], number
    assert set(remarks) == set(RETURNED) | set(WARNED)
    assert "24 = " in said
    with jurisdiction_scope(cedar.pk):
        receipt = IncidentImport.objects.get()
        assert (receipt.rows, receipt.accepted, receipt.with_warnings, receipt.returned) == (24, 9, 5, 10)
        assert Incident.objects.count() == receipt.created == 14
        codes = set(UnmappedCode.objects.values_list("column", "code", "rows"))
        assert codes == {("Kind", "N.F.", 1), ("Known before?", "REVISIT", 1), ("Child 1 sex", "X", 1)}
        event = AuditEvent.objects.get(kind="incidents.imported")
        assert event.ids["import_id"] == receipt.pk
        assert event.by_user is None


def test_the_faulty_cells_are_marked_where_they_stand(cedar: Jurisdiction, tmp_path: Path) -> None:
    _, book = bring_in(tmp_path, "--dry-run")
    sheet = book["Rows"]
    marked = {
        (cell.coordinate)
        for row in sheet.iter_rows(min_row=2, max_col=15)
        for cell in row
        if cell.fill.fgColor.rgb == "FFFFE8B3"
    }
    assert marked == {"C5", "B8", "C9", "D10", "F11", "L14", "C17", "H17", "B18", "C19", "C23", "D23"}
    assert sheet["A2"].value == "A-1001"
    assert sheet["N20"].value.startswith("=HYPERLINK")
    assert sheet["N20"].data_type == "s"
    assert sheet["O2"].value == "2"


def test_mending_the_marked_cells_alone_brings_the_rows_in(cedar: Jurisdiction, tmp_path: Path) -> None:
    bring_in(tmp_path)
    mended = tmp_path / FILE.name
    text = FILE.read_text(encoding="utf-8-sig")
    for wrong, right in [
        ("N.F.", "NF"),
        ('"June 7, 2019"', "6/7/2019"),
        ("9/31/2019", "9/30/2019"),
        ("Alder,30,,M", "Alder,30,mo,M"),
        ("A-1010,NF,11/06", "A-1011,NF,11/06"),
        ("\r\n,SI", "\r\nA-1012b,SI"),
        ("2/30/2020", "2/29/2020"),
        ("A-1016,,", "A-1016,NF,"),
        ("8/15/2029", "8/15/2020"),
        ("He stopped breathing, then", "He stopped breathing; then"),
    ]:
        assert wrong in text.replace("\n", "\r\n"), wrong
        text = text.replace("\r\n", "\n").replace("\n", "\r\n").replace(wrong, right)
    mended.write_text(text, encoding="utf-8", newline="")
    out = StringIO()
    call_command("import_incidents", "cedar", str(mended), "--mapping", str(MAPPING), stdout=out)
    assert "10 new, 0 changed, 14 unchanged" in out.getvalue()
    with jurisdiction_scope(cedar.pk):
        assert UnmappedCode.objects.filter(settled_at=None).count() == 2  # REVISIT and X still wait
        assert Incident.objects.count() == 24


def test_what_came_in_is_what_the_file_says(cedar: Jurisdiction, tmp_path: Path) -> None:
    bring_in(tmp_path)
    with jurisdiction_scope(cedar.pk):
        two = Incident.objects.get(source_key="A-1005")
        assert [(child.age, child.sex) for child in two.children.all()] == [
            ("20 months", "male"),
            ("4 years", "female"),
        ]
        answers = {
            (answer.repeat.position if answer.repeat else 0, answer.item): answer.value or answer.missing
            for answer in Answer.objects.filter(record=two).select_related("repeat")
        }
        assert answers == {
            (0, "what_was_reported"): answers[0, "what_was_reported"],
            (0, "prior_contact"): "known_when_unknown",
            (0, "place_type"): "vehicle",
            (0, "setting_area"): "rural",
            (0, "incident_category"): "unknown",
            (1, "race_ethnicity"): "not_asked",
            (2, "race_ethnicity"): "not_asked",
        }
        told = Answer.objects.get(record__source_key="A-1006", item="what_was_reported").value
        assert told.count("<p>") == 2
        one = Incident.objects.get(source_key="A-1003")
        assert (one.county, one.children.count(), one.number[:4]) == ("rowan", 1, "2019")
        assert not hasattr(one, "review")


def test_a_dry_run_says_the_same_and_keeps_nothing(cedar: Jurisdiction, tmp_path: Path) -> None:
    dry, _ = bring_in(tmp_path, "--dry-run")
    with jurisdiction_scope(cedar.pk):
        assert not Incident.objects.exists()
        assert not UnmappedCode.objects.exists()
    real, _ = bring_in(tmp_path)
    assert dry == f"A dry run: nothing was kept.\n{real}"
