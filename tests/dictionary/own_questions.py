"""Own questions of an agency, as tests write them."""

from typing import Any

from django.utils import timezone

from dictionary.models import Edition, OwnEdition
from dictionary.own.drafting import fingerprint_of
from jurisdictions.models import Membership


def question(key: str = "own_shift", **changes: Any) -> dict[str, Any]:
    """One that asks for a choice in the part of own questions."""
    asked = {
        "key": key,
        "section": "own_questions",
        "label": "Which shift was it?",
        "type": "choice",
        "codes": [{"code": "day", "label": "Day"}, {"code": "night", "label": "Night"}],
        "privacy": "open",
    } | changes
    if asked["type"] not in ("choice", "choices"):
        asked.pop("codes")
    return {name: value for name, value in asked.items() if value is not None}


def released(by: Membership, *questions: dict[str, Any]) -> OwnEdition:
    """What this person's agency asks from now on. Its scope must be open."""
    before = OwnEdition.objects.newest()
    return OwnEdition.objects.create(
        jurisdiction_id=by.jurisdiction_id,
        number=before.number + 1 if before else 1,
        base=Edition.objects.in_force(),
        questions=list(questions),
        sha256=fingerprint_of(questions),
        released_by=by,
        released_at=timezone.now(),
    )


def own_edition() -> dict[str, Any]:
    """An edition of somebody else's, as our own file has it."""
    items = [
        {
            "key": "shift",
            "label": "Which shift?",
            "type": "choice",
            "choices": "shifts",
            "required": True,
            "privacy": "quasi",
            "coarsen": "none",
            "group": "Work",
            "basis": "public: A handbook",
        },
        {
            "key": "late",
            "label": "How late?",
            "type": "integer",
            "privacy": "open",
            "basis": "ours",
            "when": {"=": ["shift", "night"]},
            "checks": [{"rule": {"<": ["late", 24]}, "message": "A day has 24 hours."}],
        },
        {
            "key": "sources",
            "label": "What shows it?",
            "type": "links",
            "links": ["notes"],
            "privacy": "open",
            "basis": "ours",
        },
    ]
    ward = {"section": "ward", "part": "ward", "title": "Ward", "intro": "Words.", "items": items}
    notes = {
        "section": "notes",
        "part": "ward",
        "title": "Notes",
        "repeats": "note",
        "items": [{"key": "note", "label": "A note", "type": "plain", "privacy": "direct", "basis": "ours"}],
    }
    return {
        "number": "7.1", "title": "Ward book", "about": "Of one ward.",
        "parts": [{"key": "ward", "title": "Ward"}],
        "choices": {
            "shifts": [{"code": "day", "label": "Day"}, {"code": "night", "label": "Night", "help": "From ten."}],
            "unused": [{"code": "a", "label": "A"}, {"code": "b", "label": "B"}],
        },
        "sections": [ward, notes],
    }  # fmt: skip
