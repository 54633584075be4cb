"""A dictionary that cannot be read: row, column, and how to mend it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dictionary import editions
from dictionary.interchange import csv_bytes, redcap, redcap_file
from dictionary.interchange.losses import Refused
from dictionary.interchange.redcap_file import HEADER, Field

INTAKE = (Path(__file__).parent / "redcap" / "clinic_intake.csv").read_bytes()


def spoiled(which: str, /, **cells: str) -> bytes:
    fields = redcap_file.read(INTAKE).fields.values()
    rows = [replace(field, **cells) if field.name == which else field for field in fields]
    return redcap_file.write(rows).to_bytes()


def said(data: bytes) -> str:
    with pytest.raises(Refused) as refusal:
        redcap.read(data)
    return str(refusal.value)


SPOILED = [
    ("sex", {"name": "insured"}, "Row 11, Variable / Field Name: “insured” stands in row 9 already. Rename"),
    ("sex", {"name": "Sex at birth"}, "Row 9, Variable / Field Name: “Sex at birth” is no field name. Use small"),
    ("sex", {"form": ""}, "Row 9, Form Name: The field is in no form. Give the name of one."),
    ("sex", {"form": "vitals"}, "Row 10, Form Name: The form “intake” began in row 2. Keep its rows together."),
    ("sex", {"type": "choice"}, "Row 9, Field Type: “choice” is no field type. Use one of: text, notes, dropdown"),
    ("study_id", {"type": "calc"}, "Row 2, Field Type: The first field is the record’s ID and has to be text"),
    ("sex", {"choices": ""}, "“sex”: has no choices. Write them as “1, Yes | 2, No”."),
    ("sex", {"choices": "1 Female | 2, Male"}, "choice 1, “1 Female”, has no comma between code and label."),
    ("sex", {"choices": "1, Female | | 2, Male"}, "choice 2 is empty. Remove the “|” that has nothing beside it."),
    ("sex", {"choices": "1, F | 1, M"}, "the code “1” stands twice. Give each choice a code of its own."),
    ("sex", {"choices": "a b, F | 1, M"}, "has the code “a b”. Use letters, digits and _ for a code."),
    ("sex_other", {"branching": "[sex = '3'"}, "it opens “[” at character 1 and never closes it. Add “]”."),
    ("sex_other", {"branching": "([sex] = '3'"}, "Row 10, Branching Logic (Show field only if...): “sex_other”: it"),
    ("sex_other", {"branching": "[sex] = '3')"}, "closes “)” at character 12, where none is open. Remove it"),
    ("sex_other", {"branching": "[sex] = '3"}, "opens ' at character 9 and never closes it."),
    ("bmi", {"choices": "round([weight_kg], 1"}, "Row 16, Choices, Calculations, OR Slider Labels: “bmi”: it opens “("),
    ("sex", {"annotation": '@NPCS={"privacy":'}, "Row 9, Field Annotation: “sex”: what stands behind"),
    ("sex", {"annotation": '@NPCS={"a":' + "[" * 40 + "]" * 40 + "}"}, "what stands behind @NPCS= is damaged"),
    ("sex", {"annotation": '@NPCS={"privacy":"secret","basis":"ours"}'}, "the privacy class “secret” does not exist"),
    ("sex", {"annotation": '@NPCS={"when":{"=":["sexx","1"]},"basis":"ours"}'}, "the item “sexx” does not exist"),
    ("sex", {"annotation": '@NPCS={"when":7,"basis":"ours"}'}, "what stands behind @NPCS= is damaged"),
    ("sex", {"annotation": '@NPCS={"when":{"is":7},"basis":"ours"}'}, "“is” is no operator"),
    ("sex", {"annotation": '@NPCS={"type":"rating"}'}, "is a rating: its codes are 0, 1, 2 and 3, in this order."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "cells", "words"), SPOILED, ids=[words[-50:] for _, _, words in SPOILED])
def test_a_mistake_is_named_with_its_place_and_its_mend(name: str, cells: Any, words: str):
    assert words in said(spoiled(name, **cells))


def test_all_mistakes_are_told_at_once_in_the_order_of_the_rows():
    data = spoiled("sex", type="x", choices="")
    lines = said(data.replace(b"yesno", b"maybe")).splitlines()
    assert [line.partition(",")[0] for line in lines] == ["Row 9", "Row 11"]


def header(*names: str) -> bytes:
    return redcap_file.new_file([names, ["a", "b"]]).to_bytes()


FILES: list[tuple[Callable[[], bytes], str]] = [
    (lambda: b"", "The file is empty."),
    (lambda: header(*HEADER), "Row 2, Field Type: “” is no field type."),
    (lambda: header("Name", *HEADER[1:]), "Row 1, column 1: The header of column 1 is “Name”. It has to be “Variable"),
    (lambda: header(*HEADER[:12]), "The header has 12 columns. A data dictionary has 18, an old one 15 or more"),
    (lambda: header(*HEADER, "More"), "The header has 19 columns."),
    (lambda: redcap_file.write([]).to_bytes(), "The file has a header and no fields."),
    (lambda: INTAKE + b'x,intake,"open', "Row 27, column 3: A quote opens here and never closes."),
    (lambda: INTAKE + b'x,intake,"a"b', "Row 27, column 3: Text stands behind a closing quote."),
    (lambda: INTAKE + b"x" + b",y" * 18, "Row 27: The row has 19 cells, the header 18. Put a cell with a comma in"),
    (lambda: INTAKE.replace(b"Sex", b"S\0x"), "This is no CSV file."),
    (lambda: b"\xef\xbb\xbf\xff\xff", "The file is damaged. Save it as “CSV UTF-8”."),
    (lambda: b"\x81\x8d\xff", "The file is neither UTF-8 nor Windows-1252."),
    (lambda: b"a" * (csv_bytes.FILE_BYTES + 1), "The file is larger than 10 MiB."),
    (lambda: INTAKE + b"\n" * csv_bytes.FILE_ROWS, "The file has more than 20,000 rows."),
]  # fmt: skip


@pytest.mark.parametrize(("make", "words"), FILES, ids=[words[:50] for _, words in FILES])
def test_a_file_that_is_no_dictionary(make: Callable[[], bytes], words: str):
    assert words in said(make())


def test_semicolons_tabs_and_utf_16_are_read_and_written_back():
    text = INTAKE.decode("utf-8-sig")
    rows = [line.texts() for line in csv_bytes.parse(text.encode()).lines]
    for delimiter, mark, encoding in ((";", b"", "utf-8"), ("\t", b"\xff\xfe", "utf-16-le")):
        lines = [delimiter.join(csv_bytes.quoted(cell, delimiter) for cell in row) for row in rows]
        data = mark + "\r\n".join(lines).encode(encoding)
        read = redcap.read(data)
        assert len(read.edition) == 19
        assert redcap.write(read.document, read.origin) == data


def test_empty_lines_stay_and_count_as_rows():
    data = INTAKE + b"\r\n,,,\r\n"
    read = redcap.read(data)
    assert redcap.write(read.document, read.origin) == data


def test_a_fence_of_the_edition_that_was_tampered_with_is_refused():
    document = editions.read_folder(Path(__file__).parent / "small")
    data = redcap.write(document)
    assert "the part “nowhere” does not exist" in said(
        data.replace(b'""part"":""needs""', b'""part"":""nowhere""')
    )
    assert "is the number 7" in said(data.replace(b'""number"":""0.1""', b'""number"":7'))
    for broken in (b'""sections"":7', b'""sections"":[7]', b'""sections"":[{}]', b'""parts"":[{""key"":[]}]'):
        start, end = data.index(b'""sections"":['), data.index(b'""title"":""A small')
        assert said(data[:start] + broken + b"," + data[end:])


def test_the_deepest_logic_is_refused_by_words_not_by_the_stack():
    deep = "(" * 5_000 + "[sex] = '3'" + ")" * 5_000
    losses = redcap.read(spoiled("sex_other", branching=deep)).losses
    assert any("more than 40 brackets one inside the other" in str(loss) for loss in losses)


def test_a_field_needs_only_name_form_and_type():
    assert (
        redcap.read(redcap_file.write([Field("id", "a"), Field("b", "a")]).to_bytes()).edition.item("b").label
        == "b"
    )
