"""The one wrapper around django-guardian: a named guest on one review, until a day.

guardian's backend is not installed and its generic tables are not used; a model-level permission therefore
opens nothing. A grant counts only while its day has not passed and only for the person it names.
"""

import datetime as dt
from collections.abc import Collection
from typing import Literal, NamedTuple

from django.contrib.auth.models import Permission
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from jurisdictions.models import Membership
from jurisdictions.querysets import MembershipQuerySet
from jurisdictions.roles import Role
from reviews.models import Recusal, Review, ReviewGrant, ReviewHand

type Right = Literal["view_review", "approve_review"]


def standing() -> QuerySet[ReviewGrant]:
    """The grants that count today, in the open agency: their day has not passed, and whoever holds them is here as
    a guest and did not step back from the review."""
    away = Recusal.objects.filter(review=OuterRef("content_object"), membership__user=OuterRef("user"))
    return ReviewGrant.objects.filter(Exists(_here()), ~Exists(away), ends_on__gte=timezone.localdate())


def _here() -> MembershipQuerySet:
    """The membership by which the person of a grant is a guest in its agency now."""
    return Membership.objects.holding(Role.GUEST).filter(
        jurisdiction=OuterRef("jurisdiction"), user=OuterRef("user")
    )


def granted_to(membership: Membership, right: Right) -> QuerySet[ReviewGrant]:
    """The grants by which this guest holds this right today, on whichever review. Nobody else holds any."""
    return standing().filter(user=membership.user_id, permission__codename=right)


def may_approve(membership: Membership, review: Review) -> bool:
    """Whether a guest was named to approve this review; one who wrote in it since is refused with the reason."""
    return granted_to(membership, "approve_review").filter(content_object=review).exists()


def to_approve() -> QuerySet[ReviewGrant]:
    """The grants by which guests can approve now: those that count, of people who wrote nothing in the review."""
    wrote = ReviewHand.objects.filter(
        review=OuterRef("content_object"), membership__user=OuterRef("user"), hand=ReviewHand.Hand.AUTHOR
    )
    return standing().filter(~Exists(wrote), permission__codename="approve_review")


def named_to_approve(reviews: Collection[int]) -> set[tuple[int, int]]:
    """Which guests can approve which of these reviews now: pairs of a review's and a membership's key."""
    rows = to_approve().filter(content_object__in=reviews).annotate(membership=Subquery(_here().values("pk")))
    return set(rows.values_list("content_object", "membership"))


class Guest(NamedTuple):
    """Somebody from outside on one review: until when, and whether to approve it or to read it only."""

    person: Membership
    until: dt.date
    approves: bool


def guests_of(review: Review) -> list[Guest]:
    """Who holds a right on this review by a grant today."""
    if not ReviewGrant.objects.filter(content_object=review).exists():
        return []  # as on most reviews; every home page asks, and what counts as standing is dear to put into words
    found = standing().filter(content_object=review).order_by("ends_on")
    ends = dict(found.values_list("user", "ends_on"))
    approving = set(found.filter(permission__codename="approve_review").values_list("user", flat=True))
    here = Membership.objects.filter(jurisdiction=review.jurisdiction_id, user__in=list(ends))
    return [Guest(person, ends[person.user_id], person.user_id in approving) for person in here.with_people()]


def grant(
    review: Review, *, to: Membership, rights: list[Right], ends_on: dt.date, by: Membership
) -> list[ReviewGrant]:
    """Give a person these rights on one review until a day; giving again moves the day."""
    given = []
    for right in rights:
        permission = Permission.objects.get(codename=right, content_type__app_label="reviews")
        row, _ = ReviewGrant.objects.update_or_create(
            jurisdiction=review.jurisdiction,
            user=to.user,
            permission=permission,
            content_object=review,
            defaults={"ends_on": ends_on, "granted_by": by},
        )
        given.append(row)
    return given


def end(review: Review, *, of: Membership, right: Right | None = None) -> int:
    """Take every right on one review back from a person, or this one only; how many there were."""
    held = ReviewGrant.objects.filter(content_object=review, user=of.user_id)
    if right is not None:
        held = held.filter(permission__codename=right)
    count, _ = held.delete()
    return count
