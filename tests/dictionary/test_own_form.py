"""The form of one own question: what it shows and what it cannot show stays when it is saved."""

from typing import Any

import pytest
from django.test import Client

from dictionary.own.drafting import MOST_CODES
from jurisdictions.models import Jurisdiction
from tests.dictionary.own_questions import question
from tests.dictionary.test_own_pages import questions, text_of, url

pytestmark = pytest.mark.django_db


def opened(pages: Client, key: str) -> dict[str, Any]:
    """The form of a question as the page fills it in."""
    form = pages.get(url("change", key)).context["form"]
    return {bound.name: bound.value() for bound in form if bound.value() is not None}


def test_codes_that_a_file_brought_stay_as_they_are_with_their_help(
    pages: Client, drafted: Any, cedar: Jurisdiction
) -> None:
    codes = [
        {"code": "A", "label": "Agree", "help": "Fully."},
        {"code": "a", "label": "agree in part"},
        {"code": "-9", "label": "No, never"},
        {"code": "1.5", "label": "Between"},
        {"code": "unknown", "label": "Nobody knows"},
    ]
    drafted(
        question(codes=codes), question("own_then", label="Then?", when={"in": ["own_shift", ["A", "-9"]]})
    )
    assert pages.post(url("change", "own_shift"), opened(pages, "own_shift")).status_code == 302
    assert pages.post(url("change", "own_then"), opened(pages, "own_then")).status_code == 302
    assert questions(cedar)[0]["codes"] == codes
    assert questions(cedar)[1]["when"] == {"in": ["own_shift", ["A", "-9"]]}
    lines = "A, I agree\nno, never\nAgree, partly\nB, New"
    pages.post(url("change", "own_shift"), opened(pages, "own_shift") | {"codes": lines})
    assert questions(cedar)[0]["codes"] == [
        {"code": "A", "label": "I agree", "help": "Fully."},
        {"code": "-9", "label": "no, never"},
        {"code": "agree_partly", "label": "Agree, partly"},
        {"code": "b_new", "label": "B, New"},
    ]


def test_a_list_as_long_as_a_file_may_bring_can_be_saved(
    pages: Client, drafted: Any, cedar: Jurisdiction
) -> None:
    drafted(question(codes=[{"code": f"c{at}", "label": f"{at} {'x' * 100}"} for at in range(MOST_CODES)]))
    before, typed = questions(cedar), opened(pages, "own_shift")
    assert pages.post(url("change", "own_shift"), typed).status_code == 302
    assert questions(cedar) == before
    more = pages.post(url("change", "own_shift"), typed | {"codes": f"{typed['codes']}\nx, One more"})
    assert "500 is the most." in text_of(more)


@pytest.mark.parametrize(
    "when",
    [{"=": ["county", "Alder"]}, {"in": ["incident_type", ["fatality"]]}, {"answered": "need_sources"}],
)
def test_a_condition_that_the_form_cannot_say_stays_when_it_is_saved(
    pages: Client, drafted: Any, cedar: Jurisdiction, when: dict[str, Any]
) -> None:
    drafted(question(section="needs", when=when))
    assert pages.post(url("change", "own_shift"), opened(pages, "own_shift")).status_code == 302
    assert questions(cedar)[0]["when"] == when


def test_saving_takes_a_remark_away_that_does_not_fit_and_says_so(
    pages: Client, drafted: Any, cedar: Jurisdiction
) -> None:
    good = {"rule": {"answered": "county"}, "message": "Where?"}
    bad = {"rule": {"<": ["own_shift", {"item": "own_gone"}]}, "message": "Too late."}
    drafted(question(when={"answered": "county"}, warnings=[bad, good]))
    assert "Its remark “Too late.” is never made now" in text_of(pages.get(url("draft")))
    saved = pages.post(url("change", "own_shift"), opened(pages, "own_shift"), follow=True)
    assert "Its remark “Too late.” is never made now" in text_of(saved)
    assert (questions(cedar)[0]["when"], questions(cedar)[0]["warnings"]) == ({"answered": "county"}, [good])
    assert "Too late." not in text_of(pages.get(url("draft")))


def test_a_clash_tells_the_condition_that_mine_has(pages: Client, drafted: Any) -> None:
    when = {"=": ["own_first", "night"]}
    drafted(question("own_first", label="First?"), question(when=when))
    mine = opened(pages, "own_shift")
    pages.post(url("change", "own_shift"), mine | {"when_item": "", "when_answer": "", "help": "Theirs."})
    clash = text_of(pages.post(url("change", "own_shift"), mine))
    assert "Its help is gone. It is shown when “First?” is “Night”." in clash
