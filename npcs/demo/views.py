"""The page "people to become": exists in demo mode, and for a browser on the same machine only."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jurisdictions.http import View, public
from jurisdictions.models import Jurisdiction, Membership, PartnershipMembership, User
from jurisdictions.numbers import number_of
from jurisdictions.roles import PARTNERSHIP_ROLE_LABELS, PartnershipRole, Permission
from jurisdictions.tenancy import jurisdiction_scope
from npcs.demo import reading
from npcs.demo.people import PASSWORD
from npcs.demo.second_step import CannotBecome, Code, code_of, secrets_of, sign_in
from reviews.models import Review
from reviews.turns import my_work

EXAMPLES = settings.BASE_DIR / "examples"
# What a visitor may take along: a file of past incidents as agencies have them, and how it is to be read.
SAMPLES = {"incidents": "messy-incidents.csv", "mapping": "messy-incidents.mapping.yaml"}


@dataclass(frozen=True)
class Person:
    """One line: who it is, what they are here, what there is to do for them, how they sign in, where to become them."""

    name: str
    email: str
    code: Code | None
    roles: str
    about: str
    to_do: str
    url: str


@dataclass(frozen=True)
class Place:
    """An agency, or the partnership, with its people."""

    name: str
    kind: str
    people: list[Person]


def on_this_machine(view: View) -> View:
    """To everybody else the address does not exist. A request that came through a proxy is from elsewhere."""

    @wraps(view)
    def door(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO or not _is_local(request):
            raise Http404
        return view(request, **kwargs)

    return door


def _is_local(request: HttpRequest) -> bool:
    if {"HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"} & request.META.keys():
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


demo_door: Callable[[View], View] = public(
    "the demo only: unknown in every other mode and from every other machine"
)


@require_GET
@demo_door
@on_this_machine
def people(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, trouble: str = "") -> HttpResponse:
    """Everybody one can become, agency by agency; the first one has a full list of work."""
    invented = {told["email"]: told["about"] for told in reading.people().values()}
    memberships = list(
        Membership.objects.current().filter(user__email__in=invented).select_related("user", "jurisdiction")
    )
    order = list(invented)
    memberships.sort(key=lambda membership: order.index(membership.user.email))
    context = {
        "places": [*_agencies(memberships, invented), *_partnership(invented)],
        "first": memberships[0] if memberships else None,
        "trouble": trouble,
        "password": PASSWORD,
        "mail_url": settings.DEMO_MAIL_URL,
        "samples": {
            name: reverse("demo:sample", args=[name])
            for name, file in SAMPLES.items()
            if (EXAMPLES / file).is_file()
        },
    }
    return render(request, "demo/people.html", context, status=409 if trouble else 200)


@require_POST
@demo_door
@on_this_machine
def become(request: HttpRequest, membership: int) -> HttpResponse:
    """Sign in as this person and open their agency; whoever was signed in before is signed out."""
    found = get_object_or_404(
        Membership.objects.current().select_related("user", "jurisdiction"),
        pk=membership,
        user__email__in=_invented(),
    )
    return _become(request, found.user, reverse("work:home", args=[found.jurisdiction.slug]))


@require_POST
@demo_door
@on_this_machine
def become_partner(request: HttpRequest, partnership: int) -> HttpResponse:
    found = get_object_or_404(
        PartnershipMembership.objects.select_related("user"), pk=partnership, user__email__in=_invented()
    )
    return _become(request, found.user, reverse("partnership:agencies"))


@require_GET
@demo_door
@on_this_machine
def sample_file(request: HttpRequest, sample: str) -> HttpResponseBase:
    """A file of past incidents that is as untidy as real ones are, to import."""
    path = EXAMPLES / SAMPLES.get(sample, "")
    if not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True)


def _invented() -> list[str]:
    """Nobody whom a visitor has invited under an address of their own can be become."""
    return [told["email"] for told in reading.people().values()]


def _become(request: HttpRequest, user: User, page: str) -> HttpResponse:
    try:
        sign_in(request, user, PASSWORD)
    except CannotBecome as refusal:
        return _page(request, str(refusal))
    return redirect(page)


def _code(user: User, secrets: dict[int, str]) -> Code | None:
    return code_of(secrets[user.pk]) if user.pk in secrets else None


def _agencies(memberships: list[Membership], invented: dict[str, str]) -> list[Place]:
    """The agencies in the order in which their first person comes; each is opened once, to count what waits."""
    places: dict[int, tuple[Jurisdiction, list[Membership]]] = {}
    for membership in memberships:
        agency = membership.jurisdiction
        places.setdefault(agency.pk, (agency, []))[1].append(membership)
    found, secrets = [], secrets_of([membership.user for membership in memberships])
    for agency, members in places.values():
        with jurisdiction_scope(agency.pk):
            lines = [
                Person(
                    name=member.user.display_name,
                    email=member.user.email,
                    code=_code(member.user, secrets),
                    roles=", ".join(member.role_labels),
                    about=_about(invented[member.user.email], member.role_labels),
                    to_do=_to_do(member),
                    url=reverse("demo:become", args=[member.pk]),
                )
                for member in members
            ]
        found.append(Place(agency.name, agency.get_kind_display(), lines))
    return found


def _about(told: str, roles: list[str]) -> str:
    """What is told of a person, unless it only says their roles again."""
    words = set(re.findall(r"\w+", told.lower()))
    return told if words - set(re.findall(r"\w+", " ".join(roles).lower())) - {"and"} else ""


def _to_do(membership: Membership) -> str:
    """In words what their My work holds."""
    if not membership.allows(Permission.REVIEW_VIEW):
        return "People and settings"
    if not membership.allows(Permission.INCIDENT_VIEW):
        count = Review.objects.visible_to(membership).count()
        return f"{number_of(count, 'review')} to read"
    work = my_work(membership)
    late = sum(1 for turn in work.waiting_for_me if turn.tone == "stop")
    words = [
        f"{len(work.waiting_for_me)} to do" if work.waiting_for_me else "",
        f"{late} late" if late else "",
        f"{len(work.waiting_for_others)} with somebody else" if work.waiting_for_others else "",
        f"{len(work.coming_up)} on hold" if work.coming_up else "",
    ]
    return ", ".join(filter(None, words)) or "Nothing waits today"


def _partnership(invented: dict[str, str]) -> list[Place]:
    partners = (
        PartnershipMembership.objects.select_related("user")
        .filter(user__email__in=invented)
        .order_by("user__display_name")
    )
    secrets = secrets_of([partner.user for partner in partners])
    people = [
        Person(
            name=partner.user.display_name,
            email=partner.user.email,
            code=_code(partner.user, secrets),
            roles=", ".join(PARTNERSHIP_ROLE_LABELS[PartnershipRole(role)] for role in partner.roles),
            about=invented[partner.user.email],
            to_do="Agencies and their agreements",
            url=reverse("demo:become_partner", args=[partner.pk]),
        )
        for partner in partners
    ]
    return [Place("The partnership", "Holds no review", people)] if people else []
