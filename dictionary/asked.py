"""What is asked: the one way from an edition, and the own questions that go with it, to what Python reads.

Whoever draws, checks, saves, prints or brings in answers asks here, and never learns that there are two documents.
"""

from dataclasses import dataclass, replace
from typing import Any

from dictionary import schema
from dictionary.models import Edition, OwnEdition
from dictionary.own.composing import Composed, Mend, compose

# By what they are made of: reading costs some milliseconds, and the content of neither ever changes.
_read: dict[tuple[str, str], tuple[schema.Edition, tuple[Mend, ...]]] = {}
_MOST = 200


@dataclass(frozen=True)
class Asked:
    """What a record is asked: an edition of the partnership, and beside it its agency's own questions (or none)."""

    edition: Edition
    own: OwnEdition | None = None

    @property
    def questions(self) -> schema.Edition:
        """Everything that is asked. Asks the database only where a document is read the first time in a process."""
        return self.edition.parsed if self.own is None else self._parsed(self.own)[0]

    @property
    def mends(self) -> tuple[Mend, ...]:
        """What of the own questions does not fit this edition any more."""
        return () if self.own is None else self._parsed(self.own)[1]

    @property
    def document(self) -> dict[str, Any]:
        """The same as a document, for other formats."""
        document: dict[str, Any] = self.edition.document
        return document if self.own is None else compose(document, self.own.questions).document

    def at_hand(self) -> "Asked":
        """The same with the own questions read, for use after the scope has closed."""
        if self.own is not None:
            self.own.refresh_from_db(fields=["questions"])
        return self

    @property
    def name(self) -> str:
        """`1.0`, or `1.0 with own questions 2`."""
        own = f" with own questions {self.own.number}" if self.own is not None else ""
        return f"{self.edition.number}{own}"

    def _parsed(self, own: OwnEdition) -> tuple[schema.Edition, tuple[Mend, ...]]:
        place = (self.edition.sha256, own.sha256)
        found = _read.get(place)
        if found is None:
            whole: Composed = compose(self.edition.document, own.questions)
            found = _sharing(whole.edition, self.edition.parsed), whole.mends
            if len(_read) >= _MOST:
                _read.clear()
            _read[place] = found
        return found


def _sharing(whole: schema.Edition, base: schema.Edition) -> schema.Edition:
    """The same, made of the base's own sections wherever nothing was added: agencies are many."""
    kept = {section.key: section for section in base.sections}
    sections = (kept[one.key] if kept.get(one.key) == one else one for one in whole.sections)
    return replace(whole, sections=tuple(sections), choices={**whole.choices, **base.choices})


def asked_now() -> Asked:
    """What a record begun now in the open agency is asked. Raises Edition.DoesNotExist before the first release."""
    return Asked(Edition.objects.in_force(), OwnEdition.objects.newest())
