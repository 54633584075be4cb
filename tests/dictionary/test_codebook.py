"""The codebook says in words what the edition says in keys; one label stands in one place only."""

from typing import Any

from dictionary import editions
from dictionary.blank import blank_form
from dictionary.codebook import codebook, describe, in_words
from dictionary.fields import bind_section
from dictionary.schema import Edition, load
from dictionary.sheet import AnswerSheet
from dictionary.values import display


def test_rules_in_words(edition: Edition):
    assert in_words({"=": ["need_met", "unmet"]}, edition) == "“Was the need met?” is “Unmet”"
    assert in_words({"in": ["need_met", ["partly", "unmet"]]}, edition) == (
        "“Was the need met?” is “Partly met” or “Unmet”"
    )
    assert in_words({"<=": ["occurred_on", {"item": "aware_on"}]}, edition) == (
        "“When did it happen?” is on or before “When did we learn of it?”"
    )
    assert (
        in_words({"<": ["occurred_on", "2026-03-03"]}, edition)
        == "“When did it happen?” is before 3 March 2026"
    )
    rule = {
        "all": [
            {"not": {"missing": "need_met"}},
            {"any": [{"<": ["children_at_home", 3]}, {"answered": "need_met"}]},
        ]
    }
    assert in_words(rule, edition) == (
        "not (“Was the need met?” was left with a reason) and "
        "(“How many children lived there?” is less than 3 or “Was the need met?” is answered)"
    )


def test_an_item_in_words(edition: Edition):
    words = describe(edition, edition.item("children_at_home"))
    assert (words.type, words.limits) == ("Whole number", "0 to 30")
    assert words.used_in == "Incident and child › The incident, once"
    assert words.privacy.endswith("in coarser form (shared as a range).")
    assert words.basis == "Recalled from practice, source not checked"
    assert describe(edition, edition.item("need_gap")).shown_when == (
        "Shown when “Was the need met?” is “Partly met” or “Unmet”."
    )
    assert describe(edition, edition.item("need_gap")).used_in == "Family needs, once for each need"
    assert describe(edition, edition.item("need_sources")).type == "Links to entries in Timeline"
    assert describe(edition, edition.item("occurred_on")).basis == "Public source: CAPTA"


def keys(edition: Edition, **filters: str) -> list[str]:
    return [one.item.key for section in codebook(edition, **filters) for one in section.items]


def test_search_and_filters(edition: Edition):
    assert keys(edition) == [item.key for item in edition]
    assert keys(edition, query="NEIGHBOR") == ["need_helped"]
    assert keys(edition, query="capta") == ["occurred_on"]
    assert keys(edition, query="was met") == ["need_met"]
    assert keys(edition, section="timeline") == ["event_text", "event_on"]
    assert keys(edition, section="timeline", privacy="quasi") == ["event_on"]
    assert keys(edition, query="no such words") == []


def everything(edition: Edition) -> dict[str, str]:
    """All that people can see of an edition: its fields, its codebook, and a reading of every code."""
    seen = {}
    sheet = AnswerSheet(edition, {}, {"needs": [1], "timeline": [2]})
    for section in edition.sections:
        for field in bind_section(sheet, section, sheet.targets(section)[0]):
            seen[f"form {field.item.key}"] = repr(
                (field.item.label, field.choices, field.missing_choices, field.shown)
            )
    for group in codebook(edition):
        for one in group.items:
            seen[f"codebook {one.item.key}"] = repr((one.shown_when, one.codes, one.checks, one.item.label))
    for item in edition:
        for choice in item.choices:
            seen[f"display {item.key} {choice.code}"] = display(item, choice.code)
    return seen


def test_changing_one_label_changes_all_of_them_and_nothing_else(document: dict[str, Any]):
    before = everything(load(document))
    code = next(code for code in document["choices"]["met_levels"] if code["code"] == "unmet")
    assert code["label"] == "Unmet"
    code["label"] = "Not met at all"
    after = everything(load(document))

    changed = {name for name in before if before[name] != after[name]}
    assert before.keys() == after.keys()
    assert changed == {
        "form need_met",
        "codebook need_met",
        "codebook need_gap",  # its rule names the label
        "display need_met unmet",
    }
    for name in changed:
        assert after[name] == before[name].replace("Unmet", "Not met at all")


def test_what_is_required_where_and_what_leaves_as_it_is():
    edition = load(editions.read_folder(editions.latest_folder()))
    assert describe(edition, edition.item("incident_type")).asked_for == "Required"
    assert describe(edition, edition.item("factor_stress_why")).asked_for == (
        "Required before sending where “Strain on people” is 2 or 3"
    )
    assert describe(edition, edition.item("factor_stress")).asked_for == "Required before sending"
    as_it_is = [item for item in edition if item.privacy == "quasi" and item.coarsen == "none"]
    assert as_it_is
    assert {describe(edition, item).privacy.partition(". ")[2] for item in as_it_is} == {
        "Leaves the agency as it is."
    }


def test_the_blank_form_asks_no_more_than_the_page_does():
    edition = load(editions.read_folder(editions.latest_folder()))
    questions = {
        question.item.key: question
        for part in blank_form(edition)
        for section in part.sections
        for group in section.groups
        for question in group.questions
    }
    assert not questions["incident_type"].is_optional
    assert "Asked for where “Strain on people” is 2 or 3." in questions["factor_stress_why"].only_if
    assert questions["factor_stress_evidence"].help == ""
    twice = [
        one.item.key
        for one in questions.values()
        if one.hint.startswith("Tick") and one.help.startswith("Tick")
    ]
    assert twice == []
