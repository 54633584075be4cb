"""The workbook of yearly figures that goes back: what each row says of itself is what the counts say."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.figures import Figure, add_figure, correct_figure
from reviews.figures.known import UNITS
from reviews.models import ImportRun
from tests.reviews.figure_situations import brought

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(client: Client, by: Membership) -> Client:
    client.force_login(by.user)
    return client


def statuses(visitor: Client, run: ImportRun, path: Path) -> list[str]:
    """What stands beside each row below the header."""
    back = visitor.get(reverse("imports:workbook", args=["cedar", run.upload_id, run.pk]))
    path.write_bytes(b"".join(back))
    header, *rows = load_workbook(path)["Rows"].iter_rows(values_only=True)
    return [str(row[header.index("NPCS status")]) for row in rows]


def test_a_row_without_a_figure_says_so_and_nothing_is_asked_of_it(
    visitor: Client, cedar: Jurisdiction, tmp_path: Path
) -> None:
    content = (
        "State,Year,Caseworkers\nCedar,2010,4\nCedar,2011,\nBirch,2010,9\n,,\nCedar,2012,5\n"
        "Cedar,Note: counted in May,\n"
    )
    run = brought(visitor, cedar, content)
    assert (run.rows, run.returned, run.told["passed_by"]) == (2, 0, 1)
    assert run.told["remarks"] == []
    nothing, others = "Nothing read here", "Not yours: not read"
    assert statuses(visitor, run, tmp_path / "back.xlsx") == [
        "Accepted", nothing, others, nothing, "Accepted", nothing
    ]  # fmt: skip


def test_a_name_that_is_open_or_left_out_is_not_said_to_be_accepted(
    visitor: Client, cedar: Jurisdiction, tmp_path: Path
) -> None:
    content = "Year,Measure,Value\n2010,Caseworkers,4\n2010,Odd,1\n2010,Not ours,1\nnone,Caseworkers,2\n"
    run = brought(visitor, cedar, content, **{"named-2": "-"})
    assert (run.rows, run.returned, run.told["unmapped"]) == (2, 1, [["Measure", "Odd", 1]])
    nothing = "Nothing read here"
    assert statuses(visitor, run, tmp_path / "back.xlsx") == ["Accepted", nothing, nothing, "Returned"]


def test_a_reason_alone_is_kept(cedar: Jurisdiction, by: Membership) -> None:
    with jurisdiction_scope(cedar.pk):
        first = add_figure(Figure("children", 2020, "Census", "count", Decimal(9)), by=by)
        said = Figure("children", 2020, "Census", "count", Decimal(9), note="Counted in May")
        second = correct_figure(first, said, by=by)
        assert (second.version, second.value, second.note) == (2, 9, "Counted in May")
        assert correct_figure(second, said, by=by) == second
        assert correct_figure(second, replace(said, note=""), by=by) == second


def test_each_table_is_headed_with_its_own_unit(visitor: Client, cedar: Jurisdiction, by: Membership) -> None:
    with jurisdiction_scope(cedar.pk):
        for source, unit in (("Yearbook", "count"), ("Survey", "share")):
            add_figure(Figure("Visits", 2020, source, unit, Decimal("0.5")), by=by)
    page = visitor.get(reverse("figures:list", args=["cedar"])).content.decode()
    for unit in ("count", "share"):
        assert page.count(f"Value ({UNITS[unit]})") == 1
