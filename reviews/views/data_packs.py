"""The agency's own data as one file: choosing what goes in, watching it, and getting it. Only who asked gets it."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from jurisdictions.http import TenantRequest, requires
from jurisdictions.numbers import number_of
from jurisdictions.paging import PAGE
from jurisdictions.roles import Permission
from reviews.actions.ask_for_pack import ask_for_pack
from reviews.handing_out import PACK_NOT, NotHandedOut, hand_out_pack
from reviews.models import DataPack
from reviews.packs.chosen import BY_DEFAULT, GROUPS, PARTS, Chosen
from reviews.rules.files import pack_state, packs_of

NOTHING_CHOSEN = "Choose at least one kind of review."


@require_GET
@requires(Permission.REVIEW_EXPORT)
def packs(request: TenantRequest) -> HttpResponse:
    """What to put into a pack, and the packs that this person asked for."""
    return _choose(request, Chosen.read(BY_DEFAULT))


@require_POST
@requires(Permission.REVIEW_EXPORT)
def ask(request: TenantRequest) -> HttpResponse:
    """Owe the pack, as it was chosen."""
    chosen = Chosen.read({"groups": request.POST.getlist("groups"), "parts": request.POST.getlist("parts")})
    if not chosen.groups:
        return _choose(request, chosen, errors=[(NOTHING_CHOSEN, "id_groups_approved")], status=422)
    asked = ask_for_pack(chosen.as_json(), by=request.membership)
    return redirect("reviews:pack", request.membership.jurisdiction.slug, asked.pk)


def _choose(
    request: TenantRequest, chosen: Chosen, *, errors: list[tuple[str, str]] | None = None, status: int = 200
) -> HttpResponse:
    by, slug = request.membership, request.membership.jurisdiction.slug
    context = {
        "errors": errors or [],
        "groups": [(key, words, key in chosen.groups) for key, (words, _) in GROUPS.items()],
        "parts": [(key, *words, key in chosen.parts) for key, words in PARTS.items()],
        "packs": [
            (reverse("reviews:pack", args=[slug, one.pk]), _title(one), _words(one, pack_state(one)))
            for one in packs_of(by)[:PAGE]
        ],
        "ask_url": reverse("reviews:pack_ask", args=[slug]),
        "list_url": reverse("reviews:list", args=[slug]),
        "crumbs": _crumbs(slug),
    }
    return render(request, "reviews/data_packs.html", context, status=status)


@require_GET
@vary_on_headers("HX-Request")
@requires(Permission.REVIEW_EXPORT)
def pack(request: TenantRequest, pack: int) -> HttpResponse:
    """One pack: waiting, ready, given up, or no longer to be had."""
    found = _mine(request, pack)
    return _page(request, found, pack_state(found))


def _page(request: TenantRequest, found: DataPack, state: str, *, status: int = 200) -> HttpResponse:
    slug = request.membership.jurisdiction.slug
    title, text = PACK_NOT.get(state, ("", ""))
    chosen = Chosen.read(found.chosen)
    context = {
        "pack": found,
        "state": state,
        "why_not": title,
        "what_now": text,
        "title": _title(found),
        "chosen": chosen,
        "groups": [GROUPS[key][0] for key in chosen.groups],
        "parts": [PARTS[key][0] for key in chosen.parts],
        "held": number_of(found.holds or 0, "review"),  # type: ignore[attr-defined]
        "url": reverse("reviews:pack", args=[slug, found.pk]),
        "download_url": reverse("reviews:pack_download", args=[slug, found.pk]),
        "ask_url": reverse("reviews:pack_ask", args=[slug]),
        "list_url": reverse("reviews:packs", args=[slug]),
        "crumbs": _crumbs(slug, _title(found)),
    }
    template = "reviews/data_pack.html"
    return render(request, f"{template}#progress" if request.htmx else template, context, status=status)


@require_GET
@requires(Permission.REVIEW_EXPORT)
def download(request: TenantRequest, pack: int) -> HttpResponseBase:
    """The file itself, to the person who asked for it, while they may see every review in it."""
    found = _mine(request, pack)
    if found.work_state != "done":
        raise Http404
    try:
        return hand_out_pack(found, by=request.membership)
    except NotHandedOut as refusal:
        return _page(request, found, refusal.state, status=410)


def _mine(request: TenantRequest, pack: int) -> DataPack:
    return get_object_or_404(packs_of(request.membership), pk=pack)


def _title(pack: DataPack) -> str:
    return f"Data of {timezone.localtime(pack.owed_at):%-d %B %Y, %H:%M}"


def _words(pack: DataPack, state: str) -> str:
    match state:
        case "done":
            return f"Ready: {number_of(pack.holds or 0, 'review')}"  # type: ignore[attr-defined]
        case "dead":
            return "Could not be made"
        case "taken_away":
            return "Taken away after 30 days: make it again"
        case "withheld":
            return "Can no longer be had: make it again"
    return "Being made"


def _crumbs(slug: str, here: str = "") -> list[tuple[str, str]]:
    above = [("Reviews", reverse("reviews:list", args=[slug]))]
    title = "The agency’s data"
    return (
        [*above, (title, reverse("reviews:packs", args=[slug])), (here, "")]
        if here
        else [*above, (title, "")]
    )
