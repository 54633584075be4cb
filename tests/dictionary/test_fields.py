"""A form draws what is kept, and gives back what was typed when it cannot be kept."""

from typing import Any

from django.http import QueryDict

from dictionary.fields import BoundItem, bind_section, shown_by_name, take_section
from dictionary.schema import Choice, Edition
from dictionary.sheet import AnswerSheet


def by_key(fields: tuple[BoundItem, ...]) -> dict[str, BoundItem]:
    return {field.item.key: field for field in fields}


def posted(text: str) -> QueryDict:
    return QueryDict(text)


def test_columns_are_not_drawn_and_answers_are(edition: Edition):
    answers: Any = {
        (None, "incident_type"): ("near_fatality", ""),
        (None, "certified_by"): (None, "unknown"),
        (None, "what_was_reported"): ("<h2>Call</h2><p>A &amp; B</p>", ""),
        (None, "aware_on"): ("2026-03-03", ""),
    }
    fields = by_key(
        bind_section(
            AnswerSheet(edition, answers), edition.section("incident"), versions={(None, "aware_on"): 4}
        )
    )
    assert "incident_type" not in fields
    assert (fields["aware_on"].name, fields["aware_on"].id) == ("0-aware_on", "id_0-aware_on")
    assert (fields["aware_on"].version, fields["certified_by"].version) == (4, 0)
    assert fields["certified_by"].missing == "unknown"
    assert fields["certified_by"].shown
    assert fields["certified_by"].display == "Not known"
    assert [choice.label for choice in fields["certified_by"].missing_choices] == ["Not known", "Not asked"]
    assert fields["certified_by"].when_json == '{"=": ["incident_type", "near_fatality"]}'
    assert not fields["certified_on"].shown
    assert fields["what_was_reported"].text == "<h2>Call</h2><p>A &amp; B</p>"
    assert fields["what_was_reported"].text_plain == "Call\n\nA & B"


def test_an_entry_has_its_own_names_and_offers_other_entries(edition: Edition):
    sheet = AnswerSheet(edition, {(7, "need_sources"): ([3], "")}, {"needs": [7], "timeline": [3, 4]})
    offered = {"timeline": [Choice("3", "First visit"), Choice("4", "Call")]}
    field = by_key(bind_section(sheet, edition.section("needs"), 7, link_choices=offered))["need_sources"]
    assert field.name == "7-need_sources"
    assert [choice.label for choice in field.link_choices] == ["First visit", "Call"]
    assert field.value == ["3"]  # as the checkboxes compare it
    assert field.display == "First visit"


def test_branching_is_told_by_name(edition: Edition):
    sheet = AnswerSheet(edition, {(7, "need_met"): ("partly", "")}, {"needs": [7, 8]})
    assert shown_by_name(sheet, edition.section("needs"), 7) == {"7-need_gap": True}
    assert shown_by_name(sheet, edition.section("needs"), 8) == {"8-need_gap": False}


def test_a_posted_form_is_read(edition: Edition):
    data = posted(
        "v-0-aware_on=3&0-aware_on-day=4&0-aware_on-month=03&0-aware_on-year=2026"
        "&v-0-certified_by=0&0-certified_by=&m-0-certified_by=not_asked"
        "&v-0-certified_on=0&0-certified_on-day=2026-03-05&0-certified_on-month=&0-certified_on-year="
        "&v-0-children_at_home=1&0-children_at_home=2"
        "&v-0-what_was_reported=0&0-what_was_reported=%3Cp%3Ex%3C/p%3E&h-0-what_was_reported=1"
    )
    taken = {one.item.key: one for one in take_section(edition.section("incident"), None, data)}
    assert (taken["aware_on"].value, taken["aware_on"].version) == ("2026-03-04", 3)
    assert (taken["certified_by"].value, taken["certified_by"].missing) == (None, "not_asked")
    assert taken["certified_on"].value == "2026-03-05"
    assert taken["children_at_home"].value == 2
    assert taken["what_was_reported"].value == "<p>x</p>"
    assert taken["aware_on"].place == (None, "aware_on")


def test_items_that_were_not_on_the_form_are_left_alone(edition: Edition):
    assert take_section(edition.section("incident"), None, posted("0-aware_on=2026-03-03")) == []


def test_a_value_wins_over_a_reason(edition: Edition):
    data = posted("v-7-need_met=0&7-need_met=met&m-7-need_met=unknown")
    (one,) = take_section(edition.section("needs"), 7, data)
    assert (one.value, one.missing) == ("met", "")


def test_a_ratings_reasons_stand_among_its_buttons(edition: Edition):
    (one,) = take_section(
        edition.section("factors"), None, posted("v-0-factor_stress=0&0-factor_stress=unknown")
    )
    assert (one.value, one.missing, one.error) == (None, "unknown", "")


def test_links_and_choices_are_lists(edition: Edition):
    data = posted(
        "v-7-need_helped=0&7-need_helped=school&7-need_helped=neighbor&v-7-need_sources=0&7-need_sources=3"
    )
    taken = {
        one.item.key: one for one in take_section(edition.section("needs"), 7, data, links={"timeline": [3]})
    }
    assert taken["need_helped"].value == ["neighbor", "school"]
    assert taken["need_sources"].value == [3]
    data = posted("v-7-need_sources=0&7-need_sources=9")
    (one,) = take_section(edition.section("needs"), 7, data, links={"timeline": [3]})
    assert one.error


def test_what_cannot_be_kept_comes_back_as_it_was_typed(edition: Edition):
    data = posted(
        "v-0-aware_on=3&0-aware_on-day=31&0-aware_on-month=02&0-aware_on-year=2026"
        "&v-0-children_at_home=1&0-children_at_home=many"
        "&v-0-certified_on=0&0-certified_on-day=&0-certified_on-month=03&0-certified_on-year=2026"
    )
    section = edition.section("incident")
    taken = take_section(section, None, data)
    kept: Any = {(None, "aware_on"): ("2026-01-01", ""), (None, "children_at_home"): (2, "")}
    fields = by_key(bind_section(AnswerSheet(edition, kept), section, taken=taken))
    date = str(fields["aware_on"].value)
    assert (date[8:10], date[5:7], date[:4]) == ("31", "02", "2026")
    assert fields["aware_on"].errors == ("February 2026 has no day 31. Check the day and the month.",)
    assert fields["children_at_home"].text == "many"
    date = str(fields["certified_on"].value)
    assert (date[8:10].strip(), date[5:7], date[:4]) == ("", "03", "2026")


def test_warnings_stand_beside_the_field(edition: Edition):
    sheet = AnswerSheet(edition, {(None, "children_at_home"): (20, "")})
    fields = by_key(bind_section(sheet, edition.section("incident")))
    assert fields["children_at_home"].warnings == ("That is many. Check the number.",)
