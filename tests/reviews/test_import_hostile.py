"""Files that are not what they say, rows that nobody could have meant, mappings with mistakes in them."""

import hashlib
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, ProgrammingError, connection, transaction
from openpyxl import load_workbook

from jurisdictions.models import Jurisdiction
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.import_incidents import import_incidents
from reviews.imports import unpacking
from reviews.imports.cells import paragraphs
from reviews.imports.mapping import MappingError
from reviews.imports.marked import write_marked
from reviews.imports.table import FileRefused
from reviews.imports.unpacking import unpack
from reviews.models import Answer, Child, Incident
from tests.reviews.import_situations import HEADER, PLAIN, mapping

pytestmark = pytest.mark.django_db

# Too long for an index of PostgreSQL, however it is packed.
LONG_KEY = "".join(hashlib.sha256(bytes([at])).hexdigest() for at in range(128))

# -- the file as a whole --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (HEADER.encode() + b"1,F,2020-01-01,Ald\x81r,x,3\n", "Line 2 of the file is not UTF-8"),
        (HEADER.encode("utf-16") + b"x", "not UTF-16"),
        (b"PK\x03\x04rest", "damaged"),
        (b"%PDF-1.7", "PDF"),
        (b"id,kind,day,county,told\n1,F,2020-01-01,Alder,x\n", "no column “age”"),
        (b"id,kind,day,county,told,age,kind\n", r"“kind \(column B\)”.*“kind \(column G\)”"),
        (b",,,\n", "names no columns"),
        (b"\n\n", "each of its lines is empty"),
    ],
)
def test_a_file_that_cannot_come_in_is_refused_with_words(bring_in: Any, content: bytes, words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        bring_in(content)


def test_a_file_above_the_limit_is_not_even_read(bring_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "FILE_BYTES", 40)
    with pytest.raises(FileRefused, match="can come in at once"):
        bring_in(HEADER + "1,F,2020-01-01,Alder,x,3\n")


def test_too_many_rows_are_refused_and_nothing_is_kept(
    bring_in: Any, cedar: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "FILE_ROWS", 2)
    with pytest.raises(FileRefused, match="more than 2 rows"):
        bring_in(HEADER + "".join(f"{at},F,2020-01-01,Alder,x,3\n" for at in range(3)))
    with jurisdiction_scope(cedar.pk):
        assert not Incident.objects.exists()


def test_a_byte_order_mark_and_windows_1252_come_in_when_said(bring_in: Any, cedar: Jurisdiction) -> None:
    assert bring_in("\ufeff" + HEADER + "1,F,2020-01-01,Aldér,x,3\n").accepted == 1
    text = f"encoding: windows-1252\n{PLAIN}"
    assert bring_in((HEADER + "2,F,2020-03-01,Aldér,x,3\n").encode("cp1252"), text).accepted == 1
    with pytest.raises(FileRefused, match="not Windows-1252"):
        bring_in(HEADER.encode() + b"3,F,2020-01-01,\x81,x,3\n", text)
    with jurisdiction_scope(cedar.pk):
        assert set(Incident.objects.values_list("county", flat=True)) == {"Aldér"}


# -- single rows ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1,F,2020-01-01,Alder,a\0b,3", "character (NUL)"),
        (f'1,F,2020-01-01,Alder,"{"x" * 40_000}",3', "40,000 characters"),
        (f"1,F,2020-01-01,{'x' * 81},told,3", "81 characters; 80 fit"),
        ("1,F,01/02/2020,Alder,told,3", "day, month and year"),
        ("1,F,2020-01-01,Alder,told,three", "whole number"),
        ("1,F,2020-01-01,Alder,told,99999", "from 0 to 900"),
        ("1,F,2020-01-01,Alder", "4 cells, and the header has 6"),
        (",,,,,", "row is empty"),
        (f"{'k' * 121},F,2020-01-01,Alder,told,3", "longer than 120"),
        (f"{LONG_KEY},F,2020-01-01,Alder,told,3", "longer than 120"),
        ("1,F,1020-01-01,Alder,told,3", "1020"),
    ],
)
def test_a_row_that_cannot_come_in_goes_back_and_the_others_come_in(
    bring_in: Any, cedar: Jurisdiction, row: str, words: str
) -> None:
    receipt = bring_in(f"{HEADER}{row}\nok,NF,2021-05-05,Rowan,told,4\n")
    assert (receipt.rows, receipt.accepted, receipt.returned) == (2, 1, 1)
    assert any(words in remark.message for remark in receipt.remarks[2])
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.get().source_key == "ok"


def test_a_unit_that_is_the_same_for_all_rows_says_nothing_without_an_age(
    bring_in: Any, cedar: Jurisdiction
) -> None:
    assert bring_in(HEADER + "1,F,2020-01-01,Alder,told,\n").accepted == 1
    with jurisdiction_scope(cedar.pk):
        assert Child.objects.get().age == "age not known"


def test_a_quote_that_is_never_closed_takes_no_more_than_its_rows(bring_in: Any) -> None:
    rest = "".join(f"{at},F,2020-01-01,Alder,{'x' * 400},3\n" for at in range(100))
    receipt = bring_in(f'{HEADER}1,F,2019-01-01,Rowan,told,3\n2,F,2020-01-01,Alder,"open,3\n{rest}')
    assert (receipt.rows, receipt.accepted, receipt.returned) == (2, 1, 1)
    assert any("close the quote" in remark.fix for remark in receipt.remarks[3])


def test_formulas_and_control_characters_come_back_as_text(
    bring_in: Any, cedar: Jurisdiction, tmp_path: Path
) -> None:
    hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=cmd|"/c calc"!A1', "\x0b\x07bell", " =1+1", "−1"]
    rows = "".join(
        f'k{at},F,2020-01-01,County {at},"{text.replace(chr(34), chr(34) * 2)}",3\n'
        for at, text in enumerate(hostile)
    )
    receipt = bring_in(HEADER + "=2+2,XX,2020-01-01,Alder,x,3\n\n" + rows)
    target = tmp_path / "back.xlsx"
    write_marked(receipt, target)
    book = load_workbook(target)
    assert book["Rows"]["A2"].value == "=2+2"
    assert book["Rows"]["A3"].value is None  # an empty line keeps its place
    assert book["Rows"]["A4"].value == "k0"
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    assert book["Rows"]["E10"].value == "��bell"


def test_a_code_of_another_case_is_unmapped_and_never_guessed(bring_in: Any, cedar: Jurisdiction) -> None:
    text = PLAIN.replace(
        "  county: county", "  county: county\n  place_type: {column: told, codes: {Home: child_home}}"
    ).replace("  what_was_reported: told\n", "")
    receipt = bring_in(f"{HEADER}1,F,2020-01-01,Alder,home,3\n2,F,2020-02-01,Alder,Home,3\n", text)
    assert dict(receipt.unmapped) == {("told", "home"): 1}
    assert receipt.with_warnings == 1
    with jurisdiction_scope(cedar.pk):
        assert Answer.objects.filter(item="place_type").count() == 1


def test_text_becomes_paragraphs_and_nothing_in_it_is_taken_for_markup() -> None:
    assert paragraphs("1. One <b>two</b>\n  three\n\n\n- four & five ") == (
        "<p>1. One &lt;b&gt;two&lt;/b&gt;<br>three</p><p>- four &amp; five</p>"
    )
    assert paragraphs(" \n ") is None


def test_the_policy_is_the_last_check_on_every_row(
    cedar: Jurisdiction, birch: Jurisdiction, tmp_path: Path
) -> None:
    file = tmp_path / "file.csv"
    file.write_text(HEADER + "1,F,2020-01-01,Alder,Told.,3\n")
    with pytest.raises(ProgrammingError, match="row-level security"), jurisdiction_scope(cedar.pk):
        import_incidents(unpack(file, tmp_path), mapping(), jurisdiction=birch)


def test_copy_into_a_table_behind_the_wall_is_refused(in_cedar: Jurisdiction) -> None:
    """Why the rows are staged."""
    with (
        pytest.raises(DatabaseError, match="COPY FROM not supported with row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("COPY reviews_incident (id) FROM STDIN")


# -- mappings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("key: id", "keys: id"), "`keys` is not a setting"),
        (("key: id", ""), "`key` is missing"),
        (("F: fatality", "F: death"), "Codes: fatality, near_fatality"),
        (("F: fatality", "1: fatality"), "put “1” into quotes"),
        (("county: county", "village: county"), "no item of this name"),
        (("county: county", "age_value: age"), "belongs under `children`"),
        (("county: county", "need_statement: told"), "its section repeats"),
        (("county: county", "factor_bias: told"), "do not come from a file"),
        (("county: county", "county: {column: county, format: x}"), "`format` is for dates"),
        (("occurred_on: day", "occurred_on: {column: day, format: dd.mm}"), "not a date format"),
        (("county: county", "place_type: {missing: withheld}"), "It accepts unknown"),
        (("county: county", "place_type: {constant: moon}"), "does not fit place_type"),
        (("county: county", "county: {column: a, constant: b}"), "one of `column`, `constant` and `missing`"),
        (("key: id", "key: id\nencoding: latin-9"), "utf-8 or windows-1252"),
        (("key: id", "key: id\ndelimiter: ';;'"), "one character"),
        (
            ("incident_type: {column: kind, codes: {F: fatality, NF: near_fatality}}", "aware_on: day"),
            "no incident goes",
        ),
        (("key: id", "key: id\nkey: id"), "stands twice"),
        (("key: id", "key: ["), "not YAML"),
    ],
)
def test_a_mistake_in_a_mapping_is_named(change: tuple[str, str], words: str) -> None:
    with pytest.raises(MappingError, match=words):
        mapping(PLAIN.replace(*change, 1))


def test_the_command_says_what_is_wrong(cedar: Jurisdiction, tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text("key: [")
    (tmp_path / "good.yaml").write_text(PLAIN)

    def run(agency: str, file: str, text: str) -> None:
        call_command(
            "import_incidents",
            agency,
            str(tmp_path / file),
            "--mapping",
            str(tmp_path / text),
            stdout=StringIO(),
        )

    for agency, file, text, words in [
        ("elm", "none.csv", "map.yaml", "no agency elm"),
        ("cedar", "none.csv", "none.yaml", "no mapping none.yaml"),
        ("cedar", "none.csv", "map.yaml", "needs mending"),
        ("cedar", "none.csv", "good.yaml", "no file none.csv"),
    ]:
        with pytest.raises(CommandError, match=words):
            run(agency, file, text)
