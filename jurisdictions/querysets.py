from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

if TYPE_CHECKING:
    from jurisdictions.models import AgencyPolicy, Jurisdiction, Membership  # noqa: F401 - the rows of the base classes
    from jurisdictions.roles import Role


class MembershipQuerySet(QuerySet["Membership"]):
    def current(self) -> MembershipQuerySet:
        """Of people who have not left."""
        return self.filter(left_at=None, user__is_active=True)

    def holding(self, role: Role) -> MembershipQuerySet:
        return self.current().filter(roles__contains=[str(role)])

    def with_people(self) -> MembershipQuerySet:
        """With the names that a list of people shows, in the order it shows them."""
        return self.select_related("user", "jurisdiction").order_by("user__display_name", "pk")


class AgencyPolicyQuerySet(QuerySet["AgencyPolicy"]):
    def of(self, jurisdiction: Jurisdiction) -> AgencyPolicy:
        """The agency's policy, or the defaults (unsaved) when it has set none yet."""
        found: Any = self.filter(jurisdiction=jurisdiction).first()
        return found or self.model(jurisdiction=jurisdiction)
