"""What the columns of a file mean: the first page of its mapping. Codes and days are on the second (`meanings`)."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dictionary.asked import asked_now
from dictionary.schema import Edition
from jurisdictions import audit
from jurisdictions.http import TenantRequest, requires
from jurisdictions.roles import Permission
from jurisdictions.rules import Refused
from reviews.actions import bring_in
from reviews.imports import columns as mapped
from reviews.models import Shape, Upload
from reviews.views.columns_page import ColumnsPage
from reviews.views.figure_columns import figure_columns
from reviews.views.past_columns import PastColumnsPage
from reviews.views.uploads import mine


def page_of(upload: Upload, asked: Edition) -> ColumnsPage:
    """The page of columns of a file of incidents, or of past reviews of another make."""
    kind = PastColumnsPage if upload.shape == Shape.REVIEWS else ColumnsPage
    return kind(upload, asked)


@require_http_methods(["GET", "POST"])
@requires(Permission.INCIDENT_IMPORT)
def columns(request: TenantRequest, upload: int) -> HttpResponse:
    """Say what each column becomes. What is proposed is there already; what is wrong is said beside it."""
    found = mine(request, upload)
    slug = request.membership.jurisdiction.slug
    if found.work_state != "done" or found.refused or found.taken_away_at or not found.needs_mapping:
        return redirect("imports:upload", slug, found.pk)
    if found.shape == Shape.FIGURES:
        return figure_columns(request, found)
    page = page_of(found, asked_now().questions)
    if request.method == "GET":
        audit.record("import.read", about=found, by=request.membership)
        return render(request, page.template, page.context(slug))
    if "labels" in request.POST and found.shape == Shape.REVIEWS:
        return _learn_labels(request, found, page)
    page.read(request.POST)
    if "more" in request.POST:
        page.show_more()
        return render(request, page.template, page.context(slug))
    problems = list(mapped.problems(page.chosen, page.told))
    if not problems:
        try:
            bring_in.keep_mapping(found, page.build(), version=page.version, by=request.membership)
        except bring_in.StaleMapping as stale:
            page = page_of(stale.standing, asked_now().questions)
            return render(request, page.template, page.context(slug, stale.problems), status=409)
        except Refused as refused:
            problems = refused.problems
        else:
            return redirect("imports:values", slug, found.pk)
    return render(request, page.template, page.context(slug, problems), status=422)


def _learn_labels(request: TenantRequest, found: Upload, page: ColumnsPage) -> HttpResponse:
    """Take the labels and lists of the project's own data dictionary, and propose anew."""
    slug = request.membership.jurisdiction.slug
    try:
        bring_in.learn_labels(found, request.FILES.get("dictionary"), by=request.membership)
    except Refused as refused:
        return render(request, page.template, page.context(slug, refused.problems), status=422)
    return redirect("imports:mapping", slug, found.pk)
