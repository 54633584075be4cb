"""What the pages of own questions have in common: the draft, what stands beside it, and the way back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.http import Http404
from django.urls import reverse

from dictionary.asked import Asked, asked_now
from dictionary.codebook import CodebookItem, describe
from dictionary.models import OwnDraft
from dictionary.own.composing import Composed, Mend, Question, compose
from dictionary.own.drafting import in_order
from dictionary.schema import Edition
from jurisdictions.http import TenantRequest
from jurisdictions.rules import Problem


@dataclass
class DraftPage:
    """The draft as its pages see it: always on the edition of the partnership that is in force."""

    draft: OwnDraft
    slug: str

    @cached_property
    def asked(self) -> Asked:
        """What is asked now."""
        return asked_now()

    @cached_property
    def whole(self) -> Composed:
        """What would be asked."""
        return compose(self.asked.edition.document, self.questions)

    @property
    def questions(self) -> list[Question]:
        return list(self.draft.questions)

    @property
    def mends(self) -> Sequence[Mend]:
        return self.whole.mends

    def url(self, name: str = "draft", *args: str) -> str:
        return reverse(f"questions:{name}", args=[self.slug, *args])

    def crumbs(self, *further: tuple[str, str]) -> list[tuple[str, str]]:
        here = [("Draft", self.url() if further else "")]
        return [("Own questions", self.url("list")), *here, *further]


def draft_page(request: TenantRequest) -> DraftPage:
    """The agency's draft; 404 where there is none."""
    found = OwnDraft.objects.select_related("changed_by__user").first()
    if found is None:
        raise Http404
    return DraftPage(found, request.membership.jurisdiction.slug)


def in_words(edition: Edition, questions: Sequence[Question]) -> list[tuple[str, list[CodebookItem]]]:
    """The own questions of an edition as the codebook tells them, by the place where they stand."""
    return [
        (place, [describe(edition, edition.item(one["key"])) for one in listed])
        for place, listed in in_order(questions, edition)
    ]


def links(problems: Sequence[Problem], page: DraftPage) -> Iterator[tuple[str, str]]:
    """(message, address) of each."""
    for problem in problems:
        yield problem.message, page.url("change", problem.item) if problem.item else problem.url
