"""What the partnership does with agencies: bring one in, correct what is said of it, record its agreement."""

import datetime as dt
import hashlib
import json

from django.db import transaction

from jurisdictions import audit
from jurisdictions.models import Jurisdiction, User
from jurisdictions.rules import Refused, problems_before_placing


class CannotChange(Refused):
    pass


class AgencyChanged(Exception):
    """Somebody else changed what is said of the agency since the page was read; `theirs` stands there now."""

    def __init__(self, theirs: Jurisdiction) -> None:
        self.theirs = theirs
        super().__init__("agency.changed")


def what_stands(agency: Jurisdiction) -> str:
    """A mark of what the directory says of an agency: another one as soon as any of it is said differently."""
    said = json.dumps([agency.name, agency.kind, agency.parent_id])
    return hashlib.sha256(said.encode()).hexdigest()


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
def change_agency(
    agency: Jurisdiction, *, stood: str, name: str, kind: str, parent: Jurisdiction | None, by: User
) -> Jurisdiction:
    """Correct what the directory says of an agency; its short name stays, because addresses and mails carry it.

    `stood` marks what was said when the page was read. Saying the same again changes nothing. Raises AgencyChanged
    when something else stands there by now, CannotChange when it would lie inside itself.
    """
    # Two changes at once could close a ring of agencies that neither of them sees: they go one after the other.
    agencies = {one.pk: one for one in Jurisdiction.objects.select_for_update(no_key=True).order_by("pk")}
    agency, above = agencies[agency.pk], agencies[parent.pk] if parent else None
    wanted = {"name": name, "kind": kind, "parent": above}
    changed = [field for field, value in wanted.items() if getattr(agency, field) != value]
    if not changed:
        return agency
    if stood != what_stands(agency):
        raise AgencyChanged(agency)
    if problems := problems_before_placing(agency, above):
        raise CannotChange(problems)
    for field in changed:
        setattr(agency, field, wanted[field])
    agency.save(update_fields=changed)
    audit.record_in_partnership("agency.changed", about=agency, by=by, changed=changed)
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
