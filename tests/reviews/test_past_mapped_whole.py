"""A past review of another make comes in whole or goes back whole, and nothing of it is lost without a word."""

from pathlib import Path

import pytest
from django.test import Client

from dictionary.models import Edition
from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.tenancy import jurisdiction_scope
from reviews.imports.table import FileRefused
from reviews.imports.unpacking import unpack
from reviews.models import Incident
from reviews.past import translating
from reviews.past.mapping import read_past_mapping
from reviews.past.variables import variables_in
from tests.reviews.past_desk import Desk
from tests.reviews.past_projects import REPEATING, csv_of, row

pytestmark = pytest.mark.django_db

KINDS = {"column-1": "incident_type", "instrument-1": "opportunities", "column-6": "opportunity_title"}
SAID = {
    "record_id": "17",
    "incident_kind": "NF",
    "event_date": "2019-03-24",
    "county": "Hazel",
    "intake_complete": "2",
}
RECORDS = REPEATING[:-1]  # without the row that is of no record


@pytest.fixture
def desk(client: Client, by: Membership, cedar: Jurisdiction) -> Desk:
    client.force_login(by.user)
    return Desk(client, cedar)


@pytest.mark.parametrize(
    "broken",
    [
        [*RECORDS[2], "a cell too many"],
        ["x" * 40_000 if cell == "A bed." else cell for cell in RECORDS[2]],
        [cell.replace("A bed.", "A bed\0.") for cell in RECORDS[2]],
    ],
)
def test_a_row_that_cannot_be_read_takes_its_review_back_with_it(
    desk: Desk, cedar: Jurisdiction, broken: list[str]
) -> None:
    upload = desk.bring(csv_of([*RECORDS[:2], broken, *RECORDS[3:]]))
    assert desk.try_it(upload, KINDS).created == 1
    desk.keep(upload)
    with jurisdiction_scope(cedar.pk):
        assert set(Incident.objects.values_list("source_key", flat=True)) == {"18"}
    mended = desk.bring(csv_of(RECORDS))
    desk.try_it(mended, KINDS)
    run = desk.keep(mended)
    assert (run.created, run.unchanged, run.returned) == (1, 1, 0), run.told


def test_a_second_row_of_a_record_takes_it_back_whole(desk: Desk, cedar: Jurisdiction) -> None:
    again = row(record_id="17", incident_kind="F", event_date="2019-03-25", county="Hazel")
    upload = desk.bring(csv_of([*RECORDS, again]))
    run = desk.try_it(upload, KINDS)
    assert (run.created, run.returned) == (1, 1), run.told


def test_what_is_named_like_a_state_of_redcap_s_own_and_is_none_is_counted(desk: Desk) -> None:
    upload = desk.bring(csv_of([*RECORDS[:1], row(**SAID, home_visits_complete="yes"), *RECORDS[2:]]))
    unread = desk.try_it(upload, KINDS).told["unread"]
    assert "“home_visits_complete” in 1 row" in unread
    assert not any("intake_complete" in one for one in unread)


def test_a_timestamp_is_redcap_s_own_only_beside_its_form() -> None:
    header = ["record_id", "incident_timestamp", "intake_timestamp", "intake_complete"]
    assert set(variables_in(header).by_name) == {"record_id", "incident_timestamp"}


MAPPING = """
key: id
items:
  incident_type: {column: kind, codes: {F: fatality}}
  occurred_on: {column: day, format: "%d/%m/%Y"}
"""


def read(folder: Path, lines: list[str]) -> translating.PastFile:
    path = folder / "past.csv"
    path.write_text("\n".join(["id,kind,day", *lines]))
    edition = Edition.objects.in_force().parsed
    return translating.read_mapped(
        unpack(path, folder), read_past_mapping(MAPPING.encode(), edition), edition
    )


def test_a_day_in_another_form_than_the_columns_goes_back(tmp_path: Path) -> None:
    found = read(tmp_path, ["1,F,13/04/2019", "2,F,04/13/2019", "3,F,2019-04-13", "4,F,soon"])
    days = {key: review.incident.get("occurred_on") for key, review in found.reviews.items()}
    assert days["1"] == "2019-04-13"
    assert days["2"] is None
    (remark,) = next(remarks for (_, number), remarks in found.remarks.items() if number == 3)
    assert (remark.column, remark.returned) == (2, True)
    assert "is not a date like" in remark.message


def test_more_reviews_or_rows_than_can_come_in_are_refused_while_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translating, "MOST_REVIEWS", 2)
    with pytest.raises(FileRefused, match=r"more than .* 2 reviews"):
        read(tmp_path, [f"{at},F,13/04/2019" for at in range(5)])
    monkeypatch.setattr(translating, "MOST_ROWS", 3)
    with pytest.raises(FileRefused, match="more than 3 rows"):
        read(tmp_path, ["1,F,13/04/2019"] * 4)
