"""What is missing or does not fit, and what branching left behind. Pure: values in, problems out."""

from typing import Any

from dictionary.schema import Edition
from dictionary.sheet import AnswerSheet
from dictionary.validation import check_one, hidden_answers, problems


def given(**once: Any) -> dict[tuple[int | None, str], tuple[Any, str]]:
    return {(None, key): (value, "") for key, value in once.items()}


def found(
    edition: Edition, answers: Any, entries: Any = None, part: str | None = None
) -> list[tuple[Any, Any, bool]]:
    parts = [part] if part else None
    return [(p.key, p.entry, p.hard) for p in problems(AnswerSheet(edition, answers, entries or {}), parts)]


def test_required_is_asked_for(edition: Edition):
    assert found(edition, {}, part="facts") == [("what_was_reported", None, True)]
    missing = problems(AnswerSheet(edition, {}), ["facts"])[0]
    assert missing.message == "Answer “What was reported?”, or say why there is no answer."
    assert (missing.section, missing.part) == ("incident", "facts")


def test_a_reason_settles_what_is_required_when_the_item_accepts_it(edition: Edition):
    assert found(edition, {(None, "what_was_reported"): (None, "withheld")}, part="facts") == []
    assert found(edition, {(None, "what_was_reported"): (None, "unknown")}, part="facts") != []


def test_branching_decides_what_is_required_and_reads_columns(edition: Edition):
    answers = given(incident_type="near_fatality", what_was_reported="<p>x</p>")
    assert found(edition, answers, part="facts") == [("certified_by", None, True)]
    answers = given(incident_type="fatality", what_was_reported="<p>x</p>")
    assert found(edition, answers, part="facts") == []


def test_hard_checks_and_soft_warnings(edition: Edition):
    answers = given(
        what_was_reported="<p>x</p>", occurred_on="2026-03-03", aware_on="2026-03-01", children_at_home=12
    )
    assert found(edition, answers, part="facts") == [
        ("aware_on", None, True),
        ("children_at_home", None, False),
    ]
    assert problems(AnswerSheet(edition, answers), ["facts"])[0].message.startswith(
        "This is before the incident."
    )
    item = edition.item("aware_on")
    assert [p.hard for p in check_one(AnswerSheet(edition, answers), item)] == [True]
    assert check_one(AnswerSheet(edition, {}), item) == []


def test_each_entry_answers_for_itself(edition: Edition):
    answers = {
        (7, "need_statement"): ("A ride", ""),
        (7, "need_met"): ("unmet", ""),
        (8, "need_met"): (None, "unknown"),
    }
    assert found(edition, answers, {"needs": [7, 8]}, "needs") == [("need_statement", 8, True)]
    assert found(edition, answers, {"needs": [7]}, "needs") == []
    assert found(edition, {}, {}, "needs") == []


def test_another_entry_does_not_answer(edition: Edition):
    sheet = AnswerSheet(edition, {(7, "need_met"): ("unmet", "")}, {"needs": [7, 8]})
    needs = edition.section("needs")
    assert "need_gap" in sheet.asked(needs, 7)
    assert "need_gap" not in sheet.asked(needs, 8)


def test_a_rating_of_two_asks_why_and_for_evidence(edition: Edition):
    entries = {"needs": [7]}
    assert found(edition, given(factor_stress="1"), entries, "factors") == []
    assert found(edition, given(factor_stress="2"), entries, "factors") == [
        ("factor_stress_why", None, True),
        ("factor_stress_evidence", None, True),
    ]
    complete = given(factor_stress="3", factor_stress_why="Two vacancies", factor_stress_evidence=[7])
    assert found(edition, complete, entries, "factors") == []


def test_a_rating_of_one_may_say_why_and_need_not(edition: Edition):
    told = given(factor_stress="1", factor_stress_why="Two vacancies")
    assert found(edition, told, part="factors") == []
    assert hidden_answers(AnswerSheet(edition, told), ["factors"]) == []


def test_does_not_apply_is_not_zero_but_settles(edition: Edition):
    for reason in ("not_applicable", "unknown"):
        assert found(edition, {(None, "factor_stress"): (None, reason)}, part="factors") == []


def test_a_rating_of_one_opportunity_answers_for_the_review(edition: Edition):
    entries = {"needs": [7]}
    assert found(edition, {}, entries, "factors") == [("factor_stress", None, True)]
    assert found(edition, {(7, "factor_stress"): ("1", "")}, entries, "factors") == []
    rated = {(7, "factor_stress"): ("2", ""), (None, "factor_stress"): ("0", "")}
    assert found(edition, rated, entries, "factors") == [
        ("factor_stress_why", 7, True),
        ("factor_stress_evidence", 7, True),
    ]
    # A removed entry's rating counts no more.
    assert found(edition, {(9, "factor_stress"): ("2", "")}, entries, "factors") == [
        ("factor_stress", None, True)
    ]


def test_hidden_answers_are_listed_and_do_not_count(edition: Edition):
    answers = given(
        incident_type="fatality",
        what_was_reported="<p>x</p>",
        certified_by="A physician",
        certified_on="2026-03-03",
    )
    assert [(h.key, h.value) for h in hidden_answers(AnswerSheet(edition, answers), ["facts"])] == [
        ("certified_by", "A physician"),
        ("certified_on", "2026-03-03"),
    ]
    answers = given(incident_type="near_fatality") | answers | given(incident_type="near_fatality")
    assert hidden_answers(AnswerSheet(edition, answers), ["facts"]) == []


def test_a_hidden_answer_of_an_entry_and_a_hidden_reason(edition: Edition):
    answers = {(7, "need_met"): ("met", ""), (7, "need_gap"): ("Old words", "")}
    assert [(h.key, h.entry) for h in hidden_answers(AnswerSheet(edition, answers, {"needs": [7]}))] == [
        ("need_gap", 7)
    ]
    answers = {(None, "certified_by"): (None, "unknown")}
    assert [h.missing for h in hidden_answers(AnswerSheet(edition, answers))] == ["unknown"]


def test_a_hidden_required_item_is_not_asked_for(edition: Edition):
    answers = given(factor_stress="0", factor_stress_why="Old words")
    assert found(edition, answers, {}, "factors") == []
    assert [h.key for h in hidden_answers(AnswerSheet(edition, answers), ["factors"])] == [
        "factor_stress_why"
    ]
