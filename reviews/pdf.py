"""From a report's values to a tagged PDF. Runs in a worker, with no transaction open."""

import datetime as dt

from django.template.loader import render_to_string

from dictionary.paper import Rendered, print_html
from reviews import charts
from reviews.documents import ReportDocument


def render(document: ReportDocument) -> Rendered:
    """The report as PDF. The same document gives the same bytes."""
    return print_html(to_html(document), paper=document.paper, mark=document.mark, demo=document.is_demo)


def to_html(document: ReportDocument) -> str:
    """The report as one HTML page, charts inside."""
    return render_to_string(
        "documents/review_report.html",
        {
            "document": document,
            "check_code": document.check_code,
            "timeline_chart": _timeline(document),
            "influences_chart": charts.influences(
                [charts.Bar(rating.factor, rating.of, rating.value) for rating in document.factors.ratings]
            ),
            "chain_chart": _chain(document),
        },
    )


def _timeline(document: ReportDocument) -> charts.Chart:
    def day(iso: str) -> dt.date | None:
        return dt.date.fromisoformat(iso) if iso else None

    return charts.timeline(
        [
            charts.Moment(
                entry.ref,
                day(entry.on),
                entry.is_exact,
                entry.lane,
                entry.is_decision,
                entry.when,
                entry.text,
            )
            for entry in document.timeline
        ],
        incident_on=day(document.occurred_on),
    )


def _chain(document: ReportDocument) -> charts.Chart:
    """Needs that led somewhere or still wait for it; a need that was met is no beginning of a chain."""
    led = {ref for opportunity in document.opportunities for ref in opportunity.need_refs}
    return charts.chain(
        [
            charts.Step(need.ref, need.statement or "Not recorded", need.received or "Not recorded")
            for need in document.needs
            if need.met != "met" or need.ref in led
        ],
        [
            charts.Step(opportunity.ref, opportunity.title, follows=opportunity.need_refs)
            for opportunity in document.opportunities
        ],
        [
            charts.Step(
                recommendation.ref,
                recommendation.statement or "Not recorded",
                follows=recommendation.answers,
                is_dropped=recommendation.status == "withdrawn",
            )
            for recommendation in document.recommendations
        ],
    )
