"""What stands is told to a token that may read it, and that is in the audit; to another one a refusal says where."""

import pytest

from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Review
from tests.jurisdictions.test_api_door import problem
from tests.reviews.situations import add, answer
from tests.reviews.test_api_reviews import ONE, save
from tests.tokens import Software, software

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(review: Review, reviewer: User, cedar: Jurisdiction) -> Software:
    return software(reviewer, cedar)


def test_who_was_slower_and_may_not_read_is_told_the_version(
    review: Review, by: Membership, cedar: Jurisdiction, reviewer: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        answer(review, by, "safety_account", "Theirs.")
    said = problem(save(software(reviewer, cedar, "write"), "safety_account", "Mine."), 409, "stale")
    assert said.keys() == {"type", "title", "status", "detail", "item", "entry", "version"}
    assert said["version"] == 1
    with jurisdiction_scope(cedar.pk):
        assert not AuditEvent.objects.filter(kind="review.read").exists()


def test_what_is_missing_is_named_to_who_may_read(
    client: Software,
    review: Review,
    lead: Membership,
    cedar: Jurisdiction,
    reviewer: User,
    quality_lead: User,
) -> None:
    """By the entry's title, which are its own words; to another token by its place."""
    with jurisdiction_scope(cedar.pk):
        need = add(review, lead, "needs", need_statement="Sleep.", need_met="unmet")
    sent = {"action": "send_to_quality_lead"}
    writes = software(reviewer, cedar, "write")
    said = problem(writes.send("post", f"{ONE}moves/", sent), 422, "refused")
    assert "Sleep" not in str(said)
    assert need.pk in {one["entry"] for one in said["problems"]}
    with jurisdiction_scope(cedar.pk):
        assert not AuditEvent.objects.filter(kind="review.read").exists()
    assert "Sleep" in str(problem(client.send("post", f"{ONE}moves/", sent), 422, "refused"))
    with jurisdiction_scope(cedar.pk):
        assert AuditEvent.objects.filter(kind="review.read", about=f"review:{review.pk}").exists()


def test_without_an_audit_row_nobody_is_told_what_stands(
    client: Software, review: Review, by: Membership, cedar: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> None:
    with jurisdiction_scope(cedar.pk):
        answer(review, by, "safety_account", "Theirs.")

    def refuse(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr("jurisdictions.audit.record", refuse)
    told = save(client, "safety_account", "Mine.")
    problem(told, 500, "failed")
    assert b"Theirs" not in told.content
