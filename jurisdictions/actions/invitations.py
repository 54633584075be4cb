"""Inviting somebody, sending it again, taking it back, accepting it. The agency comes from the invitation."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from jurisdictions import audit, work
from jurisdictions.actions.people import in_order
from jurisdictions.inviting import Judged, Line, judge
from jurisdictions.models import Invitation, Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.rules import Problem, Refused, problems_over_ceiling

# So that an impatient finger does not fill somebody's mailbox.
RESEND_AFTER = dt.timedelta(minutes=1)


class CannotInvite(Refused):
    pass


class CannotResend(Refused):
    pass


class CannotCancel(Refused):
    pass


class CannotAccept(Refused):
    pass


@transaction.atomic
def invite_person(
    jurisdiction: Jurisdiction, *, email: str, roles: Iterable[str], by: Membership
) -> Invitation:
    """Owe somebody an invitation into the agency; asking for the same one again changes nothing."""
    agency, wanted = Jurisdiction.objects.held(jurisdiction.pk), in_order(roles)
    if problems := problems_over_ceiling(agency, wanted):
        raise CannotInvite(problems)
    return _invite(agency, email, wanted, by)


@transaction.atomic
def invite_many(jurisdiction: Jurisdiction, lines: Iterable[Line], *, by: Membership) -> list[Judged]:
    """Owe an invitation for every line that is good now, in one step; the others come back with what to mend.

    The lines are judged again with the agency held, so that a list sent twice, or by two people at once, invites
    nobody twice and gives nobody a role over the ceiling.
    """
    agency = Jurisdiction.objects.held(jurisdiction.pk)
    judged = judge(list(lines), agency)
    good = [one for one in judged if not one.problems]
    sent = [_owe(agency, email=one.email, name=one.line.name, roles=one.roles, by=by.user) for one in good]
    if sent:
        keys = [str(invitation.pk) for invitation in sent]
        audit.record("invitations.sent", about=agency, by=by, count=len(keys), invitations=keys)
    return [one for one in judged if one.problems]


@transaction.atomic
def invite_first_administrator(jurisdiction: Jurisdiction, *, email: str, by: User) -> Invitation:
    """Owe an agency's first administrator an invitation; from then on the agency invites its own people."""
    # Two members of the partnership must not both find the agency empty.
    jurisdiction = Jurisdiction.objects.held(jurisdiction.pk)
    if Membership.objects.holding(Role.ADMINISTRATOR).filter(jurisdiction=jurisdiction).exists():
        raise CannotInvite(
            [Problem("invite.has_administrator", "This agency has an administrator, who invites the others.")]
        )
    waiting = Invitation.objects.filter(
        jurisdiction=jurisdiction, accepted_at=None, cancelled_at=None
    ).exclude(email=email.lower())
    if other := waiting.first():
        raise CannotInvite(
            [
                Problem(
                    "invite.other_waiting",
                    f"An invitation to {other.email} is still open. Cancel it before you invite somebody else.",
                )
            ]
        )
    return _invite(jurisdiction, email, [str(Role.ADMINISTRATOR)], by)


def _invite(jurisdiction: Jurisdiction, email: str, roles: list[str], by: Membership | User) -> Invitation:
    email = email.lower()
    if Membership.objects.current().filter(jurisdiction=jurisdiction, user__email=email).exists():
        raise CannotInvite(
            [Problem("invite.is_member", f"{email} belongs to somebody who is in this agency already.")]
        )
    inviter = by.user if isinstance(by, Membership) else by
    try:
        with transaction.atomic():
            invitation = _owe(jurisdiction, email=email, name="", roles=roles, by=inviter)
    except IntegrityError:
        waiting = Invitation.objects.filter(
            jurisdiction=jurisdiction, email=email, accepted_at=None, cancelled_at=None
        ).first()
        if waiting is None:
            raise
        if waiting.state == "open" and waiting.roles == roles:
            return waiting
        raise CannotInvite(
            [
                Problem(
                    "invite.waiting",
                    f"{email} was invited before and has not answered. "
                    "Send that invitation again, or cancel it and invite anew.",
                )
            ]
        ) from None
    _record("invitation.sent", invitation, by, roles=roles)
    return invitation


def _owe(agency: Jurisdiction, *, email: str, name: str, roles: list[str], by: User) -> Invitation:
    expires_at = timezone.now() + dt.timedelta(days=settings.INVITATION_DAYS)
    return work.owe(
        Invitation(
            jurisdiction=agency, email=email, name=name, roles=roles, invited_by=by, expires_at=expires_at
        )
    )


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: Membership | User) -> Invitation:
    """Send the invitation once more, with a new link and its whole time to run; links sent before end."""
    invitation = _locked(invitation)
    if invitation.state in {"accepted", "cancelled"}:
        raise CannotResend(
            [Problem(f"invite.{invitation.state}", f"This invitation was {invitation.state} meanwhile.")]
        )
    now = timezone.now()
    if now - invitation.owed_at < RESEND_AFTER:
        raise CannotResend(
            [
                Problem(
                    "invite.too_soon", "This invitation was sent a moment ago. Wait a minute, then try again."
                )
            ]
        )
    invitation.nonce = uuid.uuid4()
    invitation.owed_at = now
    invitation.expires_at = now + dt.timedelta(days=settings.INVITATION_DAYS)
    invitation.save(update_fields=["nonce", "owed_at", "expires_at"])
    work.owe_again(invitation)
    _record("invitation.resent", invitation, by)
    return invitation


@transaction.atomic
def cancel_invitation(invitation: Invitation, *, by: Membership | User) -> Invitation:
    """Take an invitation back: its link ends. A cancelled one is left as it is."""
    invitation = _locked(invitation)
    if invitation.state == "cancelled":
        return invitation
    if invitation.state == "accepted":
        raise CannotCancel(
            [Problem("invite.accepted", "This invitation was accepted meanwhile. Remove the person instead.")]
        )
    invitation.cancelled_at = timezone.now()
    invitation.save(update_fields=["cancelled_at"])
    _record("invitation.cancelled", invitation, by)
    return invitation


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User) -> Membership:
    """Make the invited person a member, inside the agency's scope. Accepting twice is one membership.

    An invitation is accepted as it stands or not at all: not when the ceiling has come down below it since.
    """
    agency = Jurisdiction.objects.held(invitation.jurisdiction_id)
    invitation = _locked(invitation)
    if invitation.accepted_by_id == by.pk:
        return Membership.objects.get(jurisdiction=invitation.jurisdiction_id, user=by)
    if by.email.lower() != invitation.email:
        raise CannotAccept([Problem("accept.wrong_address", "This invitation is for another address.")])
    if invitation.state != "open":
        raise CannotAccept(
            [Problem(f"accept.{invitation.state}", "This invitation can no longer be accepted.")]
        )
    if problems_over_ceiling(agency, invitation.roles):
        raise CannotAccept(
            [
                Problem(
                    "accept.over_ceiling", "This invitation offers a role that is not open to the agency now."
                )
            ]
        )
    now = timezone.now()
    # Somebody who left and comes back keeps their row: what they wrote names it.
    membership, _ = Membership.objects.update_or_create(
        jurisdiction_id=invitation.jurisdiction_id,
        user=by,
        defaults={"roles": invitation.roles, "left_at": None, "joined_at": now},
    )
    invitation.accepted_at, invitation.accepted_by = now, by
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    audit.record("invitation.accepted", about=invitation, by=membership, membership=membership.pk)
    return membership


@transaction.atomic
def join_with_new_account(invitation: Invitation, *, display_name: str, password: str) -> Membership:
    """Make the invited address an account, and its person a member, inside the agency's scope."""
    Jurisdiction.objects.held(invitation.jurisdiction_id)  # before the invitation, as everywhere
    invitation = _locked(invitation)
    if invitation.state != "open":
        raise CannotAccept(
            [Problem(f"accept.{invitation.state}", "This invitation can no longer be accepted.")]
        )
    if User.objects.filter(email=invitation.email).exists():
        raise CannotAccept([Problem("accept.has_account", "This address has an account: sign in to accept.")])
    user = User.objects.create_user(invitation.email, password, display_name=display_name)
    return accept_invitation(invitation, by=user)


def _locked(invitation: Invitation) -> Invitation:
    return (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("jurisdiction")
        .get(pk=invitation.pk)
    )


def _record(kind: str, invitation: Invitation, by: Membership | User, **ids: object) -> None:
    """In the agency's audit when its own people act, in the partnership's when the partnership does."""
    if isinstance(by, Membership):
        audit.record(kind, about=invitation, by=by, **ids)
    else:
        audit.record_in_partnership(kind, about=invitation, by=by, agency=invitation.jurisdiction_id, **ids)
