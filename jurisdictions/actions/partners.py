"""Who administers the partnership: the one account that no invitation can reach."""

from django.db import transaction

from jurisdictions import audit
from jurisdictions.models import PartnershipMembership, User
from jurisdictions.roles import PartnershipRole


@transaction.atomic
def add_partnership_administrator(*, email: str, display_name: str) -> PartnershipMembership:
    """Give an address the partnership's pages, with a new account where it has none; again changes nothing.

    The account has no password: its person sets one by the mail of "forgot password".
    """
    email = email.lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, display_name=display_name)
    role = str(PartnershipRole.ADMINISTRATOR)
    partnership, is_new = PartnershipMembership.objects.get_or_create(user=user, defaults={"roles": [role]})
    if not is_new and role in partnership.roles:
        return partnership
    if not is_new:
        partnership.roles = [*partnership.roles, role]
        partnership.save(update_fields=["roles"])
    audit.record_in_partnership("partnership.administrator_added", about=partnership, by=None, user=user.pk)
    return partnership
