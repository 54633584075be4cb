"""Somebody who leaves hands over what they hold on live reviews first."""

from collections.abc import Callable

import pytest
from django.test import Client

from jurisdictions.actions.people import CannotRemove, remove_person
from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.team import hand_over
from reviews.models import Review
from tests.cast import make_person, member
from tests.reviews.situations import make_review


@pytest.mark.parametrize(
    ("state", "free"),
    [
        (Review.State.IN_REVIEW, False),
        (Review.State.WITH_QUALITY_LEAD, False),
        (Review.State.WITH_DIRECTOR, False),
        (Review.State.NOT_SELECTED, True),
    ],
)
def test_only_a_live_review_holds_a_person_back(
    in_cedar: Jurisdiction, administrator: User, reviewer: User, state: str, free: bool
) -> None:
    by, leaving = member(administrator, in_cedar), member(reviewer, in_cedar)
    make_review(in_cedar, by, state=state, lead=leaving)
    if free:
        assert remove_person(leaving, by=by).left_at is not None
    else:
        with pytest.raises(CannotRemove, match=r"people\.live_reviews"):
            remove_person(leaving, by=by)


def test_the_page_names_the_way_and_lets_go_after_it(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, administrator: User, reviewer: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        by, leaving = member(administrator, cedar), member(reviewer, cedar)
        make_review(cedar, by, lead=leaving)
        heir = member(make_person("heir", cedar, "reviewer"), cedar)  # type: ignore[arg-type]
    client, address = sign_in("administrator"), f"/j/cedar/people/{leaving.pk}/remove/"
    page = client.post(address).content.decode()
    assert "works on 1 review that is under way" in page
    assert f'href="/j/cedar/reviews/hand-over/?from={leaving.pk}"' in page
    assert "2026-001" not in page
    assert client.get(f"/j/cedar/reviews/hand-over/?from={leaving.pk}").status_code == 200
    with jurisdiction_scope(cedar.pk):
        hand_over(from_=leaving, to=heir, by=by)
    assert client.post(address).status_code == 302
    assert Membership.objects.get(pk=leaving.pk).left_at is not None
