"""Past reviews as the records of a REDCap project that was made from our data dictionary."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from dictionary.interchange.layout import lay_out
from dictionary.models import Edition
from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.import_past import PastReceipt, import_past_reviews
from reviews.content import read_content
from reviews.imports.table import NotOurLayout
from reviews.imports.unpacking import unpack
from reviews.models import Child, Review

pytestmark = pytest.mark.django_db

RECORD = {
    "record_id": "17",
    "incident_type": "near_fatality",
    "occurred_on": "2019-03-24",
    "county": "Hazel",
    "place_type": "unknown",
    "caregivers___mother": "1",
    "caregivers___father": "1",
    "caregivers___unknown": "0",
    "factor_stress": "2",
    "factor_stress_why": "Two posts stood open.",
    "factor_fatigue": "unknown",
    "facts_complete": "2",
    "redcap_data_access_group": "north",
}
ENTRIES = [
    {
        "redcap_repeat_instrument": "child",
        "redcap_repeat_instance": "1",
        "age_value": "5",
        "age_unit": "months",
    },
    {
        "redcap_repeat_instrument": "timeline",
        "redcap_repeat_instance": "1",
        "event_on": "2019-03-01",
        "event_on_precision": "month",
        "event_text": "The family moved.",
    },
    {
        "redcap_repeat_instrument": "needs",
        "redcap_repeat_instance": "2",
        "need_statement": "A bed.",
        "need_met": "unmet",
    },
    {
        "redcap_repeat_instrument": "opportunities",
        "redcap_repeat_instance": "1",
        "opportunity_title": "Sleep",
        "opportunity_sources": "need 2",
    },
]


def records(rows: Iterable[dict[str, str]]) -> bytes:
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@pytest.fixture
def bring(cedar: Jurisdiction, by: Membership, tmp_path: Path) -> Any:
    def go(rows: Iterable[dict[str, str]], **options: Any) -> PastReceipt:
        (tmp_path / "records.csv").write_bytes(records(rows))
        with jurisdiction_scope(cedar.pk):
            return import_past_reviews(
                unpack(tmp_path / "records.csv", tmp_path), jurisdiction=cedar, by=by, **options
            )

    return go


def test_records_come_in_with_their_repeating_instruments(bring: Any, cedar: Jurisdiction) -> None:
    receipt = bring([*({"record_id": "17"} | entry for entry in ENTRIES), RECORD])
    assert (receipt.rows, receipt.returned, receipt.count("created")) == (1, 0, 1), receipt.past.remarks
    assert receipt.past.unread == []
    with jurisdiction_scope(cedar.pk):
        review = Review.objects.select_related("incident", "edition").get()
        content = read_content(review.incident, review.edition.parsed)
        assert Child.objects.get().age == "5 months"
        assert content.value("caregivers") == ["mother", "father"]
        assert content.given[None, "place_type"].missing == "unknown"
        assert content.value("factor_stress") == "2"
        assert content.given[None, "factor_fatigue"].missing == "unknown"
        moment, need = content.ids("timeline")[0], content.ids("needs")[0]
        assert content.value("event_on", moment) == {"date": "2019-03-01", "precision": "month"}
        assert content.value("opportunity_sources", content.ids("opportunities")[0]) == [need]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([RECORD | {"need_met": "", "place_type": "moon"}], "“moon” is not a code"),
        ([RECORD | {"incident_type": ""}], "without its type"),
        ([RECORD, RECORD], "Row 2 has this record ID already"),
        (
            [RECORD, {"record_id": "18", "redcap_repeat_instrument": "needs"}],
            "No row of the file holds this record",
        ),
        ([RECORD, *[{"record_id": "17"} | ENTRIES[2]] * 2], "Instance 2 stands twice"),
        ([RECORD, {"record_id": "17"} | ENTRIES[3]], "names need 2"),
    ],
)
def test_what_is_wrong_goes_back(bring: Any, rows: list[dict[str, str]], words: str) -> None:
    receipt = bring(rows)
    said = [remark.message for remarks in receipt.past.remarks.values() for remark in remarks]
    assert any(words in message for message in said), said
    assert receipt.returned == 1
    assert receipt.rows == receipt.accepted + receipt.returned


def test_columns_of_another_project_are_said_and_a_foreign_file_is_refused(bring: Any) -> None:
    receipt = bring([RECORD | {"own_field": "x", "mood": "y"}])
    assert receipt.past.unread == ["“own_field”", "“mood”"]
    with pytest.raises(NotOurLayout, match="Few of the columns are fields of our data dictionary"):
        bring([{"record_id": "1", "dose": "3"}])


def test_every_field_of_our_dictionary_is_a_column_that_is_read(bring: Any) -> None:
    """The names come from the same layout as the dictionary that a project was made from."""
    layout = lay_out(Edition.objects.in_force().document)
    names = {laid.name for form in layout.forms for laid in form.fields if laid.item.type != "choices"}
    receipt = bring([RECORD | dict.fromkeys(names - set(RECORD), "")])
    assert receipt.past.unread == []


def test_half_an_age_and_links_to_nothing_go_back_and_never_fail_the_import(bring: Any) -> None:
    child = {
        "record_id": "17",
        "redcap_repeat_instrument": "child",
        "redcap_repeat_instance": "1",
        "age_value": "5",
    }
    linked = {"record_id": "17"} | ENTRIES[3] | {"opportunity_sources": "the second one"}
    receipt = bring([RECORD, child, linked])
    said = {remark.message for remarks in receipt.past.remarks.values() for remark in remarks}
    assert said == {"An age needs both a number and a unit.", "These are no numbers of entries."}
    assert receipt.returned == 1
