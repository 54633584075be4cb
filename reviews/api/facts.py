"""The facts of an incident as other software sends them, read by the form that people fill in."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict

from dictionary.schema import Edition
from jurisdictions.api.shapes import invalid, mend
from reviews.facts import CHILD_KEYS, INCIDENT_KEYS, ChildFacts, IncidentFacts
from reviews.forms import REPORTED, FactsForm


class JsonFacts:
    """What was sent (`reviews.api.shapes.Facts`), as the form would have posted it."""

    def __init__(
        self,
        edition: Edition,
        today: dt.date,
        sent: Mapping[str, Any],
        facts_before: IncidentFacts | None = None,
        children_before: Sequence[ChildFacts] = (),
    ) -> None:
        self.form = FactsForm(
            edition, today, _posted(sent), facts_before, children_before, with_report=facts_before is None
        )

    def valid(self) -> FactsForm:
        """The form, when there is nothing to mend. Raises ApiProblem otherwise."""
        if not self.form.is_valid():
            edition = self.form.edition
            raise invalid(
                mend(f"/children/{place - 1}/{key}" if place else f"/{key}", message, edition.item(key).label)
                for (place, key), message in self.form.errors.items()
            )
        return self.form


def _posted(sent: Mapping[str, Any]) -> QueryDict:
    """Children by their places, 1 and on."""
    data = QueryDict(mutable=True)

    def put(place: int, key: str, value: Any) -> None:
        data[f"{place}-{key}"] = "" if value is None else value
        data[f"v-{place}-{key}"] = "0"
        data[f"h-{place}-{key}"] = "1"  # prose is what it says it is: HTML

    for key in (*INCIDENT_KEYS, REPORTED):
        put(0, key, sent.get(key))
    for place, child in enumerate(sent["children"], 1):
        data.appendlist("child", f"{place}:{child.get('entry') or ''}")
        for key in CHILD_KEYS:
            put(place, key, child.get(key))
    return data
