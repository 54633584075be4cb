"""Our own editions as REDCap dictionaries: loadable there, and back here the same."""

import csv
import io
import json
import re
from dataclasses import astuple, replace
from typing import Any

import pytest

from dictionary import editions
from dictionary.interchange import fence, redcap, redcap_file
from dictionary.interchange.redcap_file import HEADER, Field
from dictionary.loading import fingerprint

type Document = dict[str, Any]


@pytest.fixture(params=["small", "shipped"])
def whole(request: pytest.FixtureRequest, document: Document) -> Document:
    return document if request.param == "small" else editions.read_folder(editions.latest_folder())


def fields(data: bytes) -> dict[str, Field]:
    return {field.name: field for field in redcap_file.read(data).fields.values()}


def test_it_is_a_dictionary_as_redcap_wants_it(whole: Document):
    rows = list(csv.reader(io.StringIO(redcap.write(whole).decode(), newline="")))
    assert rows[0] == list(HEADER)
    assert {len(row) for row in rows} == {18}
    assert rows[1][:5] == ["record_id", "record", "", "text", "Record ID"]
    names = [row[0] for row in rows[1:]]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z](?:_?[a-z0-9])*", name) for name in names)
    forms = [row[1] for row in rows[1:]]
    assert len([at for at in range(1, len(forms)) if forms[at] != forms[at - 1]]) == len(set(forms)) - 1
    assert {section["section"] for section in whole["sections"]} == set(forms) - {"record"}


def test_it_comes_back_with_the_same_fingerprint_and_goes_out_in_the_same_bytes(whole: Document):
    out = redcap.write(whole)
    back = redcap.read(out)
    assert back.losses == ()
    assert back.edition.sha256 == fingerprint(whole)
    assert redcap.write(back.document) == out
    assert redcap.write(back.document, back.origin) == out


def test_the_order_of_keys_in_the_document_does_not_matter(whole: Document):
    turned = json.loads(json.dumps(whole, sort_keys=True))
    assert redcap.write(turned) == redcap.write(whole)


def test_each_kind_of_item_is_a_field_that_redcap_has(document: Document):
    found = fields(redcap.write(document))
    kinds = {name: (field.type, field.validation) for name, field in found.items()}
    assert kinds["certified_by"] == ("text", "")
    assert kinds["need_statement"] == ("notes", "")
    assert kinds["what_was_reported"] == ("notes", "")
    assert kinds["children_at_home"] == ("text", "integer")
    assert (found["children_at_home"].min, found["children_at_home"].max) == ("0", "30")
    assert kinds["aware_on"] == ("text", "date_ymd")
    assert kinds["event_on"] == ("text", "date_ymd")
    assert kinds["event_on_precision"] == ("radio", "")
    assert kinds["event_on_time"] == ("text", "time")
    assert kinds["need_helped"] == ("checkbox", "")
    assert kinds["need_sources"] == ("text", "")
    assert found["factor_stress"].choices == (
        "0, No sign of it | 1, Present without effect | 2, Played a part | 3, Played a large part | "
        "not_applicable, Does not apply | unknown, Not enough information"
    )
    assert found["factor_stress"].header == "People doing the work"
    assert found["need_met"].choices.endswith("| unknown, Not known")
    assert found["certified_by"].annotation.startswith("@CHARLIMIT='40' @NPCS=")
    assert found["certified_by"].note == "A position, not a name."
    assert found["certified_by"].identifier == "y"
    assert found["need_met"].identifier == ""
    assert found["need_met"].required == "y"


def test_branching_says_what_the_rule_says(document: Document):
    found = {name: field.branching for name, field in fields(redcap.write(document)).items()}
    assert found["certified_by"] == "[incident_type] = 'near_fatality'"
    assert found["need_gap"] == "[need_met] = 'partly' or [need_met] = 'unmet'"
    reasons = "[certified_by] <> 'unknown' and [certified_by] <> 'not_asked'"
    assert found["certified_on"] == f"[certified_by] <> '' and {reasons}"
    assert found["event_on_time"] == "[event_on_precision] = 'exact'"


def test_checkboxes_are_asked_by_code(document: Document):
    need = next(section for section in document["sections"] if section["section"] == "needs")
    need["items"][3]["missing"] = ["unknown", "not_asked"]
    need["items"][4]["when"] = {"not": {"in": ["need_helped", ["neighbor", "school"]]}}
    need["items"].append(
        {**need["items"][0], "key": "need_more", "when": {"missing": "need_helped"}},
    )
    found = fields(redcap.write(document))
    assert (
        found["need_sources"].branching == "[need_helped(neighbor)] <> '1' and [need_helped(school)] <> '1'"
    )
    assert found["need_more"].branching == "[need_helped(unknown)] = '1' or [need_helped(not_asked)] = '1'"
    assert found["need_helped"].annotation.startswith("@NONEOFTHEABOVE='unknown,not_asked' @NPCS=")


def test_what_redcap_cannot_say_is_in_the_fence_and_looks_like_no_other_tag(document: Document):
    document["sections"][0]["items"][0]["basis"] = "ours: see @HIDDEN"
    annotation = fields(redcap.write(document))["incident_type"].annotation
    assert "@HIDDEN" not in annotation
    assert fence.split(annotation)[1] == {
        "basis": "ours: see @HIDDEN",
        "choices": "incident_types",
        "privacy": "open",
        "store": "column",
    }
    assert redcap.read(redcap.write(document)).edition.item("incident_type").basis == "ours: see @HIDDEN"


AWKWARD = ["a | b", "R&D &amp; <b>", "<br> [need_met] & more", "1 < 2", "“quotes” \"and\" 'more'", "é, ü; 名"]


@pytest.mark.parametrize("words", AWKWARD)
def test_awkward_words_come_back_as_they_were(document: Document, words: str):
    document["choices"]["met_levels"][0]["label"] = words
    document["sections"][0]["items"][1] |= {"label": words, "help": words, "group": words}
    back = redcap.read(redcap.write(document))
    assert back.losses == ()
    assert back.edition.sha256 == fingerprint(document)
    assert "|" not in fields(redcap.write(document))["need_met"].choices.replace(" | ", "")


def test_codes_and_keys_that_redcap_does_not_take_get_others_and_come_back(document: Document):
    document["choices"]["met_levels"].append({"code": "not sure, yet", "label": "Not sure"})
    document["choices"]["met_levels"].append({"code": "not_sure_yet", "label": "Unsure"})
    need = next(section for section in document["sections"] if section["section"] == "needs")
    need["items"][2]["when"] = {"=": ["need_met", "not sure, yet"]}
    event = next(section for section in document["sections"] if section["section"] == "timeline")
    event["items"][1]["key"] = "record_id"
    event["items"][0]["key"] = event["title_item"] = "event__text_"
    out = redcap.write(document)
    found = fields(out)
    assert "not_sure_yet_2, Not sure | not_sure_yet, Unsure" in found["need_met"].choices
    assert found["need_gap"].branching == "[need_met] = 'not_sure_yet_2'"
    assert {"record_id_1", "event_text_1"} <= found.keys()
    assert redcap.read(out).edition.sha256 == fingerprint(document)


def test_a_reason_that_is_also_a_code_stays_a_code(document: Document):
    document["choices"]["met_levels"].append({"code": "unknown", "label": "Nobody knows"})
    out = redcap.write(document)
    assert fields(out)["need_met"].choices.endswith("unmet, Unmet | unknown, Nobody knows")
    assert redcap.read(out).edition.sha256 == fingerprint(document)


def edited(document: Document, name: str, **cells: str) -> redcap.RedcapImport:
    """The edition after somebody changed a field in REDCap."""
    rows = [
        replace(field, **cells) if field.name == name else field
        for field in redcap_file.read(redcap.write(document)).fields.values()
    ]
    return redcap.read(redcap_file.write(rows).to_bytes())


def test_what_was_changed_in_redcap_is_changed_here(document: Document):
    back = edited(document, "need_statement", label="What was needed?", note="Think of the <b>first</b> day.")
    assert back.edition.item("need_statement").label == "What was needed?"
    assert back.edition.item("need_statement").help == "Think of the first day."
    assert [str(loss) for loss in back.losses] == [
        "Row 14, need_statement: Its note is formatted (HTML). The words are kept without it."
    ]
    back = edited(document, "children_at_home", max="40", required="y")
    assert (back.edition.item("children_at_home").max, back.edition.item("children_at_home").required) == (
        40,
        True,
    )
    assert back.losses == ()


def test_changed_logic_is_read_and_unchanged_logic_keeps_its_rule(document: Document):
    back = edited(document, "need_gap", branching="[need_met] = 'unmet'")
    assert back.edition.item("need_gap").when == {"=": ["need_met", "unmet"]}
    assert edited(document, "need_gap", label="Gap?").edition.item("need_gap").when == {
        "in": ["need_met", ["partly", "unmet"]]
    }
    assert edited(document, "need_gap", branching="").edition.item("need_gap").when is None


CHANGED = [
    ("need_met", {"identifier": "y"}, "It was sensitive, and the mark for identifiers was changed. It is direct now."),
    ("event_text", {"identifier": ""}, "It was direct, and the mark for identifiers was changed. It is sensitive now."),
    ("event_on", {"identifier": "y"}, "It is no longer quasi. It is not coarsened any more."),
    ("what_was_reported", {"type": "text"}, "It was prose and its field type was changed. It becomes text."),
    ("need_met", {"choices": "met, Met | unmet, Not | partly, Partly | unknown, ?"}, "has words of its own, “?”"),
    ("factor_stress_why", {"label": "Why?"}, "It reads “Stress: why this rating?” again."),
    ("need_gap", {"branching": "[need_statement] > 3"}, "it orders need_statement, which is no number or date"),
    ("need_gap", {"branching": "[event_text] = 'x'"}, "it asks about “event_text”, which has many answers"),
    ("need_gap", {"branching": "[need_met] = 'unknown' + 1"}, "it reckons"),
    ("need_gap", {"branching": "[need_met] == 'met' oder 1"}, "it cannot be read at “oder”"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "cells", "words"), CHANGED)
def test_a_change_that_we_cannot_follow_is_reported(document: Document, name: str, cells: Any, words: str):
    assert any(words in str(loss) for loss in edited(document, name, **cells).losses)


def test_one_list_changed_in_one_place_becomes_two(document: Document):
    section = next(section for section in document["sections"] if section["section"] == "needs")
    section["items"].append({**section["items"][1], "key": "need_again", "label": "And now?"})
    back = edited(document, "need_again", choices="met, Met | unmet, Not met | unknown, Not known")
    assert [choice.label for choice in back.edition.item("need_met").choices] == [
        "Met",
        "Partly met",
        "Unmet",
    ]
    assert [choice.label for choice in back.edition.item("need_again").choices] == ["Met", "Not met"]
    assert back.losses[0].what.startswith("Its choices differ from those of the other questions")


def test_fields_added_or_removed_in_redcap(document: Document):
    rows = list(fields(redcap.write(document)).values())
    rows = [field for field in rows if field.name not in ("event_text", "event_on_time")]
    rows.append(Field("extra", "more", type="yesno", label="One more?", branching="[children_at_home] >= 2"))
    back = redcap.read(redcap_file.write(rows).to_bytes())
    assert back.edition.section("more").items[0].when == {
        "all": [{"answered": "children_at_home"}, {"not": {"<": ["children_at_home", 2]}}]
    }
    assert "event_text" not in back.edition
    assert back.edition.section("timeline").title_item == "event_on"
    rows = [field for field in rows if field.form != "timeline" and field.name != "need_sources"]
    rows = [field for field in rows if not field.name.startswith("factor")]
    left = redcap.read(redcap_file.write(rows).to_bytes())
    assert [section.key for section in left.edition.sections] == ["incident", "needs", "more"]
    assert any("The section timeline has no questions any more." in str(loss) for loss in left.losses)


def test_the_header_may_be_that_of_the_api(document: Document):
    rows = [redcap_file.API_HEADER, *(astuple(field) for field in fields(redcap.write(document)).values())]
    data = redcap_file.new_file(rows).to_bytes()
    back = redcap.read(data)
    assert back.edition.sha256 == fingerprint(document)
    assert redcap.write(back.document, back.origin) == data


def test_questions_that_ask_only_because_of_each_other():
    rows = [
        Field("id", "a"),
        Field("x", "a", type="yesno", label="X", branching="[y] = '1'"),
        Field("y", "b", type="yesno", label="Y", branching="[x] = '1'"),
    ]
    back = redcap.read(redcap_file.write(rows).to_bytes())
    assert back.edition.item("x").when == {"=": ["y", "1"]}
    assert back.edition.item("y").when is None
    assert any("it goes round in a circle" in str(loss) for loss in back.losses)
