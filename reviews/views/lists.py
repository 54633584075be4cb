"""The list of reviews: filters and place in the address, one query, cells formatted once."""

import datetime as dt
from contextlib import suppress
from typing import Protocol
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from jurisdictions import audit
from jurisdictions.http import TenantRequest, requires
from jurisdictions.models import Membership
from jurisdictions.paging import PAGE, counted, read_key
from jurisdictions.roles import Permission
from jurisdictions.tables import Row, status
from reviews.incident_filters import TYPES
from reviews.models import Review, ReviewSeat
from reviews.querysets import ReviewQuerySet
from reviews.rules.clocks import due_in_words, held_in_words, lateness
from reviews.rules.moves import UNDER_WAY

COLUMNS = [
    {"label": "Review", "numeric": False, "sort_url": "", "sorted": ""},
    {"label": "Due", "numeric": False, "sort_url": "", "sorted": "ascending"},
    {"label": "Stage", "numeric": False, "sort_url": "", "sorted": ""},
    {"label": "Incident", "numeric": False, "sort_url": "", "sorted": ""},
    {"label": "Date of incident", "numeric": False, "sort_url": "", "sorted": ""},
]
STATES = dict(Review.State.choices)
REPORTED = "reported"
SHOWN = {
    "under_way": "Under way",
    "mine": "Mine",
    "late": "Late",
    "held": "On hold",
    "approved": "Approved",
    "all": "All",
    REPORTED: "As reported",
}


@require_GET
@vary_on_headers("HX-Request")
@requires(Permission.REVIEW_VIEW)
def review_list(request: TenantRequest) -> HttpResponse:
    """Soonest due first, 25 a page."""
    shown = request.GET.get("show", "under_way")
    shown = shown if shown in SHOWN else "under_way"
    today = timezone.localdate()
    reviews = filtered(Review.objects.visible_to(request.membership), shown, request.membership, today)
    rows = list(page_of(reviews, request.GET, shown))
    slug = request.membership.jurisdiction.slug
    keys = [review.pk for review in rows[:PAGE]]
    audit.record("review.listed", about="reviews", by=request.membership, shown=shown, reviews=keys)
    context = {
        "rows": [row_of(review, slug, today) for review in rows[:PAGE]],
        "columns": COLUMNS,
        "caption": f"Reviews: {SHOWN[shown].lower()}, {'newest' if shown == REPORTED else 'soonest due'} first",
        "count": counted(reviews, "review"),
        "next_url": next_url(shown, rows[PAGE - 1]) if len(rows) > PAGE else "",
        "previous_url": "",
        "tabs": [(label, f"?show={key}", key == shown) for key, label in SHOWN.items()],
        "shown": shown,
        "packs_url": reverse("reviews:packs", args=[slug])
        if request.membership.allows(Permission.REVIEW_EXPORT)
        else "",
        "hand_over_url": reverse("reviews:hand_over", args=[slug])
        if request.membership.allows(Permission.REVIEW_HAND_OVER)
        else "",
        "may_import": request.membership.allows(Permission.INCIDENT_IMPORT),
        "crumbs": [("Reviews", "")],
    }
    return render(request, "reviews/list.html#table" if request.htmx else "reviews/list.html", context)


def filtered(reviews: ReviewQuerySet, shown: str, by: Membership, today: dt.date) -> ReviewQuerySet:
    """The reviews that one tab shows. Whatever is under way or approved was selected."""
    match shown:
        case "mine":
            seats = ReviewSeat.objects.filter(membership=by, ended_at=None)
            return reviews.under_way().filter(pk__in=seats.values("review"))
        case "late":
            return reviews.under_way().filter(due_on__lt=today, hold_reason="")
        case "held":
            return reviews.selected().exclude(hold_reason="")
        case "approved":
            return reviews.filter(state=Review.State.APPROVED)
        case "all":
            return reviews.selected()
        case "reported":
            return reviews.filter(state=Review.State.AS_REPORTED)
    return reviews.filter(state__in=list(UNDER_WAY))


def page_of(reviews: ReviewQuerySet, place: QueryDict, shown: str) -> ReviewQuerySet:
    """One page and one more row, from the place that the address names; a place that is none begins at the top."""
    after, pk = place.get("after", ""), read_key(place.get("id", ""))
    if shown == REPORTED:
        reviews = reviews.filter(pk__lt=pk) if pk is not None else reviews
        return reviews.for_list().order_by("-pk")[: PAGE + 1]
    if after and pk is not None:
        with suppress(ValueError):
            reviews = reviews.after(dt.date.fromisoformat(after), pk)
    return reviews.for_list()[: PAGE + 1]


class Listed(Protocol):
    """What a row of the list says of its place."""

    @property
    def pk(self) -> int: ...

    @property
    def due_on(self) -> dt.date | None: ...


def next_url(shown: str, last: Listed) -> str:
    if shown == REPORTED:  # no clock runs: the last that came in stands first
        return "?" + urlencode({"show": shown, "id": last.pk})
    assert last.due_on is not None  # noqa: S101 - a selected review has a due day (constraint)
    return "?" + urlencode({"show": shown, "after": last.due_on.isoformat(), "id": last.pk})


def row_of(review: Review, slug: str, today: dt.date) -> Row:
    incident = review.incident
    occurred = f"{incident.occurred_on:%-d %b %Y}" if incident.occurred_on else "not known"
    cells = (
        incident.number,
        due_cell(review, today),
        STATES[review.state],
        TYPES[incident.incident_type],
        occurred,
    )
    return Row(cells, reverse("reviews:home", args=[slug, incident.number]))


def due_cell(review: Review, today: dt.date) -> str:
    """When it is due, how far off that is, and whether it waits for a court or the police."""
    if review.held_until:
        until = held_in_words(review.held_until, today, day=f"{review.held_until:%-d %b %Y}")
        return status(f"on hold {until}", "attention")
    if review.due_on is None:
        return f"closed {review.reported_closed_on:%-d %b %Y}" if review.reported_closed_on else ""
    day = f"{review.due_on:%-d %b %Y}"
    if review.state not in UNDER_WAY:
        return day
    late = lateness(review.due_on, today)
    tone = {"late": "stop", "today": "attention", "tomorrow": "attention"}.get(late, "quiet")
    return format_html("{} {}", day, status(due_in_words(review.due_on, today), tone))
