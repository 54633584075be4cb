"""Which rows a person may see. `visible_to` comes first, never joins, and an absent right shows nothing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from jurisdictions.roles import Permission

if TYPE_CHECKING:
    from jurisdictions.models import Membership
    from reviews.models import Answer, Entry, Incident, Review  # noqa: F401 - the row types of the querysets


def _review_models() -> Any:
    from reviews import models

    return models


def _recused(membership: Membership, key: str) -> Exists:
    return Exists(_review_models().Recusal.objects.filter(review=OuterRef(key), membership=membership))


def _seated(membership: Membership, key: str) -> Exists:
    seats = _review_models().ReviewSeat.objects
    return Exists(seats.filter(review=OuterRef(key), membership=membership, ended_at=None))


def _granted(membership: Membership, key: str) -> Exists:
    from reviews.grants import granted

    return Exists(granted(membership, "view_review", OuterRef(key)))


class ReviewQuerySet(QuerySet["Review"]):
    def visible_to(self, membership: Membership) -> ReviewQuerySet:
        """Those who oversee see every review of the agency; others, those they sit on or were granted.

        Somebody who stepped back from a review does not see it, whatever their roles.
        """
        reviews = self
        if not membership.allows(Permission.REVIEW_VIEW_ALL):
            if not membership.allows(Permission.REVIEW_VIEW):
                return self.none()
            reviews = reviews.filter(_seated(membership, "pk") | _granted(membership, "pk"))
        return reviews.exclude(_recused(membership, "pk"))

    def for_list(self) -> ReviewQuerySet:
        """With its incident, soonest due first; reviews without a due day come last."""
        return self.select_related("incident").order_by("due_on", "pk")

    def under_way(self) -> ReviewQuerySet:
        return self.filter(state__in=["in_review", "with_quality_lead", "with_director"])

    def selected(self) -> ReviewQuerySet:
        """Chosen for a review, whatever has become of it since."""
        return self.filter(selected_on__isnull=False)

    def after(self, due_on: dt.date, pk: int) -> ReviewQuerySet:
        """What follows this place in the list (keyset paging: the same cost at any depth)."""
        return self.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, pk__gt=pk))


class IncidentQuerySet(QuerySet["Incident"]):
    def visible_to(self, membership: Membership) -> IncidentQuerySet:
        """Those who oversee see every incident; others, those they notified and those they review."""
        incidents = self
        if not membership.allows(Permission.REVIEW_VIEW_ALL):
            if not membership.allows(Permission.INCIDENT_VIEW):
                return self.none()
            incidents = incidents.filter(Q(notified_by=membership) | _seated(membership, "pk"))
        return incidents.exclude(_recused(membership, "pk"))

    def for_list(self) -> IncidentQuerySet:
        """With its review, newest incident first."""
        return self.select_related("review").order_by("-occurred_on", "-pk")

    def after(self, occurred_on: dt.date, pk: int) -> IncidentQuerySet:
        """What follows this place in the list (keyset paging: the same cost at any depth)."""
        return self.filter(Q(occurred_on__lt=occurred_on) | Q(occurred_on=occurred_on, pk__lt=pk))

    def matching(self, words: str) -> IncidentQuerySet:
        """By our number, the agency's case number, or county: as typed, from the beginning of the text."""
        words = words.strip()
        return self.filter(
            Q(number__istartswith=words) | Q(case_number__istartswith=words) | Q(county__istartswith=words)
        )


class EntryQuerySet(QuerySet["Entry"]):
    def kept(self) -> EntryQuerySet:
        """Not removed; a removed entry can be brought back."""
        return self.filter(removed_at=None)


class AnswerQuerySet(QuerySet["Answer"]):
    def of(self, record: int) -> AnswerQuerySet:
        return self.filter(record=record)
