"""Setting an agency's own clocks and texts."""

from typing import Any

from django.db import IntegrityError, transaction

from jurisdictions import audit
from jurisdictions.models import AgencyPolicy, Membership


class PolicyChanged(Exception):
    """Somebody else saved the settings since the page was read; `theirs` is what stands there now."""

    def __init__(self, theirs: AgencyPolicy) -> None:
        self.theirs = theirs
        super().__init__("policy.changed")


@transaction.atomic
def set_policy(*, version: int, by: Membership, **values: Any) -> AgencyPolicy:
    """Save the agency's policy as it was read at `version` (0: it had set none yet)."""
    before = AgencyPolicy.objects.of(by.jurisdiction)
    saved = _replace(version, by, values) if version else _first(by, values)
    now = AgencyPolicy.objects.of(by.jurisdiction)
    if not saved:
        raise PolicyChanged(now)
    changed = sorted(name for name, value in values.items() if getattr(before, name) != value)
    audit.record("policy.set", about=now, by=by, changed=changed, version=now.version)
    return now


def _replace(version: int, by: Membership, values: dict[str, Any]) -> bool:
    mine = AgencyPolicy.objects.filter(jurisdiction=by.jurisdiction_id, version=version)
    return bool(mine.update(**values, version=version + 1))


def _first(by: Membership, values: dict[str, Any]) -> bool:
    try:
        with transaction.atomic():
            AgencyPolicy.objects.create(jurisdiction_id=by.jurisdiction_id, **values)
    except IntegrityError:
        if AgencyPolicy.objects.filter(jurisdiction=by.jurisdiction_id).exists():
            return False  # somebody else was first
        raise
    return True
