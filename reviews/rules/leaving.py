"""What a person still holds on live reviews when their membership is to end."""

from collections.abc import Iterator

from django.urls import reverse

from jurisdictions.models import Membership
from jurisdictions.rules import Problem
from reviews.rules.who import live_seats_of


def holds_no_live_review(membership: Membership) -> Iterator[Problem]:
    """A review must not lose its lead or a reader unnoticed; the count names no review to an administrator."""
    count = live_seats_of(membership).count()
    if count:
        on = "1 review that is" if count == 1 else f"{count} reviews that are"
        page = reverse("reviews:hand_over", args=[membership.jurisdiction.slug])
        yield Problem(
            "people.live_reviews",
            f"{membership.user.display_name} works on {on} under way. Hand them over first.",
            url=f"{page}?from={membership.pk}",
        )
