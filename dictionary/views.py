"""The codebook's pages."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from dictionary import codebook as book
from dictionary import downloads, printed, schema
from dictionary.models import Edition
from dictionary.schema import PRIVACY
from jurisdictions.http import signed_in

REASON = "The codebook holds questions and no answers; everybody who works with the data may read it."


@require_GET
@signed_in(REASON)
def codebook_in_force(request: HttpRequest) -> HttpResponse:
    edition = Edition.objects.released().without_document().filter(status=Edition.Status.IN_FORCE).first()
    if edition is None:
        return render(request, "dictionary/no_edition.html")
    return redirect("dictionary:codebook", edition.number)


@require_GET
@signed_in(REASON)
def codebook(request: HttpRequest, number: str) -> HttpResponse:
    edition = get_object_or_404(Edition.objects.released().without_document(), number=number)
    parsed = edition.parsed
    section_titles = dict(book.section_choices(parsed))
    section = request.GET.get("section", "")
    privacy = request.GET.get("privacy", "")
    wanted = {
        "q": " ".join(request.GET.get("q", "").split())[:200],
        "section": section if section in section_titles else "",
        "privacy": privacy if privacy in PRIVACY else "",
    }
    sections = _found(parsed, wanted)
    privacy_titles = {key: book.PRIVACY_WORDS[key].partition(":")[0] for key in PRIVACY}
    page = reverse("dictionary:codebook", args=[number])
    labels = {
        "q": f"“{wanted['q']}”",
        "section": section_titles.get(wanted["section"], ""),
        "privacy": privacy_titles.get(wanted["privacy"], ""),
    }
    chips = [(labels[key], _without(page, wanted, key)) for key, value in wanted.items() if value]
    context = {
        "edition": parsed,
        "status": edition.get_status_display(),
        "in_force": edition.status == Edition.Status.IN_FORCE,
        "released_at": edition.released_at,
        "sections": sections,
        "found": sum(len(section.items) for section in sections),
        "total": len(parsed),
        "wanted": wanted,
        "section_choices": section_titles.items(),
        "privacy_choices": privacy_titles.items(),
        "privacy_words": [words.partition(": ")[::2] for words in book.PRIVACY_WORDS.values()],
        "chips": chips,
        "page": page,
        "formats": downloads.FORMATS.values(),
        "papers": printed.KINDS.values(),
        "crumbs": [("My work", reverse("home")), ("Codebook", "")],
    }
    return render(request, "dictionary/codebook.html", context)


def _found(edition: schema.Edition, wanted: dict[str, str]) -> tuple[book.CodebookSection, ...]:
    filters = {"section": wanted["section"], "privacy": wanted["privacy"], "query": wanted["q"]}
    return book.codebook(edition, **filters, history=printed.histories())


@require_GET
@signed_in(REASON)
def download(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The edition as a file for other software."""
    edition = get_object_or_404(Edition.objects.released().without_document(), number=number)
    if kind not in downloads.FORMATS:
        raise Http404
    made = downloads.FORMATS[kind]
    name = made.file_name.format(edition.number)
    return HttpResponse(
        downloads.content(edition.sha256, kind),
        content_type=made.content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_GET
@vary_on_headers("HX-Request")
@signed_in(REASON)
def paper(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The codebook or a blank form as a PDF: being made, or there to get."""
    edition, wanted = _paper(number, kind)
    is_there = printed.is_there(edition, wanted)
    if not is_there:
        printed.ask_for(edition, wanted)
    context = {
        "edition": edition,
        "kind": wanted,
        "is_there": is_there,
        "url": reverse("dictionary:paper", args=[number, kind]),
        "file_url": reverse("dictionary:paper_file", args=[number, kind]),
        "crumbs": [
            ("My work", reverse("home")),
            ("Codebook", reverse("dictionary:codebook", args=[number])),
            (wanted.title, ""),
        ],
    }
    template = "dictionary/paper.html"
    return render(request, f"{template}#progress" if request.headers.get("HX-Request") else template, context)


@require_GET
@signed_in(REASON)
def paper_file(request: HttpRequest, number: str, kind: str) -> HttpResponseBase:
    """The PDF itself; while it is not there, the page that waits for it."""
    edition, wanted = _paper(number, kind)
    try:
        file = default_storage.open(printed.stored_name(edition, wanted))
    except FileNotFoundError:
        return redirect("dictionary:paper", number, kind)
    name = wanted.file_name.format(edition.number)
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")


def _paper(number: str, kind: str) -> tuple[Edition, printed.Kind]:
    if kind not in printed.KINDS:
        raise Http404
    return get_object_or_404(Edition.objects.released().without_document(), number=number), printed.KINDS[
        kind
    ]


def _without(page: str, wanted: dict[str, str], key: str) -> str:
    rest = {name: value for name, value in wanted.items() if value and name != key}
    return f"{page}?{urlencode(rest)}" if rest else page
