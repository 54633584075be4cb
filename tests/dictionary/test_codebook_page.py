"""The codebook page: anybody signed in, no agency open, every item found and printed."""

from typing import Any

import pytest
from django.test import Client

from dictionary.models import Edition
from jurisdictions.models import User
from tests.cast import make_person

PAGE = "/codebook/1.0/"


@pytest.fixture
def signed_in(client: Client, reviewer: User) -> Client:
    client.force_login(reviewer)
    return client


def text(response: Any) -> str:
    return response.content.decode()


def test_every_item_of_the_edition_stands_on_the_page(signed_in: Client):
    page = text(signed_in.get(PAGE))
    edition = Edition.objects.in_force().parsed
    assert len(edition) > 80
    for item in edition:
        assert f'id="item-{item.key}"' in page
    assert f"{len(edition)} of {len(edition)} items." in page
    assert "Shown when" in page


def test_the_bare_address_leads_to_the_edition_in_force(signed_in: Client):
    assert signed_in.get("/codebook/").headers["Location"] == PAGE


def test_search_and_filters_live_in_the_address(signed_in: Client):
    page = text(signed_in.get(PAGE, {"q": "family", "section": "needs", "privacy": "direct"}))
    assert 'id="item-need_statement"' in page
    assert 'id="item-need_met"' not in page
    assert 'value="family"' in page
    assert f'href="{PAGE}?q=family&amp;section=needs"' in page  # the chip that takes the class away


def test_a_filter_that_is_none_is_ignored(signed_in: Client):
    assert "id=&quot;" not in text(signed_in.get(PAGE, {"section": "<script>", "privacy": "x"}))
    assert 'id="item-need_met"' in text(signed_in.get(PAGE, {"section": "nowhere"}))


def test_nothing_found_says_what_to_do(signed_in: Client):
    page = text(signed_in.get(PAGE, {"q": "no such words at all"}))
    assert "No item has all of this" in page
    assert "Show all items" in page


def test_an_unknown_edition_is_not_found(signed_in: Client):
    assert signed_in.get("/codebook/9.9/").status_code == 404


def test_strangers_sign_in_first(client: Client):
    assert client.get(PAGE).status_code == 302


def test_a_person_without_an_agency_may_read_it(client: Client, db: None):
    client.force_login(make_person("between_agencies"))
    assert client.get(PAGE).status_code == 200


def test_it_is_read_only(signed_in: Client):
    assert signed_in.post(PAGE).status_code == 405


def test_it_costs_few_queries(signed_in: Client, django_assert_max_num_queries: Any):
    signed_in.get(PAGE)
    with django_assert_max_num_queries(4):
        signed_in.get(PAGE)
