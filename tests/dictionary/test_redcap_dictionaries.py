"""Three dictionaries as people keep them in REDCap: in with a line for every loss, and out in the same bytes."""

from collections.abc import Callable
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import pytest

from dictionary.interchange import redcap, redcap_file
from dictionary.interchange.losses import Refused
from dictionary.interchange.redcap_file import COLUMNS, HEADER, TYPES
from dictionary.schema import load

FOLDER = Path(__file__).parent / "redcap"
NAMES = ("clinic_intake", "longitudinal_survey", "case_review")
each = pytest.mark.parametrize("name", NAMES)


def data(name: str) -> bytes:
    return (FOLDER / f"{name}.csv").read_bytes()


def test_they_are_written_in_different_ways_and_hold_every_type_of_field():
    intake, survey, review = (data(name) for name in NAMES)
    assert intake.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in intake
    assert b"Caf\xe9" in survey  # Windows-1252
    assert survey.startswith(b'"Variable / Field Name","Form Name"')
    assert not review.endswith(b"\n")
    assert [len(redcap_file.read(one).csv.lines[0].cells) for one in (intake, survey, review)] == [18, 17, 18]
    held = {field.type for name in NAMES for field in redcap_file.read(data(name)).fields.values()}
    assert held == set(TYPES)


@each
def test_every_loss_is_told(name: str):
    expected = (FOLDER / f"{name}.losses.txt").read_text(encoding="utf-8").splitlines()
    assert [str(loss) for loss in redcap.read(data(name)).losses] == expected


@each
def test_out_again_it_is_the_same_file(name: str):
    read = redcap.read(data(name))
    assert redcap.write(read.document, read.origin) == data(name)
    again = redcap.read(redcap.write(read.document, read.origin))
    assert again.document == read.document


@each
def test_the_document_alone_makes_a_dictionary_that_comes_back(name: str):
    """Without the file that it came from: nothing of what we hold is lost a second time."""
    read = redcap.read(data(name))
    alone = redcap.read(redcap.write(read.document))
    assert alone.document == read.document
    assert alone.losses == ()


@each
def test_nothing_is_lost_in_silence(name: str):
    """Each cell that says something is held or reported: without it, the edition or the report is another one."""
    file = redcap_file.read(data(name))
    whole = redcap.read(data(name))
    silent = []
    for at, field in file.fields.items():
        for column in COLUMNS:
            if getattr(field, column) and not differs(file, at, column, whole):
                silent.append((field.name, column))
    left_out = {"calc", "file", "descriptive", "sql"}
    kinds = {field.name: field.type for field in file.fields.values()}
    record = next(iter(file.fields.values())).name
    # One line says of a field that is left out, or of the record's ID, that it is; and a slider shows its number.
    assert [
        (field, column)
        for field, column in silent
        if field != record
        and kinds[field] not in left_out
        and (kinds[field], column) != ("slider", "validation")
    ] == []


def differs(file: redcap_file.RedcapFile, at: int, column: str, whole: redcap.RedcapImport) -> bool:
    fields = [replace(one, **{column: ""}) if row == at else one for row, one in file.fields.items()]
    try:
        without = redcap.read(redcap_file.write(fields).to_bytes())
    except Refused:
        return True
    return (without.document, without.losses) != (whole.document, whole.losses)


def test_what_can_be_held_is_held():
    edition = redcap.read(data("clinic_intake")).edition
    assert edition.item("first_name").privacy == "direct"
    assert edition.item("first_name").max_length == 60
    assert edition.item("first_name").help == "As on the card"
    assert (edition.item("height_cm").type, edition.item("height_cm").min, edition.item("height_cm").max) == (
        "integer",
        20,
        220,
    )
    assert [choice.label for choice in edition.item("insurer").choices] == [
        "North Fund",
        "South Fund, basic",
        "Another",
    ]
    assert edition.item("insurer").when == {"=": ["insured", "1"]}
    assert edition.item("weight_kg").group == "Measured today"
    assert edition.item("explained").group == "Before you sign"
    assert edition.item("visit_date").checks[0].message == "This is before 1 January 2020. Check the date."
    assert edition.item("visit_date").required
    assert edition.item("pain").help == "From 0 to 100: None, Some, Worst."


def test_logic_is_translated_where_a_rule_says_the_same():
    survey, review = (redcap.read(data(name)).edition for name in NAMES[1:])
    assert survey.item("why").when == {
        "all": [{"=": ["better", "0"]}, {"any": [{"<": ["mood", 3]}, {"not": {"answered": "mood"}}]}]
    }
    assert survey.item("end_on").checks[0].rule == {"<=": ["start_on", {"item": "end_on"}]}
    assert survey.item("end_on").checks[0].message == "This is before “Start of the job”. Check the date."
    assert survey.item("sleep_help").when == {
        "all": [{"in": ["sleep_1", ["0", "1"]]}, {"!=": ["sleep_2", "0"]}]
    }
    assert review.item("services_other").when == {"=": ["services", "88"]}
    assert review.item("risk_note").when == {"in": ["risk", ["2", "3"]]}


def item(document: Any, key: str) -> Any:
    return next(item for section in document["sections"] for item in section["items"] if item["key"] == key)


def relabel(document: Any) -> None:
    item(document, "height_cm")["label"] = "Height, standing"


def recode(document: Any) -> None:
    document["choices"][item(document, "sex")["choices"]][1]["label"] = "Male | boy"


def unbranch(document: Any) -> None:
    del item(document, "insurer")["when"]


CHANGES: list[tuple[Callable[[Any], None], dict[tuple[str, str], str]]] = [
    (relabel, {("height_cm", "label"): "Height, standing"}),
    (recode, {("sex", "choices"): "1, Female | 2, Male &#124; boy | 3, Something else"}),
    (unbranch, {("insurer", "branching"): "", ("insurer", "annotation"): "@NPCS="}),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_a_change_changes_its_own_cells_only(
    change: Callable[[Any], None], expected: dict[tuple[str, str], str]
):
    read = redcap.read(data("clinic_intake"))
    change(read.document)
    out = redcap_file.read(redcap.write(read.document, read.origin))
    found = {
        (before.name, column): getattr(after, column)
        for before, after in zip(read.origin.fields.values(), out.fields.values(), strict=True)
        for column in COLUMNS
        if getattr(before, column) != getattr(after, column)
    }
    assert found.keys() == expected.keys()
    assert all(found[place].startswith(text) for place, text in expected.items())
    changed_lines = set(out.to_bytes().split(b"\r\n")) - set(data("clinic_intake").split(b"\r\n"))
    assert len(changed_lines) == 1
    assert load(redcap.read(out.to_bytes()).document).sha256 == load(read.document).sha256


def test_new_questions_stand_behind_the_one_before_and_removed_ones_go():
    read = redcap.read(data("case_review"))
    section = read.document["sections"][1]
    section["items"] = [one for one in section["items"] if one["key"] != "contact_gap"]
    new = {"key": "contact_mood", "label": "Mood", "type": "text", "privacy": "sensitive", "basis": "ours"}
    section["items"].append(new)
    out = redcap_file.read(redcap.write(read.document, read.origin))
    names = [field.name for field in out.fields.values()]
    assert "contact_gap" not in names
    assert names[names.index("contact_text") + 1] == "contact_mood"
    assert "contact_file" in names  # what we cannot hold stays in the file
    before = data("case_review").split(b"\n")
    added = next(line for line in out.to_bytes().split(b"\n") if line not in before)
    assert added.startswith(b"contact_mood,")


def test_a_character_that_the_old_encoding_lacks_makes_it_utf_8():
    read = redcap.read(data("longitudinal_survey"))
    item(read.document, "nickname")["label"] = "名前?"
    out = redcap.write(read.document, read.origin)
    assert out.startswith(b"\xef\xbb\xbf")
    assert redcap.read(out).edition.item("nickname").label == "名前?"
    assert "Café" in redcap.read(out).edition.item("mood").help


@pytest.mark.parametrize("width", [15, 16, 17])
def test_older_files_with_fewer_columns_come_in(width: int):
    fields = list(redcap_file.read(data("clinic_intake")).fields.values())
    rows = [HEADER[:width], *(astuple(field)[:width] for field in fields)]
    file = redcap_file.new_file(rows).to_bytes()
    read = redcap.read(file)
    assert len(read.edition) == 19
    assert redcap.write(read.document, read.origin) == file
