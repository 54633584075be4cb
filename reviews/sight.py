"""Who can see one review or one incident, and why: people, the path of each grant, and when they opened it last.

Who sees is said by `reviews.querysets` alone; here it is only put into words. What is told of somebody is what shows
them the record: a role that oversees, a seat, a grant, having notified it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone

from jurisdictions.audit import name_of
from jurisdictions.models import AuditEvent, Membership
from jurisdictions.roles import ROLE_LABELS, ROLES, Permission, Role
from jurisdictions.tenancy import open_jurisdiction
from reviews import grants
from reviews.models import Incident, Recusal, Review, ReviewGrant, ReviewSeat
from reviews.querysets import keys_of_those_who_see, keys_of_those_who_see_incident

OPENED_REVIEW = ("review.read", "review.read_whole")
OPENED_INCIDENT = ("incident.read",)

type Ways = dict[int, str]  # by the key of a membership, what shows them the record


@dataclass(frozen=True)
class Seer:
    """One person, what shows them the record (or why it no longer does), and the day they opened it last."""

    person: Membership
    why: str
    opened_on: dt.date | None


@dataclass(frozen=True)
class Sight:
    """Of one record: who can see it now, who stepped back, and who once opened it and no longer can."""

    seeing: list[Seer]
    stepped_back: list[Seer]
    no_longer: list[Seer]


def sight_of_review(review: Review) -> Sight:
    people = _everybody(review.jurisdiction_id)
    seeing = keys_of_those_who_see(review, _here(people))
    ways = [_by_seat(review.pk), _by_role(people, "review"), _by_grant(review)]
    return _sight(people, seeing, ways, record=review.pk, opened=_opened(review, OPENED_REVIEW))


def sight_of_incident(incident: Incident) -> Sight:
    people = _everybody(incident.jurisdiction_id)
    seeing = keys_of_those_who_see_incident(incident, _here(people))
    ways = [_by_seat(incident.pk), _by_notifying(incident), _by_role(people, "incident")]
    return _sight(people, seeing, ways, record=incident.pk, opened=_opened(incident, OPENED_INCIDENT))


def _sight(
    people: Iterable[Membership],
    seeing: frozenset[int],
    ways: list[Ways],
    *,
    record: int,
    opened: Mapping[int, dt.date],
) -> Sight:
    away = dict(Recusal.objects.filter(review=record).values_list("membership", "at"))
    past, sight = _why_no_longer(record), Sight([], [], [])
    for person in people:
        last = opened.get(person.user_id)
        if person.pk in seeing:
            why = "; ".join(each[person.pk] for each in ways if person.pk in each)
            sight.seeing.append(Seer(person, why, last))
        elif person.pk in away:
            sight.stepped_back.append(Seer(person, f"Stepped back on {_day(away[person.pk])}", last))
        elif last is not None:
            why = _left(person) or past.get(person.pk) or "Their roles no longer show it"
            sight.no_longer.append(Seer(person, why, last))
    # Who works on it comes first, the lead before the team; all others stay by name.
    places = {key: place for place, key in enumerate(ways[0])}
    sight.seeing.sort(key=lambda seer: places.get(seer.person.pk, len(places)))
    return sight


# -- What shows somebody a record -----------------------------------------------------------------


def _by_seat(record: int) -> Ways:
    """The lead first, as seats are ordered."""
    seats = ReviewSeat.objects.filter(review=record, ended_at=None)
    words = {ReviewSeat.Seat.LEAD: "Leads its review", ReviewSeat.Seat.MEMBER: "On the team of its review"}
    return {
        seat.membership_id: f"{words[ReviewSeat.Seat(seat.seat)]} since {_day(seat.named_at)}"
        for seat in seats
    }


def _by_notifying(incident: Incident) -> Ways:
    notifier = incident.notified_by_id
    return {} if notifier is None else {notifier: f"Notified it on {_day(incident.notified_at)}"}


def _by_role(people: Iterable[Membership], what: str) -> Ways:
    ways: Ways = {}
    for person in people:
        overseeing = [role for role in map(Role, person.roles_in_force) if _oversees(role)]
        if overseeing:
            labels = " and ".join(ROLE_LABELS[role] for role in overseeing)
            ways[person.pk] = f"{labels}: sees every {what} of the agency"
    return ways


def _oversees(role: Role) -> bool:
    return Permission.REVIEW_VIEW_ALL in ROLES[role]


def _by_grant(review: Review) -> Ways:
    """Guests on this review; one who may approve it holds a second right."""
    found = grants.standing().filter(content_object=review).select_related("granted_by__user", "permission")
    rights: dict[int, list[ReviewGrant]] = {}
    for grant in found:
        rights.setdefault(grant.user_id, []).append(grant)
    here = Membership.objects.filter(jurisdiction=review.jurisdiction_id, user__in=rights)
    return {key: _granted_in_words(rights[user]) for key, user in here.values_list("pk", "user")}


def _granted_in_words(rights: list[ReviewGrant]) -> str:
    last = max(rights, key=lambda grant: grant.ends_on)
    approves = any(grant.permission.codename == "approve_review" for grant in rights)
    told = f"Guest until {last.ends_on:%-d %B %Y}, named by {last.granted_by}"
    return told + (", and may approve it" if approves else "")


# -- What no longer does --------------------------------------------------------------------------


def _why_no_longer(record: int) -> dict[int, str]:
    """By membership: a seat that ended, and over it, as it is the later path, a guest's day that has passed."""
    ended = ReviewSeat.objects.filter(review=record, ended_at__isnull=False)
    past = {seat.membership_id: f"On its team until {_day(seat.ended_at)}" for seat in ended if seat.ended_at}
    grants_ = ReviewGrant.objects.filter(content_object=record)
    until = {grant.user_id: grant.ends_on for grant in grants_}
    guests = Membership.objects.filter(jurisdiction=open_jurisdiction(), user__in=until).values_list(
        "pk", "user"
    )
    return past | {key: f"Guest until {until[user]:%-d %B %Y}" for key, user in guests}


def _left(person: Membership) -> str:
    if person.left_at is not None:
        return f"Left the agency on {_day(person.left_at)}"
    return "" if person.user.is_active else "Their account is closed"


# -- People and days ------------------------------------------------------------------------------


def _everybody(agency: int) -> list[Membership]:
    """Who is or was in the agency, by name."""
    return list(Membership.objects.filter(jurisdiction=agency).with_people())


def _here(people: Iterable[Membership]) -> list[Membership]:
    """Those whom the doors let in: `MembershipQuerySet.current`."""
    return [person for person in people if person.left_at is None and person.user.is_active]


def _opened(record: Review | Incident, kinds: tuple[str, ...]) -> dict[int, dt.date]:
    """By the key of a user, the day on which they opened the record last, as the audit has it."""
    events = AuditEvent.objects.filter(
        about=name_of(record), kind__in=kinds, outcome=AuditEvent.Outcome.DONE, by_user__isnull=False
    )
    latest = events.order_by().values_list("by_user").annotate(Max("at"))
    return {user: timezone.localdate(at) for user, at in latest}


def _day(at: dt.datetime) -> str:
    return f"{timezone.localdate(at):%-d %B %Y}"
