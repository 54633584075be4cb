"""What stands for a number in an address: an incident's or an edition's, and nothing longer or other."""

import pytest
from django.urls import Resolver404, resolve, reverse


@pytest.mark.parametrize("number", ["2026-014", "1.0", "2018-0001", "7", "1" * 20])
def test_a_number_is_an_address(number: str) -> None:
    address = reverse("incidents:detail", args=["cedar", number])
    assert resolve(address).kwargs["number"] == number


@pytest.mark.parametrize(
    "number", ["", "x", "-1", ".5", "2026-014x", "2026_014", "2026 014", "٢٠٢٦", "1" * 21]
)
@pytest.mark.parametrize("place", ["incidents", "reviews"])
def test_anything_else_is_none(place: str, number: str) -> None:
    with pytest.raises(Resolver404):
        resolve(
            f"/j/cedar/{place}/{number}/edit/" if place == "incidents" else f"/j/cedar/{place}/{number}/read/"
        )
