"""Three exports of past reviews as agencies keep them in REDCap, none of them made from our dictionary."""

import csv
import io
from collections.abc import Iterable, Sequence

from dictionary.interchange.redcap_file import Field, write


def csv_of(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


# One row a review, raw codes, days month first; what there is several of stands in numbered variables.
FLAT_HEADER = [
    *("study_id", "fatality_status", "inc_date", "cnty", "kid_age", "kid_age_unit", "date_closed"),
    *("need1_text", "need1_met", "need2_text", "need2_met", "finding1_title", "rec1_text", "rec1_due"),
    *("resid___1", "resid___2", "resid____9", "mood", "cfr_complete"),
]
FLAT = [
    FLAT_HEADER,
    [
        *("S-1", "1", "03/24/2019", "Hazel", "5", "2", "11/04/2019"),
        *("A safe place to sleep.", "3", "A phone.", "1", "Handover on Fridays", "A written handover.", ""),
        *("1", "1", "0", "calm", "2"),
    ],
    [
        *("S-2", "2", "04/01/2019", "Alder", "", "", ""),
        *("", "", "", "", "", "", "", "0", "0", "1", "", "2"),
    ],
    [
        *("S-3", "7", "04/13/2019", "Alder", "1", "2", ""),
        *("Formula.", "8", "", "", "", "", "", "0", "0", "0", "busy", "2"),
    ],
]
FLAT_DICTIONARY = write(
    [
        Field("study_id", "cfr", label="Study ID"),
        Field(
            "fatality_status",
            "cfr",
            type="radio",
            label="Type of incident",
            choices="1, Near fatality | 2, Fatality | 7, Scare",
        ),
        Field("inc_date", "cfr", label="<b>Date of the incident</b>", validation="date_mdy"),
        Field("cnty", "cfr", label="County where it happened"),
        Field("kid_age", "cfr", label="Age of the child", validation="integer"),
        Field(
            "kid_age_unit",
            "cfr",
            type="dropdown",
            label="Unit of age",
            choices="1, Days | 2, Months | 3, Years",
        ),
        Field("date_closed", "cfr", label="Review closed", validation="date_mdy"),
        Field("need1_text", "cfr", type="notes", label="Need 1: what was needed?"),
        Field(
            "need1_met",
            "cfr",
            type="radio",
            label="Need 1: was the need met?",
            choices="1, Met | 3, Unmet | 8, Maybe",
        ),
        Field("need2_text", "cfr", type="notes", label="Need 2: what was needed?"),
        Field(
            "need2_met",
            "cfr",
            type="radio",
            label="Need 2: was the need met?",
            choices="1, Met | 3, Unmet | 8, Maybe",
        ),
        Field("finding1_title", "cfr", label="Finding 1: short title"),
        Field("rec1_text", "cfr", type="notes", label="Recommendation 1"),
        Field("rec1_due", "cfr", label="Recommendation 1: when is it due?", validation="date_mdy"),
        Field(
            "resid",
            "cfr",
            type="checkbox",
            label="Who cared for the child day to day?",
            choices="1, Mother | 2, Father | -9, Not known",
        ),
        Field("mood", "cfr", label="How the reviewers felt"),
    ]
).to_bytes()

# Repeating instruments, raw codes, no dictionary beside them.
REPEATING_HEADER = [
    *("record_id", "redcap_repeat_instrument", "redcap_repeat_instance"),
    *("incident_kind", "event_date", "county", "intake_complete"),
    *("need_description", "need_met", "family_needs_complete"),
    *("issue_title", "issue_theme", "systems_issues_complete"),
    *("action", "owner", "target_date", "visit_note", "home_visits_complete"),
]


def row(**said: str) -> list[str]:
    return [said.get(name, "") for name in REPEATING_HEADER]


def _of(record: str, instrument: str, instance: str, **said: str) -> list[str]:
    return row(record_id=record, redcap_repeat_instrument=instrument, redcap_repeat_instance=instance, **said)


REPEATING = [
    REPEATING_HEADER,
    row(record_id="17", incident_kind="NF", event_date="2019-03-24", county="Hazel", intake_complete="2"),
    _of("17", "family_needs", "1", need_description="A bed.", need_met="unmet", family_needs_complete="2"),
    _of("17", "family_needs", "2", need_description="A phone.", need_met="met"),
    _of("17", "systems_issues", "1", issue_title="Handover on Fridays"),
    _of("17", "recommendations", "1", action="A written handover.", owner="Intake", target_date="2020-01-01"),
    _of("17", "home_visits", "1", visit_note="Nobody was in."),
    row(record_id="18", incident_kind="F", event_date="2019-05-01", county="Alder", intake_complete="2"),
    _of("18", "family_needs", "1", need_description="Formula.", need_met="sometimes"),
    _of("19", "family_needs", "1", need_description="Of no record.", need_met="met"),
]

# Exported with labels, in headings and cells; boxes say Checked.
LABELLED_HEADER = [
    *("Record ID", "Repeat Instrument", "Repeat Instance", "Type of incident", "County where it happened"),
    *("Caregivers at home (choice=Mother)", "Caregivers at home (choice=Father)"),
    *(
        "Caregivers at home (choice=Neighbor’s cousin)",
        "Complete?",
        "What was needed?",
        "Was the need met?",
        "Complete?",
    ),
]
LABELLED = [
    LABELLED_HEADER,
    ["1", "", "", "Fatality", "Hazel", "Checked", "Checked", "Unchecked", "Complete", "", "", ""],
    ["1", "Family needs", "1", "", "", "", "", "", "", "A bed.", "Unmet", "Complete"],
    ["2", "", "", "Near fatality", "Alder", "Unchecked", "Unchecked", "Checked", "Complete", "", "", ""],
]
