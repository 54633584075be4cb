from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

if TYPE_CHECKING:
    from dictionary.models import Edition, OwnEdition


class EditionQuerySet(QuerySet["Edition"]):
    """Editions are everybody's to read: they hold questions, never answers."""

    def released(self) -> EditionQuerySet:
        return self.exclude(status="draft").order_by("-released_at", "-pk")

    def without_document(self) -> EditionQuerySet:
        """The document is large and read once for each process: it stays in the database until asked for."""
        return self.defer("document")

    def in_force(self) -> Edition:
        """The edition that a new record is begun with. Raises DoesNotExist before the first release."""
        return self.without_document().get(status="in_force")


class OwnEditionQuerySet(QuerySet["OwnEdition"]):
    """Of the open agency: its rows are all that can be seen."""

    def newest(self) -> OwnEdition | None:
        """What a record begun now is asked besides; None where the agency has released nothing."""
        return self.order_by("-number").defer("questions").first()
