from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet

if TYPE_CHECKING:
    from jurisdictions.models import AgencyPolicy, Jurisdiction, Membership  # noqa: F401 - the rows of the base classes
    from jurisdictions.roles import Role


class JurisdictionQuerySet(QuerySet["Jurisdiction"]):
    def held(self, pk: int) -> Jurisdiction:
        """The agency as it is now, held for this transaction: nobody else changes its people, its ceiling or what is
        said of it meanwhile. Whoever needs rows of its people as well locks them after it. No-key, so that inserts
        that name the agency go on."""
        found: Jurisdiction = self.select_for_update(no_key=True).get(pk=pk)
        return found


class MembershipQuerySet(QuerySet["Membership"]):
    def current(self) -> MembershipQuerySet:
        """Of people who have not left."""
        return self.filter(left_at=None, user__is_active=True)

    def holding(self, role: Role) -> MembershipQuerySet:
        """People in whose agency the role counts, too: one over its ceiling is held in name only."""
        asked = [str(role)]
        return self.current().filter(roles__contains=asked, jurisdiction__role_ceiling__contains=asked)

    def over_ceiling(self) -> MembershipQuerySet:
        """People who hold a role that the partnership has not opened to their agency."""
        return self.current().exclude(roles__contained_by=F("jurisdiction__role_ceiling"))

    def with_people(self) -> MembershipQuerySet:
        """With the names that a list of people shows, in the order it shows them."""
        return self.select_related("user", "jurisdiction").order_by("user__display_name", "pk")


class AgencyPolicyQuerySet(QuerySet["AgencyPolicy"]):
    def of(self, jurisdiction: Jurisdiction) -> AgencyPolicy:
        """The agency's policy, or the defaults (unsaved) when it has set none yet."""
        found: Any = self.filter(jurisdiction=jurisdiction).first()
        return found or self.model(jurisdiction=jurisdiction)
