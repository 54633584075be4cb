"""What a seeded database holds, read agency by agency."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps

from dictionary.models import OwnEdition
from inbox.models import Message
from jurisdictions.models import AuditEvent, Jurisdiction
from jurisdictions.tenancy import jurisdiction_scope
from reviews.content import Content, read_content
from reviews.models import Answer, Incident, Remark, Review, ReviewMove, YearlyFigure


def each_agency() -> Iterator[Jurisdiction]:
    """Each agency with its scope open."""
    for agency in Jurisdiction.objects.order_by("slug"):
        with jurisdiction_scope(agency.pk):
            yield agency


def each_review() -> Iterator[tuple[Review, Content]]:
    for _ in each_agency():
        reviews = Review.objects.select_related("incident", "edition", "own_edition")
        for review in reviews.order_by("incident__number"):
            yield review, read_content(review.incident, review.asked.questions)


def row_counts() -> dict[str, int]:
    """How many rows each of our tables holds, over all agencies."""
    counts: dict[str, int] = {}
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in {"reviews", "inbox"}]
    for _ in each_agency():
        for model in [*ours, AuditEvent]:
            counts[model.__name__] = counts.get(model.__name__, 0) + model._default_manager.count()
    return counts


def texts() -> Iterator[str]:
    """Everything that somebody could read, with the place it stands in; no keys and no days."""
    for agency in each_agency():
        yield json.dumps([agency.slug, agency.name])
        for incident in Incident.objects.order_by("number"):
            yield json.dumps([incident.number.split("-")[1], incident.case_number, incident.incident_type])
            yield json.dumps([incident.county, incident.withdrawn_reason])
        answers = Answer.objects.order_by("record__number", "repeat__section", "repeat__position", "item")
        for answer in answers.select_related("repeat", "author__user"):
            who = answer.author.user.email if answer.author else ""
            yield json.dumps(
                [str(answer.repeat or ""), answer.item, _words(answer.value), answer.missing, who]
            )
        for move in ReviewMove.objects.order_by("review__incident__number", "at"):
            yield json.dumps([move.action, move.note])
        for remark in Remark.objects.order_by("review__incident__number", "part", "text"):
            yield json.dumps([remark.part, remark.text])
        for own in OwnEdition.objects.order_by("number"):
            yield json.dumps([own.number, own.questions])
        for figure in YearlyFigure.objects.order_by("name", "year", "version"):
            said = [figure.name, figure.unit, str(figure.value), figure.source, figure.vintage, figure.note]
            yield json.dumps(said)
        for message in Message.objects.order_by("number", "kind", "to__user__email"):
            yield json.dumps([message.kind, message.read_at is None])


def _words(value: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], int):
        return len(value)  # links are keys
    return value


def fingerprint() -> str:
    return hashlib.sha256("\n".join(texts()).encode()).hexdigest()
