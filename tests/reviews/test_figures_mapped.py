"""Saying what a file of yearly figures means: several spellings of one agency, gaps, names of mappings, two windows."""

import re
from typing import Any

import pytest
from django.test import Client

from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.bring_in import save_mapping
from reviews.models import SavedMapping, Shape, Upload
from tests.reviews.figure_situations import brought, mapped, pages_of, standing, uploaded
from tests.reviews.import_situations import form_of

pytestmark = pytest.mark.django_db

TWO = "State,Year,Turnover,Beds\nCedar,2010,0.9,4\nCEDAR,2011,14,5\nBirch,2010,2,9\n"


@pytest.fixture
def visitor(client: Client, by: Membership) -> Client:
    client.force_login(by.user)
    return client


def test_each_spelling_of_the_agency_is_proposed_and_kept(visitor: Client, cedar: Jurisdiction) -> None:
    content = "State,Year,Caseworkers\nCedar,2010,4\nCEDAR,2011,5\nCdr,2012,6\nBirch,2010,9\n"
    values = mapped(visitor, cedar, content)
    assert set(form_of(visitor, values)["ours"]) == {"Cedar", "CEDAR"}
    run = brought(visitor, cedar, content, ours=["Cedar", "CEDAR", "Cdr", "none of the list"])
    assert (run.created, run.told["passed_by"]) == (3, 1)
    assert {year for _, year in standing(cedar)} == {2010, 2011, 2012}
    again = mapped(visitor, cedar, content)
    assert set(form_of(visitor, again)["ours"]) == {"Cedar", "CEDAR", "Cdr"}


def test_gaps_of_a_column_that_holds_few_numbers_are_declared(visitor: Client, cedar: Jurisdiction) -> None:
    rows = "".join(f"{year},{'NA' if year > 2012 else year - 2000}\n" for year in range(2010, 2018))
    content = f"Year,Beds\n{rows}"
    said = {"column-1": "own"}
    assert form_of(visitor, mapped(visitor, cedar, content, said))["gap-0"] == ["gap"]
    run = brought(visitor, cedar, content, said, **{"unit-0": "count"})
    assert (run.rows, run.returned, run.told["gaps"]) == (3, 0, 5)


def test_mappings_of_two_shapes_may_have_one_name(
    visitor: Client, cedar: Jurisdiction, by: Membership
) -> None:
    key = uploaded(visitor, cedar, TWO)
    with jurisdiction_scope(cedar.pk):
        upload = Upload.objects.get(pk=key)
        figures = save_mapping(upload, "year: Year", name="export", by=by)
        upload.shape = Shape.INCIDENTS
        incidents = save_mapping(upload, "key: [id]", name="export", by=by)
        assert (figures.pk != incidents.pk, SavedMapping.objects.count()) == (True, 2)
        assert save_mapping(upload, "key: [no]", name="export", by=by).pk == incidents.pk


def test_what_another_window_kept_stands_until_a_person_has_seen_it(
    visitor: Client, cedar: Jurisdiction
) -> None:
    values = mapped(visitor, cedar, TWO, {"column-3": "own"})
    said: Any = form_of(visitor, values) | {"name-1": "Beds", "unit-1": "count", "ours": ["Cedar"]}
    assert visitor.post(values, said | {"written-0": "percent"}).status_code == 302
    answer = visitor.post(values, said | {"written-0": "parts", "name-1": "Mine"})
    assert answer.status_code == 409
    assert "said in another window" in answer.content.decode()
    assert "Mine" not in answer.content.decode()
    form = form_of(visitor, values)
    assert (form["written-0"], form["name-1"]) == (["percent"], ["Beds"])


def test_the_page_of_columns_shows_what_stands_and_can_be_sent_again(
    visitor: Client, cedar: Jurisdiction
) -> None:
    columns, _ = pages_of(cedar, uploaded(visitor, cedar, TWO))
    first = form_of(visitor, columns) | {"source": "Theirs"}
    assert visitor.post(columns, first).status_code == 302
    answer = visitor.post(columns, first | {"source": "Mine"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert 'value="Theirs"' in page
    assert "Mine" not in page
    shown = re.findall(r'name="version" value="(\d+)"', page)
    assert visitor.post(columns, first | {"source": "Mine", "version": shown}).status_code == 302


def test_what_is_missing_still_is_said_and_what_was_said_stays(visitor: Client, cedar: Jurisdiction) -> None:
    values = mapped(visitor, cedar, TWO, {"column-3": "own"})
    answer = visitor.post(values, form_of(visitor, values) | {"name-1": "Beds for teens"})
    assert answer.status_code == 409
    assert "Beds for teens" in answer.content.decode()
