"""Why a draft of own questions cannot be released yet, and why questions of a file cannot be taken into it."""

from collections.abc import Iterator, Sequence

from dictionary.asked import Asked
from dictionary.models import OwnDraft
from dictionary.own.composing import Question, compose
from dictionary.own.drafting import find
from dictionary.own.taking import needed
from jurisdictions.rules import Problem


def says_something_new(draft: OwnDraft, asked: Asked) -> Iterator[Problem]:
    """An edition like the one before would only be one more to look at."""
    before = asked.own.questions if asked.own else []
    if draft.questions == before:
        yield Problem("own.same", "The draft says the same as what is asked now. Change something first.")


def everything_fits(draft: OwnDraft, asked: Asked) -> Iterator[Problem]:
    """What is released fits the partnership's edition in force whole: nothing moves and no condition falls away."""
    for mend in compose(asked.edition.document, draft.questions).mends:
        message = f"“{mend.label}”: {mend.message} Open the question and save it as it should be."
        yield Problem("own.unfit", message, item=mend.key)


BEFORE_RELEASE = [says_something_new, everything_fits]


def problems_before_release(draft: OwnDraft, asked: Asked) -> list[Problem]:
    return [problem for rule in BEFORE_RELEASE for problem in rule(draft, asked)]


def problems_before_taking(
    chosen: Sequence[Question], standing: Sequence[Question], offered: Sequence[Question]
) -> Iterator[Problem]:
    """Of what a file offers something is chosen, what a rule asks about comes along, and no two questions have the
    same words."""
    if not chosen:
        yield Problem("taking.none", "Tick at least one question.")
    for label, how, key in needed(chosen, standing):
        other = find(offered, key) or {"label": key}
        yield Problem("taking.needs", f"“{label}” {how} another question. Tick “{other['label']}” too.")
    words = {one["label"].casefold(): one["key"] for one in standing}
    for one in chosen:
        if words.get(one["label"].casefold(), one["key"]) != one["key"]:
            message = f"“{one['label']}”: a question of the draft has these words already. Change or remove that one."
            yield Problem("taking.twice", message)
