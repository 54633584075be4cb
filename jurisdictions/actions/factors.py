"""Giving oneself a second factor, taking one away, ending sessions; and helping somebody who lost theirs."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.db import transaction

from jurisdictions import audit, devices, factors
from jurisdictions.actions.tokens import end_tokens
from jurisdictions.models import AuditEvent, Membership, PartnershipMembership, Session, User
from jurisdictions.rules import Refused, problems_before_helping, problems_before_removing_factor
from jurisdictions.tenancy import jurisdiction_scope


class CannotRemoveFactor(Refused):
    pass


class CannotHelp(Refused):
    pass


# Told, inside the agency's scope, whose factors were taken away and by which event. An app above that can send messages
# adds itself here in its AppConfig.ready(): this app cannot know how people are told.
TELL_OF_LOSS: list[Callable[[Membership, AuditEvent], object]] = []


@transaction.atomic
def set_up_app(user: User, *, secret: str, here: str | None) -> Authenticator:
    """Let this authenticator app sign the person in. One set up earlier ends, and with it every session elsewhere."""
    user = _locked(user)
    replaced, _ = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    factor: Authenticator = TOTP.activate(user, secret).instance
    RecoveryCodes.activate(user)
    if replaced:
        end_sessions(user, but=here)
    _record("factor.app_replaced" if replaced else "factor.app_set_up", user)
    return factor


@transaction.atomic
def add_passkey(user: User, *, name: str, credential: dict[str, Any]) -> Authenticator:
    """Let this passkey sign the person in; the form has checked what the browser answered."""
    user = _locked(user)
    # As django-allauth writes it; its own class would load the whole of WebAuthn into every worker.
    factor: Authenticator = Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": credential}
    )
    RecoveryCodes.activate(user)
    _record("factor.passkey_added", user)
    return factor


@transaction.atomic
def remove_factor(factor: Authenticator, *, here: str | None) -> None:
    """Take one of one's own factors away, never the last; every session but the one at hand ends."""
    user = _locked(factor.user)
    if problems := problems_before_removing_factor(factor):
        raise CannotRemoveFactor(problems)
    factor.delete()
    end_sessions(user, but=here)
    _record("factor.removed", user)


@transaction.atomic
def renew_recovery_codes(user: User) -> None:
    """New codes; the earlier ones no longer fit."""
    user = _locked(user)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)
    _record("factor.codes_renewed", user)


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Sign the person out everywhere, or everywhere but in one session; how many ended."""
    ended, _ = Session.objects.filter(user=user).exclude(session_key=but).delete()
    return ended


@transaction.atomic
def keep_to_the_cap(user: User, *, here: str | None) -> list[Session]:
    """End what is used longest ago of a person's sessions, until there are no more than a person may have; those that
    ended. A session that has shown a password alone opens nothing, so it neither counts nor pushes another one out.
    """
    user = _locked(user)
    others = [session for session in devices.sessions_of(user) if session.session_key != here]
    others = [session for session in others if factors.were_both_shown_in(session)]
    others.sort(key=lambda session: session.expire_date, reverse=True)
    surplus = others[settings.SESSIONS_PER_PERSON - 1 :]
    Session.objects.filter(pk__in=[session.pk for session in surplus]).delete()
    return surplus


@transaction.atomic
def take_factors_away(membership: Membership, *, by: Membership) -> None:
    """Help somebody who lost their phone: they prove their mailbox, choose a password, and set up a factor anew.

    Inside the agency's scope.
    """
    user = _locked(membership.user)
    if problems := problems_before_helping(membership, by=by):
        raise CannotHelp(problems)
    _start_over(user)
    _record_and_tell(membership, by=by)


@transaction.atomic
def take_factors_away_by_command(user: User) -> None:
    """The same for whoever no agency can help alone: an agency's last administrator, a partnership's, people of two."""
    user = _locked(user)
    _start_over(user)
    audit.record_in_partnership("factor.all_taken_away", about=user, by=None)
    for membership in Membership.objects.current().filter(user=user):
        with jurisdiction_scope(membership.jurisdiction_id):
            _record_and_tell(membership, by=None)


def _start_over(user: User) -> None:
    Authenticator.objects.filter(user=user).delete()
    # Who knows the password only could otherwise set up a factor of their own.
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sessions(user)
    end_tokens(Membership.objects.filter(user=user).values_list("pk", flat=True), by=None)


def _record_and_tell(membership: Membership, *, by: Membership | None) -> None:
    event = audit.record("factor.all_taken_away", about=membership, by=by)
    for tell in TELL_OF_LOSS:
        tell(membership, event)


def _locked(user: User) -> User:
    """Two changes to one person's factors go one after the other."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _record(kind: str, user: User) -> None:
    """In the audit of each of their agencies, and in the partnership's for its own people."""
    if PartnershipMembership.objects.filter(user=user).exists():
        audit.record_in_partnership(kind, about=user, by=user)
    for membership in Membership.objects.current().filter(user=user):
        with jurisdiction_scope(membership.jurisdiction_id):
            audit.record(kind, about=membership, by=membership)
