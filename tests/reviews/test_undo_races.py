"""Undoing an import beside others: two who undo it, an import, and somebody who writes."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from jurisdictions.models import AuditEvent, Jurisdiction, Membership
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.answer import Place, hold_still, save_answer
from reviews.actions.import_incidents import Receipt, import_incidents
from reviews.actions.notify import open_past_incident
from reviews.actions.undo_import import undo_import
from reviews.imports.unpacking import unpack
from reviews.models import Answer, ImportUndone, Incident, Review
from tests.locks import come_to_wait, in_another_connection
from tests.reviews.import_situations import HEADER, mapping

pytestmark = pytest.mark.django_db(transaction=True)

ROW = HEADER + "1,F,2020-01-01,Alder,Told.,3\n"
CHANGED = HEADER + "1,F,2020-01-01,Rowan,Told.,3\n"


def test_of_two_who_undo_at_once_one_does(bring_in: Any, cedar: Jurisdiction, by: Membership) -> None:
    receipt = bring_in(ROW).record
    other, ended = in_another_connection(cedar, partial(undo_import, receipt, by=by))
    with jurisdiction_scope(cedar.pk):
        undo_import(receipt, by=by)
        other.start()
        assert come_to_wait(other)
    other.join(20)
    assert ended == ["CannotUndo"]
    with jurisdiction_scope(cedar.pk):
        assert ImportUndone.objects.get().removed == 1
        assert AuditEvent.objects.filter(kind="import.undone").count() == 1


def test_an_import_that_comes_meanwhile_waits_and_finds_what_was_undone(
    bring_in: Any, cedar: Jurisdiction, by: Membership, tmp_path: Path
) -> None:
    first = bring_in(ROW).record
    again: list[Receipt] = []
    file = unpack(tmp_path / "file.csv", tmp_path)
    other, ended = in_another_connection(
        cedar, lambda: again.append(import_incidents(file, mapping(), jurisdiction=cedar))
    )
    with jurisdiction_scope(cedar.pk):
        undone = undo_import(first, by=by)
        other.start()
        assert come_to_wait(other)
    other.join(20)
    assert ended == ["done"]
    assert again[0].count("created") == 1
    assert again[0].record is not None
    assert again[0].record.at > undone.at  # the moment of an import is that at which it held everything


def test_who_undoes_waits_for_who_writes_and_then_leaves_it(
    bring_in: Any, cedar: Jurisdiction, by: Membership
) -> None:
    bring_in(ROW)
    with jurisdiction_scope(cedar.pk):
        open_past_incident(Incident.objects.get(), by=by)
    second = bring_in(CHANGED).record
    other, ended = in_another_connection(cedar, partial(undo_import, second, by=by))
    with jurisdiction_scope(cedar.pk):
        review = Review.objects.select_related("edition", "jurisdiction").get()
        hold_still(review)
        other.start()
        assert come_to_wait(other)
        save_answer(Place(review, None, "safety_account"), value="Seen.", missing="", version=0, by=by)
    other.join(20)
    assert ended == ["CannotUndo"]
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.get().county == "Rowan"
        assert Answer.objects.filter(item="safety_account").exists()
