"""Rating the systems factors: of the whole review, or of one improvement opportunity."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from dictionary.fields import BoundItem, bind_section
from dictionary.schema import Section
from dictionary.sheet import EntryId
from jurisdictions.http import TenantRequest, requires
from jurisdictions.roles import Permission
from reviews.models import Entry
from reviews.views.buttons import press
from reviews.views.page import ReviewPage, read_review
from reviews.views.posted import Posted, removed_meanwhile, save_posted, typed_words


@dataclass(frozen=True)
class Domain:
    """One group of factors with how far it is: `5 of 7`."""

    title: str
    rated: int
    total: int
    factors: list[tuple[BoundItem, ...]]  # the rating, then its why and its evidence


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW_VIEW)
def factors(request: TenantRequest, number: str, entry: int | None = None) -> HttpResponse:
    """The factors of one target on one page, in their domains; the other targets are a link away."""
    page = read_review(request, number, part="factors")
    if request.method == "POST":
        page.hold_still()
    section = page.content.edition.section("factors")
    locked, posted = page.why_locked("factors"), Posted()
    target: Entry | None = None
    if entry is not None:
        target = get_object_or_404(Entry, pk=entry, record=page.review.incident, section="opportunities")
        if target.removed_at is not None and request.method == "GET":
            raise Http404
        locked = locked or removed_meanwhile(target, page.content.edition.section("opportunities"))
    if request.method == "POST" and not locked:
        posted = save_posted(request.POST, page, (section,), entry)
        if not posted.taken:
            return redirect(_onward(request, page))
    return render(
        request,
        "reviews/factors.html",
        page.context(
            "factors",
            crumbs=page.crumbs((page.content.edition.part("factors").title, "")),
            part=page.content.edition.part("factors"),
            section=section,
            domains=_domains(page, section, entry, posted),
            targets=_targets(page, entry),
            target=page.content.titles.get(target.pk, "") if target else "",
            locked=page.problem_links(locked, here="factors"),
            posted=posted,
            writable=not locked,
            unsaved=typed_words(request.POST, page, (section,), entry)
            if locked and request.method == "POST"
            else None,
            hidden=page.hidden("factors", entry),
            remarks=[remark for remark in page.remarks if remark.part == "factors"],
            **page.foot("factors"),
        ),
        status=422 if locked and request.method == "POST" else posted.status,
    )


def _onward(request: TenantRequest, page: ReviewPage) -> str:
    """Where saved ratings lead: what the button does, home for today, or nowhere else."""
    if then := press(request, page, "factors"):
        return then
    messages.success(request, "Saved.")
    return page.url() if "stop" in request.POST else request.path


def _domains(page: ReviewPage, section: Section, entry: EntryId, posted: Posted) -> list[Domain]:
    bound = bind_section(
        page.content.sheet,
        section,
        entry,
        versions=page.content.versions,
        link_choices=page.content.link_choices(section),
        taken=posted.taken,
    )
    domains: dict[str, list[list[BoundItem]]] = {}
    for field in bound:
        factors = domains.setdefault(field.item.group, [])
        if field.item.rating_of:
            factors[-1].append(field)
        else:
            factors.append([field])
    return [
        Domain(
            title,
            sum(1 for factor in factors if factor[0].value or factor[0].missing),
            len(factors),
            [tuple(factor) for factor in factors],
        )
        for title, factors in domains.items()
    ]


def _targets(page: ReviewPage, current: EntryId) -> list[tuple[str, str, str, bool]]:
    """(title, address, how many rated, is it this page) of the whole review and of each opportunity."""
    ratings = {item.key for item in page.content.edition.items_of("factors") if item.type == "rating"}

    def rated(entry: EntryId) -> str:
        count = sum(
            1
            for (place, key), given in page.content.given.items()
            if place == entry and key in ratings and (given.value or given.missing)
        )
        return f"{count} of {len(ratings)} rated"

    rows = [("The whole review", page.part_url("factors"), rated(None), current is None)]
    for found in page.content.entries.get("opportunities", []):
        title = page.content.titles[found.pk]
        rows.append((title, page.url("factors_of", found.pk), rated(found.pk), current == found.pk))
    return rows
