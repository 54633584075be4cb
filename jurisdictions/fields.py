"""Model fields that know about the tenant."""

from typing import Any

from django.db import models


class Within[Set, Get](models.ForeignKey[Set, Get]):
    """A foreign key that stays inside one agency.

    Django's own constraint is left out: foreign-key checks skip row security, so it would let a row of one
    agency point at a row of another. `SameJurisdiction` in the migration writes the composite
    (jurisdiction, key) constraint in its place; a test walks the catalogue for every field of this class.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs.setdefault("related_name", "+")
        super().__init__(to, on_delete, **kwargs)


class WithinOneToOne[Set, Get](models.OneToOneField[Set, Get]):
    """`Within` for a row that belongs to exactly one other row of the agency."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)
