"""Naming an agency's liaison and deputy in the partnership's directory."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from jurisdictions import audit
from jurisdictions.models import AgencyContact, Jurisdiction, Membership


@dataclass(frozen=True)
class Named:
    """One contact as its agency wants it."""

    part: str
    membership: int
    office: str
    email: str
    phone: str


class ContactsChanged(Exception):
    """Somebody else named contacts since the page was read; `theirs` stands there now."""

    def __init__(self, theirs: list[AgencyContact]) -> None:
        self.theirs = theirs
        super().__init__("contacts.changed")


def standing(agency: Jurisdiction) -> list[AgencyContact]:
    """The contacts of an agency as they are written, the liaison first; also of somebody who has left."""
    found = AgencyContact.objects.filter(jurisdiction=agency).select_related("membership__user")
    return list(found.order_by("-part"))


def as_read(contacts: Iterable[AgencyContact]) -> str:
    """Contacts as a page carries them from its reading to its saving."""
    return " ".join(f"{contact.part}:{contact.pk}" for contact in contacts)


@transaction.atomic
def name_contacts(named: Iterable[Named], *, stood: str, by: Membership) -> None:
    """Let the directory say exactly this of the agency; the same again changes nothing.

    Raises ContactsChanged when something else stands there than the page was read with.
    """
    agency = Jurisdiction.objects.held(by.jurisdiction_id)
    before, wanted = standing(agency), list(named)
    if [_named(contact) for contact in before] == wanted:
        return
    if as_read(before) != stood:
        raise ContactsChanged(before)
    # Taken away and written anew: two who change places would otherwise stand in each other's way.
    AgencyContact.objects.filter(jurisdiction=agency).delete()
    for one in wanted:
        AgencyContact.objects.create(
            jurisdiction=agency,
            part=one.part,
            membership_id=one.membership,
            office=one.office,
            email=one.email,
            phone=one.phone,
        )
    people = [one.membership for one in wanted]
    audit.record("agency.contacts_named", about=agency, by=by, memberships=people)


def _named(contact: AgencyContact) -> Named:
    return Named(contact.part, contact.membership_id, contact.office, contact.email, contact.phone)
