"""What each role may do. Roles are code: changing one is a change that is reviewed and tested."""

from collections.abc import Collection, Sequence
from enum import StrEnum


class Permission(StrEnum):
    """A right inside one agency. Which rows it reaches is the queryset's question (`visible_to`)."""

    HOME_VIEW = "home.view"
    AGENCY_MANAGE_PEOPLE = "agency.manage_people"
    AGENCY_SET_POLICY = "agency.set_policy"
    AGENCY_SET_QUESTIONS = "agency.set_questions"
    AUDIT_READ = "agency.read_audit"
    INCIDENT_VIEW = "incidents.view"
    INCIDENT_NOTIFY = "incidents.notify"
    INCIDENT_WITHDRAW = "incidents.withdraw"
    INCIDENT_EXPORT = "incidents.export"
    INCIDENT_IMPORT = "incidents.import"
    FIGURES_VIEW = "figures.view"
    FIGURES_EDIT = "figures.edit"
    REVIEW_SELECT = "reviews.select"
    REVIEW_ASSIGN = "reviews.assign"
    REVIEW_HOLD = "reviews.hold"
    REVIEW_VIEW = "reviews.view"
    REVIEW_VIEW_ALL = "reviews.view_all"
    REVIEW_EDIT = "reviews.edit"
    REVIEW_CHECK = "reviews.check"
    REVIEW_APPROVE = "reviews.approve"
    REVIEW_REPORT = "reviews.report"
    REVIEW_EXPORT = "reviews.export"
    REVIEW_HAND_OVER = "reviews.hand_over"


# What each right lets a person do, to end the sentence "it would add the right to …".
RIGHTS = {
    Permission.HOME_VIEW: "open the agency’s own pages",
    Permission.AGENCY_MANAGE_PEOPLE: "invite and remove people",
    Permission.AGENCY_SET_POLICY: "change the agency’s settings",
    Permission.AGENCY_SET_QUESTIONS: "write the agency’s own questions",
    Permission.AUDIT_READ: "read the agency’s audit",
    Permission.INCIDENT_VIEW: "see incidents",
    Permission.INCIDENT_NOTIFY: "notify incidents",
    Permission.INCIDENT_WITHDRAW: "withdraw notifications",
    Permission.INCIDENT_EXPORT: "get lists of incidents as files",
    Permission.INCIDENT_IMPORT: "bring files in",
    Permission.FIGURES_VIEW: "see yearly figures",
    Permission.FIGURES_EDIT: "add and correct yearly figures",
    Permission.REVIEW_SELECT: "decide which incidents get a review",
    Permission.REVIEW_ASSIGN: "name the team of a review",
    Permission.REVIEW_HOLD: "put reviews on hold",
    Permission.REVIEW_VIEW: "see reviews",
    Permission.REVIEW_VIEW_ALL: "see every review of the agency",
    Permission.REVIEW_EDIT: "write in reviews",
    Permission.REVIEW_CHECK: "check whole reviews and return them",
    Permission.REVIEW_APPROVE: "approve reviews",
    Permission.REVIEW_REPORT: "get review reports",
    Permission.REVIEW_EXPORT: "download the agency’s data",
    Permission.REVIEW_HAND_OVER: "hand over somebody’s reviews",
}


class Role(StrEnum):
    """What a person is in one agency; one person may be several."""

    REVIEWER = "reviewer"
    DEBRIEFER = "debriefer"
    COORDINATOR = "coordinator"
    QUALITY_LEAD = "quality_lead"
    DIRECTOR = "director"
    ADMINISTRATOR = "agency_administrator"
    GUEST = "guest"


ROLE_LABELS = {
    Role.REVIEWER: "Reviewer",
    Role.DEBRIEFER: "Debriefer",
    Role.COORDINATOR: "Coordinator",
    Role.QUALITY_LEAD: "Quality lead",
    Role.DIRECTOR: "Director",
    Role.ADMINISTRATOR: "Agency administrator",
    Role.GUEST: "Guest on one review",
}

ROLE_MEANINGS = {
    Role.REVIEWER: "Works on the reviews they are named to.",
    Role.DEBRIEFER: "Records debriefs on the reviews they are named to.",
    Role.COORDINATOR: "Takes notifications, brings in past years, selects, names the team and watches the clocks.",
    Role.QUALITY_LEAD: "Reads a whole review, leaves remarks, returns it or sends it on.",
    Role.DIRECTOR: "Approves reviews in which they wrote nothing.",
    Role.ADMINISTRATOR: "Invites and removes people and sets the agency’s own texts, clocks and questions.",
    Role.GUEST: "Reads, and may approve, one review until a date.",
}

_EVERYBODY = {Permission.HOME_VIEW}
_READS_REVIEWS = _EVERYBODY | {
    Permission.INCIDENT_VIEW,
    Permission.FIGURES_VIEW,
    Permission.REVIEW_VIEW,
    Permission.REVIEW_REPORT,
}

ROLES: dict[Role, frozenset[Permission]] = {
    Role.REVIEWER: frozenset(_READS_REVIEWS | {Permission.INCIDENT_NOTIFY, Permission.REVIEW_EDIT}),
    Role.DEBRIEFER: frozenset(_READS_REVIEWS | {Permission.REVIEW_EDIT}),
    Role.COORDINATOR: frozenset(
        _READS_REVIEWS
        | {
            Permission.INCIDENT_NOTIFY,
            Permission.INCIDENT_WITHDRAW,
            Permission.INCIDENT_EXPORT,
            Permission.INCIDENT_IMPORT,
            Permission.FIGURES_EDIT,
            Permission.REVIEW_VIEW_ALL,
            Permission.REVIEW_EXPORT,
            Permission.REVIEW_SELECT,
            Permission.REVIEW_ASSIGN,
            Permission.REVIEW_HOLD,
            Permission.REVIEW_HAND_OVER,
        }
    ),
    Role.QUALITY_LEAD: frozenset(
        _READS_REVIEWS
        | {
            Permission.REVIEW_VIEW_ALL,
            Permission.REVIEW_CHECK,
            Permission.INCIDENT_EXPORT,
            Permission.REVIEW_EXPORT,
            Permission.AUDIT_READ,
        }
    ),
    Role.DIRECTOR: frozenset(
        _READS_REVIEWS
        | {
            Permission.REVIEW_VIEW_ALL,
            Permission.REVIEW_APPROVE,
            Permission.INCIDENT_EXPORT,
            Permission.REVIEW_EXPORT,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        _EVERYBODY
        | {
            Permission.AGENCY_MANAGE_PEOPLE,
            Permission.AGENCY_SET_POLICY,
            Permission.AGENCY_SET_QUESTIONS,
            Permission.FIGURES_VIEW,
            Permission.FIGURES_EDIT,
            Permission.AUDIT_READ,
            Permission.REVIEW_HAND_OVER,
        }
    ),
    # What a guest may do beyond reading is on the individual grant (reviews.grants), never in the role.
    Role.GUEST: frozenset(_EVERYBODY | {Permission.REVIEW_VIEW, Permission.REVIEW_REPORT}),
}


class PartnershipPermission(StrEnum):
    """A right in the partnership's own pages; none of them opens an agency."""

    AGENCIES_MANAGE = "partnership.manage_agencies"
    DIRECTORY_READ = "partnership.read_directory"
    AUDIT_READ = "partnership.read_audit"


class PartnershipRole(StrEnum):
    ADMINISTRATOR = "partnership_administrator"


PARTNERSHIP_ROLE_LABELS = {PartnershipRole.ADMINISTRATOR: "Partnership administrator"}

PARTNERSHIP_ROLES: dict[PartnershipRole, frozenset[PartnershipPermission]] = {
    PartnershipRole.ADMINISTRATOR: frozenset(PartnershipPermission),
}


def every_role() -> list[str]:
    """The ceiling of an agency for which the partnership has set none."""
    return [str(role) for role in Role]


def under_ceiling(roles: Sequence[str], ceiling: Collection[str]) -> list[str]:
    """Those of these roles that count in an agency with this ceiling."""
    return [role for role in roles if role in ceiling]


def rights_over(role: Role, ceiling: Collection[str]) -> list[Permission]:
    """What this role carries and no role under the ceiling does, in the product's order."""
    opened = frozenset[Permission]().union(*(ROLES[one] for one in Role if one in ceiling))
    return [right for right in Permission if right in ROLES[role] and right not in opened]


def allowed(roles: list[str], permission: Permission) -> bool:
    """Whether any of these roles carries the permission; a role nobody knows carries none."""
    return any(permission in ROLES.get(Role(role), frozenset()) for role in roles if role in set(Role))


def allowed_in_partnership(roles: list[str], permission: PartnershipPermission) -> bool:
    return any(
        permission in PARTNERSHIP_ROLES[PartnershipRole(role)]
        for role in roles
        if role in set(PartnershipRole)
    )
