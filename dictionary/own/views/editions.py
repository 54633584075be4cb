"""What the agency asks besides: its released questions, in words and as files."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dictionary.asked import Asked, asked_now
from dictionary.downloads import FORMATS
from dictionary.models import OwnDraft, OwnEdition
from dictionary.own.views.page import in_words
from jurisdictions import audit
from jurisdictions.http import TenantRequest, requires
from jurisdictions.numbers import number_of
from jurisdictions.roles import Permission
from jurisdictions.tables import Row, headings

COLUMNS = headings("Own questions", "Released", "On edition", "Questions", numeric=("Questions",))


@require_GET
@requires(Permission.AGENCY_SET_QUESTIONS, Permission.REVIEW_VIEW_ALL)
def own_list(request: TenantRequest) -> HttpResponse:
    """What is asked now, what was asked before, and the draft that is worked on."""
    slug = request.membership.jurisdiction.slug
    released = OwnEdition.objects.select_related("base", "released_by__user").defer("base__document")
    rows = [_row(one, slug) for one in released.order_by("-number")]
    asked = asked_now()
    context = {
        "asked": asked,
        "places": in_words(asked.questions, asked.own.questions) if asked.own else [],
        "mends": asked.mends,
        "columns": COLUMNS,
        "rows": rows,
        "draft": OwnDraft.objects.select_related("changed_by__user").first(),
        "may_draft": request.membership.allows(Permission.AGENCY_SET_QUESTIONS),
        "slug": slug,
        "crumbs": [("Own questions", "")],
    }
    return render(request, "questions/list.html", context)


def _row(edition: OwnEdition, slug: str) -> Row:
    return Row(
        (
            f"Own questions {edition.number}",
            f"{edition.released_at:%-d %B %Y} by {edition.released_by}",
            edition.base.number,
            f"{len(edition.questions):,}",
        ),
        reverse("questions:edition", args=[slug, edition.number]),
    )


@require_GET
@requires(Permission.AGENCY_SET_QUESTIONS, Permission.REVIEW_VIEW_ALL)
def edition(request: TenantRequest, own: int) -> HttpResponse:
    """The codebook of one release: its questions in words, and all that is asked with them as files."""
    asked, released = _asked(own)
    slug = request.membership.jurisdiction.slug
    title = f"Own questions {own}"
    context = {
        "asked": asked,
        "title": title,
        "count": number_of(len(released.questions), "question"),
        "places": in_words(asked.questions, released.questions),
        "formats": [
            (reverse("questions:download", args=[slug, own, one.key]), one) for one in FORMATS.values()
        ],
        "crumbs": [("Own questions", reverse("questions:list", args=[slug])), (title, "")],
    }
    return render(request, "questions/edition.html", context)


@require_GET
@requires(Permission.AGENCY_SET_QUESTIONS, Permission.REVIEW_VIEW_ALL)
def download(request: TenantRequest, own: int, kind: str) -> HttpResponse:
    """Everything that is asked with these own questions, as a file for other software."""
    asked, released = _asked(own)
    if kind not in FORMATS:
        raise Http404
    made = FORMATS[kind]
    audit.record("questions.downloaded", about=released, by=request.membership, number=own)
    name = made.file_name.format(f"{asked.edition.number}-own-{own}")
    return HttpResponse(
        made.write(asked.document),
        content_type=made.content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _asked(number: int) -> tuple[Asked, OwnEdition]:
    """A release, on the edition that it was made on."""
    released = OwnEdition.objects.select_related("base").defer("base__document")
    own: OwnEdition = get_object_or_404(released, number=number)
    return Asked(own.base, own), own
