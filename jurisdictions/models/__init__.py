from jurisdictions.models.agency_contact import AgencyContact
from jurisdictions.models.agency_policy import AgencyPolicy
from jurisdictions.models.api_token import ApiToken
from jurisdictions.models.audit_event import AuditEvent, PartnershipEvent
from jurisdictions.models.audit_export import AuditExport
from jurisdictions.models.invitation import Invitation
from jurisdictions.models.jurisdiction import Jurisdiction
from jurisdictions.models.membership import Membership, PartnershipMembership
from jurisdictions.models.owed_work import OwedWork
from jurisdictions.models.session import Session
from jurisdictions.models.user import User

__all__ = [
    "AgencyContact",
    "AgencyPolicy",
    "ApiToken",
    "AuditEvent",
    "AuditExport",
    "Invitation",
    "Jurisdiction",
    "Membership",
    "OwedWork",
    "PartnershipEvent",
    "PartnershipMembership",
    "Session",
    "User",
]
