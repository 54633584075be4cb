"""Rows that look like another row, or like an incident that is here: pointed out, a few each, and never merged."""

import re
from typing import Any

import pytest

from jurisdictions.models import Jurisdiction
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.import_incidents import Receipt
from reviews.models import Incident
from tests.reviews.import_situations import WIDE, WIDER

pytestmark = pytest.mark.django_db


def line(key: str, day: str, *, county: str = "Alder", case: str = "") -> str:
    return f"{key},F,{day},{county},Told.,3,{case},,,\n"


def pointed_out(receipt: Receipt) -> dict[int, list[str]]:
    """What each row is said to look like."""
    said: dict[int, list[str]] = {}
    for row, remarks in sorted(receipt.remarks.items()):
        for remark in remarks:
            if found := re.match(r"This looks like (.+?)\.", remark.message):
                said.setdefault(row, []).append(found[1])
    return said


def test_one_case_number_is_one_case_however_it_is_written(bring_in: Any) -> None:
    content = WIDE + line("1", "2011-01-01", case="C 17") + line("2", "2015-06-06", case=" c  17 ")
    assert pointed_out(bring_in(content, WIDER)) == {2: ["row 3"], 3: ["row 2"]}


def test_a_case_number_that_is_here_is_found_and_the_files_own_incidents_are_not(
    bring_in: Any, cedar: Jurisdiction
) -> None:
    bring_in(WIDE + line("1", "2011-01-01", case="C-1"), WIDER)
    with jurisdiction_scope(cedar.pk):
        number = Incident.objects.get().number
    again = WIDE + line("1", "2011-01-01", case="C-1")
    assert pointed_out(bring_in(again, WIDER)) == {}
    assert pointed_out(bring_in(WIDE + line("2", "2019-01-01", case="c-1"), WIDER)) == {
        2: [f"incident {number}"]
    }


def test_of_what_stands_in_many_rows_the_first_few_are_named(bring_in: Any) -> None:
    rows = "".join(line(f"{at}", f"20{at // 12:02}-{at % 12 + 1:02}-01", case="pending") for at in range(120))
    said = pointed_out(bring_in(WIDE + rows, WIDER))
    assert said[40] == ["row 2", "row 3", "row 4", "row 5", "row 6"]
    assert said[3][:1] == ["row 2"]
    assert "row 51" in said[2]
    assert max(said) == 51  # in more rows than fifty it is a word and no number


def test_of_many_that_are_here_the_first_few_are_named(bring_in: Any) -> None:
    rows = "".join(line(f"{at}", f"20{at + 10}-01-01", case="pending") for at in range(8))
    bring_in(WIDE + rows, WIDER)
    said = pointed_out(bring_in(WIDE + line("new", "2001-01-01", case="Pending"), WIDER))
    assert said == {2: [f"incident 20{at + 10}-001" for at in range(5)]}


@pytest.mark.parametrize(
    ("day", "county", "found"), [("04", "alder ", True), ("05", "Alder", False), ("01", "Birch", False)]
)
def test_days_and_county_are_compared_with_what_is_here(
    bring_in: Any, day: str, county: str, found: bool
) -> None:
    bring_in(WIDE + line("1", "2011-01-01"), WIDER)
    said = pointed_out(bring_in(WIDE + line("2", f"2011-01-{day}", county=county), WIDER))
    assert said == ({2: ["incident 2011-001"]} if found else {})
