"""The incidents of an agency that look like one that somebody is about to notify."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from jurisdictions.models import Membership
from reviews.facts import ChildFacts, IncidentFacts
from reviews.models import Child, Incident
from reviews.rules.duplicates import NEAR_DAYS, SHOWN, Traits, alike


@dataclass(frozen=True)
class LookAlike:
    """An incident that may be the same, and why."""

    incident: Incident
    why: str
    ages: str


@dataclass(frozen=True)
class Found:
    """Those the person may open, and how many more there are that they may not."""

    shown: list[LookAlike]
    hidden: int

    def __bool__(self) -> bool:
        return bool(self.shown or self.hidden)


def find_look_alikes(facts: IncidentFacts, children: Sequence[ChildFacts], *, by: Membership) -> Found:
    """Look through the whole agency; what the person may not see is counted, never described."""
    wanted = Traits(
        facts.incident_type,
        facts.occurred_on,
        facts.county,
        facts.case_number,
        tuple(child.age for child in children if child.age),
    )
    near = Q()
    if facts.case_number:
        near |= Q(case_number__iexact=facts.case_number)
    if facts.occurred_on and facts.county:
        span = dt.timedelta(NEAR_DAYS)
        near |= Q(
            occurred_on__range=(facts.occurred_on - span, facts.occurred_on + span),
            county__iexact=facts.county,
        )
    if not near:
        return Found([], 0)
    candidates = list(
        Incident.objects.filter(near, jurisdiction=by.jurisdiction_id).standing().order_by("pk")[: SHOWN * 10]
    )
    ages: dict[int, list[Child]] = {}
    for child in Child.objects.filter(incident__in=candidates):
        ages.setdefault(child.incident_id, []).append(child)
    reasons = {
        incident.pk: why
        for incident in candidates
        if (why := alike(wanted, _traits(incident, ages.get(incident.pk, []))))
    }
    visible = set(Incident.objects.visible_to(by).filter(pk__in=list(reasons)).values_list("pk", flat=True))
    shown = [
        LookAlike(incident, reasons[incident.pk], ", ".join(child.age for child in ages.get(incident.pk, [])))
        for incident in candidates
        if incident.pk in visible
    ]
    return Found(shown[:SHOWN], len(reasons) - len(visible))


def _traits(incident: Incident, children: list[Child]) -> Traits:
    return Traits(
        incident.incident_type,
        incident.occurred_on,
        incident.county,
        incident.case_number,
        tuple((child.age_value, child.age_unit) for child in children if child.age_value is not None),
    )
