"""What every page's frame shows. Behind a door it costs one query; elsewhere none."""

from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from inbox.models import Message
from jurisdictions.models import Membership, PartnershipMembership
from jurisdictions.roles import PartnershipPermission, Permission


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class Frame:
    """Who and where: the agency that is open, what one's roles reach, and the way to one's other agencies."""

    person: str = ""
    roles: tuple[str, ...] = ()
    agency: str = ""
    slug: str = ""
    nav: tuple[Link, ...] = ()
    inbox_count: int = 0
    inbox_url: str = ""
    search_url: str = ""
    directory_url: str = ""
    others: tuple[Link, ...] = ()
    demo: bool = False
    demo_mail_url: str = ""


# (label, route, the permissions of which one opens it); the order is the navigation's.
AGENCY_PAGES: list[tuple[str, str, tuple[Permission, ...]]] = [
    ("My work", "work:home", (Permission.HOME_VIEW,)),
    ("Incidents", "incidents:list", (Permission.INCIDENT_VIEW,)),
    ("Reviews", "reviews:list", (Permission.REVIEW_VIEW,)),
    ("Yearly figures", "figures:list", (Permission.FIGURES_VIEW,)),
    ("People", "people:list", (Permission.AGENCY_MANAGE_PEOPLE,)),
    ("Agency settings", "people:policy", (Permission.AGENCY_SET_POLICY,)),
    ("Own questions", "questions:list", (Permission.AGENCY_SET_QUESTIONS, Permission.REVIEW_VIEW_ALL)),
    ("Audit", "people:audit", (Permission.AUDIT_READ,)),
]
PARTNERSHIP_PAGES: list[tuple[str, str, PartnershipPermission]] = [
    ("Agencies", "partnership:agencies", PartnershipPermission.AGENCIES_MANAGE),
    ("Directory", "partnership:directory", PartnershipPermission.DIRECTORY_READ),
    ("Audit", "partnership:audit", PartnershipPermission.AUDIT_READ),
]


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `frame` for a page behind a door, a bare one elsewhere."""
    membership: Membership | None = getattr(request, "membership", None)
    if membership is not None:
        return {"frame": _agency_frame(request, membership)}
    partnership: PartnershipMembership | None = getattr(request, "partnership", None)
    if partnership is not None:
        return {"frame": _partnership_frame(request, partnership)}
    bare = Frame(demo=settings.DEMO, demo_mail_url=settings.DEMO_MAIL_URL)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"frame": bare}
    # Signed in, and no agency is open: the page belongs to none.
    return {"frame": replace(bare, person=user.display_name, nav=(Link("My work", reverse("home")),))}


def _agency_frame(request: HttpRequest, membership: Membership) -> Frame:
    slug = membership.jurisdiction.slug
    view_name = request.resolver_match.view_name if request.resolver_match else ""
    routes = [route for _, route, _ in AGENCY_PAGES]
    nav = tuple(
        Link(label, reverse(route, args=[slug]), _is_current(route, view_name, routes))
        for label, route, permissions in AGENCY_PAGES
        if any(map(membership.allows, permissions))
    )
    return Frame(
        person=membership.user.display_name,
        roles=tuple(membership.role_labels),
        agency=membership.jurisdiction.name,
        slug=slug,
        nav=nav,
        inbox_count=Message.objects.visible_to(membership).unread().count(),
        inbox_url=reverse("inbox:list", args=[slug]),
        search_url=reverse("incidents:list", args=[slug])
        if membership.allows(Permission.INCIDENT_VIEW)
        else "",
        directory_url=reverse("directory:list", args=[slug]),
        others=_others(getattr(request, "elsewhere", [])),
        demo=settings.DEMO,
        demo_mail_url=settings.DEMO_MAIL_URL,
    )


def _is_current(route: str, view_name: str, routes: list[str]) -> bool:
    """Whether the page is this entry's or lies under it: under the first entry of its section, unless it is one."""
    if view_name in routes:
        return view_name == route
    section = view_name.partition(":")[0]
    return route == next((one for one in routes if one.partition(":")[0] == section), "")


def _others(elsewhere: list[Membership]) -> tuple[Link, ...]:
    agencies = sorted((one.jurisdiction for one in elsewhere), key=lambda agency: agency.name)
    return tuple(Link(agency.name, reverse("work:home", args=[agency.slug])) for agency in agencies)


def _partnership_frame(request: HttpRequest, partnership: PartnershipMembership) -> Frame:
    view_name = request.resolver_match.view_name if request.resolver_match else ""
    routes = [route for _, route, _ in PARTNERSHIP_PAGES]
    nav = tuple(
        Link(label, reverse(route), _is_current(route, view_name, routes))
        for label, route, permission in PARTNERSHIP_PAGES
        if partnership.allows(permission)
    )
    return Frame(
        person=partnership.user.display_name,
        agency="The partnership",
        nav=nav,
        demo=settings.DEMO,
        demo_mail_url=settings.DEMO_MAIL_URL,
    )
