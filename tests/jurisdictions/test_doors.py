"""Each refusal at a door is written down: who, which kind, at which page, in which agency."""

from collections.abc import Callable

import pytest
from django.test import Client

from jurisdictions.models import AuditEvent, Jurisdiction, PartnershipEvent, User
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import member
from tests.reviews.situations import make_review

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@pytest.mark.parametrize(
    ("who", "method", "path", "status", "kind", "about"),
    [
        ("outsider", "get", "", 404, "door.stranger", "work:home"),
        ("observer", "get", "people/", 403, "door.role", "people:list"),
        ("reviewer", "get", "reviews/2026-999/", 404, "door.not_visible", "reviews:home"),
        ("quality_lead", "post", "reviews/2026-001/selection/", 403, "door.rule", "reviews:selection"),
    ],
)
def test_an_agencys_door_writes_down_whom_it_refused(
    sign_in: SignIn,
    cedar: Jurisdiction,
    coordinator: User,
    who: str,
    method: str,
    path: str,
    status: int,
    kind: str,
    about: str,
    request: pytest.FixtureRequest,
) -> None:
    with jurisdiction_scope(cedar.pk):
        make_review(cedar, member(coordinator, cedar))
    client = sign_in(who)
    assert getattr(client, method)(f"/j/cedar/{path}").status_code == status
    with jurisdiction_scope(cedar.pk):
        event = AuditEvent.objects.get(outcome="denied")
    assert (event.kind, event.about, event.by_user) == (kind, about, request.getfixturevalue(who).pk)
    assert event.request_id
    assert event.ids == {}
    assert not PartnershipEvent.objects.filter(outcome="denied").exists()


@pytest.mark.parametrize("path", ["/partnership/agencies/", "/j/no-such-agency/"])
def test_a_refusal_that_is_no_agencys_is_the_partnerships(
    sign_in: SignIn, cedar: Jurisdiction, administrator: User, path: str
) -> None:
    assert sign_in("administrator").get(path).status_code == 404
    event = PartnershipEvent.objects.get(outcome="denied")
    assert (event.kind, event.by_user) == ("door.stranger", administrator.pk)
    with jurisdiction_scope(cedar.pk):
        assert not AuditEvent.objects.exists()
