"""Rules and numbers: what looks alike, what may be withdrawn or opened, and numbers that are given once."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection, transaction

from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.facts import CannotChangeFacts, change_facts
from reviews.actions.notify import CannotOpen, notify_incident, open_past_incident
from reviews.actions.withdraw import CannotWithdraw, withdraw_incident
from reviews.facts import ChildFacts, IncidentFacts, facts_of
from reviews.models import Incident
from reviews.numbers import next_number, number_of
from reviews.rules.duplicates import LookAlikes, Traits, ages_near, alike
from tests.cast import member
from tests.reviews.incident_situations import DAY, imported, notified


def traits(days: int = 0, **changed: Any) -> Traits:
    given: dict[str, Any] = {
        "incident_type": "fatality",
        "county": "Alder",
        "ages": ((3, "months"),),
    } | changed
    return Traits(occurred_on=DAY + dt.timedelta(days), **given)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (traits(), "the same day, the same county, the same type, a similar age"),
        (traits(3, county=" alder "), "3 days apart, the same county, the same type, a similar age"),
        (
            traits(-1, incident_type="near_fatality"),
            "1 day apart, the same county, a related type, a similar age",
        ),
        (traits(1, ages=()), "1 day apart, the same county, the same type"),
        (traits(4), ""),
        (traits(county="Rowan"), ""),
        (traits(incident_type="serious_injury"), ""),
        (traits(ages=((4, "years"),)), ""),
        (traits(60, case_number=" c-1 ", county="Rowan"), "the same case number"),
    ],
)
def test_what_looks_alike(other: Traits, expected: str) -> None:
    assert alike(traits(case_number="C-1"), other) == expected
    assert alike(other, traits(case_number="C-1")) == expected


def test_without_ages_a_file_points_out_the_very_same_day_only() -> None:
    one = traits(ages=())
    assert alike(one, traits(0, ages=()), days_without_age=0)
    assert not alike(one, traits(1, ages=()), days_without_age=0)
    assert not alike(one, traits(0, ages=(), incident_type="near_fatality"), days_without_age=0)


def test_without_a_date_or_a_county_only_the_case_number_tells() -> None:
    bare = Traits("fatality", None, "Alder")
    assert not alike(bare, traits())
    assert not alike(traits(county=""), traits(county=""))


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ((14, "months"), (1, "years"), True),
        ((14, "months"), (3, "years"), False),
        ((5, "weeks"), (1, "months"), True),
        ((20, "hours"), (2, "days"), False),
        ((1, "days"), (20, "hours"), True),
    ],
)
def test_ages_are_near_within_one_of_the_coarser_unit(
    one: tuple[int, str], other: tuple[int, str], near: bool
) -> None:
    assert ages_near([one], [other]) is near


def test_many_are_found_as_one_by_one() -> None:
    many = [
        traits(days, ages=ages) for days in range(-6, 7) for ages in ((), ((3, "months"),), ((9, "years"),))
    ]
    look_alikes: LookAlikes[int] = LookAlikes()
    for at, other in enumerate(many):
        look_alikes.add(at, other)
    expected = [at for at, other in enumerate(many) if alike(traits(), other)]
    found = look_alikes.of(traits())
    assert len(found) == 5  # no more are named
    assert set(found) <= set(expected)


def test_a_number_is_a_year_and_three_figures_or_more() -> None:
    assert (number_of(2026, 4), number_of(2026, 1204)) == ("2026-004", "2026-1204")


@pytest.mark.django_db
def test_numbers_go_on_within_their_year_and_agency(
    cedar: Jurisdiction, birch: Jurisdiction, coordinator: User, outsider: User
) -> None:
    imported(cedar, "2026-999")
    imported(cedar, "2025-003")
    imported(birch, "2026-007")
    with jurisdiction_scope(cedar.pk):
        assert next_number(cedar.pk, 2026) == "2026-1000"
        assert next_number(cedar.pk, 2024) == "2024-001"
    with jurisdiction_scope(birch.pk):
        assert next_number(birch.pk, 2026) == "2026-008"


@pytest.mark.django_db(transaction=True)
def test_eight_notifications_at_once_get_eight_numbers(cedar: Jurisdiction, coordinator: User) -> None:
    by = member(coordinator, cedar)
    at_once = threading.Barrier(8)
    failures: list[Exception] = []

    def notify() -> None:
        try:
            at_once.wait(20)
            with jurisdiction_scope(cedar.pk):
                notify_incident(IncidentFacts("fatality", DAY), [ChildFacts()], by=by)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=notify) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    with jurisdiction_scope(cedar.pk):
        given = sorted(Incident.objects.values_list("number", flat=True))
    year = given[0].split("-")[0]
    assert given == [f"{year}-{at:03d}" for at in range(1, 9)]


@pytest.mark.django_db
def test_actions_may_be_repeated_and_refuse_with_reasons(cedar: Jurisdiction, coordinator: User) -> None:
    incident, past = notified(cedar, coordinator), imported(cedar)
    by = member(coordinator, cedar)
    with jurisdiction_scope(cedar.pk):
        with pytest.raises(CannotOpen):
            open_past_incident(incident, by=by)
        with pytest.raises(CannotWithdraw), transaction.atomic():
            withdraw_incident(incident, by=by, reason="x" * 501)
        withdrawn = withdraw_incident(incident, by=by, reason="Here twice.")
        again = withdraw_incident(incident, by=by, reason="Another reason.")
        assert (again.withdrawn_reason, again.version) == ("Here twice.", withdrawn.version)
        with pytest.raises(CannotChangeFacts):
            change_facts(incident, facts_of(incident), [ChildFacts()], by=by, version=incident.version)
        withdraw_incident(past, by=by, reason="Not ours.")
        with pytest.raises(CannotOpen):
            open_past_incident(past, by=by)
    with pytest.raises(ValueError, match="at least one child"), jurisdiction_scope(cedar.pk):
        notify_incident(IncidentFacts("fatality"), [], by=by)
