"""Every role × permission pair, in one table: a change to who may do what is seen here first."""

import pytest

from jurisdictions.roles import (
    PARTNERSHIP_ROLE_LABELS,
    PARTNERSHIP_ROLES,
    ROLE_LABELS,
    ROLE_MEANINGS,
    ROLES,
    PartnershipPermission,
    PartnershipRole,
    Permission,
    Role,
    allowed,
    allowed_in_partnership,
)

# R reviewer, D debriefer, C coordinator, Q quality lead, X director, A administrator, G guest
TABLE = {
    Permission.HOME_VIEW: "RDCQXAG",
    Permission.AGENCY_MANAGE_PEOPLE: "A",
    Permission.AGENCY_SET_POLICY: "A",
    Permission.AGENCY_SET_QUESTIONS: "A",
    Permission.AUDIT_READ: "QA",
    Permission.INCIDENT_VIEW: "RDCQX",
    Permission.INCIDENT_NOTIFY: "RC",
    Permission.INCIDENT_WITHDRAW: "C",
    Permission.INCIDENT_EXPORT: "CQX",
    Permission.INCIDENT_IMPORT: "C",
    Permission.FIGURES_VIEW: "RDCQXA",
    Permission.FIGURES_EDIT: "CA",
    Permission.REVIEW_SELECT: "C",
    Permission.REVIEW_ASSIGN: "C",
    Permission.REVIEW_HOLD: "C",
    Permission.REVIEW_VIEW: "RDCQXG",
    Permission.REVIEW_VIEW_ALL: "CQX",
    Permission.REVIEW_EDIT: "RD",
    Permission.REVIEW_CHECK: "Q",
    Permission.REVIEW_APPROVE: "X",
    Permission.REVIEW_REPORT: "RDCQXG",
    Permission.REVIEW_EXPORT: "CQX",
    Permission.REVIEW_HAND_OVER: "CA",
}
LETTERS = {
    Role.REVIEWER: "R",
    Role.DEBRIEFER: "D",
    Role.COORDINATOR: "C",
    Role.QUALITY_LEAD: "Q",
    Role.DIRECTOR: "X",
    Role.ADMINISTRATOR: "A",
    Role.GUEST: "G",
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_role_and_permission(role: Role, permission: Permission) -> None:
    assert allowed([role], permission) == (LETTERS[role] in TABLE[permission])


def test_every_role_has_words() -> None:
    assert set(ROLES) == set(ROLE_LABELS) == set(ROLE_MEANINGS) == set(Role)
    assert set(PARTNERSHIP_ROLES) == set(PARTNERSHIP_ROLE_LABELS) == set(PartnershipRole)


@pytest.mark.parametrize("roles", [[], ["nobody"], ["superuser"], [""]])
def test_an_unknown_role_carries_nothing(roles: list[str]) -> None:
    assert not any(allowed(roles, permission) for permission in Permission)
    assert not any(allowed_in_partnership(roles, permission) for permission in PartnershipPermission)


def test_no_agency_role_reaches_the_partnership() -> None:
    assert not allowed_in_partnership([str(role) for role in Role], PartnershipPermission.AGENCIES_MANAGE)
