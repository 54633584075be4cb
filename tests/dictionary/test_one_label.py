"""One choice's label is changed in an edition: each file says it where that list is used, and changes nowhere else."""

import copy
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from dictionary import editions
from dictionary.api_schema import components
from dictionary.interchange import csv_bytes, own_file, redcap, xlsform
from dictionary.schema import load

OLD, NEW = "Offered and taken up", "Offered, and they took it up"


@pytest.fixture
def before() -> dict[str, Any]:
    return editions.read_folder(editions.latest_folder())


@pytest.fixture
def after(before: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(before)
    assert changed["choices"]["support_levels"][0]["label"] == OLD
    changed["choices"]["support_levels"][0]["label"] = NEW
    return changed


def users(document: dict[str, Any], name: str) -> set[str]:
    return {
        item["key"]
        for section in document["sections"]
        for item in section["items"]
        if item.get("choices") == name
    }


def test_in_redcap(before: dict[str, Any], after: dict[str, Any]):
    old, new = (csv_bytes.parse(redcap.write(one)).lines for one in (before, after))
    changed = {
        (a.cells[0].text, at): (cell.text, other.text)
        for a, b in zip(old, new, strict=True)
        for at, (cell, other) in enumerate(zip(a.cells, b.cells, strict=True))
        if cell != other
    }
    assert {name for name, _ in changed} == users(before, "support_levels")
    assert {at for _, at in changed} == {5}
    assert all(text.replace(OLD, NEW) == other for text, other in changed.values())


def test_in_an_xlsform(before: dict[str, Any], after: dict[str, Any]):
    def cells(document: dict[str, Any]) -> dict[tuple[str, str], Any]:
        book = load_workbook(io.BytesIO(xlsform.write(document)))
        return {
            (page.title, cell.coordinate): cell.value
            for page in book.worksheets
            for row in page.iter_rows()
            for cell in row
        }

    old, new = cells(before), cells(after)
    assert old.keys() == new.keys()
    changed = {place: (old[place], new[place]) for place in old if old[place] != new[place]}
    assert {sheet for sheet, _ in changed} == {"choices"}
    assert set(changed.values()) == {(OLD, NEW)}
    lists = {old["choices", coordinate.replace("C", "A")] for _, coordinate in changed}
    assert lists == {"support_levels_or_unknown", "support_levels_or_unknown_or_not_applicable"}


def test_in_our_own_file(before: dict[str, Any], after: dict[str, Any]):
    old, new = (own_file.write(one).decode().splitlines() for one in (before, after))
    changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert [(a.strip(), b.strip()) for a, b in changed] == [(f"label: {OLD}", f"label: {NEW}")]


def test_in_the_description_of_the_api(before: dict[str, Any], after: dict[str, Any]):
    old, new = (components(load(one)) for one in (before, after))
    assert old.keys() == new.keys()
    changed = {name for name in old if old[name] != new[name]}
    assert changed == {f"item_{key}" for key in users(before, "support_levels")}
    for name in changed:
        assert str(old[name]).replace(OLD, NEW) == str(new[name])
