"""One answer, saved while a person types: 200 with the new version, 409 with both texts, 422 with what to mend."""

import difflib
import json
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.http import require_POST

from dictionary import values
from dictionary.fields import shown_by_name
from dictionary.schema import Item
from dictionary.validation import check_one
from jurisdictions.http import TenantRequest, requires
from jurisdictions.roles import Permission
from reviews.content import read_content
from reviews.saving import (
    Conflict,
    EntryRemoved,
    Locked,
    NotReadable,
    Saved,
    Sent,
    UnknownItem,
    save_one,
)

_BROWSER_FAULT = "This page sent something we could not read. Load it again; what is saved is still there."


@require_POST
@requires(Permission.REVIEW_EDIT, Permission.INCIDENT_NOTIFY)
def save(request: TenantRequest, number: str) -> JsonResponse:
    """Save one field. The body is `{item, entry, version, value, missing}`."""
    sent = _body(request)
    if sent is None:
        return JsonResponse({"errors": [_BROWSER_FAULT]}, status=400)
    try:
        saved = save_one(number, sent, by=request.membership)
    except UnknownItem:
        return JsonResponse({"errors": [_BROWSER_FAULT]}, status=400)
    except Locked as refusal:
        return JsonResponse({"message": refusal.problems[0].message}, status=403)
    except EntryRemoved:
        return JsonResponse(
            {"message": "This entry was removed. Your text is still on this page."}, status=404
        )
    except NotReadable as problem:
        return JsonResponse({"errors": [problem.message]}, status=422)
    except Conflict as conflict:
        return JsonResponse(_conflict(conflict), status=409)
    return JsonResponse(_saved(saved))


def _body(request: HttpRequest) -> Sent | None:
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
    return Sent(sent["item"], entry, version, sent.get("value"), sent.get("missing") or "")


def _saved(saved: Saved) -> dict[str, Any]:
    """The answer to a save. The whole record is read only where this item has something to say about it."""
    edition, item, entry = saved.edition, saved.item, saved.entry
    told: dict[str, Any] = {
        "version": saved.version,
        "saved_at": f"{timezone.localtime():%H:%M}",
        "warnings": [],
        "shown": {},
    }
    section = edition.section(item.section)
    if item.checks or item.warnings or any(other.when for other in section.items):
        content = read_content(saved.review.incident, edition)
        told["warnings"] = [problem.message for problem in check_one(content.sheet, item, entry)]
        told["shown"] = shown_by_name(content.sheet, section, entry)
    return told


def _conflict(conflict: Conflict) -> dict[str, Any]:
    """Both texts, with what differs marked, for the person to choose."""
    item, theirs = conflict.item, conflict.theirs
    mine = _words(item, conflict.value, conflict.missing)
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
