"""The records of a pack, brought into another agency, are the same reviews there; and they fit the data dictionary."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from dictionary.interchange import redcap, redcap_file
from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.import_past import PastReceipt, import_past_reviews
from reviews.content import Content, read_content
from reviews.imports.unpacking import unpack
from reviews.models import Answer, Entry, Review
from tests.cast import member
from tests.reviews.packs import packed, table
from tests.reviews.situations import add, answer
from tests.reviews.written_review import FOLDER, write_review

pytestmark = pytest.mark.django_db

RECORDS = "redcap/records-1.0.csv"
# What a review as reported does not have: the decision to hold it.
NOT_BROUGHT = {"selected_on", "selection_reasons", "selection_note"}
PROSE = (
    "<h2>What stood out</h2><ul><li>One bed</li><li>No <strong>car</strong></li></ul><p>= 5 &amp; more</p>"
)


@pytest.fixture
def director_of_cedar(director: User, cedar: Jurisdiction) -> Membership:
    return member(director, cedar)


@pytest.fixture
def written(cedar: Jurisdiction, lead: Membership, director_of_cedar: Membership) -> list[Review]:
    """Every review of the demo, and one answer of each awkward kind."""
    with jurisdiction_scope(cedar.pk):
        reviews = [
            write_review(cedar, lead, director_of_cedar, path=path, number=f"2026-{at:03}")
            for at, path in enumerate(sorted(FOLDER.glob("*.yaml")), 1)
        ]
        for moment in Answer.objects.filter(item="event_on", value__precision="month"):
            moment.value["date"] = moment.value["date"][:8] + "01"  # as a person's answer is kept
            moment.save(update_fields=["value"])
        first = reviews[0]
        first.incident.answers.filter(item="what_was_reported").delete()
        answer(first, lead, "what_was_reported", PROSE)
        add(first, lead, "timeline", event_text="=1+1 and 'so on'\n\nnext", event_lane="family")
        undated = add(first, lead, "timeline", event_text="'=quoted")
        answer(first, lead, "event_on", entry=undated, missing="unknown")
        answer(first, lead, "event_source", entry=undated, missing="not_applicable")
        need = add(first, lead, "needs", need_statement="<5 hours of sleep")
        opportunity = add(first, lead, "opportunities", opportunity_title="Sleep")
        answer(first, lead, "factor_stress", "3", entry=opportunity)
        answer(first, lead, "factor_stress_why", "Two posts stood open.", entry=opportunity)
        answer(first, lead, "factor_stress_evidence", [need.pk], entry=opportunity)
        Entry.objects.filter(pk=opportunity.pk).update(made_from=need)
    return reviews


def bring(agency: Jurisdiction, by: Membership, records: bytes, place: Path) -> PastReceipt:
    (place / "records.csv").write_bytes(records)
    with jurisdiction_scope(agency.pk):
        return import_past_reviews(unpack(place / "records.csv", place), jurisdiction=agency, by=by)


def said(content: Content) -> dict[Any, Any]:
    """Every answer by where it stands: entries by their numbers, links as what they point at."""
    places: dict[int | None, Any] = {None: None}
    for section, entries in content.entries.items():
        places |= {entry.pk: (section, no) for no, entry in enumerate(entries, 1)}
    found = {}
    for section in content.edition.sections:
        for target in content.sheet.targets(section):
            for key in content.sheet.asked(section, target):
                value, missing = content.sheet.answer(key, target)
                if content.edition.item(key).type == "links" and value:
                    value = [places[one] for one in value if one in places]
                if content.edition.item(key).type == "choices" and value:
                    value = sorted(value)  # the demo's files have them in no order
                if (value not in (None, []) or missing) and key not in NOT_BROUGHT:
                    found[places[target], key] = (value, missing)
    return found


def contents(agency: Jurisdiction, of: str) -> dict[str, dict[Any, Any]]:
    with jurisdiction_scope(agency.pk):
        reviews = Review.objects.select_related("incident", "edition")
        return {
            getattr(review.incident, of): said(read_content(review.incident, review.edition.parsed))
            for review in reviews
        }


def test_records_come_in_elsewhere_as_the_same_reviews(
    written: list[Review], by: Membership, birch: Jurisdiction, outsider: User, tmp_path: Path
) -> None:
    records = packed(by)[RECORDS]
    receipt = bring(birch, member(outsider, birch), records, tmp_path)
    assert receipt.past.remarks == {}
    assert receipt.past.unread == []
    assert receipt.count("created") == len(written) > 3
    with jurisdiction_scope(by.jurisdiction_id):
        cedar = Jurisdiction.objects.get(pk=by.jurisdiction_id)
    ours, theirs = contents(cedar, "number"), contents(birch, "source_key")
    assert ours.keys() == theirs.keys()
    for number in ours:
        places = ours[number].keys() | theirs[number].keys()
        differ = {at: (ours[number].get(at), theirs[number].get(at)) for at in places}
        assert {at: pair for at, pair in differ.items() if pair[0] != pair[1]} == {}
    assert any(
        key == "what_was_reported" and value == (PROSE, "") for (_, key), value in ours["2026-001"].items()
    )


def test_what_came_in_goes_out_again_as_it_came(
    written: list[Review], by: Membership, birch: Jurisdiction, outsider: User, tmp_path: Path
) -> None:
    there, records = member(outsider, birch), packed(by)[RECORDS]
    bring(birch, there, records, tmp_path)
    first, again = table({RECORDS: records}, RECORDS), table(packed(there), RECORDS)
    for ours, theirs in zip(first, again, strict=True):
        differs = {name for name in ours if ours[name] != theirs[name]}
        apart = {name for name in differs if name.partition("___")[0] not in NOT_BROUGHT}
        assert not {name for name in apart if not name.endswith("_complete")} - {"record_id"}


def test_they_fit_the_dictionary_beside_them(written: list[Review], by: Membership) -> None:
    files = packed(by)
    fields = redcap_file.read(files["redcap/dictionary-1.0.csv"]).fields.values()
    forms = dict.fromkeys(field.form for field in fields)
    expected = ["record_id", "redcap_repeat_instrument", "redcap_repeat_instance", "record_complete"]
    for form in list(forms)[1:]:
        for field in fields:
            if field.form == form and field.type == "checkbox":
                codes = [part.split(",")[0].strip().lower() for part in field.choices.split("|")]
                expected += [f"{field.name}___{code}" for code in codes]
            elif field.form == form:
                expected.append(field.name)
        expected.append(f"{form}_complete")
    header = next(csv.reader(io.StringIO(files[RECORDS].decode())))
    assert header == expected
    assert redcap.read(files["redcap/dictionary-1.0.csv"]).losses == ()
    instruments = {row["redcap_repeat_instrument"] for row in table(files, RECORDS)} - {""}
    assert instruments <= set(files["redcap/repeating.txt"].decode().split())
