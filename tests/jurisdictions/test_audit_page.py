"""Reading the audit: who may, what each kind of event is called, what is shown of it, and that it stays quick."""

import ast
import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from jurisdictions import audit
from jurisdictions.audit_pages import PAGES, page_asked_for
from jurisdictions.audit_words import KINDS, THINGS
from jurisdictions.models import AuditEvent, Jurisdiction, Membership, PartnershipEvent, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.team import step_back
from reviews.models import Review
from reviews.rules.moves import MOVES
from tests.cast import member
from tests.reviews.situations import make_review

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
PAGE = "/j/cedar/people/audit/"
RECORDING = {"record", "record_in_partnership", "record_denial", "_record", "_refused", "read_review"}
KIND = re.compile(r"[a-z]+\.[a-z_]+")

SignIn = Callable[[str], Client]


def recorded() -> Iterator[str]:
    """Every kind that the code of any app hands to the audit, as a word or in SQL."""
    for app in ("jurisdictions", "inbox", "dictionary", "reviews", "npcs"):
        for path in (ROOT / app).rglob("*.py"):
            source = path.read_text()
            yield from re.findall(r"'([a-z]+\.[a-z_]+)', %\(about\)s, 'done'", source)
            for call in ast.walk(ast.parse(source)):
                if isinstance(call, ast.Call) and _name(call.func) in RECORDING:
                    given = [
                        *call.args[:2],
                        *(key.value for key in call.keywords if key.arg in {"kind", "what"}),
                    ]
                    for argument in given:
                        for node in ast.walk(argument):
                            if isinstance(node, ast.Constant) and KIND.fullmatch(str(node.value)):
                                yield str(node.value)
    yield from (f"review.{action}" for action in MOVES)


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def test_every_kind_that_is_recorded_has_words_and_no_words_wait_for_a_kind() -> None:
    defaults = {"review.read"}  # of a function's own argument
    assert set(recorded()) | defaults == set(KINDS)
    assert len(set(KINDS.values())) == len(KINDS)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("nobody", 302),
        ("outsider", 404),
        ("partner", 404),
        ("reviewer", 403),
        ("coordinator", 403),
        ("director", 403),
        ("quality_lead", 200),
        ("administrator", 200),
    ],
)
def test_who_may_read_an_agency_s(cedar: Jurisdiction, sign_in: SignIn, who: str, status: int) -> None:
    assert sign_in(who).get(PAGE).status_code == status


@pytest.mark.parametrize(("who", "status"), [("nobody", 302), ("administrator", 404), ("partner", 200)])
def test_who_may_read_the_partnership_s(cedar: Jurisdiction, sign_in: SignIn, who: str, status: int) -> None:
    assert sign_in(who).get("/partnership/audit/").status_code == status


@pytest.fixture
def review(cedar: Jurisdiction, coordinator: User, reviewer: User) -> Review:
    with jurisdiction_scope(cedar.pk):
        review = make_review(cedar, member(coordinator, cedar), lead=member(reviewer, cedar))
        audit.record("review.answered", about=review, by=member(reviewer, cedar), part="needs")
        return review


def text(client: Client, path: str = PAGE, **asked: object) -> str:
    page = client.get(path, {name: str(value) for name, value in asked.items()}).content.decode()
    return re.sub(r"\s+", " ", page.partition("<tbody>")[2].partition("</tbody>")[0])


def test_a_review_is_named_to_those_who_may_see_it_only(
    review: Review, cedar: Jurisdiction, quality_lead: User, administrator: User, client: Client
) -> None:
    link = '<a href="/j/cedar/reviews/2026-001/">Review 2026-001</a>'
    client.force_login(quality_lead)
    assert link in text(client)
    with jurisdiction_scope(cedar.pk):
        who = member(quality_lead, cedar)
        step_back(review, who=who, reason="A cousin", by=who)
    assert "2026-001" not in text(client)
    client.force_login(administrator)
    seen = text(client)
    assert "Wrote in a review" in seen
    assert "<td>a review</td>" in seen
    assert "2026-001" not in seen


def test_reading_it_is_an_event_and_shows_no_content(
    review: Review, cedar: Jurisdiction, sign_in: SignIn
) -> None:
    client = sign_in("administrator")
    assert "Read the audit" not in text(client)
    assert "Read the audit" in text(client)
    with jurisdiction_scope(cedar.pk):
        assert AuditEvent.objects.filter(kind="audit.read").count() == 2
    for path in ("/partnership/audit/",) * 2:
        seen = text(sign_in("partner"), path)
    assert "Read the audit" in seen


def test_a_refusal_says_which_page(review: Review, sign_in: SignIn) -> None:
    sign_in("reviewer").get(PAGE)
    seen = text(sign_in("administrator"))
    assert "Asked for a page that their roles do not open" in seen
    assert "<td>Audit</td>" in seen
    assert "<td>Refused</td>" in seen


def test_every_page_behind_a_door_has_a_title() -> None:
    behind = {
        address
        for address, view in _named(get_resolver(), ())
        if getattr(view, "permissions", None) is not None
    }
    assert behind == set(PAGES)
    assert len(set(PAGES.values())) == len(PAGES)
    assert page_asked_for("reviews:gone") == "A page"


def _named(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _named(one, (*spaces, one.namespace) if one.namespace else spaces)
        else:
            yield ":".join((*spaces, str(one.name))), one.callback


def test_nobody_of_another_agency_has_a_name_in_it(
    review: Review, cedar: Jurisdiction, outsider: User, reviewer: User, sign_in: SignIn
) -> None:
    assert sign_in("outsider").get("/j/cedar/reviews/").status_code == 404
    Membership.objects.filter(user=reviewer).update(left_at=timezone.now())
    client = sign_in("administrator")
    seen = text(client)
    assert "Asked for a page of an agency they are not in" in seen
    assert "<td>somebody from outside</td>" in seen
    assert "<td>Reviewer</td>" in seen  # who left is still known by name
    asked = client.get(PAGE, {"person": outsider.pk}).content.decode()
    assert "Outsider" not in asked
    # Nobody is looked for by a key that the list does not offer: the answer is the whole list.
    assert "Wrote in a review" in asked
    assert "Filters (" not in asked


def test_it_is_narrowed_to_a_person_a_kind_and_a_day(
    review: Review, cedar: Jurisdiction, reviewer: User, administrator: User, sign_in: SignIn
) -> None:
    client, today = sign_in("administrator"), timezone.localdate()
    client.get(PAGE)
    assert "Administrator" not in text(client, person=reviewer.pk)
    assert "Wrote in a review" in text(
        client, person=reviewer.pk, kind="review.answered", since=today, until=today
    )
    yesterday = today - dt.timedelta(days=1)
    assert text(client, until=yesterday) == text(client, since=yesterday, until=yesterday) == ""
    assert text(client, since=today + dt.timedelta(days=1)) == ""
    assert "Wrote in a review" in text(client, since=yesterday)
    assert text(client, kind="review.approve") == ""
    assert "Wrote in a review" in text(client, kind="not a kind", person="x", since="tomorrow")  # not asked
    page = client.get(f"{PAGE}?person={reviewer.pk}&kind=review.answered").content.decode()
    assert f'href="{PAGE}?kind=review.answered"' in page  # the chip that takes the person away
    fold = page.partition('<details class="npcs-filter-fold">')[2].partition("</details>")[0]
    assert ">Filters (2 on): Reviewer, Wrote in a review<" in fold.replace("\n", "")
    assert 'name="since"' in fold  # folded on a phone, as the list of incidents folds its own


def test_another_agency_s_events_are_not_there(
    review: Review, birch: Jurisdiction, outsider: User, client: Client
) -> None:
    client.force_login(outsider)
    seen = client.get("/j/birch/people/audit/").content.decode()
    assert "Wrote in a review" not in seen.partition("<h1>")[2].partition("<tbody>")[2]
    assert "Reviewer" not in seen.partition('id="id_person"')[2].partition("</select>")[0].replace(
        "Outsider", ""
    )


def test_every_event_is_on_exactly_one_page(cedar: Jurisdiction, reviewer: User, sign_in: SignIn) -> None:
    with jurisdiction_scope(cedar.pk):
        event = {"jurisdiction": cedar, "kind": "review.read", "about": "reviews", "by_user": reviewer.pk}
        # Of one moment: the key settles their order.
        AuditEvent.objects.bulk_create([AuditEvent(**event) for _ in range(60)])
    client, path, pages = sign_in("administrator"), f"{PAGE}?kind=review.read", []
    while path:
        page = client.get(path).content.decode()
        pages.append(page.count("Opened a page of a review</td>"))
        found = re.search(r'href="(\?[^"]+)" rel="next"', page)
        path = f"{PAGE}{found.group(1).replace('&amp;', '&')}" if found else ""
    assert pages == [25, 25, 10]


def test_whatever_a_model_is_called_there_are_words_for_it() -> None:
    from django.apps import apps

    audited = {"review", "incident", "incidentexport", "incidentimport", "membership", "invitation"}
    assert audited | {"agencypolicy", "jurisdiction", "partnershipmembership"} <= set(THINGS)
    models = {model._meta.model_name for model in apps.get_models()}
    assert set(THINGS) - models == {"reviews", "incidents", "imports", "figures", "audit", "tokens"}


def test_the_partnership_s_page_tells_what_it_did(
    partner: User, sign_in: SignIn, cedar: Jurisdiction
) -> None:
    audit.record_in_partnership("agency.created", about=cedar, by=partner)
    assert PartnershipEvent.objects.count() == 1
    seen = text(sign_in("partner"), "/partnership/audit/")
    assert "Brought an agency in" in seen
    assert ">Cedar County</a>" in seen
