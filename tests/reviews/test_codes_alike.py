"""What a cell says as a code is the same to the survey that offers it, the reader that compares it and the queue."""

from typing import Any

import pytest
from django.test import Client

from dictionary.models import Edition
from jurisdictions.models import Jurisdiction, User
from reviews.imports.cells import taker
from reviews.imports.mapping import CODE_CHARACTERS, Source, kept_code
from tests.reviews.figure_situations import brought, mapped, standing
from tests.reviews.import_situations import form_of, mapping

pytestmark = pytest.mark.django_db

LONG = "Our agency " + "and its partners " * 20
NAMES = ["New\u00a0Alder", "New  Alder", '"New\nAlder"', LONG]


@pytest.fixture
def visitor(client: Client, coordinator: User) -> Client:
    client.force_login(coordinator)
    return client


@pytest.mark.parametrize("name", NAMES)
def test_own_rows_are_found_by_what_was_offered(visitor: Client, cedar: Jurisdiction, name: str) -> None:
    content = f"State,Year,Caseworkers\n{name},2010,4\nBirch,2010,9\n"
    said = kept_code(name.strip('"'))
    assert said in visitor.get(mapped(visitor, cedar, content)).content.decode()
    run = brought(visitor, cedar, content, ours=said)
    assert (run.created, run.told["passed_by"]) == (1, 1)


@pytest.mark.parametrize("name", ["Foster\u00a0care", "Foster  care", LONG])
def test_a_name_of_a_figure_is_mapped_as_it_was_offered(
    visitor: Client, cedar: Jurisdiction, name: str
) -> None:
    content = f"Year,Measure,Value\n2010,{name},4\n2011,{name},5\n"
    run = brought(visitor, cedar, content, **{"named-0": "figure:caseworkers"})
    assert (run.rows, run.created, run.told["unmapped"]) == (2, 2, [])


def test_a_gap_is_a_gap_however_it_is_spaced(visitor: Client, cedar: Jurisdiction) -> None:
    content = "Year,Caseworkers\n2010,Not\u00a0reported\n2011,Not  reported\n2012,5\n2013,6\n2014,6\n"
    values = mapped(visitor, cedar, content)
    assert form_of(visitor, values)["gap-0"] == ["gap"]
    run = brought(visitor, cedar, content)
    assert (run.rows, run.returned, run.told["gaps"]) == (3, 0, 2)
    assert len(standing(cedar)) == 3


@pytest.mark.parametrize("code", ["Not\u00a0known", "Not  known", " Not\nknown ", LONG])
def test_an_incident_s_code_has_the_meaning_that_was_given_to_what_was_offered(code: str) -> None:
    item = Edition.objects.in_force().parsed.item("incident_type")
    source = Source(item, codes={kept_code(code): ("fatality", "")})
    assert taker(source)(code) == ("fatality", "", "")
    assert len(kept_code(LONG)) == CODE_CHARACTERS


def test_a_code_of_a_mapping_is_kept_as_cells_are() -> None:
    said: Any = mapping(
        'key: id\nblank: ["not  known"]\nitems:\n  incident_type: {column: kind, codes: {"A\u00a0 B": fatality}}\n'
    )
    assert dict(said.items[0].codes) == {"A B": ("fatality", "")}
    assert "not known" in said.blanks
