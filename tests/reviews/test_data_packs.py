"""The agency's data as files: what is in a pack, what is left out and said, and who gets it."""

import csv
import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from jurisdictions.formulas import guarded, looks_like_a_formula, unguarded
from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.team import step_back
from reviews.models import DataPack, Entry, Review
from reviews.packs import making
from tests.cast import member
from tests.dictionary.own_questions import question, released
from tests.reviews.packs import holding, packed, stored, table
from tests.reviews.situations import add, answer, make_review
from tests.reviews.written_review import write_review

pytestmark = pytest.mark.django_db

HOME = "/j/cedar/reviews/data/"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of this test lie in a folder of its own."""
    monkeypatch.setattr(default_storage, "_wrapped", FileSystemStorage(location=tmp_path / "files"))
    return tmp_path / "files"


@pytest.fixture
def approver(director: User, cedar: Jurisdiction) -> Membership:
    return member(director, cedar)


@pytest.fixture
def told(review: Review, lead: Membership) -> Review:
    """A review with an answer of each kind."""
    with jurisdiction_scope(review.jurisdiction_id):
        answer(review, lead, "caregivers", ["mother", "father"])
        answer(review, lead, "place_type", missing="unknown")
        answer(review, lead, "what_was_reported", "<p>=HYPERLINK()</p><ul><li>one</li><li>two</li></ul>")
        answer(review, lead, "factor_fatigue", missing="unknown")
        event = add(
            review, lead, "timeline", event_text="A\nB", event_on={"date": "2026-03-01", "precision": "month"}
        )
        need = add(review, lead, "needs", need_statement="Sleep", need_met="unmet")
        made = add(
            review,
            lead,
            "opportunities",
            opportunity_title="Two beds",
            opportunity_sources=[need.pk, event.pk],
        )
        Entry.objects.filter(pk=made.pk).update(made_from=need)
        answer(review, lead, "factor_stress", "3", entry=made)
        answer(review, lead, "factor_stress_why", "Posts were open.", entry=made)
    return review


def test_one_row_a_review_and_tables_for_what_repeats(told: Review, by: Membership) -> None:
    files = packed(by)
    (row,) = table(files, "csv/reviews.csv")
    assert (row["review"], row["edition"], row["state"], row["as_reported"]) == (
        "2026-001",
        "1.0",
        "in_review",
        "0",
    )
    assert (row["incident_type"], row["occurred_on"]) == ("fatality", told.incident.occurred_on.isoformat())
    assert (row["caregivers"], row["caregivers___mother"], row["caregivers___grandparent"]) == (
        "mother;father",
        "1",
        "0",
    )
    assert (row["place_type"], row["place_type_missing"]) == ("", "unknown")
    assert row["what_was_reported"] == "'=HYPERLINK() ¶ • one ¶ • two"
    (child,) = table(files, "csv/child.csv")
    assert (child["review"], child["no"], child["age_value"], child["age_unit"]) == (
        "2026-001",
        "1",
        "3",
        "months",
    )
    (event,) = table(files, "csv/timeline.csv")
    assert (event["event_on"], event["event_on_precision"], event["event_text"]) == (
        "2026-03-01",
        "month",
        "A ¶ B",
    )
    (made,) = table(files, "csv/opportunities.csv")
    assert (made["from_need_no"], made["opportunity_sources"]) == ("1", "need 1; entry 1")
    keys = ("opportunity_no", "factor", "rating", "rating_missing", "why")
    assert [[one[key] for key in keys] for one in table(files, "csv/ratings.csv")] == [
        ["", "factor_fatigue", "", "unknown", ""],
        ["1", "factor_stress", "3", "", "Posts were open."],
    ]


def test_nobody_answered_is_empty_and_not_zero(review: Review, by: Membership) -> None:
    (row,) = table(packed(by), "csv/reviews.csv")
    ticks = {name for name in row if name.startswith("caregivers")}
    assert len(ticks) > 5
    assert {row[name] for name in ticks} == {""}


def test_every_column_and_every_code_is_in_the_codebook(told: Review, by: Membership) -> None:
    files = packed(by)
    variables = table(files, "codebook/variables.csv")
    for name in files:
        if name.startswith("csv/"):
            columns = [one["name"] for one in variables if f"csv/{one['table']}.csv" == name]
            header = files[name].decode().splitlines()[0].split(",")
            assert header == columns
            assert len(set(columns)) == len(columns)
    codes = table(files, "codebook/codes.csv")
    known = {(one["name"], one["code"]): one["label"] for one in codes if one["table"] == "reviews"}
    assert known["caregivers", "mother"] == "Mother"
    assert known["caregivers___mother", "1"] == "Yes"
    assert known["place_type_missing", "unknown"] == "Not known"
    whole = json.loads(files["codebook/codebook.json"])
    assert [len(one["columns"]) for one in whole["tables"]] == [
        sum(one["table"] == name for one in variables)
        for name in dict.fromkeys(one["table"] for one in variables)
    ]
    assert files["codebook/edition-1.0.yaml"].startswith(b"number:")


def test_the_manifest_holds_the_check_code_of_every_file(told: Review, by: Membership) -> None:
    files = packed(by)
    sums = dict(line.split("  ")[::-1] for line in files.pop("SHA256SUMS.txt").decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def test_the_same_data_are_the_same_bytes(told: Review, by: Membership) -> None:
    packed(by)
    packed(by)
    with jurisdiction_scope(by.jurisdiction_id):
        first, second = DataPack.objects.order_by("pk")
        assert first.sha256 == second.sha256 == hashlib.sha256(stored(first)).hexdigest()
        assert first.size == len(stored(first))


def test_the_workbook_says_labels_and_runs_nothing(told: Review, by: Membership, tmp_path: Path) -> None:
    (tmp_path / "reviews.xlsx").write_bytes(packed(by)["reviews.xlsx"])
    book = load_workbook(tmp_path / "reviews.xlsx")
    assert book.sheetnames[:3] == ["Read me", "Reviews", "The child"]
    header, row = ([cell.value for cell in line] for line in book["Reviews"].iter_rows())
    said = dict(zip(header, row, strict=True))
    assert (said["caregivers"], said["place_type_missing"]) == ("Mother; Father", "Not known")
    assert said["occurred_on"].date() == told.incident.occurred_on
    assert said["what_was_reported"].startswith("=HYPERLINK()\n")
    assert "f" not in {cell.data_type for page in book for line in page for cell in line}


def test_case_numbers_stay_out_unless_they_are_chosen_also_within_texts(
    told: Review, lead: Membership, by: Membership, cedar: Jurisdiction
) -> None:
    with jurisdiction_scope(cedar.pk):
        make_review(cedar, by, number="2026-002")
        answer(told, lead, "summary_limits", "Our file CASE 2026/001 says so, as in case-2026-002.")
    without = packed(by, parts=["direct", "redcap", "syntax"])
    assert holding(without, "CASE-2026-001") == holding(without, "case-2026-002") == []
    row, _ = table(without, "csv/reviews.csv")
    assert "case_number" not in row
    assert row["summary_limits"] == "Our file [case number] says so, as in [case number]."
    assert "your own case numbers" in without["README.txt"].decode().lower()
    files = packed(by)
    row, _ = table(files, "csv/reviews.csv")
    assert row["case_number"] == "CASE-2026-001"
    assert row["summary_limits"] == "Our file CASE 2026/001 says so, as in case-2026-002."
    assert "reviews.xlsx/xl/worksheets/sheet2.xml" in holding(files, "CASE-2026-001")


def test_without_what_can_name_a_person_no_text_is_in_it(told: Review, by: Membership) -> None:
    files = packed(by, parts=["redcap"])
    for words in ("Posts were open.", "HYPERLINK", "Two beds"):
        assert holding(files, words) == []
    assert "what_was_reported" not in table(files, "csv/reviews.csv")[0]
    assert table(files, "redcap/records-1.0.csv")[0]["what_was_reported"] == ""


@pytest.mark.parametrize("kind", ["text", "plain", "prose"])
def test_what_was_typed_in_words_is_free_text_whatever_its_privacy_class(
    cedar: Jurisdiction, by: Membership, lead: Membership, kind: str
) -> None:
    typed = question("own_note", type=kind, privacy="open", label="What else?")
    with jurisdiction_scope(cedar.pk):
        asking = make_review(cedar, by, lead=lead, own_edition=released(by, typed, question()))
        answer(asking, lead, "own_note", "Mary Smith called")
        answer(asking, lead, "county", "Smithton")
        answer(asking, lead, "own_shift", "night")
    files = packed(by, parts=["redcap", "syntax"])
    assert (holding(files, "Mary Smith"), holding(files, "Smithton")) == ([], [])
    (row,) = table(files, "csv/reviews.csv")
    assert ("own_note" in row, "county" in row, row["own_shift"]) == (False, False, "night")
    assert "csv/reviews.csv" in holding(packed(by), "Mary Smith")


def test_which_reviews_are_in_it_is_chosen_and_said(
    review: Review, cedar: Jurisdiction, by: Membership, lead: Membership, approver: Membership
) -> None:
    State = Review.State
    with jurisdiction_scope(cedar.pk):
        make_review(cedar, by, number="2026-002", state=State.APPROVED, approver=approver)
        make_review(cedar, by, number="2026-003", state=State.AS_REPORTED, reported_closed_on="2019-05-01")
        make_review(cedar, by, number="2026-004", state=State.NOT_SELECTED)
        make_review(cedar, by, number="2026-005", state=State.WITHDRAWN)

    def numbers(*groups: str) -> list[tuple[str, str]]:
        rows = table(packed(by, groups=groups), "csv/reviews.csv")
        return [(row["review"], row["as_reported"]) for row in rows]

    assert numbers("approved") == [("2026-002", "0")]
    assert numbers("approved", "as_reported") == [("2026-002", "0"), ("2026-003", "1")]
    assert numbers("under_way", "not_selected") == [("2026-001", "0"), ("2026-004", "0")]
    files = packed(by)
    assert [row["review"][-1] for row in table(files, "csv/reviews.csv")] == list("1234")
    readme = files["README.txt"].decode()
    assert "4 reviews" in readme
    assert "opened by mistake (1 of them)" in readme
    assert "1.0" in readme
    assert f"as of {timezone.localdate():%-d %B %Y}" in readme


def test_reviews_from_which_one_stepped_back_are_left_out_and_that_is_said(
    review: Review, cedar: Jurisdiction, by: Membership, client: Client
) -> None:
    with jurisdiction_scope(cedar.pk):
        make_review(cedar, by, number="2026-002")
        step_back(review, who=by, reason="A cousin", by=by)
    files = packed(by)
    assert [row["review"] for row in table(files, "csv/reviews.csv")] == ["2026-002"]
    assert "whoever asked for this pack stepped back" in files["README.txt"].decode()
    assert holding(files, "2026-001") == []
    client.force_login(by.user)
    assert "reviews from which you stepped back" in client.get(HOME).content.decode()


def test_no_other_agencys_review_is_in_it(
    review: Review, by: Membership, birch: Jurisdiction, outsider: User
) -> None:
    there = member(outsider, birch)
    with jurisdiction_scope(birch.pk):
        make_review(birch, there, number="2026-077")
    files = packed(by)
    assert holding(files, "2026-077") == []


def test_reading_costs_the_same_for_one_review_and_for_many(
    cedar: Jurisdiction, by: Membership, lead: Membership, approver: Membership
) -> None:
    asked = []
    for numbers in (["2026-101"], ["2026-102", "2026-103", "2026-104"]):
        with jurisdiction_scope(cedar.pk):
            for number in numbers:
                write_review(cedar, lead, approver, number=number)
        with CaptureQueriesContext(connection) as queries:
            packed(by)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_batches_make_the_same_pack(
    cedar: Jurisdiction, by: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    with jurisdiction_scope(cedar.pk):
        for number in range(1, 6):
            make_review(cedar, by, number=f"2026-00{number}")
    whole = packed(by)
    monkeypatch.setattr(making, "BATCH", 2)
    assert packed(by) == whole


@given(st.text(alphabet="='+-@a \n", max_size=8))
def test_what_is_guarded_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not looks_like_a_formula(guarded(text))


def test_no_cell_begins_like_a_formula_not_even_a_code_or_a_label(
    cedar: Jurisdiction, by: Membership, lead: Membership
) -> None:
    live = '=HYPERLINK("http://example.org")'
    codes = [{"code": "=cmd|'x'!A0", "label": live, "help": "+1"}, {"code": "-9", "label": "None"}]
    risky = question(label="=1+1", help="@SUM(A1)", codes=codes, type="choices")
    with jurisdiction_scope(cedar.pk):
        own = released(by, risky, question("own_one", label="One?", codes=codes))
        asking = make_review(cedar, by, lead=lead, own_edition=own)
        answer(asking, lead, "own_shift", ["=cmd|'x'!A0", "-9"])
        answer(asking, lead, "own_one", "=cmd|'x'!A0")
    files = packed(by)
    cells = [
        (name, cell)
        for name, content in files.items()
        if name.endswith(".csv")
        for row in csv.reader(io.StringIO(content.decode(), newline=""))
        for cell in row
    ]
    alive = [(name, cell) for name, cell in cells if looks_like_a_formula(cell)]
    tags = [name for name, cell in alive if re.match("@(NPCS|CHARLIMIT|NONEOFTHEABOVE)=", cell)]
    assert set(tags) == {"redcap/dictionary-1.0-own-1.csv"}
    assert {cell for _, cell in alive if not cell.startswith("@")} == {"-9"}
    assert ("codebook/codes.csv", f"'{live}") in cells
    (row,) = table(files, "csv/reviews.csv")
    assert (row["own_shift"], row["own_one"]) == ("'=cmd|'x'!A0;-9", "'=cmd|'x'!A0")
    assert """== `"'=cmd|'x'!A0"'""" in files["syntax/stata.do"].decode()


def test_what_changes_too_much_while_it_is_made_is_left_out_and_named(
    cedar: Jurisdiction, by: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    with jurisdiction_scope(cedar.pk):
        for number in ("2026-001", "2026-002", "2026-003"):
            make_review(cedar, by, number=number)
    read_scope = making._read_scope

    def and_then(*args: Any) -> making.Scope:
        scope = read_scope(*args)
        reviews = {review.incident.number: review for review in Review.objects.select_related("incident")}
        Review.objects.filter(pk=reviews["2026-002"].pk).update(own_edition=released(by, question()))
        Review.objects.filter(pk=reviews["2026-003"].pk).update(state=Review.State.WITHDRAWN)
        return scope

    monkeypatch.setattr(making, "_read_scope", and_then)
    files = packed(by)
    assert [row["review"] for row in table(files, "csv/reviews.csv")] == ["2026-001"]
    readme = files["README.txt"].decode()
    assert "given other questions, while this pack was made: 2026-002, 2026-003. Ask" in readme
    assert holding(files, "2026-003") == ["README.txt", "reviews.xlsx/xl/worksheets/sheet1.xml"]
    monkeypatch.undo()
    assert "while this pack was made" not in packed(by)["README.txt"].decode()


def test_own_questions_stand_in_it_under_an_edition_of_their_own(
    told: Review, cedar: Jurisdiction, by: Membership, lead: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        own = released(by, question(), question("own_note", type="text", section="needs"))
        asking = make_review(cedar, by, lead=lead, number="2026-002", own_edition=own)
        answer(asking, lead, "own_shift", "night")
        add(asking, lead, "needs", need_statement="Rest", own_note="Nobody asked.")
    files = packed(by)
    rows = {row["review"]: row for row in table(files, "csv/reviews.csv")}
    assert [(row["edition"], row["own_shift"]) for row in rows.values()] == [
        ("1.0", ""),
        ("1.0-own-1", "night"),
    ]
    assert [row["own_note"] for row in table(files, "csv/needs.csv")] == ["", "Nobody asked."]
    assert "1.0-own-1, 1.0" in files["README.txt"].decode()
    described = {row["name"]: row for row in table(files, "codebook/variables.csv")}
    assert described["own_shift"]["editions"] == "1.0-own-1"
    assert {"redcap/records-1.0.csv", "redcap/records-1.0-own-1.csv"} <= set(files)
    assert b"own_shift" not in files["redcap/dictionary-1.0.csv"]
    (record,) = [
        row for row in table(files, "redcap/records-1.0-own-1.csv") if not row["redcap_repeat_instrument"]
    ]
    assert record["own_shift"]
