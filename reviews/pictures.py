"""The pictures that pages and the report share, drawn from what is known."""

import datetime as dt

from reviews.charts.drawing import Chart
from reviews.charts.timeline import Moment, timeline
from reviews.content import Content


def timeline_picture(content: Content) -> Chart | None:
    """The timeline of a record, or None while it has no entry."""
    moments = [_moment(content, entry.pk) for entry in content.entries.get("timeline", [])]
    dated = sorted(moments, key=lambda moment: (moment.on or dt.date.max, moment.ref))
    return timeline(dated, incident_on=content.incident.occurred_on) if dated else None


def _moment(content: Content, entry: int) -> Moment:
    value = content.value("event_on", entry)
    value = value if isinstance(value, dict) else {}
    return Moment(
        ref="",
        on=dt.date.fromisoformat(str(value["date"])) if value.get("date") else None,
        is_exact=value.get("precision") in {"exact", "day"},
        lane=str(content.value("event_lane", entry) or "system"),
        is_decision=content.value("event_decision", entry) == "yes",
        when=content.text("event_on", entry) or "not dated",
        text=content.text("event_text", entry),
    )
