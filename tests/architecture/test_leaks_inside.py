"""Within Cedar: who has no part in a review sees and changes nothing of it, and more of such reviews changes no byte.

Walked as a reviewer and a debriefer with a seat on another review, the administrator, a guest and an approver from
outside on another review, and somebody of every role who stepped back from it.
"""

import pytest
from django.db import models

from inbox.models import Message
from jurisdictions.models import AuditEvent
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.moves import make_move
from reviews.actions.remarks import leave_remark
from reviews.actions.team import step_back
from reviews.exports import read_rows
from reviews.incident_filters import IncidentFilters
from reviews.models import Incident, Review
from tests.architecture.conftest import HIDDEN, MARK, Walk
from tests.architecture.test_leaks import NAMES_EVERY_AGENCY
from tests.architecture.test_tables import ISOLATED
from tests.architecture.walk import (
    POSTABLE,
    READABLE,
    address,
    bodies,
    body_of,
    differing,
    fingerprint,
    read,
    signed_in,
)
from tests.cast import member
from tests.reviews.situations import complete, make_review

pytestmark = pytest.mark.django_db
# Whoever releases questions is told how many reviews that touches: a number, and nothing of any of them.
TOLD_HOW_MANY = "j/<slug:jurisdiction>/questions/draft/release/"
NUMBER = "2026-901"


def of_a_review(route: str) -> bool:
    return route.startswith("j/") and ":number>" in route


@pytest.mark.slow
def test_no_address_shows_a_review_one_has_no_part_in_and_more_of_them_change_nothing(walk: Walk) -> None:
    before = read(walk.unseated, walk.ours)
    for (who, route, fragment), (status, body) in before.items():
        assert status < 500, (who, route)
        marks = (HIDDEN, NUMBER) if route in NAMES_EVERY_AGENCY else (HIDDEN, NUMBER, MARK)
        for mark in marks:
            assert mark.encode() not in body, (who, route, fragment)
    for n in range(2, 9):
        walk.add_theirs(f"2026-00{n}")
        walk.add_hidden(f"2026-90{n}")
    after = read(walk.unseated, walk.ours, like=before)
    assert [asked for asked in differing(before, after) if asked[1] != TOLD_HOW_MANY] == []


@pytest.mark.slow
def test_every_address_of_such_a_review_is_as_if_it_were_not_there(walk: Walk) -> None:
    nowhere = walk.hidden | {"number": "2026-777"}
    for who, user in walk.unseated.items():
        client = signed_in(user)
        for method, routes in ((client.get, READABLE), (client.post, POSTABLE)):
            for route in filter(of_a_review, routes):
                there = method(address(route, "cedar", walk.hidden))
                missing = method(address(route, "cedar", nowhere))
                assert (there.status_code, body_of(there)) == (missing.status_code, body_of(missing)), route
                # Nothing was sent to be saved, which is said before anything is looked up.
                assert there.status_code in {403, 404} or route.endswith("answers/"), (who, route)
    with jurisdiction_scope(walk.cedar.pk):
        refused = AuditEvent.objects.filter(kind="door.not_visible", outcome="denied")
        assert refused.filter(by_user=walk.people["recused"].pk).exists()


@pytest.mark.slow
def test_nothing_that_is_posted_changes_a_row_of_such_a_review(walk: Walk) -> None:
    """With its number, and with its entries and remarks under the number of a review one may write in."""
    with jurisdiction_scope(walk.cedar.pk):
        hidden = Review.objects.get(incident__number=NUMBER).pk
    rows = _of_the_review(hidden)
    swapped = walk.hidden | {"number": walk.ours["number"]}

    def standing() -> dict[str, tuple[int, str]]:
        with jurisdiction_scope(walk.cedar.pk):
            return fingerprint(rows)

    before = standing()
    assert all(before[table][0] for table in ("reviews_incident", "reviews_answer", "reviews_remark"))
    for who, user in walk.unseated.items():
        client = signed_in(user)
        for route in filter(of_a_review, POSTABLE):
            for body in bodies(route, walk.ours | walk.hidden):
                for keys in (walk.hidden, swapped):
                    response = client.post(address(route, "cedar", keys), **body)
                    assert response.status_code < 500, (who, route)
                    assert HIDDEN.encode() not in body_of(response), (who, route)
        assert standing() == before, who


def _of_the_review(pk: int) -> dict[str, str]:
    """For each table that points at a review or an incident, which of its rows are this one's."""
    columns = {
        model._meta.db_table: field.column
        for model in ISOLATED
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey) and field.related_model in {Review, Incident}
    }
    found = {table: f"{column} = {pk}" for table, column in columns.items()}
    return found | {
        "reviews_incident": f"id = {pk}",
        "inbox_message": f"number = '{NUMBER}'",
        "jurisdictions_auditevent": f"about = 'review:{pk}' AND outcome <> 'denied'",
    }


def test_search_and_lists_as_files_leave_it_out(walk: Walk) -> None:
    client = signed_in(walk.people["recused"])
    assert b"2026-001" in client.get("/j/cedar/incidents/", {"q": "CEDARMARK"}).content
    hidden, nothing = (
        body_of(client.get("/j/cedar/incidents/", {"q": words})).replace(words.encode(), b"")
        for words in (HIDDEN, "QQQQQQMARK")
    )
    assert hidden == nothing
    with jurisdiction_scope(walk.cedar.pk):
        rows = read_rows(IncidentFilters.read({}), by=member(walk.people["recused"], walk.cedar))
    assert [row[0] for row in rows] == ["2026-001"]


def test_whoever_stepped_back_is_told_nothing_of_it_any_more(walk: Walk) -> None:
    """They hold every role, so each move would make it their turn."""
    with jurisdiction_scope(walk.cedar.pk):
        away, checks, approves = (
            member(walk.people[who], walk.cedar) for who in ("recused", "quality_lead", "director")
        )
        lead = walk.hidden_lead
        review = make_review(walk.cedar, lead, number="2026-950", lead=lead)
        step_back(review, who=away, reason="Served the family.", by=away)
        complete(review, lead)
        review = make_move(review, "send_to_quality_lead", by=lead)
        leave_remark(review, part="needs", text="Which?", by=checks)
        for action, by in (
            ("return_to_team", checks),
            ("send_to_quality_lead", lead),
            ("send_to_director", checks),
            ("approve", approves),
        ):
            review = make_move(review, action, by=by)
        assert Message.objects.filter(number="2026-950").count() > 4
        assert not Message.objects.filter(to=away, number="2026-950").exists()
