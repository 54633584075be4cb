"""Withdrawing a notification: the reason as it was said, and the first of two who withdraw at once."""

from contextlib import nullcontext

import pytest
from django.db import transaction

from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.withdraw import CannotWithdraw, withdraw_incident
from reviews.models import Incident
from tests.cast import member
from tests.locks import come_to_wait, in_another_connection
from tests.reviews.incident_situations import imported


@pytest.mark.django_db
def test_the_reason_stands_without_the_blanks_around_it(cedar: Jurisdiction, coordinator: User) -> None:
    past = imported(cedar)
    with jurisdiction_scope(cedar.pk):
        withdraw_incident(past, by=member(coordinator, cedar), reason=" \n Here twice.\r\nSee 7.\n")
        assert Incident.objects.get().withdrawn_reason == "Here twice.\nSee 7."


@pytest.mark.django_db
@pytest.mark.parametrize(("lines", "fits"), [(250, True), (251, False)])
def test_a_line_end_of_the_reason_counts_once_as_in_the_browser(
    cedar: Jurisdiction, coordinator: User, lines: int, fits: bool
) -> None:
    past = imported(cedar)
    reason = "\r\n".join(["x"] * lines) + ("!" if fits else "")
    with jurisdiction_scope(cedar.pk), nullcontext() if fits else pytest.raises(CannotWithdraw):
        withdraw_incident(past, by=member(coordinator, cedar), reason=reason)


@pytest.mark.django_db
def test_a_reason_that_could_not_be_kept_is_none(cedar: Jurisdiction, coordinator: User) -> None:
    past = imported(cedar)
    with jurisdiction_scope(cedar.pk), pytest.raises(CannotWithdraw, match=r"withdraw\.reason"):
        withdraw_incident(past, by=member(coordinator, cedar), reason="\0 \0")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_withdraw_at_once_the_first_says_why(cedar: Jurisdiction, coordinator: User) -> None:
    past, by = imported(cedar), member(coordinator, cedar)

    other, _ = in_another_connection(cedar, lambda: withdraw_incident(past, by=by, reason="Second."))
    with jurisdiction_scope(cedar.pk), transaction.atomic():
        withdraw_incident(past, by=by, reason="First.")
        other.start()
        assert come_to_wait(other), "the second waits for the first"
    other.join(20)
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.get().withdrawn_reason == "First."
        assert Incident.objects.get().version == past.version + 1
