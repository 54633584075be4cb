"""Incidents for other software: the list, one of them, a notification, a change of its facts."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.exceptions import ParseError

from dictionary import values
from dictionary.asked import asked_now
from jurisdictions import audit
from jurisdictions.api import Api, ApiProblem, ApiRequest, Kind, Shown, door, may_read, take
from jurisdictions.api.described import Asked
from jurisdictions.api.door import Scope
from jurisdictions.paging import PAGE
from jurisdictions.roles import Permission
from reviews.actions.facts import StaleFacts, change_facts
from reviews.actions.notify import notify_incident, open_past_incident
from reviews.actions.withdraw import withdraw_incident
from reviews.api import shapes
from reviews.api.facts import JsonFacts
from reviews.content import child_facts, incident_facts, read_content
from reviews.facts import CHILD_KEYS, INCIDENT_KEYS, child_facts_of, facts_of
from reviews.forms import FactsForm
from reviews.incident_filters import SORTS, STATES, TYPES, IncidentFilters, page_of, read_place
from reviews.look_alikes import Found, find_look_alikes
from reviews.models import Child, Incident, Review, ReviewSeat
from reviews.querysets import IncidentQuerySet
from reviews.rules.incidents import problems_before_changing_facts, problems_before_opening
from reviews.views.incident_forms import clashes
from reviews.views.incidents import may_withdraw

_PLACE = {"type": "string", "maxLength": 40}


def _one_of(codes: Mapping[str, str]) -> dict[str, Any]:
    return {"oneOf": [{"const": code, "title": words} for code, words in codes.items()]}


FILTERS = (
    Asked(
        "q",
        "Begins so: our number, the agency’s case number, its number in the file that it came with, or the county.",
        {"type": "string", "maxLength": 80},
    ),
    Asked("type", "Of this type.", _one_of(TYPES)),
    Asked("state", "Whose review stands here.", _one_of(STATES)),
    Asked("year", "Of this year.", {"type": "string", "pattern": "^(19|20|21)[0-9]{2}$"}),
    Asked("county", "Whose county begins so.", {"type": "string", "maxLength": 80}),
    Asked("sort", "In this order; newest first without it.", _one_of(SORTS)),
    Asked("after", "A place, as `next` names it.", _PLACE),
    Asked("before", "A place, as `previous` names it.", _PLACE),
)


class Row(NamedTuple):
    """One line of the list, read without its model."""

    pk: int
    number: str
    incident_type: str
    occurred_on: Any
    aware_on: Any
    county: str
    case_number: str
    notified_at: Any
    withdrawn_at: Any
    version: int
    state: str | None


_COLUMNS = [*Row._fields[:-1], "review__state"]


def _rows(incidents: IncidentQuerySet) -> list[Row]:
    return list(map(Row._make, incidents.values_list(*_COLUMNS)))


class IncidentList(Api):
    @door(
        Permission.INCIDENT_VIEW,
        scope=Scope.READ,
        summary="List incidents, newest first, 25 at a time",
        answers=shapes.Incidents,
        asks=FILTERS,
    )
    def get(self, request: ApiRequest) -> dict[str, Any]:
        by, given = request.membership, request.query_params.dict()
        filters = _filters(given)
        incidents = filters.apply(Incident.objects.visible_to(by))
        page = page_of(incidents, filters, given, size=PAGE, rows_of=_rows)
        keys = [row.pk for row in page.incidents]
        audit.record("incident.listed", about="incidents", by=by, incidents=keys, filters=sorted(filters.set))
        children = _children(keys)
        return {
            "next": request.path + page.further if page.further else None,
            "previous": request.path + page.earlier if page.earlier else None,
            "results": [_listed(row, children.get(row.pk, [])) for row in page.incidents],
        }

    @door(
        Permission.INCIDENT_NOTIFY,
        scope=Scope.WRITE,
        summary="Notify an incident",
        takes=shapes.Notification,
        answers=shapes.Number,
        status=201,
        refuses=(Kind.LOOK_ALIKES,),
    )
    def post(self, request: ApiRequest) -> dict[str, Any]:
        """Those that look alike are named before anything is saved: so the same notification, sent again because its
        answer was lost, does not stand twice."""
        by, sent = request.membership, take(shapes.Notification, request.data)
        given = JsonFacts(asked_now().questions, timezone.localdate(), sent)
        form = given.valid()
        if not sent["another"] and (found := find_look_alikes(form.facts, form.children, by=by)):
            raise _look_alikes(found, request)
        value, missing = form.reported
        incident = notify_incident(form.facts, form.children, by=by, what_was_reported=value, missing=missing)
        return {"number": incident.number}


class IncidentDetail(Api):
    @door(
        Permission.INCIDENT_VIEW,
        scope=Scope.READ,
        summary="Read one incident",
        answers=shapes.Incident,
    )
    def get(self, request: ApiRequest, number: str) -> dict[str, Any]:
        by = request.membership
        incident = get_object_or_404(
            Incident.objects.visible_to(by).select_related("review__edition", "review__own_edition"),
            number=number,
        )
        audit.record("incident.read", about=incident, by=by)
        return _told(incident, request)


class IncidentFacts(Api):
    @door(
        Permission.INCIDENT_NOTIFY,
        Permission.REVIEW_EDIT,
        scope=Scope.WRITE,
        summary="Set the facts of an incident, over the version that was read",
        takes=shapes.FactsChange,
        answers=shapes.FactsNow,
        refuses=(Kind.STALE,),
    )
    def put(self, request: ApiRequest, number: str) -> dict[str, Any]:
        by, sent = request.membership, take(shapes.FactsChange, request.data)
        incident = get_object_or_404(
            Incident.objects.visible_to(by).select_related("review__edition", "review__own_edition"),
            number=number,
        )
        review: Review | None = getattr(incident, "review", None)
        edition = (review.asked if review else asked_now()).questions
        before = facts_of(incident), [child_facts_of(child) for child in incident.children.all()]
        form = JsonFacts(edition, timezone.localdate(), sent, *before).valid()
        try:
            changed = change_facts(incident, form.facts, form.children, by=by, version=sent["version"])
        except StaleFacts as stale:
            raise _stale(form, stale.standing, request) from stale
        return {"number": changed.number, "version": changed.version}


class IncidentWithdrawn(Api):
    @door(
        Permission.INCIDENT_WITHDRAW,
        scope=Scope.WRITE,
        summary="Withdraw a notification that was a mistake",
        takes=shapes.Reason,
        answers=shapes.Number,
    )
    def post(self, request: ApiRequest, number: str) -> dict[str, Any]:
        by, sent = request.membership, take(shapes.Reason, request.data)
        incident = get_object_or_404(Incident.objects.visible_to(by), number=number)
        return {"number": withdraw_incident(incident, by=by, reason=sent["reason"]).number}


class IncidentOpened(Api):
    @door(
        Permission.REVIEW_SELECT,
        scope=Scope.WRITE,
        summary="Open the selection decision on an incident that came in with a file",
        answers=shapes.StateNow,
        refuses=(Kind.REFUSED,),
    )
    def post(self, request: ApiRequest, number: str) -> dict[str, Any]:
        by = request.membership
        review = open_past_incident(get_object_or_404(Incident.objects.visible_to(by), number=number), by=by)
        return {"number": number, "state": review.state, "version": review.version}


def _look_alikes(found: Found, request: ApiRequest) -> ApiProblem:
    """Which they are and why, where the token may be told; else how many."""
    shown = found.shown if may_read(request) else []
    keys = [one.incident.pk for one in shown]
    return ApiProblem(
        Kind.LOOK_ALIKES,
        "Look at them. If this is another incident, send it again with another: true.",
        shown=Shown("incident.look_alikes_shown", "incidents", {"incidents": keys}),
        look_alikes=[{"number": one.incident.number, "why": one.why} for one in shown],
        hidden=found.hidden + len(found.shown) - len(shown),
    )


def _stale(form: FactsForm, standing: Incident, request: ApiRequest) -> ApiProblem:
    """The version to change; and every fact on which the two differ, where the token may be told what stands."""
    if not may_read(request):
        return ApiProblem(Kind.STALE, version=standing.version)
    return ApiProblem(
        Kind.STALE,
        shown=Shown("incident.read", standing),
        version=standing.version,
        clashes=[
            {"label": label, "yours": mine, "theirs": theirs}
            for label, mine, theirs in clashes(form, standing)
        ],
    )


def _filters(given: dict[str, str]) -> IncidentFilters:
    """What was asked for. A filter that no list offers is refused: passed over, it would answer more than was asked."""
    filters = IncidentFilters.read(given)
    for name in ("type", "state", "year", "sort"):
        if given.get(name) and not getattr(filters, name):
            raise ParseError(f"{name}: this is not one of its answers.")
    for name in ("after", "before"):
        if given.get(name) and read_place(given[name], filters) is None:
            raise ParseError(f"{name}: this is no place in this list. Take it from next or previous.")
    return filters


def _children(incidents: list[int]) -> dict[int, list[dict[str, Any]]]:
    """The children of these incidents, in one query."""
    found: dict[int, list[dict[str, Any]]] = {}
    for incident, *facts in Child.objects.filter(incident__in=incidents).values_list(
        "incident_id", "entry_id", *CHILD_KEYS
    ):
        entry, age_value, age_unit, sex, died_on = facts
        found.setdefault(incident, []).append(
            {
                "entry": entry,
                "age_value": age_value,
                "age_unit": age_unit or None,
                "sex": sex,
                "died_on": died_on,
            }
        )
    return found


def _listed(row: Row, children: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "number": row.number,
        "incident_type": row.incident_type,
        "occurred_on": row.occurred_on,
        "aware_on": row.aware_on,
        "county": row.county or None,
        "case_number": row.case_number or None,
        "notified_at": row.notified_at.isoformat(),
        "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
        "version": row.version,
        "state": row.state,
        "children": children,
    }


def _told(incident: Incident, request: ApiRequest) -> dict[str, Any]:
    """One incident, with what the person may do about it now."""
    by = request.membership
    review: Review | None = getattr(incident, "review", None)
    edition = (review.asked if review else asked_now()).questions
    seat = ReviewSeat.objects.filter(review=incident.pk, membership=by, ended_at=None).first()
    content = read_content(incident, edition)
    reported = content.value("what_was_reported")
    item = edition.item("what_was_reported")
    return {
        "number": incident.number,
        **{key: incident_facts(incident)[key] for key in INCIDENT_KEYS},
        "notified_at": incident.notified_at.isoformat(),
        "withdrawn_at": incident.withdrawn_at.isoformat() if incident.withdrawn_at else None,
        "version": incident.version,
        "state": review.state if review else None,
        "children": [{"entry": child.entry_id, **child_facts(child)} for child in content.children],
        "edition": edition.number,
        "what_was_reported": str(values.display(item, reported)) or None if reported else None,
        "may_change": not problems_before_changing_facts(incident, review, by=by, seat=seat),
        "may_withdraw": may_withdraw(incident, review, by),
        "may_open": by.allows(Permission.REVIEW_SELECT) and not problems_before_opening(incident, review),
    }
