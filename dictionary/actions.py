"""Bringing an edition of the dictionary into force."""

from collections.abc import Mapping
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils import timezone

from dictionary import schema
from dictionary.models import Edition
from dictionary.rules import Json


class CannotRelease(Exception):
    """This edition may not come into force. The message says why and what to do."""


def release_edition(
    document: Mapping[str, Json], *, now: datetime | None = None, using: str = DEFAULT_DB_ALIAS
) -> Edition:
    """Check the document, keep it, bring it into force. The one before is retired; records keep theirs.

    Releasing the same document again changes nothing. The same number with other content is refused: a record
    that was begun with that number would silently change its questions. Raises schema.EditionError when the
    document is no edition. Runs as the owner: the site may read editions, not write them.
    """
    edition = schema.load(document)
    _refuse_local_keys(edition)
    with transaction.atomic(using=using):
        editions = Edition.objects.using(using)
        held = editions.select_for_update().filter(number=edition.number).first()
        if held is not None and held.sha256 != edition.sha256:
            raise CannotRelease(
                f"Edition {edition.number} is already released with other content. "
                "Give the changed one a new number."
            )
        if held is not None and held.status != Edition.Status.DRAFT:
            return held
        editions.filter(status=Edition.Status.IN_FORCE).update(status=Edition.Status.RETIRED)
        if held is None:
            held = Edition(
                number=edition.number, title=edition.title, document=dict(document), sha256=edition.sha256
            )
        held.status, held.released_at = Edition.Status.IN_FORCE, now or timezone.now()
        held.save(using=using, update_fields=None if held.pk is None else ["status", "released_at"])
        return held


def _refuse_local_keys(edition: schema.Edition) -> None:
    """A key that an agency may have given its own question is never the partnership's."""
    keys = [part.key for part in edition.parts]
    keys += [section.key for section in edition.sections]
    keys += [item.key for item in edition]
    keys += list(edition.choices)
    if taken := [key for key in keys if key.startswith(schema.LOCAL)]:
        raise CannotRelease(
            f"{', '.join(taken)}: keys that begin with “{schema.LOCAL}” are kept for the questions of single agencies. "
            "Name these otherwise."
        )
