"""The partnership's directory: its agencies, since when they are in, and whom to turn to. Everybody's to read."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jurisdictions.models import AgencyContact, Jurisdiction
from jurisdictions.tables import Row, headings

COLUMNS = headings("Agency", "Kind", "Part of", "In the partnership since", "Liaison", "Deputy liaison")


def current_contacts() -> QuerySet[AgencyContact]:
    """Of people who are still in their agency; the liaison before the deputy."""
    here = AgencyContact.objects.filter(membership__left_at=None, membership__user__is_active=True)
    return here.select_related("membership__user").order_by("jurisdiction", "-part")


def contacts_of(agencies: Iterable[Jurisdiction]) -> dict[int, list[AgencyContact]]:
    """By the key of the agency; one that has named nobody is absent."""
    found: dict[int, list[AgencyContact]] = {}
    for contact in current_contacts().filter(jurisdiction__in=list(agencies)):
        found.setdefault(contact.jurisdiction_id, []).append(contact)
    return found


def rows() -> list[Row]:
    """The rows of components/table.html, by name. An agency without an agreement is not in yet."""
    agencies = list(
        Jurisdiction.objects.filter(agreement_on__isnull=False).select_related("parent").order_by("name")
    )
    contacts = contacts_of(agencies)
    return [_row(agency, contacts.get(agency.pk, [])) for agency in agencies]


def _row(agency: Jurisdiction, contacts: list[AgencyContact]) -> Row:
    by_part = {contact.part: contact for contact in contacts}
    return Row(
        (
            agency.name,
            agency.get_kind_display(),
            agency.parent.name if agency.parent else "–",
            f"{agency.agreement_on:%-d %B %Y}",
            *(
                _contact(by_part.get(part))
                for part in (AgencyContact.Part.LIAISON, AgencyContact.Part.DEPUTY)
            ),
        )
    )


def _contact(contact: AgencyContact | None) -> SafeString | str:
    if contact is None:
        return "not named yet"
    lines = [(str(contact.membership),), (contact.office,), (contact.phone,)]
    told = format_html_join("", "{}<br>", [line for line in lines if line[0]])
    if not contact.email:
        return told
    return format_html('{}<a href="mailto:{}">{}</a>', told, contact.email, contact.email)
