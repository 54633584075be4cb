"""What the partnership does with agencies: bring one in, correct what is said of it, record its agreement."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable

from django.db import transaction

from jurisdictions import audit
from jurisdictions.actions.people import in_order
from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.rules import Refused, problems_before_placing
from jurisdictions.tenancy import jurisdiction_scope

# Told, inside the agency's scope, that its ceiling was set: its administrators, and whoever holds more now. An app
# above that can send messages adds itself here in its AppConfig.ready().
TELL_OF_CEILING: list[Callable[[Membership, AuditEvent], object]] = []


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
    agency = Jurisdiction.objects.held(agency.pk)
    if agency.agreement_on == signed_on:
        return agency
    agency.agreement_on = signed_on
    agency.save(update_fields=["agreement_on"])
    audit.record_in_partnership("agency.agreement_recorded", about=agency, by=by)
    return agency


@transaction.atomic
def set_role_ceiling(agency: Jurisdiction, *, roles: Iterable[str], stood: str, by: User) -> Jurisdiction:
    """Open exactly these roles to an agency's people; Agency administrator always is.

    What somebody holds over it gives no rights from their next request on (`Membership.roles_in_force`). Their
    membership keeps the role until their administrator mends it, so that raising the ceiling again gives it back.
    The agency's own audit tells of it too. `stood` is the ceiling as it was read; raises AgencyChanged when another
    one stands there by now.
    """
    agency = Jurisdiction.objects.held(agency.pk)
    wanted = in_order([*roles, Role.ADMINISTRATOR])
    if wanted == agency.role_ceiling:
        return agency
    if stood != ceiling_as_read(agency):
        raise AgencyChanged(agency)
    agency.role_ceiling = wanted
    agency.save(update_fields=["role_ceiling"])
    audit.record_in_partnership("agency.ceiling_set", about=agency, by=by, roles=wanted)
    # Writes here, and reads nothing of the agency's.
    with jurisdiction_scope(agency.pk):
        event = audit.record("agency.ceiling_set", about=agency, by=None, roles=wanted)
        for person in _concerned(agency):
            for tell in TELL_OF_CEILING:
                tell(person, event)
    return agency


def ceiling_as_read(agency: Jurisdiction) -> str:
    """A ceiling as a page carries it from its reading to its saving."""
    return " ".join(agency.role_ceiling)


def _concerned(agency: Jurisdiction) -> list[Membership]:
    here = Membership.objects.filter(jurisdiction=agency)
    people = here.holding(Role.ADMINISTRATOR) | here.over_ceiling()
    return list(people.with_people())
