"""What a person gives becomes what is kept, or a sentence that says what to give instead."""

from typing import Any

import pytest

from dictionary.schema import Choice, Item
from dictionary.values import (
    PROSE_BYTES,
    ValueProblem,
    display,
    keepable,
    parse,
    parse_missing,
)

CODES = (Choice("met", "Met"), Choice("partly", "Partly met"), Choice("unmet", "Unmet"))


def an_item(kind: str, **more: Any) -> Item:
    if kind in ("choice", "choices"):
        more.setdefault("choices", CODES)
    return Item(key="k", label="K", type=kind, section="s", part="p", privacy="open", basis="ours", **more)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2026-03-03", "2026-03-03"),
        (" 2026-3-3 ", "2026-03-03"),
        ("3 March 2026", "2026-03-03"),
        ("3 Mar 2026", "2026-03-03"),
        ("03 mar. 2026", "2026-03-03"),
        ("9 Sept 2026", "2026-09-09"),
        ("March 3, 2026", "2026-03-03"),
        ("March 3rd 2026", "2026-03-03"),
        ({"day": "3", "month": "03", "year": "2026"}, "2026-03-03"),
        ({"day": "29", "month": "February", "year": "2024"}, "2024-02-29"),
        ({"day": "", "month": "", "year": " "}, None),
        ("", None),
        (None, None),
    ],
)
def test_dates(raw: Any, value: str | None):
    assert parse(an_item("date"), raw) == value


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("3/4/2026", "Give the date as day, month and year, for example 3 March 2026."),
        ("yesterday", "Give the date as day, month and year, for example 3 March 2026."),
        ({"day": "3", "month": "", "year": "2026"}, "Give the date as day, month and year"),
        (
            {"day": "31", "month": "2", "year": "2026"},
            "February 2026 has no day 31. Check the day and the month.",
        ),
        ({"day": "3", "month": "3", "year": "26"}, "Give the date as day, month and year"),
        ({"day": "3", "month": "3", "year": "0206"}, "0206 does not look like the year that is meant."),
        ({"day": "٣", "month": "3", "year": "2026"}, "Give the date as day, month and year"),
        (["2026-03-03"], "Give the answer as text."),
    ],
)
def test_dates_that_are_none(raw: Any, message: str):
    with pytest.raises(ValueProblem) as problem:
        parse(an_item("date"), raw)
    assert problem.value.message.startswith(message)


@pytest.mark.parametrize(
    ("raw", "value", "words"),
    [
        (
            {"date": "2026-03-03", "precision": "day"},
            {"date": "2026-03-03", "precision": "day"},
            "3 March 2026",
        ),
        (
            {"date": "3 March 2026", "precision": "exact", "time": "2:20 pm"},
            {"date": "2026-03-03", "precision": "exact", "time": "14:20"},
            "3 March 2026, 14:20",
        ),
        (
            {"date": "2026-03-17", "precision": "month"},
            {"date": "2026-03-01", "precision": "month"},
            "March 2026",
        ),
        (
            {"date": "March 2026", "precision": "about"},
            {"date": "2026-03-01", "precision": "about"},
            "about March 2026",
        ),
        (
            {"date": {"day": "17", "month": "3", "year": "2026"}, "precision": "about"},
            {"date": "2026-03-17", "precision": "about"},
            "about 17 March 2026",
        ),
        (
            {"day": "", "month": "3", "year": "2026"},
            {"date": "2026-03-01", "precision": "month"},
            "March 2026",
        ),
        ("2026-03", {"date": "2026-03-01", "precision": "month"}, "March 2026"),
        ("2026-03-03", {"date": "2026-03-03", "precision": "day"}, "3 March 2026"),
        ({"date": "", "precision": "day", "time": ""}, None, ""),
        ({"date": {"day": "", "month": "", "year": ""}, "precision": "about"}, None, ""),
    ],
)
def test_partial_dates(raw: Any, value: Any, words: str):
    item = an_item("partial_date")
    assert parse(item, raw) == value
    assert display(item, value) == words


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"date": "2026-03-03", "precision": "day", "time": "14:20"}, "A time needs an exact date."),
        ({"date": "2026-03-03", "precision": "exact", "time": "25:00"}, "Give the time in hours and minutes"),
        ({"date": "2026-03-03", "precision": "roughly"}, "Say how exact the date is"),
        ({"date": "March 2026", "precision": "day"}, "Give the day too, or choose “To the month”."),
        (
            {"date": {"day": "", "month": "3", "year": ""}, "precision": "month"},
            "Give at least the month and the year",
        ),
        ({"date": "", "precision": "exact", "time": "14:20"}, "Give the date as day, month and year"),
    ],
)
def test_partial_dates_that_are_none(raw: Any, message: str):
    with pytest.raises(ValueProblem) as problem:
        parse(an_item("partial_date"), raw)
    assert problem.value.message.startswith(message)


def test_whole_numbers_and_their_limits():
    item = an_item("integer", min=0, max=30)
    assert parse(item, " 3 ") == 3
    assert parse(item, 0) == 0
    assert parse(item, "") is None
    assert parse(an_item("integer"), "1,200") == 1200
    for raw, message in (
        ("3.5", "Give a whole number in figures, for example 3."),
        ("three", "Give a whole number in figures, for example 3."),
        ("٣", "Give a whole number in figures, for example 3."),
        ("31", "Give a number from 0 to 30."),
        (True, "Give the answer as text."),
    ):
        with pytest.raises(ValueProblem, match=message):
            parse(item, raw)
    with pytest.raises(ValueProblem, match="Give 1 or a higher number"):
        parse(an_item("integer", min=1), "0")
    with pytest.raises(ValueProblem, match="Give 5 or a lower number"):
        parse(an_item("integer", max=5), "6")


def test_codes():
    assert parse(an_item("choice"), "unmet") == "unmet"
    assert parse(an_item("choice"), "") is None
    assert parse(an_item("choices"), ["unmet", "met", "met", ""]) == ["met", "unmet"]
    assert parse(an_item("choices"), "met") == ["met"]
    assert parse(an_item("choices"), []) is None
    with pytest.raises(ValueProblem, match="Choose one of the answers in the list"):
        parse(an_item("choice"), "Unmet")
    with pytest.raises(ValueProblem, match="Choose answers from the list"):
        parse(an_item("choices"), ["met", "x"])


def test_links_are_entries_that_are_there():
    item = an_item("links", links=("timeline",))
    assert parse(item, ["3", 17, "3", ""]) == [3, 17]
    assert parse(item, []) is None
    assert parse(item, ["3"], links={3, 4}) == [3]
    for raw in (["x"], ["-1"], [{"a": 1}], ["5"]):
        with pytest.raises(ValueProblem):
            parse(item, raw, links={3, 4})


def test_text_keeps_words_and_drops_what_cannot_be_kept():
    assert parse(an_item("text"), "  one \n two\x00 ") == "one two"
    assert parse(an_item("plain"), "one\r\ntwo\x07\ud800") == "one\ntwo"
    assert keepable("a\tb\nc\x0b\uffff") == "a\tb\nc"
    assert parse(an_item("plain"), " \n ") is None
    assert parse(an_item("plain"), "<b>&") == "<b>&"


def test_too_long_says_that_nothing_is_lost():
    for item, raw in (
        (an_item("plain"), "x" * 20_001),
        (an_item("text", max_length=10), "x" * 11),
        (an_item("prose"), "<p>" + "x" * PROSE_BYTES + "</p>"),
        (an_item("prose", max_length=10), "<p>" + "x" * 11 + "</p>"),
    ):
        with pytest.raises(ValueProblem, match="nothing is lost"):
            parse(item, raw)
    assert parse(an_item("plain"), "x" * 20_000)


def test_prose_without_the_editor_keeps_its_shape():
    item = an_item("prose")
    kept = parse(item, "<h2>Title</h2><table><tr><td>a</td><td>b</td></tr></table>")
    assert parse(item, {"plain": "Title\r\n\r\na | b"}, before=kept) == kept
    assert parse(item, {"plain": "Title <p>"}, before=kept) == "<p>Title &lt;p&gt;</p>"
    assert parse(item, {"html": "<p>x</p>"}) == "<p>x</p>"
    assert parse(item, "<p><br></p>") is None


def test_reasons():
    item = an_item("choice", missing=("unknown", "withheld"))
    assert parse_missing(item, "unknown") == "unknown"
    assert parse_missing(item, None) == ""
    with pytest.raises(ValueProblem):
        parse_missing(item, "not_asked")


def test_what_people_read():
    assert display(an_item("date"), "2026-03-03") == "3 March 2026"
    assert display(an_item("date"), "soon") == "soon"
    assert display(an_item("choice"), "unmet") == "Unmet"
    assert display(an_item("choice"), None, "unknown") == "Not known"
    assert display(an_item("choice"), None, "not_applicable") == "Does not apply"
    assert display(an_item("rating"), None, "unknown") == "Not enough information"
    assert display(an_item("rating", choices=(Choice("2", "Played a part"),)), "2") == "2: Played a part"
    assert display(an_item("choices"), ["met", "unmet"]) == "Met; Unmet"
    assert display(an_item("integer"), 0) == "0"
    assert display(an_item("links"), [1, 2]) == "2 linked entries"
    assert display(an_item("links"), [1, 2], links={1: "First visit"}) == "First visit; 1 removed"
    assert (
        display(an_item("links"), [1, 2], links={1: "She calls.", 2: "They come."}) == "She calls; They come"
    )
    assert display(an_item("plain"), None) == ""


def test_prose_is_cleaned_on_the_way_out_too():
    shown = display(an_item("prose"), "<p>a<script>x</script><a href='x'>b</a></p>")
    assert shown == "<p>ab</p>"
    assert hasattr(shown, "__html__")
    assert not hasattr(display(an_item("plain"), "<b>"), "__html__")
