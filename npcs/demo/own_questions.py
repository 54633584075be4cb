"""What one agency asks besides: drafted and released by its administrator, before most of its reviews were begun."""

from dictionary.models import OwnEdition
from dictionary.own.actions import change_draft, release_draft, start_draft
from jurisdictions.models import Jurisdiction, Membership
from npcs.demo.days import Days
from npcs.demo.reading import read


def release_own_questions(
    agency: Jurisdiction, *, staff: dict[str, Membership], days: Days
) -> OwnEdition | None:
    """The released own questions of this agency; None for the others, which ask nothing besides. Its scope is open."""
    told = read("own_questions.yaml")
    if agency.slug != told["agency"]:
        return None
    by = staff[told["by"]]
    draft = change_draft(start_draft(by=by), lambda _: told["questions"], by=by)
    return release_draft(draft, version=draft.version, by=by, now=days.at(told["released"]["day"], 11, 40))
