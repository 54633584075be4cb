"""Taking an import back: what it brought is gone, what it changed stands as before, and nothing depends on it."""

from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from jurisdictions.models import AuditEvent, Jurisdiction, Membership
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.undo_import import CannotUndo, undo_import
from reviews.facts import INCIDENT_KEYS
from reviews.models import (
    Answer,
    AnswerVersion,
    Child,
    Entry,
    ImportUndone,
    Incident,
    IncidentImport,
    UnmappedCode,
)
from tests.reviews.import_situations import AFTER, BEFORE, HEADER, PLAIN, WIDER, rows

pytestmark = pytest.mark.django_db


def test_what_an_import_brought_is_removed(bring_in: Any, cedar: Jurisdiction, by: Membership) -> None:
    receipt = bring_in(BEFORE.replace("\n1,F", "\n1,?"), WIDER, by=by).record
    again = bring_in(BEFORE, WIDER, by=by).record
    assert (receipt.created, again.created) == (1, 1)
    with jurisdiction_scope(cedar.pk):
        undone = undo_import(receipt, by=by)
        assert (undone.removed, undone.restored, undone.by) == (1, 0, by)
        assert Incident.objects.get().source_key == "1"
        assert {one["imported_by_id"] for one in rows()["Answer"]} == {again.pk}
        assert (Entry.objects.count(), Child.objects.count()) == (1, 1)
        event = AuditEvent.objects.get(kind="import.undone")
        assert (event.about, event.ids) == (f"incidentimport:{receipt.pk}", {"removed": 1, "restored": 0})


def test_what_an_import_changed_stands_as_before(
    standing: dict[str, Any], second: IncidentImport, cedar: Jurisdiction, by: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        versions = dict(Incident.objects.values_list("source_key", "version"))
        assert rows() != standing
        undone = undo_import(second, by=by)
        assert (undone.removed, undone.restored) == (0, 1)
        assert rows() == standing
        first, other = Incident.objects.order_by("source_key")
        assert first.version == versions["1"] + 1  # whoever has its facts open sees that they are older
        assert other.version == versions["2"]
        assert first.source_sha256 == ""
        assert other.source_sha256 != ""


def test_what_the_import_had_said_is_kept_and_is_nobody_s_own(
    second: IncidentImport, cedar: Jurisdiction, by: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        undo_import(second, by=by)
        kept = AnswerVersion.objects.filter(at=second.at)
        said = {(one.item, one.value) for one in kept}
        assert {
            ("incident_type", "near_fatality"),
            ("occurred_on", "2020-01-02"),
            ("county", None),
            ("case_number", "C-9"),
            ("age_value", 5),
            ("sex", "male"),
            ("place_type", "child_home"),
            ("what_was_reported", "<p>Told anew.</p>"),
        } == said
        assert not AnswerVersion.objects.exclude(replaced_by=None, replaced_by_import=second).exists()


def test_the_same_file_comes_in_again(
    second: IncidentImport, bring_in: Any, cedar: Jurisdiction, by: Membership
) -> None:
    def said() -> list[Any]:
        answers = Answer.objects.order_by("record", "item", "repeat__position")
        columns = ("incident__source_key", "position", "age_value", "age_unit", "sex")
        return [
            list(Incident.objects.order_by("source_key").values_list("source_key", *INCIDENT_KEYS)),
            list(Child.objects.order_by("incident", "position").values_list(*columns)),
            list(answers.values_list("item", "value", "missing")),
        ]

    with jurisdiction_scope(cedar.pk):
        there = said()
        undo_import(second, by=by)
        assert said() != there
    again = bring_in(AFTER, WIDER)
    assert (again.count("changed"), again.count("unchanged"), again.returned) == (1, 1, 0)
    assert not any("changed this here" in one.message for some in again.remarks.values() for one in some)
    with jurisdiction_scope(cedar.pk):
        assert said() == there


def test_incidents_that_were_removed_come_in_again_under_their_numbers(
    bring_in: Any, cedar: Jurisdiction, by: Membership
) -> None:
    receipt = bring_in(BEFORE, WIDER).record
    with jurisdiction_scope(cedar.pk):
        numbers = set(Incident.objects.values_list("number", flat=True))
        undo_import(receipt, by=by)
        assert not any(rows().values())
    assert bring_in(BEFORE, WIDER).count("created") == 2
    with jurisdiction_scope(cedar.pk):
        assert set(Incident.objects.values_list("number", flat=True)) == numbers


def test_an_answer_of_a_file_that_a_later_one_replaced_is_that_file_s_again(
    bring_in: Any, cedar: Jurisdiction, by: Membership
) -> None:
    bring_in(HEADER + "1,F,2020-01-01,Alder,,3\n")
    added = bring_in(HEADER + "1,F,2020-01-01,Alder,Told.,3\n").record
    replaced = bring_in(HEADER + "1,F,2020-01-01,Alder,Told anew.,3\n").record
    with jurisdiction_scope(cedar.pk):
        with pytest.raises(CannotUndo) as refusal:
            undo_import(added, by=by)
        assert [problem.code for problem in refusal.value.problems] == ["undo.changed"]
        undo_import(replaced, by=by)
        answer = Answer.objects.get(item="what_was_reported")
        assert (answer.value, answer.imported_by, answer.at) == ("<p>Told.</p>", added, added.at)
        undo_import(added, by=by)  # what the later one changed stands as before, so nothing depends on it
        assert not Answer.objects.filter(item="what_was_reported").exists()


def test_the_codes_that_waited_for_it_wait_no_longer_and_earlier_ones_do_again(
    bring_in: Any, cedar: Jurisdiction, by: Membership
) -> None:
    place = "place_type: {column: place, codes: {H: child_home}}"
    text = PLAIN.replace("county: county", f"county: county\n  {place}")
    header = HEADER.replace("\n", ",place\n")
    first = bring_in(header + "1,F,2020-01-01,Alder,,3,Barn\n", text).record
    later = bring_in(header + "1,F,2020-01-01,Rowan,,3,Barn\n2,F,2020-01-01,Alder,,3,Tent\n", text).record
    with jurisdiction_scope(cedar.pk):
        waiting = UnmappedCode.objects.filter(settled_at=None)
        assert set(waiting.values_list("imported_by", "code")) == {(later.pk, "Barn"), (later.pk, "Tent")}
        undo_import(later, by=by)
        assert set(waiting.values_list("imported_by", "code")) == {(first.pk, "Barn")}


def test_the_site_cannot_rewrite_that_an_import_was_undone(
    second: IncidentImport, cedar: Jurisdiction, by: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        undo_import(second, by=by)
        for act in (
            lambda: ImportUndone.objects.update(removed=9),
            lambda: ImportUndone.objects.all().delete(),
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                act()


def test_every_row_carries_the_moment_of_its_receipt(second: IncidentImport, cedar: Jurisdiction) -> None:
    with jurisdiction_scope(cedar.pk):
        moments = {
            *Answer.objects.filter(imported_by=second).values_list("at", flat=True),
            *AnswerVersion.objects.filter(replaced_by_import=second).values_list("replaced_at", flat=True),
            Entry.objects.latest("pk").created_at,
        }
        assert moments == {second.at}


def test_what_an_import_removes_is_asked_of_every_constraint(
    standing: Any, cedar: Jurisdiction, by: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        undo_import(IncidentImport.objects.get(), by=by)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_import_is_undone_once(second: IncidentImport, cedar: Jurisdiction, by: Membership) -> None:
    with jurisdiction_scope(cedar.pk):
        undo_import(second, by=by)
        with pytest.raises(CannotUndo) as refusal:
            undo_import(second, by=by)
        assert [problem.code for problem in refusal.value.problems] == ["undo.already"]
        assert AuditEvent.objects.filter(kind="import.undone").count() == 1
