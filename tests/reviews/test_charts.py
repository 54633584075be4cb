"""The pictures: every word is in them or in their table, no style attribute, and nobody's text is markup."""

import datetime as dt
from xml.etree import ElementTree as ET

import pytest

from reviews import charts

SVG = "{http://www.w3.org/2000/svg}"
DAY = dt.date(2026, 3, 10)


def moments(count: int) -> list[charts.Moment]:
    return [
        charts.Moment(
            f"T{n}",
            DAY - dt.timedelta(days=count - n),
            n % 3 > 0,
            "family" if n % 2 else "system",
            n % 5 == 0,
            "some day",
            f"Event {n} with <b>marks</b> & more",
        )
        for n in range(1, count + 1)
    ]


def bars() -> list[charts.Bar]:
    return [
        charts.Bar("A supervisor within reach", "O1", 1),
        charts.Bar("Working together with partners", "O2", 3),
        charts.Bar("Rules and forms", "Whole review", 2),
    ]


def a_chain() -> charts.Chart:
    needs = [charts.Step("N1", "A safe bed", "Advice"), charts.Step("N2", "One shared answer", "Two visits")]
    opportunities = [
        charts.Step("O1", "Concrete help", follows=("N1",)),
        charts.Step("O2", "One picture", follows=("N2",)),
    ]
    recommendations = [
        charts.Step("C1", "Carry a crib", follows=("O1",)),
        charts.Step("C2", "A memo", follows=("O1", "O2"), is_dropped=True),
    ]
    return charts.chain(needs, opportunities, recommendations)


CHARTS = {
    "timeline": lambda: charts.timeline(moments(25), incident_on=DAY),
    "influences": lambda: charts.influences(bars()),
    "chain": a_chain,
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_picture_has_title_description_and_no_style(name: str) -> None:
    chart = CHARTS[name]()
    for picture in chart.pictures:
        root = ET.fromstring(picture)  # noqa: S314 (our own)
        assert root.findtext(f"{SVG}title", "").endswith(f"{chart.title}.")
        assert root.findtext(f"{SVG}desc") == chart.sentence
        assert root.get("role") == "img"
        for element in root.iter():
            assert "style" not in element.attrib
            assert not any(name.startswith("on") or name.endswith("href") for name in element.attrib)
            assert element.tag.removeprefix(SVG) in {
                "svg", "title", "desc", "text", "line", "rect", "circle", "path",
            }  # fmt: skip


def test_the_same_values_give_the_same_picture() -> None:
    assert charts.timeline(moments(9), incident_on=DAY) == charts.timeline(moments(9), incident_on=DAY)


def test_the_table_says_what_the_timeline_shows() -> None:
    chart = charts.timeline(moments(25), incident_on=DAY)
    assert chart.title == "25 entries: 13 in the life of the family, 12 in the system, 5 decisions"
    assert [row[0] for row in chart.rows] == [f"T{n}" for n in range(1, 26)]
    assert "25 entries lie in the 30 days up to the incident" in chart.sentence
    assert "Incident" in chart.pictures[0]


def test_a_long_timeline_goes_on_in_further_pictures() -> None:
    chart = charts.timeline(moments(230), incident_on=DAY)
    assert len(chart.pictures) == 3
    assert sum(picture.count("<circle") + picture.count("<rect") for picture in chart.pictures) > 230


def test_an_entry_without_a_date_has_a_place() -> None:
    undated = charts.Moment("T1", None, False, "family", False, "Not known", "Something")
    chart = charts.timeline([undated], incident_on=DAY)
    assert "no date" in chart.pictures[0]


def test_the_strongest_influence_comes_first_and_is_named() -> None:
    chart = charts.influences(bars())
    assert chart.title == "“Working together with partners” stood out, rated 3"
    assert [row[2] for row in chart.rows] == ["3", "2", "1"]


def test_without_a_rating_there_is_no_empty_picture() -> None:
    chart = charts.influences([])
    assert chart.pictures == ()
    assert chart.title == "No influence was rated 1 or higher"


def test_the_chain_counts_what_has_an_answer() -> None:
    chart = a_chain()
    assert chart.title == "2 needs led to 2 opportunities; 1 of 2 has a recommendation"
    assert chart.rows[0] == ("N1 A safe bed", "Advice", "O1 Concrete help", "C1, C2")
    assert "C2, withdrawn" in chart.pictures[0]


def test_a_chain_of_nothing_but_recommendations_is_drawn() -> None:
    chart = charts.chain([], [], [charts.Step("C1", "From a pattern over several reviews")])
    assert chart.rows == (("Not from one need", "", "Not from one opportunity", "C1"),)


def test_words_are_cut_at_the_end_never_in_the_middle_of_the_box() -> None:
    from reviews.charts.drawing import wide, wrapped

    lines = wrapped("word " * 80, 100, 9, 3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(wide(line, 9) <= 100 for line in wrapped("Donaudampfschifffahrtsgesellschaft" * 3, 100, 9, 20))
