"""What people do while a file comes in: they wait only where both touch the same."""

import datetime as dt
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.utils import timezone

from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.figures import Figure, add_figure
from reviews.actions.import_incidents import import_incidents
from reviews.actions.import_past import import_past_reviews
from reviews.actions.notify import notify_incident
from reviews.facts import ChildFacts, IncidentFacts
from reviews.imports.unpacking import unpack
from reviews.models import Incident, YearlyFigure
from tests.locks import come_to_wait, in_another_connection
from tests.reviews.import_situations import HEADER, mapping
from tests.reviews.past_workbooks import filled_in

pytestmark = pytest.mark.django_db(transaction=True)


def notified(by: Membership) -> Incident:
    return notify_incident(IncidentFacts("fatality", dt.date(2026, 1, 2)), [ChildFacts()], by=by)


def brought_in(agency: Jurisdiction, folder: Path, rows: str) -> None:
    """Incidents from a file, in the scope that is open."""
    (folder / "file.csv").write_text(HEADER + rows)
    import_incidents(unpack(folder / "file.csv", folder), mapping(), jurisdiction=agency)


def numbers(agency: Jurisdiction) -> list[str]:
    with jurisdiction_scope(agency.pk):
        return sorted(Incident.objects.values_list("number", flat=True))


def test_a_notification_does_not_wait_for_a_file_of_past_years(
    cedar: Jurisdiction, by: Membership, tmp_path: Path
) -> None:
    other, ended = in_another_connection(cedar, partial(notified, by))
    with jurisdiction_scope(cedar.pk):
        brought_in(cedar, tmp_path, "1,F,2020-01-01,Alder,Told.,3\n")  # and not kept yet
        other.start()
        assert not come_to_wait(other)
    other.join(20)
    assert ended == ["done"]
    assert numbers(cedar) == ["2020-001", f"{timezone.localdate().year}-001"]


def test_it_waits_for_a_file_that_numbers_the_same_year_and_comes_after_it(
    cedar: Jurisdiction, by: Membership, tmp_path: Path
) -> None:
    year = timezone.localdate().year
    other, ended = in_another_connection(cedar, partial(notified, by))
    with jurisdiction_scope(cedar.pk):
        brought_in(cedar, tmp_path, f"1,F,{year}-01-01,Alder,Told.,3\n")
        other.start()
        assert come_to_wait(other)
    other.join(20)
    assert ended == ["done"]
    assert numbers(cedar) == [f"{year}-001", f"{year}-002"]


def test_a_file_waits_for_who_numbers_the_same_year(
    cedar: Jurisdiction, by: Membership, tmp_path: Path
) -> None:
    year = timezone.localdate().year
    other, ended = in_another_connection(
        cedar,
        lambda: brought_in(
            cedar, tmp_path, f"1,F,{year}-01-01,Alder,Told.,3\n2,F,2020-01-01,Alder,Told.,3\n"
        ),
    )
    with jurisdiction_scope(cedar.pk):
        notified(by)
        other.start()
        assert come_to_wait(other)
    other.join(20)
    assert ended == ["done"]
    assert numbers(cedar) == ["2020-001", f"{year}-001", f"{year}-002"]


def test_past_reviews_of_this_year_are_numbered_last(
    cedar: Jurisdiction, by: Membership, tmp_path: Path
) -> None:
    year = timezone.localdate().year
    days = {"A": f"{year}-01-01", "B": "2019-05-05", "C": "2018-05-05", "D": "2019-03-03"}
    rows = [
        {"Review": key, "Type of incident": "Fatality", "Date of the incident": day}
        for key, day in days.items()
    ]
    file = tmp_path / "filled.xlsx"
    file.write_bytes(filled_in({"Reviews": rows}, tmp_path))
    with jurisdiction_scope(cedar.pk):
        import_past_reviews(unpack(file, tmp_path), jurisdiction=cedar, by=by)
        written = list(Incident.objects.order_by("pk").values_list("source_key", "number"))
    assert written == [("C", "2018-001"), ("B", "2019-001"), ("D", "2019-002"), ("A", f"{year}-001")]


def test_yearly_figures_are_said_beside_a_file_of_incidents(
    cedar: Jurisdiction, by: Membership, tmp_path: Path
) -> None:
    said = Figure("children", 2020, "Census", "count", Decimal(9))
    other, ended = in_another_connection(cedar, partial(add_figure, said, by=by))
    with jurisdiction_scope(cedar.pk):
        brought_in(cedar, tmp_path, "1,F,2020-01-01,Alder,Told.,3\n")
        other.start()
        assert not come_to_wait(other)
    other.join(20)
    assert ended == ["done"]


def test_of_two_who_say_the_same_figure_the_second_is_told(cedar: Jurisdiction, by: Membership) -> None:
    said = Figure("children", 2020, "Census", "count", Decimal(9))
    other, ended = in_another_connection(cedar, partial(add_figure, said, by=by))
    with jurisdiction_scope(cedar.pk):
        add_figure(said, by=by)
        other.start()
        assert come_to_wait(other)
    other.join(20)
    assert ended == ["Refused"]
    with jurisdiction_scope(cedar.pk):
        assert YearlyFigure.objects.count() == 1
