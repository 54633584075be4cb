"""Codes that wait for a meaning: those of one shape of file are no business of another's, and undoing ends the wait."""

from collections import Counter
from typing import Any

import pytest
from django.test import Client

from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.undo_import import undo_import
from reviews.imports.waiting import queue_unmapped
from reviews.models import UnmappedCode
from tests.reviews.figure_situations import brought
from tests.reviews.import_situations import HEADER

pytestmark = pytest.mark.django_db

LONG = "Year,Measure,Value\n2010,Caseworkers,4\n2011,Caseworkers,5\n2010,Odd,1\n"


@pytest.fixture
def visitor(client: Client, by: Membership) -> Client:
    client.force_login(by.user)
    return client


def waiting(agency: Jurisdiction) -> set[tuple[str, str]]:
    with jurisdiction_scope(agency.pk):
        return set(UnmappedCode.objects.filter(settled_at=None).values_list("column", "code"))


def test_undoing_figures_ends_the_wait_of_their_codes_and_earlier_ones_wait_again(
    visitor: Client, cedar: Jurisdiction, by: Membership
) -> None:
    brought(visitor, cedar, LONG)
    later = brought(visitor, cedar, LONG.replace("Odd", "Even").replace("2011", "2012"))
    assert waiting(cedar) == {("Measure", "Even")}
    with jurisdiction_scope(cedar.pk):
        undo_import(later.receipt, by=by)
    assert waiting(cedar) == {("Measure", "Odd")}


def test_a_file_of_figures_settles_no_code_of_incidents(
    visitor: Client, bring_in: Any, cedar: Jurisdiction, by: Membership
) -> None:
    incidents = HEADER.replace("kind", "Measure") + "1,Odd,2020-01-01,Alder,Told.,3\n"
    text = "key: id\nitems:\n  incident_type: {column: Measure, codes: {F: fatality}}\n"
    receipt = bring_in(incidents, text, by=by).record
    figures = brought(visitor, cedar, LONG).receipt
    with jurisdiction_scope(cedar.pk):
        both = UnmappedCode.objects.filter(settled_at=None, column="Measure", code="Odd")
        assert set(both.values_list("imported_by", flat=True)) == {receipt.pk, figures.pk}
        undo_import(figures, by=by)
        assert both.get().imported_by_id == receipt.pk


def test_a_long_name_of_a_column_is_told_alike_when_its_code_has_a_meaning(
    bring_in: Any, cedar: Jurisdiction, by: Membership
) -> None:
    first = bring_in(HEADER + "1,F,2020-01-01,Alder,Told.,3\n", by=by).record
    second = bring_in(HEADER + "2,F,2020-01-01,Alder,Told.,3\n", by=by).record
    name = "Where it happened, as the worker wrote it on the first day, " * 4
    with jurisdiction_scope(cedar.pk):
        second.file_name = "another.csv"  # so it says nothing of the codes of the first
        queue_unmapped(first, Counter({(name, "H"): 2, (f"{name} (again)", "H"): 1}), set())
        assert UnmappedCode.objects.get().rows == 3
        queue_unmapped(second, Counter(), {(name, "H")})
    assert waiting(cedar) == set()
