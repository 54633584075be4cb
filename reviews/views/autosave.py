"""One answer, saved while a person types: 200 with the new version, 409 with both texts, 422 with what to mend."""

import difflib
import json
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.http import require_POST

from dictionary import values
from dictionary.fields import shown_by_name
from dictionary.schema import Edition, Item
from dictionary.validation import check_one
from jurisdictions.http import TenantRequest, requires
from jurisdictions.models import Membership
from jurisdictions.roles import Permission
from reviews.actions.answer import MovedOn, Place, Stale, hold_still, save_answer
from reviews.content import read_content
from reviews.models import Answer, Entry, Review, ReviewSeat
from reviews.rules.editing import problems_before_editing

_BROWSER_FAULT = "This page sent something we could not read. Load it again; what is saved is still there."


@require_POST
@requires(Permission.REVIEW_EDIT, Permission.INCIDENT_NOTIFY)
def save(request: TenantRequest, number: str) -> JsonResponse:
    """Save one field. The body is `{item, entry, version, value, missing}`."""
    sent = _body(request)
    if sent is None:
        return JsonResponse({"errors": [_BROWSER_FAULT]}, status=400)
    return _answer(request, number, sent)


def _answer(request: TenantRequest, number: str, sent: dict[str, Any]) -> JsonResponse:
    review, seat = _found(number, request.membership)
    edition = review.asked.questions
    if sent["item"] not in edition or edition.item(sent["item"]).is_column:
        return JsonResponse({"errors": [_BROWSER_FAULT]}, status=400)
    item = edition.item(sent["item"])
    if problems := problems_before_editing(review, item.part, by=request.membership, seat=seat):
        return JsonResponse({"message": problems[0].message}, status=403)
    if not _belongs(review, edition, item, sent["entry"]):
        return JsonResponse(
            {"message": "This entry was removed. Your text is still on this page."}, status=404
        )
    place = Place(review, sent["entry"], item.key)
    try:
        value = values.parse(item, sent["value"], links=_linkable(review, item))
        missing = values.parse_missing(item, sent["missing"]) if value is None else ""
    except values.ValueProblem as problem:
        return JsonResponse({"errors": [problem.message]}, status=422)
    try:
        version = save_answer(
            place, value=value, missing=missing, version=sent["version"], by=request.membership, seat=seat
        )
    except Stale as stale:
        if stale.theirs is not None and _is_the_same(stale.theirs, value, missing, request.membership):
            # The answer to this very save was lost on its way; it stands.
            return JsonResponse(_saved(review, edition, item, sent["entry"], stale.theirs.version))
        return JsonResponse(_conflict(item, value, missing, stale.theirs), status=409)
    except MovedOn:
        # Held now: read again, what stands stays so.
        return _answer(request, number, sent)
    return JsonResponse(_saved(review, edition, item, sent["entry"], version))


def _found(number: str, by: Membership) -> tuple[Review, ReviewSeat | None]:
    """The review, and the person's seat on it. Whoever types has one, as a rule: then one row tells both."""
    for seat in ReviewSeat.objects.of_writer(by).filter(review__incident__number=number):
        return seat.review, seat
    reviews = Review.objects.visible_to(by).with_questions()
    found: Review = get_object_or_404(reviews, incident__number=number)
    hold_still(found)
    return found, None


def _is_the_same(standing: Answer, value: Any, missing: str, by: Membership) -> bool:
    return standing.author_id == by.pk and standing.value == value and standing.missing == missing


def _body(request: HttpRequest) -> dict[str, Any] | None:
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):  # also brackets in brackets without end
        return None
    if not isinstance(sent, dict) or not isinstance(sent.get("item"), str):
        return None
    entry, version = sent.get("entry") or None, sent.get("version", 0)
    try:
        entry = int(entry) if entry is not None else None
        version = int(version)
    except (TypeError, ValueError, OverflowError):
        return None
    return {
        "item": sent["item"],
        "entry": entry,
        "version": version,
        "value": sent.get("value"),
        "missing": sent.get("missing") or "",
    }


def _belongs(review: Review, edition: Edition, item: Item, entry: int | None) -> bool:
    """Whether the entry is one that this item may be answered for: its section's, or a rated opportunity."""
    section = edition.section(item.section)
    if entry is None:
        return not section.repeats
    wanted = section.key if section.repeats else "opportunities" if section.rated else None
    return (
        wanted is not None
        and Entry.objects.kept().filter(pk=entry, record=review.incident, section=wanted).exists()
    )


def _linkable(review: Review, item: Item) -> frozenset[int] | None:
    if item.type != "links":
        return None
    entries = Entry.objects.kept().filter(record=review.incident, section__in=item.links)
    return frozenset(entries.values_list("pk", flat=True))


def _saved(review: Review, edition: Edition, item: Item, entry: int | None, version: int) -> dict[str, Any]:
    """The answer to a save. The whole record is read only where this item has something to say about it."""
    told: dict[str, Any] = {
        "version": version,
        "saved_at": f"{timezone.localtime():%H:%M}",
        "warnings": [],
        "shown": {},
    }
    section = edition.section(item.section)
    if item.checks or item.warnings or any(other.when for other in section.items):
        content = read_content(review.incident, edition)
        told["warnings"] = [problem.message for problem in check_one(content.sheet, item, entry)]
        told["shown"] = shown_by_name(content.sheet, section, entry)
    return told


def _conflict(item: Item, value: Any, missing: str, theirs: Answer | None) -> dict[str, Any]:
    """Both texts, with what differs marked, for the person to choose."""
    mine = _words(item, value, missing)
    standing = _words(item, theirs.value if theirs else None, theirs.missing if theirs else "")
    yours_html, theirs_html = marked_differences(mine, standing, item.type)
    return {
        "item": item.key,
        "version": theirs.version if theirs else 0,
        "by": str(theirs.author) if theirs and theirs.author else "An import",
        "at": f"{timezone.localtime(theirs.at):%H:%M}" if theirs else "",
        "theirs": {
            "value": theirs.value if theirs else None,
            "missing": theirs.missing if theirs else "",
            "html": theirs_html,
        },
        "yours": {"html": yours_html},
    }


def _words(item: Item, value: Any, missing: str) -> str:
    if item.type == "links":
        return f"{len(value or [])} ticked" if not missing else values.display(item, None, missing)
    return str(values.display(item, value, missing)) or "(nothing)"


def marked_differences(mine: str, theirs: str, type_: str) -> tuple[str, str]:
    """Both texts as safe HTML; words that only one of them has are marked. Prose stays as it is formatted."""
    if type_ == "prose":
        return mine, theirs
    left, right = mine.split(), theirs.split()
    marked: tuple[list[str], list[str]] = ([], [])
    for kind, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for side, words in ((0, left[a:b]), (1, right[c:d])):
            if words:
                text = escape(" ".join(words))
                marked[side].append(text if kind == "equal" else f"<mark>{text}</mark>")
    return f"<p>{' '.join(marked[0])}</p>", f"<p>{' '.join(marked[1])}</p>"
