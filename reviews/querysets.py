"""Which rows a person may see. `visible_to` comes first, never joins, and an absent right shows nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from jurisdictions.roles import Permission, Role

if TYPE_CHECKING:
    from jurisdictions.models import Membership
    from reviews.models import (  # noqa: F401 - the row types of the querysets
        Answer,
        Entry,
        Incident,
        Review,
        ReviewSeat,
        YearlyFigure,
    )


def _review_models() -> Any:
    from reviews import models

    return models


def _recused(membership: Membership, key: str) -> Exists:
    return Exists(_review_models().Recusal.objects.filter(review=OuterRef(key), membership=membership))


def _seated(membership: Membership) -> QuerySet[Any, Any]:
    """The keys of the reviews on which a person sits, to be united with others.

    A union of keys, not `OR EXISTS`: PostgreSQL begins with the few that are this person's, where it would ask of
    every review of the agency whether it is one.
    """
    seats: QuerySet[Any] = _review_models().ReviewSeat.objects.filter(membership=membership, ended_at=None)
    return seats.values_list("review", flat=True)


def _granted(membership: Membership) -> QuerySet[Any, Any]:
    from reviews.grants import granted_to

    return granted_to(membership, "view_review").values_list("content_object", flat=True)


def keys_of_those_who_see(review: Review, people: Iterable[Membership]) -> frozenset[int]:
    """`Review.objects.visible_to` asked of many people at once, for one review: the keys of those who see it."""

    def seated_or_granted() -> Q:
        from reviews.grants import standing

        granted = standing().filter(content_object=review, permission__codename="view_review")
        return _on_seat(review.pk) | Q(user__in=granted.values("user"))

    readers = [person for person in people if person.allows(Permission.REVIEW_VIEW)]
    return _seeing(review.pk, readers, seated_or_granted)


def keys_of_those_who_see_incident(incident: Incident, people: Iterable[Membership]) -> frozenset[int]:
    """The same of `Incident.objects.visible_to`."""
    readers = [person for person in people if person.allows(Permission.INCIDENT_VIEW)]
    return _seeing(incident.pk, readers, lambda: _on_seat(incident.pk) | Q(pk=incident.notified_by_id))


def _seeing(record: int, readers: list[Membership], reached: Callable[[], Q]) -> frozenset[int]:
    """The keys of those of these readers who oversee, or whom something reaches that is theirs on this record; less
    whoever stepped back from it."""
    seeing = {person.pk for person in readers if person.allows(Permission.REVIEW_VIEW_ALL)}
    if own := [person.pk for person in readers if person.pk not in seeing]:
        from jurisdictions.models import Membership

        seeing |= set(Membership.objects.filter(reached(), pk__in=own).values_list("pk", flat=True))
    if not seeing:
        return frozenset()
    away = _review_models().Recusal.objects.filter(review=record, membership__in=seeing)
    return frozenset(seeing - set(away.values_list("membership", flat=True)))


def _on_seat(record: int) -> Q:
    seats = _review_models().ReviewSeat.objects.filter(review=record, ended_at=None)
    return Q(pk__in=seats.values("membership"))


class ReviewQuerySet(QuerySet["Review"]):
    def visible_to(self, membership: Membership) -> ReviewQuerySet:
        """Those who oversee see every review of the agency; others, those they sit on; a guest, those granted.

        Somebody who stepped back from a review does not see it, whatever their roles.
        """
        reviews = self
        if not membership.allows(Permission.REVIEW_VIEW_ALL):
            if not membership.allows(Permission.REVIEW_VIEW):
                return self.none()
            keys = _seated(membership)
            if membership.is_a(Role.GUEST):
                keys = keys.union(_granted(membership), all=True)
            reviews = reviews.filter(pk__in=keys)
        return reviews.exclude(_recused(membership, "pk"))

    def for_list(self) -> ReviewQuerySet:
        """With its incident, soonest due first; reviews without a due day come last."""
        return self.select_related("incident").order_by("due_on", "pk")

    def locked(self, pk: int) -> Review:
        """The review as it is now, held for this transaction: nobody else moves it, names its people or writes in
        it meanwhile. Whoever needs several locks them in the order of their keys, before anything else of theirs."""
        held: Review = self.select_for_update(of=("self",)).for_acting().get(pk=pk)
        return held

    def for_acting(self) -> ReviewQuerySet:
        """With what an action asks of a review."""
        return self.with_questions().select_related("incident", "jurisdiction")

    def with_questions(self) -> ReviewQuerySet:
        """With the editions by which `Review.asked` tells what it asks. Their documents are large and read once for
        each process: they stay in the database until asked for."""
        reviews = self.select_related("edition", "own_edition")
        return reviews.defer("edition__document", "own_edition__questions")

    def under_way(self) -> ReviewQuerySet:
        return self.filter(state__in=["in_review", "with_quality_lead", "with_director"])

    def selected(self) -> ReviewQuerySet:
        """Chosen for a review, whatever has become of it since."""
        return self.filter(selected_on__isnull=False)

    def after(self, due_on: dt.date, pk: int) -> ReviewQuerySet:
        """What follows this place in the list. The first condition bounds the index scan, so any depth costs the
        same; the second settles the day itself."""
        return self.filter(Q(due_on__gte=due_on) & (Q(due_on__gt=due_on) | Q(pk__gt=pk)))


class IncidentQuerySet(QuerySet["Incident"]):
    def visible_to(self, membership: Membership) -> IncidentQuerySet:
        """Those who oversee see every incident; others, those they notified and those they review."""
        incidents = self
        if not membership.allows(Permission.REVIEW_VIEW_ALL):
            if not membership.allows(Permission.INCIDENT_VIEW):
                return self.none()
            notified = self.model.objects.filter(notified_by=membership).values_list("pk", flat=True)
            incidents = incidents.filter(pk__in=notified.union(_seated(membership), all=True))
        return incidents.exclude(_recused(membership, "pk"))

    def with_review(self) -> IncidentQuerySet:
        """With its review, where it has one, and what that asks (`Review.asked`)."""
        incidents = self.select_related("review__edition", "review__own_edition")
        return incidents.defer("review__edition__document", "review__own_edition__questions")

    def locked(self, pk: int) -> tuple[Incident, Review | None]:
        """The incident and its review as they are now, held for this transaction. The review first: whoever writes
        in it holds it, and may need the incident."""
        reviews = _review_models().Review.objects.select_for_update(of=("self",)).filter(pk=pk)
        review = reviews.first()
        incident = self.select_for_update(of=("self",)).get(pk=pk)
        return incident, review or reviews.first()  # one may have been opened meanwhile

    def standing(self) -> IncidentQuerySet:
        """Not withdrawn."""
        return self.filter(withdrawn_at=None)

    def for_list(self) -> IncidentQuerySet:
        """With its review, newest incident first; those without a day come before all others."""
        return self.select_related("review").order_by("-occurred_on", "-pk")

    def oldest_first(self) -> IncidentQuerySet:
        """`for_list` the other way round."""
        return self.select_related("review").order_by("occurred_on", "pk")

    def after(self, occurred_on: dt.date | None, pk: int) -> IncidentQuerySet:
        """What follows this place in the list. The first condition bounds the index scan, so any depth costs the
        same; the second settles the day itself."""
        if occurred_on is None:
            return self.filter(Q(occurred_on=None, pk__lt=pk) | Q(occurred_on__isnull=False))
        return self.filter(Q(occurred_on__lte=occurred_on) & (Q(occurred_on__lt=occurred_on) | Q(pk__lt=pk)))

    def before(self, occurred_on: dt.date | None, pk: int) -> IncidentQuerySet:
        """What stands before this place in the list."""
        if occurred_on is None:
            return self.filter(occurred_on=None, pk__gt=pk)
        later = Q(occurred_on__gte=occurred_on) & (Q(occurred_on__gt=occurred_on) | Q(pk__gt=pk))
        return self.filter(later | Q(occurred_on=None))

    def matching(self, words: str) -> IncidentQuerySet:
        """By our number, the agency's case number, its own number in the file that it came in with, or county, from the
        beginning of the text; and by words of the type."""
        words = " ".join(words.split())
        types = [
            code for code, label in _review_models().Incident.Type.choices if words.lower() in label.lower()
        ]
        fields = ("number", "case_number", "source_key", "county")
        found = reduce(or_, (Q(**{f"{field}__istartswith": words}) for field in fields))
        return self.filter(found | Q(incident_type__in=types) if len(words) > 2 else found)


class EntryQuerySet(QuerySet["Entry"]):
    def kept(self) -> EntryQuerySet:
        """Not removed; a removed entry can be brought back."""
        return self.filter(removed_at=None)


class AnswerQuerySet(QuerySet["Answer"]):
    def of(self, record: int) -> AnswerQuerySet:
        return self.filter(record=record)


class YearlyFigureQuerySet(QuerySet["YearlyFigure"]):
    def latest_statements(self) -> YearlyFigureQuerySet:
        """The last that was said of each name, year and source, whether it stands or was taken away."""
        ordered = self.order_by("name", "source", "year", "-version")
        return ordered.distinct("name", "source", "year")

    def standing(self) -> YearlyFigureQuerySet:
        """What counts now, by name, source and year."""
        latest = self.latest_statements().values("pk")
        return self.filter(pk__in=latest, value__isnull=False).order_by("name", "source", "year")
