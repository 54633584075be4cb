"""The doors for pages. Every view stands behind exactly one; a test walks the URLs and asks."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from jurisdictions import audit, doorbell, factors
from jurisdictions.models import Jurisdiction, Membership, PartnershipMembership, User
from jurisdictions.roles import PartnershipPermission, Permission
from jurisdictions.tenancy import jurisdiction_scope

type View = Callable[..., HttpResponseBase]


class TenantRequest(HttpRequest):
    """A request behind an agency's door: who asks is a membership, and its agency's scope is open."""

    user: User
    membership: Membership
    elsewhere: list[Membership]  # the same person's memberships in other agencies
    htmx: HtmxDetails


class Asking(Protocol):
    """A request behind either of an agency's doors: of a person in a browser, or of other software."""

    membership: Membership


class PartnershipRequest(HttpRequest):
    """A request behind the partnership's door: no agency is open."""

    user: User
    partnership: PartnershipMembership
    htmx: HtmxDetails


def requires(*permissions: Permission) -> Callable[[View], View]:
    """The door into an agency: a stranger gets 404, a member without any of the permissions 403.

    The view runs in the one transaction that the scope is; what it renders, it renders inside.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: TenantRequest, jurisdiction: str, **kwargs: Any) -> HttpResponseBase:
            # All of the person's, in one query: the frame names their other agencies.
            memberships = list(
                Membership.objects.current().filter(user=request.user).select_related("jurisdiction", "user")
            )
            membership = next((one for one in memberships if one.jurisdiction.slug == jurisdiction), None)
            if membership is None:
                aimed_at = Jurisdiction.objects.filter(slug=jurisdiction).values_list("pk", flat=True).first()
                _refused(request, "door.stranger", aimed_at)
                raise Http404
            if not any(map(membership.allows, permissions)):
                _refused(request, "door.role", membership.jurisdiction_id)
                raise PermissionDenied
            request.membership = membership
            request.elsewhere = [one for one in memberships if one is not membership]
            try:
                with jurisdiction_scope(membership.jurisdiction_id):
                    return view(request, **kwargs)
            except Http404:
                _refused(request, "door.not_visible", membership.jurisdiction_id)
                raise
            except PermissionDenied:
                _refused(request, "door.rule", membership.jurisdiction_id)
                raise

        door.permissions = permissions  # type: ignore[attr-defined]
        return door

    return decorate


def requires_partnership(permission: PartnershipPermission) -> Callable[[View], View]:
    """The door into the partnership's own pages: it opens no agency. Without a partnership role, 404."""

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: PartnershipRequest, **kwargs: Any) -> HttpResponseBase:
            partnership = (
                PartnershipMembership.objects.select_related("user").filter(user=request.user).first()
            )
            if partnership is None:
                _refused(request, "door.stranger", None)
                raise Http404
            if not partnership.allows(permission):
                _refused(request, "door.role", None)
                raise PermissionDenied
            request.partnership = partnership
            with transaction.atomic(), doorbell.ringing_on_commit():
                return view(request, **kwargs)

        door.permissions = (permission,)  # type: ignore[attr-defined]
        return door

    return decorate


def signed_in(reason: str) -> Callable[[View], View]:
    """Any signed-in person; no scope is opened. The reason stands in docs/permissions.md."""

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            return view(request, **kwargs)

        door.signed_in_reason = reason  # type: ignore[attr-defined]
        return door

    return decorate


def public(reason: str) -> Callable[[View], View]:
    """Anybody, signed in or not. The reason stands in docs/permissions.md."""

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            return view(request, **kwargs)

        door.public_reason = reason  # type: ignore[attr-defined]
        return login_not_required(door)

    return decorate


def one_factor(reason: str) -> Callable[[View], View]:
    """Stands before another door: also open to a session that has shown no second factor yet."""

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            return view(request, **kwargs)

        door.one_factor_reason = reason  # type: ignore[attr-defined]
        return door

    return decorate


def shown_lately(view: View) -> View:
    """Stands behind another door: who has shown nothing for some minutes gives the password again first."""

    @wraps(view)
    def door(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not factors.shown_lately(request):
            raise ReauthenticationRequired  # django-allauth's middleware leads there and back
        return view(request, **kwargs)

    return door


def _refused(request: Any, kind: str, jurisdiction_id: int | None) -> None:
    match = request.resolver_match
    audit.record_denial(
        kind, jurisdiction_id=jurisdiction_id, by=request.user, about=match.view_name if match else ""
    )
