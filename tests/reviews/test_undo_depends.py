"""What depends on an import, and keeps it from being taken back: each refuses, says where, and changes nothing."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from jurisdictions.models import AuditEvent, Jurisdiction, Membership
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.answer import Place, save_answer
from reviews.actions.entries import add_entry
from reviews.actions.facts import change_facts
from reviews.actions.notify import open_past_incident
from reviews.actions.undo_import import CannotUndo, problems_before_undoing, undo_import
from reviews.actions.withdraw import withdraw_incident
from reviews.facts import child_facts_of, facts_of
from reviews.models import Answer, AnswerVersion, Incident, IncidentImport, Recusal, Review, ReviewHand
from tests.reviews.import_situations import AFTER, BEFORE, HEADER, WIDER, rows

pytestmark = pytest.mark.django_db


def change_a_fact(incident: Incident, by: Membership, **facts: Any) -> None:
    incident = Incident.objects.get(pk=incident.pk)
    children = [child_facts_of(child) for child in incident.children.all()]
    given = replace(facts_of(incident), **(facts or {"county": "Hazel"}))
    change_facts(incident, given, children, by=by, version=incident.version)


def change_a_child(incident: Incident, by: Membership) -> None:
    children = [child_facts_of(child) for child in incident.children.all()]
    children[0] = replace(children[0], died_on=dt.date(2020, 1, 3))
    change_facts(incident, facts_of(incident), children, by=by, version=incident.version)


def take_a_child_out(incident: Incident, by: Membership) -> None:
    children = [child_facts_of(child) for child in incident.children.all()]
    change_facts(incident, facts_of(incident), children[:1], by=by, version=incident.version)


def fill_a_blank(incident: Incident, by: Membership) -> None:
    change_a_fact(incident, by, aware_on=dt.date(2020, 1, 5))


def fill_a_blank_before_that_was_kept(incident: Incident, by: Membership) -> None:
    Incident.objects.filter(pk=incident.pk).update(county="Hazel", version=2)


def answer(incident: Incident, by: Membership) -> None:
    place = Place(Review.objects.get(pk=incident.pk), None, "safety_account")
    save_answer(place, value="Seen.", missing="", version=0, by=by)


def answer_again(incident: Incident, by: Membership) -> None:
    review = Review.objects.get(pk=incident.pk)
    standing = Answer.objects.get(record=incident, item="what_was_reported")
    place = Place(review, None, "what_was_reported")
    save_answer(place, value="<p>Ours.</p>", missing="", version=standing.version, by=by)


def add_a_child(incident: Incident, by: Membership) -> None:
    add_entry(incident, "child", by=by)


def withdraw(incident: Incident, by: Membership) -> None:
    withdraw_incident(incident, by=by, reason="Not ours.")


def set_state(incident: Incident, by: Membership, state: str) -> None:
    day = dt.date(2026, 1, 1)
    Review.objects.filter(pk=incident.pk).update(state=state, due_on=day, selected_on=day)


def approve(incident: Incident, by: Membership) -> None:
    set_state(incident, by, "with_director")
    ReviewHand.objects.create(
        jurisdiction_id=by.jurisdiction_id, review_id=incident.pk, membership=by, hand="approver"
    )
    Review.objects.filter(pk=incident.pk).update(state="approved", approver=by, approved_at=timezone.now())


def step_back(incident: Incident, by: Membership) -> None:
    Recusal.objects.create(
        jurisdiction_id=by.jurisdiction_id,
        review_id=incident.pk,
        membership=by,
        recorded_by=by,
        reason="Knows.",
    )


def refused(receipt: IncidentImport, agency: Jurisdiction, by: Membership) -> list[Any]:
    """The problems of undoing, which leaves everything as it stands."""
    with jurisdiction_scope(agency.pk):
        there, versions = rows(), AnswerVersion.objects.count()
        told = problems_before_undoing(receipt, by=by)
        with pytest.raises(CannotUndo) as refusal, transaction.atomic():
            undo_import(receipt, by=by)
        assert refusal.value.problems == told
        assert (rows(), AnswerVersion.objects.count()) == (there, versions)
        assert not AuditEvent.objects.filter(kind="import.undone").exists()
    return told


@pytest.mark.parametrize(
    ("since", "code"),
    [
        (lambda incident, by: open_past_incident(incident, by=by), "undo.reviewed"),
        (withdraw, "undo.withdrawn"),
        (change_a_fact, "undo.changed"),
        (change_a_child, "undo.changed"),
        (take_a_child_out, "undo.changed"),
        (fill_a_blank, "undo.changed"),
        (fill_a_blank_before_that_was_kept, "undo.changed"),
        (add_a_child, "undo.changed"),
    ],
)
def test_what_came_in_stays_while_something_depends_on_it(
    bring_in: Any, cedar: Jurisdiction, by: Membership, since: Callable[..., Any], code: str
) -> None:
    receipt = bring_in(BEFORE.replace(",,\n", ",,9\n", 1), WIDER).record
    with jurisdiction_scope(cedar.pk):
        incident = Incident.objects.get(source_key="1")
        since(incident, by)
    (problem,) = refused(receipt, cedar, by)
    assert (problem.code, problem.numbers, problem.more) == (code, (incident.number,), 0)
    assert incident.number in problem.message


@pytest.mark.parametrize(
    ("since", "code"),
    [
        (withdraw, "undo.withdrawn"),
        (change_a_fact, "undo.changed"),
        (change_a_child, "undo.changed"),
        (take_a_child_out, "undo.changed"),
        (fill_a_blank, "undo.changed"),
        (answer, "undo.changed"),
        (answer_again, "undo.changed"),
        (add_a_child, "undo.changed"),
        (partial(set_state, state="with_quality_lead"), "undo.closed"),
        (partial(set_state, state="with_director"), "undo.closed"),
        (approve, "undo.closed"),
        (step_back, "undo.stepped_back"),
    ],
)
def test_what_was_changed_stays_while_something_depends_on_it(
    standing: Any,
    bring_in: Any,
    cedar: Jurisdiction,
    by: Membership,
    lead: Membership,
    since: Callable[..., Any],
    code: str,
) -> None:
    with jurisdiction_scope(cedar.pk):
        incident = Incident.objects.get(source_key="1")
        review = open_past_incident(incident, by=by)
        if since not in (withdraw, change_a_fact, change_a_child, take_a_child_out, fill_a_blank):
            set_state(incident, by, "in_review")
        assert review.pk == incident.pk
    second = bring_in(AFTER, WIDER).record
    with jurisdiction_scope(cedar.pk):
        incident.refresh_from_db()
        since(incident, by)
    (problem,) = refused(second, cedar, by)
    assert problem.code == code
    assert (incident.number in problem.message) == (code != "undo.stepped_back")
    if code == "undo.stepped_back":
        with jurisdiction_scope(cedar.pk):
            assert undo_import(second, by=lead).restored == 1


def test_a_review_under_way_keeps_what_its_people_wrote_before(
    standing: Any, bring_in: Any, cedar: Jurisdiction, by: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        incident = Incident.objects.get(source_key="1")
        open_past_incident(incident, by=by)
        answer(incident, by)
        there = rows()
    second = bring_in(AFTER, WIDER).record
    with jurisdiction_scope(cedar.pk):
        undo_import(second, by=by)
        assert rows() == there


def test_only_the_newest_import_of_an_incident_can_be_undone(
    standing: Any, bring_in: Any, second: IncidentImport, cedar: Jurisdiction, by: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        first = IncidentImport.objects.earliest("pk")
    assert [problem.code for problem in refused(first, cedar, by)] == ["undo.changed"]
    third = bring_in(AFTER.replace("Told anew.", "Told thrice."), WIDER).record
    assert [problem.code for problem in refused(second, cedar, by)] == ["undo.changed"]
    with jurisdiction_scope(cedar.pk):
        undo_import(third, by=by)
        undo_import(second, by=by)
        assert rows() == standing
        told = problems_before_undoing(first, by=by)  # what has a history is not removed
    assert [problem.code for problem in told] == ["undo.changed"]


def test_a_child_whose_facts_a_later_import_changed_keeps_its_history(
    second: IncidentImport, bring_in: Any, cedar: Jurisdiction, by: Membership
) -> None:
    third = bring_in(AFTER.replace(",M,7\n", ",M,8\n"), WIDER).record
    with jurisdiction_scope(cedar.pk):
        undo_import(third, by=by)
        assert [problem.code for problem in problems_before_undoing(second, by=by)] == ["undo.changed"]


def test_more_incidents_than_five_are_counted(bring_in: Any, cedar: Jurisdiction, by: Membership) -> None:
    lines = "".join(f"{at},F,2020-01-{at:02},Alder,Told.,3\n" for at in range(1, 9))
    receipt = bring_in(HEADER + lines).record
    with jurisdiction_scope(cedar.pk):
        for incident in Incident.objects.all()[:7]:
            open_past_incident(incident, by=by)
        withdraw_incident(Incident.objects.get(review=None), by=by, reason="Not ours.")
    reviewed, withdrawn = refused(receipt, cedar, by)
    assert (len(reviewed.numbers), reviewed.more, len(withdrawn.numbers)) == (5, 2, 1)
    assert reviewed.message.endswith(" and 2 more.")


def test_what_an_earlier_release_changed_is_not_half_undone(
    second: IncidentImport, cedar: Jurisdiction, by: Membership
) -> None:
    """It noted no blanks, and its receipt carried a later moment than its rows."""
    second.at += dt.timedelta(milliseconds=3)
    assert [problem.code for problem in refused(second, cedar, by)] == ["undo.earlier"]


def test_what_cannot_be_found_any_more_is_not_half_undone(
    second: IncidentImport, cedar: Jurisdiction, by: Membership
) -> None:
    second.changed = 2
    assert [problem.code for problem in refused(second, cedar, by)] == ["undo.earlier"]
