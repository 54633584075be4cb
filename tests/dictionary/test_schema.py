"""An edition is whole and right, or it is refused with its place and its mend."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dictionary import editions
from dictionary.loading import canonical, fingerprint
from dictionary.schema import Edition, EditionError, load


def section(document: dict[str, Any], key: str) -> dict[str, Any]:
    return next(section for section in document["sections"] if section["section"] == key)


def item(document: dict[str, Any], key: str) -> dict[str, Any]:
    return next(item for section in document["sections"] for item in section["items"] if item["key"] == key)


def test_the_small_edition_is_read(edition: Edition):
    assert edition.number == "0.1"
    assert [section.key for section in edition.sections] == ["incident", "timeline", "needs", "factors"]
    assert edition.item("need_met").choice_label("unmet") == "Unmet"
    assert edition.item("need_met").choice_label("from_elsewhere") == "from_elsewhere"
    assert [i.key for i in edition.items_of("timeline")] == ["event_text", "event_on"]
    assert edition.section("needs").title_item == "need_statement"
    assert "need_met" in edition
    assert "need_mett" not in edition
    assert [i.key for i in edition.section("incident").answer_items][:2] == ["aware_on", "certified_by"]


def test_yes_and_no_stay_words_and_short_lists_keep_their_order(edition: Edition):
    assert [choice.code for choice in edition.choices["yes_no"]] == ["yes", "no"]
    assert [choice.code for choice in edition.choices["helpers"]] == ["neighbor", "relative", "school"]
    assert edition.choices["helpers"][1].help == "By blood or by choice."


def test_a_rating_brings_its_reason_and_its_evidence(edition: Edition):
    rating, why, evidence = edition.items_of("factors")
    assert [choice.code for choice in rating.choices] == ["0", "1", "2", "3"]
    assert [choice.label for choice in rating.missing_choices] == ["Does not apply", "Not enough information"]
    assert (why.key, why.type, why.required, why.rating_of) == (
        "factor_stress_why",
        "plain",
        True,
        "factor_stress",
    )
    assert (evidence.key, evidence.type, evidence.links) == (
        "factor_stress_evidence",
        "links",
        ("timeline", "needs"),
    )
    assert why.when == evidence.when == {"in": ["factor_stress", ["1", "2", "3"]]}
    assert why.required_when == evidence.required_when == {"in": ["factor_stress", ["2", "3"]]}


def test_the_fingerprint_is_of_the_content(document: dict[str, Any]):
    turned = dict(reversed(document.items()))
    assert fingerprint(turned) == fingerprint(document) == load(turned).sha256
    item(document, "need_met")["label"] += "?"
    assert fingerprint(document) != fingerprint(turned) or canonical(document) == canonical(turned)


def put(name: str, /, **values: Any) -> Callable[[dict[str, Any]], None]:
    def spoil(document: dict[str, Any]) -> None:
        item(document, name).update(values)

    return spoil


def when(key: str, rule: Any) -> Callable[[dict[str, Any]], None]:
    return put(key, when=rule)


def copy_section(document: dict[str, Any]) -> None:
    document["sections"].append(section(document, "timeline"))


def shared_key(document: dict[str, Any]) -> None:
    item(document, "event_on")["key"] = "need_gap"


def clash_with_companion(document: dict[str, Any]) -> None:
    item(document, "event_on")["key"] = "factor_stress_why"


def double_code(document: dict[str, Any]) -> None:
    document["choices"]["met_levels"].append({"code": "met", "label": "Also met"})


def no_sections(document: dict[str, Any]) -> None:
    document["sections"] = []


def wrong_number(document: dict[str, Any]) -> None:
    document["number"] = 1.0


def wrong_part(document: dict[str, Any]) -> None:
    section(document, "needs")["part"] = "need"


def wrong_title_item(document: dict[str, Any]) -> None:
    section(document, "needs")["title_item"] = "event_text"


def title_item_without_repeats(document: dict[str, Any]) -> None:
    del section(document, "needs")["repeats"]


def rating_without_evidence(document: dict[str, Any]) -> None:
    document["sections"] = [section(document, "factors")]


SPOILED = [
    (put("need_met", type="choise"), "item need_met: the type “choise” does not exist. Did you mean “choice”?"),
    (put("need_met", choices="met_level"), "the code list “met_level” does not exist. Did you mean “met_levels”?"),
    (put("need_met", choices=None), "is a choice without a code list"),
    (put("need_gap", choices="met_levels"), "has a code list but is plain"),
    (put("need_met", privacy="secret"), "the privacy class “secret” does not exist. Use one of: direct, open, quasi"),
    (put("need_met", privacy=None), "has no “privacy”"),
    (put("need_met", label=None), "item need_met: has no “label”. Give it one."),
    (put("need_met", label=7), "“label” is the number 7. Write it as text, in quotes."),
    (put("need_met", required="yes"), "“required” is the text “yes”. Write true or false."),
    (put("need_met", helpp="x"), "does not know “helpp”. Did you mean “help”?"),
    (put("need_met", key="Need met"), "“Need met” is no key"),
    (put("need_met", missing=["unkown"]), "the missing reason “unkown” does not exist. Did you mean “unknown”?"),
    (put("need_met", missing="unknown"), "Write it as a list."),
    (put("need_met", min=1), "has min or max but is choice"),
    (put("need_met", coarsen="year"), "has “coarsen” but is sensitive"),
    (put("need_met", basis="a hunch"), "is not ours, recalled, or public: SOURCE"),
    (put("children_at_home", min=31), "min 31 is above max 30. Swap them."),
    (put("children_at_home", max="30"), "“max” is the text “30”. Write a whole number."),
    (put("children_at_home", max_length=3), "“max_length” is for text, plain and prose"),
    (put("need_sources", links=["timelines"]), "“timelines” does not exist. Did you mean “timeline”?"),
    (put("need_sources", links=[]), "“links” and the type links go together"),
    (put("need_gap", links=["timeline"]), "“links” and the type links go together"),
    (put("factor_stress", anchors={"0": "None", "1": "Some"}), "is a rating without a text for each of 0, 1, 2 and 3"),
    (put("factor_stress", anchors=None), "is a rating without a text for each of 0, 1, 2 and 3"),
    (put("factor_stress", anchors={"4": "x"}), "does not know “4”"),
    (put("need_gap", anchors={"0": "x"}), "has anchors but is plain"),
    (put("factor_stress", store="column"), "is a column of type rating"),
    (put("need_gap", store="colum"), "the store “colum” does not exist. Did you mean “column”?"),
    (put("need_gap", checks=[{"message": "x"}]), "has no “rule”"),
    (put("need_gap", checks=[{"rule": {"answered": "need_met"}}]), "has no “message”"),
    (when("need_gap", {"=": ["need_mett", "met"]}), "the item “need_mett” does not exist. Did you mean “need_met”?"),
    (when("need_gap", {"=": ["need_met", "unmett"]}), "has no code “unmett”. Its codes: met, partly, unmet."),
    (when("need_gap", {"in": ["need_met", "unmet"]}), "“in” needs a list of values"),
    (when("need_gap", {"is": ["need_met", "met"]}), "“is” is no operator"),
    (when("need_gap", {"=": ["need_met"]}), "“=” needs an item and a value"),
    (when("need_gap", {"all": []}), "“all” needs a list of rules"),
    (when("need_gap", "need_met"), "is no rule"),
    (when("need_gap", {"<": ["need_met", "met"]}), "“<” compares numbers and dates, but “need_met” is choice"),
    (when("need_gap", {"=": ["children_at_home", "3"]}), "Compare it with a number, without quotes"),
    (when("need_gap", {"<": ["aware_on", "March 2026"]}), "Compare it with a date written like “2026-03-03”"),
    (when("need_gap", {"=": ["need_sources", 3]}), "holds links. Use answered."),
    (when("need_gap", {"=": ["need_met", None]}), "is no single value"),
    (when("need_gap", {"=": ["need_met", {"items": "x"}]}), "To compare with another item write"),
    (when("need_gap", {"answered": "event_text"}), "has many answers (section timeline repeats)"),
    (when("need_met", {"answered": "need_helped"}), "“need_helped”, which comes later. Move need_met below it."),
    (when("need_met", {"answered": "need_met"}), "goes round in a circle: need_met → need_met"),
    (copy_section, "the section “timeline” stands 2 times"),
    (shared_key, "the item “need_gap” stands 2 times"),
    (clash_with_companion, "the item “factor_stress_why” stands 2 times"),
    (double_code, "Code list met_levels: the code “met” stands 2 times"),
    (no_sections, "has no sections"),
    (wrong_number, "“number” is the number 1.0. Write it as text, in quotes."),
    (wrong_part, "the part “need” does not exist. Did you mean “needs”?"),
    (wrong_title_item, "the title item “event_text” does not exist"),
    (title_item_without_repeats, "has a title_item but does not repeat"),
    (rating_without_evidence, "no section whose entries could show why"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "message"), SPOILED, ids=[message[:50] for _, message in SPOILED])
def test_a_mistake_is_named_with_its_mend(document: dict[str, Any], spoil: Any, message: str):
    spoil(document)
    with pytest.raises(EditionError) as refusal:
        load(document)
    assert message in str(refusal.value)


def test_a_circle_over_two_items_is_found(document: dict[str, Any]):
    item(document, "what_was_reported")["when"] = {"answered": "aware_on"}
    item(document, "aware_on")["when"] = {"answered": "factor_stress"}
    item(document, "factor_stress")["when"] = {"answered": "what_was_reported"}
    with pytest.raises(EditionError, match="goes round in a circle"):
        load(document)


def test_all_mistakes_are_told_at_once(document: dict[str, Any]):
    put("need_met", type="x")(document)
    put("event_on", privacy="y")(document)
    with pytest.raises(EditionError) as refusal:
        load(document)
    assert len(refusal.value.problems) >= 2


def test_a_key_written_twice_in_a_file_is_refused(tmp_path: Path):
    (tmp_path / "edition.yaml").write_text("number: '1.0'\nnumber: '1.1'\n", encoding="utf-8")
    with pytest.raises(EditionError, match="stands twice"):
        editions.read_folder(tmp_path)


def test_a_folder_that_is_none_says_what_is_needed(tmp_path: Path):
    with pytest.raises(EditionError, match=r"has no edition\.yaml"):
        editions.read_folder(tmp_path)


def test_every_edition_that_ships_is_whole():
    folders = [folder for folder in editions.FOLDER.iterdir() if folder.is_dir()]
    assert editions.latest_folder() in folders
    for folder in folders:
        edition = editions.load_folder(folder)
        assert edition.number == folder.name
        assert len(edition) >= 80
