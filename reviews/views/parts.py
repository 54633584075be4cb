"""The pages on which a part is written: what is answered once, the entries of a repeating section, one entry."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from dictionary.fields import BoundItem, bind_section
from dictionary.schema import Part, Section
from dictionary.sheet import EntryId
from jurisdictions.http import TenantRequest, requires
from jurisdictions.roles import Permission
from jurisdictions.rules import Problem, Refused
from reviews.content import Repeat
from reviews.models import Entry
from reviews.pictures import timeline_picture
from reviews.views.buttons import press
from reviews.views.page import ReviewPage, read_review
from reviews.views.posted import Posted, removed_meanwhile, save_posted, typed_words

OWN_PAGES = {"selection", "statement"}


@dataclass(frozen=True)
class Block:
    """One section as its page draws it: a form, or the list of its entries."""

    section: Section
    groups: list[tuple[str, tuple[BoundItem, ...]]]
    entries: list[tuple[Repeat, str, str, str]]  # entry, title, one line on it, address
    removed: list[tuple[Entry, str]]

    @property
    def add(self) -> str:
        """The button that adds an entry: `Add an opportunity`."""
        return f"Add {'an' if self.section.repeats[0] in 'aeiou' else 'a'} {self.section.repeats}"


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW_VIEW)
def part(request: TenantRequest, number: str, part: str) -> HttpResponse:
    """A part: its once-answered sections as one form, its repeating sections as lists of entries."""
    page = _opened(request, number, part=part)
    described = _part(page, part)
    sections = page.content.edition.sections_of(part)
    locked = page.why_locked(part)
    posted = Posted()
    if request.method == "POST":
        if locked:
            return _refused(request, page, locked, typed_words(request.POST, page, sections, None), part)
        posted = save_posted(request.POST, page, sections, None)
        if not posted.taken:
            return redirect(_onward(request, page, part))
    return render(
        request,
        "reviews/part.html",
        _part_context(page, described, locked, posted),
        status=posted.status,
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW_VIEW)
def entry(request: TenantRequest, number: str, entry: int) -> HttpResponse:
    """One entry of a repeating section, on a page of its own."""
    page = _opened(request, number)
    found = get_object_or_404(Entry, pk=entry, record=page.review.incident)
    section = page.content.edition.section(found.section)
    locked = page.why_locked(section.part) or removed_meanwhile(found, section)
    posted = Posted()
    if request.method == "POST":
        if locked:
            unsaved = typed_words(request.POST, page, (section,), found.pk)
            return _refused(request, page, locked, unsaved, section.part)
        posted = save_posted(request.POST, page, (section,), found.pk)
        if not posted.taken:
            try:
                return redirect(_after_entry(request, page, section.part))
            except Refused as refusal:
                return _refused(request, page, refusal.problems, [], section.part)
    elif found.removed_at is not None:
        raise Http404
    context = _entry_context(page, section, found, locked, posted)
    return render(request, "reviews/entry.html", context, status=posted.status)


# -- reading -------------------------------------------------------------------------------------


def _opened(request: TenantRequest, number: str, **about: str) -> ReviewPage:
    """The review's page; where something is to be written, the review is held still first."""
    page = read_review(request, number, **about)
    if request.method == "POST":
        page.hold_still()
    return page


def _part(page: ReviewPage, key: str) -> Part:
    """A part with answers of its own; 404 for one that has another page, or none."""
    if key in OWN_PAGES or all(part.key != key for part in page.content.edition.parts):
        raise Http404
    return page.content.edition.part(key)


def _part_context(page: ReviewPage, part: Part, locked: list[Any], posted: Posted) -> dict[str, Any]:
    blocks = [_block(page, section, posted) for section in page.content.edition.sections_of(part.key)]
    forms = [
        block for block in blocks if not block.section.repeats and any(fields for _, fields in block.groups)
    ]
    return page.context(
        part.key,
        crumbs=page.crumbs((part.title, "")),
        part=part,
        page_url=page.part_url(part.key),
        blocks=blocks,
        forms=forms,
        saves=bool(forms) and not locked,
        writable=not locked,
        locked=page.problem_links(locked, here=part.key),
        posted=posted,
        support_line=page.policy.support_line,
        picture=timeline_picture(page.content) if part.key == "timeline" else None,
        remarks=[remark for remark in page.remarks if remark.part == part.key],
        hidden=page.hidden(part.key, None) + page.hidden_in_entries(part.key),
        **page.foot(part.key),
    )


def _entry_context(
    page: ReviewPage, section: Section, found: Entry, locked: list[Problem], posted: Posted
) -> dict[str, Any]:
    part_url, title = page.part_url(section.part), page.content.title(section.key, found)
    return page.context(
        section.part,
        crumbs=page.crumbs((page.content.edition.part(section.part).title, part_url), (title, "")),
        section=section,
        entry=found,
        title=title,
        heading=_heading(section, found),
        part_url=part_url,
        writable=not locked,
        groups=_groups(page, section, found.pk, posted),
        locked=page.problem_links(locked, here=section.part),
        posted=posted,
        siblings=_siblings(page, found),
        opportunity=_opportunity_of(page, found),
        made_from=_made_from(page, found),
        hidden=page.hidden(section.part, found.pk),
        ratings_url=page.url("factors_of", found.pk) if section.key == "opportunities" else "",
    )


def _block(page: ReviewPage, section: Section, posted: Posted) -> Block:
    if not section.repeats:
        return Block(section, _groups(page, section, None, posted), [], [])
    entries = page.content.entries.get(section.key, [])
    removed = Entry.objects.filter(
        record=page.review.incident, section=section.key, removed_at__isnull=False
    ).select_related("removed_by__user")
    return Block(
        section,
        [],
        [
            (
                found,
                page.content.title(section.key, found),
                _line(page, section, found.pk),
                page.url("entry", found.pk),
            )
            for found in entries
        ],
        [(found, f"{section.repeats.capitalize()} {found.position}") for found in removed],
    )


def _groups(
    page: ReviewPage, section: Section, entry: EntryId, posted: Posted
) -> list[tuple[str, tuple[BoundItem, ...]]]:
    """The section's fields under their headings."""
    bound = bind_section(
        page.content.sheet,
        section,
        entry,
        versions=page.content.versions,
        link_choices=page.content.link_choices(section),
        taken=posted.taken,
    )
    groups: dict[str, list[BoundItem]] = {}
    for field in bound:
        groups.setdefault(field.item.group, []).append(field)
    return [(heading, tuple(fields)) for heading, fields in groups.items()]


# What one line of a list says about an entry, after its title.
_LINES = {
    "timeline": ("event_on", "event_lane"),
    "records": ("record_holder", "record_received_on"),
    "debriefs": ("debrief_outcome", "debrief_themes"),
    "meeting": ("meeting_roles",),
    "needs": ("need_whose", "need_met"),
    "opportunities": ("opportunity_theme", "opportunity_proximity"),
    "recommendations": ("recommendation_strength", "recommendation_owner"),
    "child": ("sex",),  # its title is the age, with its unit
}


def _line(page: ReviewPage, section: Section, entry: int) -> str:
    keys = [key for key in _LINES.get(section.key, ()) if key in page.content.edition]
    return " · ".join(text for key in keys if (text := page.content.text(key, entry)))


def _heading(section: Section, entry: Entry) -> str:
    """`Need 3`: the h1 of an entry's page; its own words may be long, or not written yet."""
    return f"{section.repeats.capitalize()} {entry.position}"


def _siblings(page: ReviewPage, entry: Entry) -> tuple[str, str]:
    """The addresses of the entries before and after, empty where there is none."""
    entries = page.content.ids(entry.section)
    at = entries.index(entry.pk)
    before = page.url("entry", entries[at - 1]) if at else ""
    after = page.url("entry", entries[at + 1]) if at + 1 < len(entries) else ""
    return before, after


def _opportunity_of(page: ReviewPage, need: Entry) -> tuple[str, str] | None:
    """(title, address) of the opportunity that was made from this need."""
    for found in page.content.entries.get("opportunities", []):
        if found.made_from_id == need.pk:
            return page.content.title("opportunities", found), page.url("entry", found.pk)
    return None


def _made_from(page: ReviewPage, entry: Entry) -> tuple[str, str] | None:
    if entry.made_from_id is None or entry.made_from_id not in page.content.titles:
        return None
    return page.content.titles[entry.made_from_id], page.url("entry", entry.made_from_id)


# -- writing -------------------------------------------------------------------------------------


def _onward(request: TenantRequest, page: ReviewPage, part: str) -> str:
    """Where a saved part leads: what its button does, on to the next part, home for today, or nowhere else."""
    if then := press(request, page, part):
        return then
    messages.success(request, "Saved.")
    if "stop" in request.POST:
        return page.url()
    _, after = page.neighbours(part)
    return page.part_url(after.key) if after and "onward" in request.POST else request.path


def _after_entry(request: TenantRequest, page: ReviewPage, part: str) -> str:
    """Where a saved entry leads: what its button does, or back to its part. A clash that is settled stays here."""
    if then := press(request, page, part):
        return then
    messages.success(request, "Saved.")
    return page.part_url(part) if "back" in request.POST else request.path


def _refused(
    request: TenantRequest,
    page: ReviewPage,
    why: list[Problem],
    unsaved: list[tuple[str, str]],
    part: str,
) -> HttpResponse:
    """The part cannot be changed now: said on its page with 422, with the words that were typed and not saved."""
    described = page.content.edition.part(part)
    locked = page.why_locked(part)
    context = _part_context(page, described, locked, Posted()) | {"unsaved": unsaved}
    return render(
        request, "reviews/part.html", context | {"locked": page.problem_links(why, here=part)}, status=422
    )
