"""An agency's own questions beside an edition: they add, change nothing, and go on with the next edition."""

from typing import Any

import pytest

from dictionary.own.composing import PART, TITLE, compose
from dictionary.schema import EditionError, load
from tests.dictionary.own_questions import question


def test_without_own_questions_it_is_the_edition_itself(document: dict[str, Any]):
    assert compose(document, []).edition.sha256 == load(document).sha256


def test_a_question_of_a_section_stands_at_its_end_under_a_heading_of_its_own(document: dict[str, Any]):
    whole = compose(document, [question(section="needs")]).edition
    items = whole.section("needs").items
    assert [item.key for item in items][-1] == "own_shift"
    assert items[-1].group == TITLE
    assert items[-1].is_local
    assert [item.label for item in whole.local] == ["Which shift was it?"]


def test_nothing_of_the_partnership_changes(document: dict[str, Any]):
    base = load(document)
    whole = compose(document, [question(), question("own_more", section="needs", type="text")]).edition
    assert [item for item in whole if not item.is_local] == list(base)
    assert whole.parts[:-1] == base.parts


def test_a_part_of_their_own_comes_last_and_only_where_something_stands_in_it(document: dict[str, Any]):
    whole = compose(document, [question()]).edition
    assert (whole.parts[-1].key, whole.parts[-1].title) == (PART, TITLE)
    assert whole.sections_of(PART)[0].items[0].group == ""
    assert PART not in [part.key for part in compose(document, [question(section="needs")]).edition.parts]


@pytest.mark.parametrize("section", ["factors", "debriefs", "selection", "gone"])
def test_where_none_may_stand_it_goes_to_the_part_of_their_own(document: dict[str, Any], section: str):
    whole = compose(document, [question(section=section)])
    assert whole.edition.item("own_shift").section == PART
    assert [mend.key for mend in whole.mends] == ["own_shift"]


def test_a_condition_may_ask_about_what_stands_before(document: dict[str, Any]):
    when = {"=": ["need_met", "unmet"]}
    whole = compose(document, [question(section="needs", when=when)])
    assert whole.edition.item("own_shift").when == when
    assert whole.mends == ()


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ({"=": ["need_met", "lost"]}, "no code “lost”"),
        ({"answered": "no_such"}, "does not exist"),
        ({"answered": "own_later"}, "comes later"),
        ({"answered": "event_text"}, "many answers"),
    ],
)
def test_a_condition_that_names_what_is_gone_falls_away_and_the_question_stays(
    document: dict[str, Any], when: dict[str, Any], why: str
):
    asked = [question(section="needs", when=when), question("own_later", section="needs")]
    whole = compose(document, asked)
    assert whole.edition.item("own_shift").when is None
    assert "own_later" in whole.edition
    assert [mend.key for mend in whole.mends] == ["own_shift"]
    assert why in whole.mends[0].message


def test_a_remark_that_does_not_fit_takes_nothing_else_with_it(document: dict[str, Any]):
    good = {"rule": {"=": ["own_shift", "day"]}, "message": "By day?"}
    bad = {"rule": {"answered": "own_gone"}, "message": "Not before that."}
    when = {"=": ["need_met", "unmet"]}
    whole = compose(document, [question(section="needs", when=when, warnings=[bad, good])])
    kept = whole.edition.item("own_shift")
    assert (kept.when, [check.message for check in kept.warnings]) == (when, ["By day?"])
    assert [(mend.of, mend.message) for mend in whole.mends] == [
        ("warnings", "Its remark “Not before that.” is never made now: the item “own_gone” does not exist.")
    ]
    assert whole.questions == (question(section="needs", when=when, warnings=[good]),)


def test_a_condition_that_does_not_fit_leaves_the_remarks(document: dict[str, Any]):
    good = {"rule": {"=": ["own_shift", "day"]}, "message": "By day?"}
    whole = compose(document, [question(when={"answered": "own_gone"}, warnings=[good])])
    kept = whole.edition.item("own_shift")
    assert (kept.when, [check.message for check in kept.warnings]) == (None, ["By day?"])
    assert [mend.of for mend in whole.mends] == ["when"]


def test_a_circle_of_conditions_is_opened(document: dict[str, Any]):
    asked = [
        question("own_one", section="incident", when={"answered": "own_two"}),
        question("own_two", when={"answered": "own_one"}),
    ]
    whole = compose(document, asked)
    assert [item.when for item in whole.edition.local] == [{"answered": "own_two"}, None]
    assert [mend.key for mend in whole.mends] == ["own_two"]


def test_what_is_no_question_is_said(document: dict[str, Any]):
    with pytest.raises(EditionError, match="the type “tune” does not exist"):
        compose(document, [question(type="tune")])


def test_the_same_questions_make_the_same_edition_whatever_the_order_of_their_keys(document: dict[str, Any]):
    asked = question(section="needs", help="Of the visit.")
    turned = dict(reversed(asked.items()))
    whole = compose(document, [asked]).edition
    assert whole.sha256 == compose(document, [turned]).edition.sha256
    # Reviews pin the two documents, so how they are put together stays what it is.
    assert whole.sha256 == "5c2510ae5095fe76fe91dd67a303e92b4519c14a60b1f26c9be7cbbffe3fc338"
