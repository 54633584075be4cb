"""An agency's own questions at every step: what the walks of their addresses need."""

from typing import Any

from dictionary.models import OwnDraft, QuestionFile
from jurisdictions.models import Jurisdiction, Membership
from tests.dictionary.own_questions import question, released


def furnish_questions(agency: Jurisdiction, by: Membership, mark: str) -> dict[str, Any]:
    """A release, a draft and a file brought to it, each text carrying the mark. Returns the keys that addresses need.
    A scope must be open."""
    asked = question(label=f"{mark} question?", help=f"{mark} help")
    own = released(by, asked)
    draft, _ = OwnDraft.objects.get_or_create(
        jurisdiction=agency,
        defaults={"questions": [asked, question("own_next", label=f"{mark} next?")], "changed_by": by},
    )
    QuestionFile.objects.get_or_create(
        jurisdiction=agency,
        draft=draft,
        defaults={
            "file_name": f"{mark}.csv",
            "kind": "redcap",
            "sha256": "0" * 64,
            "offered": [question("own_offered", label=f"{mark} offered?")],
            "losses": [[2, f"{mark} field", f"{mark} says.", "It is left out."]],
            "by": by,
        },
    )
    return {"own": own.number, "question": asked["key"]}
