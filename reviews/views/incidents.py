"""The list of incidents, one incident, and the receipts of files that came in."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from dictionary.asked import asked_now
from dictionary.values import date_words
from jurisdictions import audit
from jurisdictions.http import TenantRequest, requires
from jurisdictions.models import Membership
from jurisdictions.paging import PAGE, counted
from jurisdictions.roles import Permission
from jurisdictions.tables import Row, status
from reviews.content import Content, read_content
from reviews.facts import CHILD_KEYS, INCIDENT_KEYS
from reviews.incident_filters import NO_REVIEW, SORTS, STATES, TYPES, IncidentFilters, page_of
from reviews.models import AnswerVersion, Child, Incident, Review, ReviewSeat
from reviews.querysets import IncidentQuerySet
from reviews.rules.incidents import problems_before_changing_facts, problems_before_opening
from reviews.rules.moves import MOVES
from reviews.views.page import STATE_TONES


@require_GET
@vary_on_headers("HX-Request")
@requires(Permission.INCIDENT_VIEW)
def incident_list(request: TenantRequest) -> HttpResponse:
    """Newest first, 25 a page, narrowed by what the address says."""
    by = request.membership
    filters = IncidentFilters.read(request.GET.dict())
    visible = Incident.objects.visible_to(by)
    incidents = filters.apply(visible)
    page = page_of(incidents, filters, request.GET.dict(), size=PAGE, rows_of=list[Incident])
    slug = by.jurisdiction.slug
    audit.record(
        "incident.listed",
        about="incidents",
        by=by,
        incidents=[incident.pk for incident in page.incidents],
        filters=sorted(filters.set),
    )
    home = reverse("incidents:list", args=[slug])
    context = {
        "rows": rows_of(page.incidents, slug),
        "columns": _columns(filters),
        "caption": f"Incidents, {SORTS[filters.sort or 'newest'].lower()}",
        "count": counted(incidents, "incident"),
        "previous_url": page.earlier,
        "next_url": page.further,
        "filters": filters,
        "chips": filters.chips,
        "home": home,
        "types": Incident.Type.choices,
        "states": STATES.items(),
        "years": _years(visible),
        "sorts": SORTS.items(),
        "may_notify": by.allows(Permission.INCIDENT_NOTIFY),
        "may_export": by.allows(Permission.INCIDENT_EXPORT),
        "may_import": by.allows(Permission.REVIEW_VIEW_ALL),
        "oversees": by.allows(Permission.REVIEW_VIEW_ALL),
        "crumbs": [("Incidents", "")],
    }
    template = "reviews/incident_list.html"
    return render(request, f"{template}#table" if request.htmx else template, context)


def rows_of(incidents: Sequence[Incident], slug: str) -> list[Row]:
    """The rows of a page; the children of all of them are read at once."""
    children: dict[int, list[Child]] = {}
    for child in Child.objects.filter(incident__in=[incident.pk for incident in incidents]):
        children.setdefault(child.incident_id, []).append(child)
    return [_row(incident, children.get(incident.pk, []), slug) for incident in incidents]


def _row(incident: Incident, children: Sequence[Child], slug: str) -> Row:
    day = incident.occurred_on
    cells = (
        incident.number,
        TYPES[incident.incident_type],
        f"{day.day} {day:%b %Y}" if day else "not known",
        incident.county or "not known",
        str(len(children)),
        ages_of(children),
        _state_cell(incident),
    )
    return Row(cells, reverse("incidents:detail", args=[slug, incident.number]))


def ages_of(children: Sequence[Child]) -> str:
    return "; ".join(child.age.removeprefix("age ") for child in children)


def state_words(incident: Incident) -> tuple[str, str]:
    """(words, tone) of where the incident's review stands."""
    if incident.withdrawn_at is not None:
        return STATES["withdrawn"], "quiet"
    review: Review | None = getattr(incident, "review", None)
    if review is None:
        return STATES[NO_REVIEW], "quiet"
    return STATES[review.state], STATE_TONES.get(review.state, "quiet")


def _state_cell(incident: Incident) -> str:
    return status(*state_words(incident))


def _columns(filters: IncidentFilters) -> list[dict[str, object]]:
    def column(
        label: str, *, numeric: bool = False, sort_url: str = "", sorted_: str = ""
    ) -> dict[str, object]:
        return {"label": label, "numeric": numeric, "sort_url": sort_url, "sorted": sorted_}

    by_date = {"": "descending", "newest": "descending", "oldest": "ascending"}.get(filters.sort, "")
    return [
        column(
            "Number",
            sort_url=filters.address(sort="number"),
            sorted_="descending" if filters.sort == "number" else "",
        ),
        column("Type"),
        column(
            "Date",
            sort_url=filters.address(sort="oldest" if by_date == "descending" else ""),
            sorted_=by_date,
        ),
        column("County"),
        column("Children", numeric=True),
        column("Ages"),
        column("Review"),
    ]


def _years(incidents: IncidentQuerySet) -> list[str]:
    """The years that the list may be narrowed to, newest first: from the two ends of the index."""
    dated = incidents.filter(occurred_on__isnull=False).values_list("occurred_on", flat=True)
    newest, oldest = (
        dated.order_by("-occurred_on", "-pk").first(),
        dated.order_by("occurred_on", "pk").first(),
    )
    if newest is None or oldest is None:
        return []
    return [str(year) for year in range(newest.year, max(oldest.year, newest.year - 60) - 1, -1)]


@require_GET
@requires(Permission.INCIDENT_VIEW)
def incident_detail(request: TenantRequest, number: str) -> HttpResponse:
    """What is known about one incident, and where its review stands."""
    by = request.membership
    incident = get_object_or_404(
        Incident.objects.visible_to(by).with_review().select_related("notified_by__user", "imported_by"),
        number=number,
    )
    audit.record("incident.read", about=incident, by=by)
    review: Review | None = getattr(incident, "review", None)
    edition = (review.asked if review else asked_now()).questions
    content = read_content(incident, edition)
    seat = ReviewSeat.objects.filter(review=incident.pk, membership=by, ended_at=None).first()
    slug, section = by.jurisdiction.slug, edition.section("incident")
    reads_review = review is not None and Review.objects.visible_to(by).filter(pk=incident.pk).exists()
    words, tone = state_words(incident)
    context = {
        "incident": incident,
        "facts": [
            (item.label, content.text(item.key) or "Not known")
            for item in section.items
            if item.key in INCIDENT_KEYS
        ],
        "further": _further(content, review),
        "reported_label": edition.item("what_was_reported").label,
        "reported": content.text("what_was_reported"),
        "children": _children(content),
        "state": words,
        "tone": tone,
        "origin": _origin(incident),
        "review_url": reverse("reviews:home", args=[slug, number]) if reads_review else "",
        "may_edit": not problems_before_changing_facts(incident, review, by=by, seat=seat),
        "may_withdraw": may_withdraw(incident, review, by),
        "may_open": by.allows(Permission.REVIEW_SELECT) and not problems_before_opening(incident, review),
        "types_before": _types_before(incident),
        "urls": {
            name: reverse(f"incidents:{name}", args=[slug, number])
            for name in ("edit", "withdraw", "open", "who_sees")
        },
        "crumbs": [("Incidents", reverse("incidents:list", args=[slug])), (number, "")],
    }
    return render(request, "reviews/incident_detail.html", context)


def may_withdraw(incident: Incident, review: Review | None, by: Membership) -> bool:
    if not by.allows(Permission.INCIDENT_WITHDRAW) or incident.withdrawn_at is not None:
        return False
    return review is None or review.state in MOVES["withdraw"].begins


def _further(content: Content, review: Review | None) -> list[tuple[str, str]]:
    """(label, words) of what else is answered about the incident; without a review, of everything that a file
    brought in, because no other page shows it."""
    sections = [
        section
        for section in content.edition.sections
        if section.key == "incident" or (review is None and not section.repeats)
    ]
    return [
        (item.label, text)
        for section in sections
        for item, text in content.answered(section)
        if item.key not in INCIDENT_KEYS and item.type != "prose"
    ]


def _children(content: Content) -> list[list[tuple[str, str]]]:
    """(label, words) of each child's columns, as far as they are asked; an age with its unit."""
    section = content.edition.section("child")
    shown = []
    for child in content.children:
        asked = content.sheet.asked(section, child.entry_id)
        words = {key: content.text(key, child.entry_id) for key in CHILD_KEYS if key in asked}
        words |= {"age_value": child.age.removeprefix("age ").capitalize()}
        words.pop("age_unit", None)
        shown.append(
            [(item.label, words[item.key] or "Not known") for item in section.items if item.key in words]
        )
    return shown


def _origin(incident: Incident) -> str:
    """How the incident came here, in a sentence."""
    day = date_words(timezone.localtime(incident.notified_at).date().isoformat())
    if incident.notified_by:
        return f"Notified on {day} by {incident.notified_by}"
    came = f"Came in with a file on {day}{f' as {incident.source_key}' if incident.source_key else ''}."
    if getattr(incident, "review", None) is not None:
        return came
    return f"{came} It is a past incident: a coordinator may open a decision on it."


def _types_before(incident: Incident) -> list[tuple[str, str]]:
    """What type it had before, and until when: a near fatality whose child later died says so."""
    labels = dict(Incident.Type.choices)
    versions = AnswerVersion.objects.filter(record=incident, item="incident_type").order_by("replaced_at")
    return [
        (labels.get(str(value), str(value)), date_words(timezone.localtime(until).date().isoformat()))
        for value, until in versions.values_list("value", "replaced_at")
    ]
