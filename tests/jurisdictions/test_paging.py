"""A count stops where counting on would read the whole table."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jurisdictions import paging
from jurisdictions.models import Jurisdiction, User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("limit", "words"), [(1, "1+ persons"), (2, "2 persons"), (3, "2 persons")])
def test_a_count_goes_no_further_than_its_limit(
    monkeypatch: pytest.MonkeyPatch, reviewer: User, director: User, limit: int, words: str
) -> None:
    monkeypatch.setattr(paging, "COUNTED_TO", limit)
    with CaptureQueriesContext(connection) as asked:
        assert paging.counted(User.objects.all(), "person") == words
    assert f"LIMIT {limit + 1}" in asked[0]["sql"]


def test_one_is_said_as_one(cedar: Jurisdiction) -> None:
    assert paging.counted(Jurisdiction.objects.all(), "agency") == "1 agency"
