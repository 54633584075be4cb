"""Files of past incidents as the tests of imports bring them in."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client

from dictionary.models import Edition
from reviews.imports.mapping import FileMapping, read_mapping
from reviews.models import Answer, Child, Entry, Incident

PLAIN = """
key: id
items:
  incident_type: {column: kind, codes: {F: fatality, NF: near_fatality}}
  occurred_on: day
  county: county
  what_was_reported: told
children:
  - age_value: age
    age_unit: {constant: months}
"""
HEADER = "id,kind,day,county,told,age\n"

WIDER = PLAIN.replace("county: county", "county: county\n  case_number: case\n  place_type: place") + (
    "    sex: {column: sex, codes: {F: female, M: male}}\n"
    "  - age_value: second\n    age_unit: {constant: years}\n"
)
WIDE = "id,kind,day,county,told,age,case,place,sex,second\n"
BEFORE = WIDE + "1,F,2020-01-01,Alder,Told.,3,,,,\n2,F,2020-02-01,Alder,Told.,4,C-1,,F,\n"
# Every kind of change in the first row: other words, a blank filled, a word taken out, a new child; the second stays.
AFTER = WIDE + "1,NF,2020-01-02,,Told anew.,5,C-9,child_home,M,7\n2,F,2020-02-01,Alder,Told.,4,C-1,,F,\n"


def mapping(text: str = PLAIN) -> FileMapping:
    return read_mapping(text.encode(), Edition.objects.in_force().parsed)


def rows() -> dict[str, list[dict[str, Any]]]:
    """Everything that stands, but for the counters of versions and what was last read of a file."""
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in ("version", "source_sha256")}
            for row in model.objects.order_by("pk").values()  # type: ignore[attr-defined]
        ]
        for model in (Incident, Entry, Child, Answer)
    }


def form_of(visitor: Client, url: str) -> dict[str, Any]:
    """What the form of a page would send, if nothing were touched."""

    class Forms(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.data: dict[str, list[str]] = {}
            self.select = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            name = given.get("name") or ""
            if tag == "input" and name and (given.get("type") != "checkbox" or "checked" in given):
                self.data.setdefault(name, []).append(given.get("value") or "")
            elif tag == "select":
                self.select, self.data[name] = name, []
            elif tag == "option" and self.select and ("selected" in given or not self.data[self.select]):
                self.data[self.select] = [str(given.get("value"))]

        def handle_endtag(self, tag: str) -> None:
            if tag == "select":
                self.select = ""

    page = visitor.get(url)
    assert page.status_code == 200
    reader = Forms()
    reader.feed(page.content.decode())
    return reader.data
