"""The one wrapper around django-guardian: a named guest on one review, until a day.

guardian's backend is not installed and its generic tables are not used; a model-level permission therefore
opens nothing. A grant counts only while its day has not passed and only for the person it names.
"""

import datetime as dt
from typing import Literal

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.utils import timezone

from jurisdictions.models import Membership
from jurisdictions.roles import Role
from reviews.models import Review, ReviewGrant

type Right = Literal["view_review", "approve_review"]


def granted_to(membership: Membership, right: Right) -> QuerySet[ReviewGrant]:
    """The grants by which this guest holds this right today, on whichever review. Nobody else holds any."""
    if not membership.is_a(Role.GUEST):
        return ReviewGrant.objects.none()
    return ReviewGrant.objects.filter(
        user=membership.user_id, permission__codename=right, ends_on__gte=timezone.localdate()
    )


def may_approve(membership: Membership, review: Review) -> bool:
    """Whether a guest was named to approve this review."""
    return granted_to(membership, "approve_review").filter(content_object=review).exists()


def to_approve() -> QuerySet[ReviewGrant]:
    """The grants by which guests may approve, while their day lasts."""
    return ReviewGrant.objects.filter(
        permission__codename="approve_review", ends_on__gte=timezone.localdate()
    )


def people_who_may_approve(review: Review) -> list[Membership]:
    """Guests who were named to approve this review, while their day lasts."""
    users = to_approve().filter(content_object=review).values("user")
    people = Membership.objects.current().filter(jurisdiction=review.jurisdiction, user__in=users)
    return list(people.with_people())


def guests_of(review: Review) -> list[tuple[Membership, dt.date]]:
    """Who holds a right on this review by a grant today, each with their last day."""
    found = ReviewGrant.objects.filter(content_object=review, ends_on__gte=timezone.localdate())
    ends = dict(found.order_by("ends_on").values_list("user", "ends_on"))
    if not ends:
        return []
    people = Membership.objects.current().filter(jurisdiction=review.jurisdiction_id, user__in=list(ends))
    return [(person, ends[person.user_id]) for person in people.with_people()]


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


def end(review: Review, *, of: Membership) -> int:
    """Take every right on one review back from a person; how many there were."""
    count, _ = ReviewGrant.objects.filter(content_object=review, user=of.user_id).delete()
    return count
