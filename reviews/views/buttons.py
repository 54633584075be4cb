"""What the buttons of a part's page do, once everything typed on that page is saved.

One form holds the whole page, so that any button posts every word on it: without JavaScript nothing typed is lost.
Each button carries its name and what it is about; what it leads to is answered as an address.
"""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from dictionary.validation import hidden_answers
from jurisdictions.http import TenantRequest
from jurisdictions.paging import key_or_404
from jurisdictions.rules import Refused
from reviews.actions.answer import Place, Stale, save_answer
from reviews.actions.entries import add_entry, bring_back_entry, make_opportunity, remove_entry
from reviews.actions.remarks import mark_part, settle_remark
from reviews.models import Entry, Remark
from reviews.views.page import ReviewPage

type Button = Callable[[TenantRequest, ReviewPage, str, str], str]


def pressed(data: QueryDict) -> str:
    """The name of the button that was pressed, when it does more than saving."""
    return next((name for name in BUTTONS if name in data), "")


def press(request: TenantRequest, page: ReviewPage, part: str) -> str:
    """Do what the pressed button says and answer where it leads; empty when it only saves.

    Raises Refused when another part would be written that cannot be changed now.
    """
    name = pressed(request.POST)
    return BUTTONS[name](request, page, part, request.POST[name]) if name else ""


def _add(request: TenantRequest, page: ReviewPage, part: str, section: str) -> str:
    described = next((one for one in page.content.edition.sections_of(part) if one.key == section), None)
    if described is None or not described.repeats or section == "child":
        raise Http404
    added = add_entry(page.review.incident, section, by=request.membership)
    return page.url("entry", added.pk)


def _remove(request: TenantRequest, page: ReviewPage, part: str, entry: str) -> str:
    remove_entry(_entry_of(page, part, entry), by=request.membership)
    messages.info(request, "Removed. You can bring it back at the foot of this page.")
    return page.part_url(part)


def _bring_back(request: TenantRequest, page: ReviewPage, part: str, entry: str) -> str:
    bring_back_entry(_entry_of(page, part, entry), by=request.membership)
    messages.success(request, "Brought back.")
    return page.part_url(part)


def _make_opportunity(request: TenantRequest, page: ReviewPage, part: str, entry: str) -> str:
    """The one step from an unmet need to an improvement opportunity, keeping its words."""
    need = _entry_of(page, part, entry)
    if need.section != "needs" or need.removed_at is not None:
        raise Http404
    if locked := page.why_locked("opportunities"):
        raise Refused(locked)
    made = make_opportunity(need, by=request.membership)
    messages.success(request, "The need is now an improvement opportunity, in the words you gave it.")
    return page.url("entry", made.pk)


def _done(request: TenantRequest, page: ReviewPage, part: str, done: str) -> str:
    """Say that a part is done and go on, or take it back and stay."""
    mark_part(page.review, part, done=done == "yes", by=request.membership)
    if done != "yes":
        return page.part_url(part)
    _, after = page.neighbours(part)
    return page.part_url(after.key) if after else page.url()


def _remove_answer(request: TenantRequest, page: ReviewPage, part: str, answer: str) -> str:
    """Remove an answer whose question is not asked any more. Its text stays in the history."""
    for hidden in hidden_answers(page.content.sheet, [part]):
        if answer == f"{hidden.entry or 0}-{hidden.key}":
            version = page.content.versions[(hidden.entry, hidden.key)]
            place = Place(page.review, hidden.entry, hidden.key)
            try:
                save_answer(place, value=None, missing="", version=version, by=request.membership)
            except Stale:
                messages.info(request, "Somebody changed this answer just now. Look at it again.")
            else:
                messages.success(request, "Removed. The text stays in the history.")
            return page.place_url(part, hidden.entry)
    return page.part_url(part)


def _settle(request: TenantRequest, page: ReviewPage, part: str, remark: str) -> str:
    """The team's word that a remark has been looked at."""
    found = get_object_or_404(Remark, pk=key_or_404(remark), review=page.review, part=part)
    settle_remark(found, by=request.membership)
    messages.success(request, "Settled.")
    return page.part_url(part)


def _entry_of(page: ReviewPage, part: str, entry: str) -> Entry:
    """An entry of one of the part's sections, removed or not. Children are changed with the incident's facts."""
    sections = [one.key for one in page.content.edition.sections_of(part) if one.key != "child"]
    found: Entry = get_object_or_404(
        Entry, pk=key_or_404(entry), record=page.review.incident, section__in=sections
    )
    return found


BUTTONS: dict[str, Button] = {
    "add": _add,
    "remove": _remove,
    "bring_back": _bring_back,
    "make_opportunity": _make_opportunity,
    "done": _done,
    "remove_answer": _remove_answer,
    "settle": _settle,
}
