"""Our workbook of past reviews, filled in by somebody."""

from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from dictionary.models import Edition
from reviews.past.template import write_template

type Rows = dict[str, list[dict[str, Any]]]

# By sheet: rows under the labels of the dictionary, as people fill them in.
WHOLE: Rows = {
    "Reviews": [
        {
            "Review": "CR-7",
            "Closed on": "2019-11-04",
            "Type of incident": "Near fatality",
            "Date of the incident": "03/24/2019",
            "County where it happened": "Hazel",
            "What was reported to the agency?": "A neighbor called at night.",
            "In what kind of place did it happen?": "Not known",
            "Who cared for the child day to day?": "Mother; Father",
            "First thing we learned": "Handovers on Fridays lose what matters.",
        },
        {"Review": "CR-8", "Type of incident": "fatality"},
    ],
    "Children": [{"Review": "CR-7", "Age of the child": 5, "Unit of age": "months", "Sex": "Female"}],
    "Records": [{"Review": "CR-7", "No.": 1, "Which record?": "Our agency’s file"}],
    "Timeline": [
        {
            "Review": "CR-7",
            "No.": 1,
            "When was this?": "about March 2019",
            "What happened?": "The family moved.",
        },
        {"Review": "CR-7", "No.": 2, "When was this?": "2019-03-20", "What happened?": "A home visit."},
    ],
    "Debriefs": [
        {"Review": "CR-7", "Which role was invited?": "Supervisor", "Did the debrief take place?": "Held"}
    ],
    "Family needs": [
        {
            "Review": "CR-7",
            "No.": 3,
            "What was needed?": "A safe place to sleep.",
            "Was the need met?": "Unmet",
        },
    ],
    "Improvement opportunities": [
        {"Review": "CR-7", "No.": 1, "From need no.": "Need 3", "Short title": "Handover on Fridays"},
    ],
    "Recommendations": [
        {
            "Review": "CR-7",
            "No.": 1,
            "What do you recommend?": "A written handover.",
            "Which opportunities does it answer?": "1",
        }
    ],
    "Ratings": [
        {
            "Review": "CR-7",
            "Opportunity no.": 1,
            "Factor": "Strain on people",
            "Rating": 2,
            "Why": "Two posts open.",
        },
        {"Review": "CR-7", "Factor": "factor_fatigue", "Rating": "Not enough information"},
    ],
}


def filled_in(rows: Rows, folder: Path) -> bytes:
    """Our empty workbook with these rows in it, by sheet and under the labels of the dictionary."""
    path = folder / "past.xlsx"
    write_template(path, Edition.objects.in_force().parsed)
    book = load_workbook(path)
    for title, lines in rows.items():
        sheet = book[title]
        headings = [cell.value for cell in sheet[1]]
        for line in lines:
            assert set(line) <= set(headings), set(line) - set(headings)
            sheet.append([line.get(str(heading)) for heading in headings])
    book.save(path)
    return path.read_bytes()
