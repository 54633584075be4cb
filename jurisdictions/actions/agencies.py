"""What the partnership does with agencies: bring one in, and record the day of its agreement."""

import datetime as dt

from django.db import transaction

from jurisdictions import audit
from jurisdictions.models import Jurisdiction, User


@transaction.atomic
def create_agency(
    *,
    name: str,
    slug: str,
    kind: str,
    by: User,
    parent: Jurisdiction | None = None,
    agreement_on: dt.date | None = None,
) -> Jurisdiction:
    """Bring an agency in. It has nobody yet: its first administrator is invited next."""
    agency = Jurisdiction.objects.create(
        name=name, slug=slug, kind=kind, parent=parent, agreement_on=agreement_on
    )
    audit.record_in_partnership("agency.created", about=agency, by=by)
    return agency


@transaction.atomic
def record_agreement(agency: Jurisdiction, *, signed_on: dt.date | None, by: User) -> Jurisdiction:
    """Record the day on which the agency's agreement was signed; the same day again changes nothing."""
    agency = Jurisdiction.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if agency.agreement_on == signed_on:
        return agency
    agency.agreement_on = signed_on
    agency.save(update_fields=["agreement_on"])
    audit.record_in_partnership("agency.agreement_recorded", about=agency, by=by)
    return agency
