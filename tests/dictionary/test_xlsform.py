"""Editions as XLSForms, and XLSForms of others as editions, with a line for every loss."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from dictionary import editions
from dictionary.interchange import xlsform
from dictionary.interchange.losses import Refused
from dictionary.loading import fingerprint

type Document = dict[str, Any]
type Sheets = dict[str, list[list[Any]]]


def saved(sheets: Sheets) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def opened(data: bytes) -> Sheets:
    book = load_workbook(io.BytesIO(data))
    return {
        page.title: [
            ["" if value is None else value for value in row] for row in page.iter_rows(values_only=True)
        ]
        for page in book.worksheets
    }


def rows_by_name(data: bytes) -> dict[str, dict[str, Any]]:
    header, *rows = opened(data)["survey"]
    return {row[1]: dict(zip(header, row, strict=True)) for row in rows if row[1]}


# -- Out ---------------------------------------------------------------------------------------


def test_the_sheets_are_those_of_an_xlsform(document: Document):
    sheets = opened(xlsform.write(document))
    assert list(sheets) == ["survey", "choices", "settings", "npcs"]
    assert sheets["survey"][0] == [
        *("type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message"),
        *("calculation", "appearance"),
    ]
    assert sheets["choices"][0] == ["list_name", "name", "label"]
    assert sheets["settings"] == [
        ["form_title", "form_id", "version"],
        ["A small edition for tests", "npcs_dictionary", "0.1"],
    ]
    kinds = [row[0] for row in sheets["survey"][1:]]
    assert [kind for kind in kinds if kind.startswith(("begin", "end"))] == [
        *("begin_group", "end_group", "begin_repeat", "end_repeat", "begin_repeat", "end_repeat"),
        *("begin_group", "begin_group", "end_group", "end_group"),
    ]


def test_each_kind_of_item_is_a_question_of_theirs(document: Document):
    found = rows_by_name(xlsform.write(document))
    assert found["incident_type"]["type"] == "select_one incident_types"
    assert found["need_met"]["type"] == "select_one met_levels_or_unknown"
    assert found["need_helped"]["type"] == "select_multiple helpers"
    assert found["factor_stress"]["type"] == "select_one factor_stress"
    assert (found["what_was_reported"]["type"], found["what_was_reported"]["appearance"]) == (
        "text",
        "multiline",
    )
    assert found["children_at_home"]["constraint"] == ". >= 0 and . <= 30"
    assert found["certified_by"]["relevant"] == "${incident_type} = 'near_fatality'"
    assert found["certified_by"]["hint"] == "A position, not a name."
    assert found["certified_by"]["required"] == "yes"
    assert found["event_on"]["type"] == "date"
    assert found["event_on_time"]["relevant"] == "${event_on_precision} = 'exact'"
    assert found["aware_on"]["constraint_message"] == "This is before the incident. Check both dates."
    assert found["aware_on"]["constraint"] == "${occurred_on} != '' and . != '' and ${occurred_on} <= ."
    assert found["need_gap"]["relevant"] == "${need_met} = 'partly' or ${need_met} = 'unmet'"
    choices = [
        row[1:] for row in opened(xlsform.write(document))["choices"] if row[0] == "met_levels_or_unknown"
    ]
    assert choices == [["met", "Met"], ["partly", "Partly met"], ["unmet", "Unmet"], ["unknown", "Not known"]]


@pytest.mark.parametrize("which", ["small", "shipped"])
def test_it_comes_back_with_the_same_fingerprint(document: Document, which: str):
    whole = document if which == "small" else editions.read_folder(editions.latest_folder())
    back = xlsform.read(xlsform.write(whole))
    assert back.losses == ()
    assert back.edition.sha256 == fingerprint(whole)


def test_long_words_of_ours_go_on_in_the_next_cell(document: Document):
    document["about"] = "Long words, " * 6_000 + "and an end"
    assert xlsform.read(xlsform.write(document)).edition.sha256 == fingerprint(document)
    assert all(len(row[1]) <= 32_767 for row in opened(xlsform.write(document))["npcs"])


def edited(document: Document, name: str, column: str, value: str) -> Any:
    sheets = opened(xlsform.write(document))
    at = sheets["survey"][0].index(column)
    for row in sheets["survey"]:
        if row[1] == name:
            row[at] = value
    return xlsform.read(saved(sheets))


def test_what_was_changed_there_is_changed_here(document: Document):
    assert edited(document, "need_gap", "label", "Gap?").edition.item("need_gap").label == "Gap?"
    back = edited(document, "need_gap", "relevant", "${need_met} = 'unmet'")
    assert back.edition.item("need_gap").when == {"=": ["need_met", "unmet"]}
    assert back.losses == ()
    back = edited(document, "aware_on", "constraint", ". >= ${occurred_on}")
    assert [check.rule for check in back.edition.item("aware_on").checks][1:] == [
        {"<=": ["occurred_on", {"item": "aware_on"}]}
    ]


# -- In ----------------------------------------------------------------------------------------

SURVEY: list[list[Any]] = [
    ["type", "name", "label::English (en)", "label::Español (es)", "hint", "required", "relevant", "constraint",
     "constraint_message", "calculation", "appearance", "choice_filter", "parameters", "default"],
    ["start", "started"],
    ["select_one yn", "asked", "May we ask?"],
    ["begin group", "Visit-1", "The visit", "La visita", None, None, "${asked} = 'yes'", *[None] * 3, "field-list"],
    ["text", "worker", "Worker’s role", "Papel", "No names", "yes", None, None, None, None, "multiline"],
    ["integer", "age", "Age of ${worker}", None, None, "true()", None, ". >= 0 and . <= 120", "Too old"],
    ["decimal", "weight", "Weight", None, None, "${age} > 3", None, ". > 0.5", "Too light"],
    ["begin_group", "inner", "Inside"],
    ["date", "on", "Date", None, None, None, None, ". <= today()", "Not yet"],
    ["date", "until", "Until", None, None, None, "${age} > 3", ". >= ${on}", "Before it began"],
    ["dateTime", "moment", "Moment"],
    ["end_group"],
    ["select_one yn or_other", "open", "Open?", "¿Abierto?", None, None, None, None, None, None, "minimal"],
    ["select_multiple kin", "kin", "Kin", None, None, None, None, None, None, None, None, "x = ${open}"],
    ["text", "kin_more", "More", None, None, None, "selected(${kin}, 'aunt') and not(selected(${kin}, 'none'))"],
    ["calculate", "sum", None, None, None, None, None, None, None, "${age} + 1"],
    ["note", "thanks", "Thank you"],
    ["geopoint", "where", "Where?"],
    ["end group"],
    ["begin repeat", "visits", "Visits"],
    ["range", "score", "Score", None, None, None, None, None, None, None, None, None, "start=1 end=5 step=1"],
    ["rank kin", "order", "Order them"],
    ["acknowledge", "ok", "Understood"],
    ["select_one single", "single", "One only"],
    ["begin repeat", "calls", "Calls"],
    ["text", "call", "Call", None, None, None, "${age} = 3", None, None, None, None, None, None, "none"],
    ["text", "Call.note"],
    ["end repeat"],
    ["end repeat"],
]  # fmt: skip
CHOICES: list[list[Any]] = [
    ["list_name", "name", "label::English (en)", "region"],
    ["yn", "yes", "Yes"],
    ["yn", "no", "No"],
    ["kin", "aunt", "Aunt", "north"],
    ["kin", "none", "None"],
    ["single", 1, "This"],
]
SETTINGS = [
    ["form_title", "form_id", "default_language", "style"],
    ["Home visits", "visits", "English (en)", "pages"],
]
LOSSES = Path(__file__).parent / "xlsform_losses.txt"


def form() -> bytes:
    return saved({"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS, "notes": [["x"]]})


def test_every_loss_is_told():
    expected = LOSSES.read_text(encoding="utf-8").splitlines()
    assert [str(loss) for loss in xlsform.read(form()).losses] == expected


def test_nothing_is_lost_in_silence():
    """Each cell of a question that is held is held or reported: without it, the edition or the report differ."""
    whole = xlsform.read(form())
    left_out = ("start", "calculate", "note", "geopoint")
    for at, row in enumerate(SURVEY[1:], 1):
        for column, cell in enumerate(row[2:], 2):
            if cell is None or row[0] in left_out:
                continue
            survey = [list(one) for one in SURVEY]
            survey[at][column] = None
            without = xlsform.read(
                saved({"survey": survey, "choices": CHOICES, "settings": SETTINGS, "notes": [["x"]]})
            )
            assert (without.document, without.losses) != (whole.document, whole.losses), (row, column)


def test_what_can_be_held_is_held():
    edition = xlsform.read(form()).edition
    assert edition.title == "Home visits"
    assert [(one.key, one.title, one.repeats) for one in edition.sections] == [
        ("form", "Home visits", ""),
        ("visit_1", "The visit", ""),
        ("visits", "Visits", "entry"),
        ("calls", "Calls", "entry"),
    ]
    assert (edition.item("age").min, edition.item("age").max, edition.item("age").required) == (0, 120, True)
    assert (edition.item("worker").type, edition.item("worker").help) == ("plain", "No names")
    assert edition.item("on").group == "Inside"
    assert edition.item("open").group == ""
    assert [choice.code for choice in edition.item("open").choices] == ["yes", "no", "other"]
    assert edition.item("until").checks[0].rule == {"<=": ["on", {"item": "until"}]}
    assert edition.item("until").checks[0].message == "Before it began"
    assert (edition.item("score").min, edition.item("score").max) == (1, 5)
    assert edition.item("until").when == {
        "all": [{"=": ["asked", "yes"]}, {"all": [{"answered": "age"}, {"not": {"<=": ["age", 3]}}]}]
    }
    assert edition.item("call").when == {"=": ["age", 3]}
    assert [choice.label for choice in edition.item("single").choices] == ["This", "Not chosen"]
    assert edition.item("call_note").label == "Call.note"


def spoil(sheet: str, row: int, column: int, value: Any) -> Callable[[Sheets], None]:
    def change(sheets: Sheets) -> None:
        cells = sheets[sheet][row - 1]
        cells += [None] * (column + 1 - len(cells))
        cells[column] = value

    return change


def drop(name: str) -> Callable[[Sheets], None]:
    def change(sheets: Sheets) -> None:
        del sheets[name]

    return change


SPOILED = [
    (spoil("survey", 5, 0, "txt"), "Row 5, survey, type: “txt” is no type of XLSForm."),
    (
        spoil("survey", 5, 1, "age"),
        "Row 6, survey, name: “age” stands in row 5 already. Rename one of the two.",
    ),
    (spoil("survey", 5, 1, "1 worker"), "Row 5, survey, name: “1 worker” is no name."),
    (spoil("survey", 5, 0, None), "Row 5, survey, type: “worker” has no type."),
    (spoil("survey", 11, 0, "end repeat"), "end_repeat stands where no repeat has begun."),
    (spoil("survey", 12, 0, "note"), "Row 4, survey, type: The group “Visit-1” never ends. Add end_group."),
    (spoil("survey", 13, 0, "select_one gone"), "The list “gone” is not in the sheet choices."),
    (spoil("choices", 3, 1, "yes"), "Row 3, choices, name: The list “yn” has “yes” twice."),
    (spoil("choices", 3, 0, None), "Row 3, choices: The row has no list_name or no name."),
    (spoil("survey", 1, 1, "names"), "sheet survey: The sheet has no column “name”."),
    (drop("survey"), "The workbook has no sheet “survey”."),
]


@pytest.mark.parametrize(("change", "words"), SPOILED, ids=[words[-40:] for _, words in SPOILED])
def test_a_mistake_is_named_with_its_place_and_its_mend(change: Callable[[Sheets], None], words: str):
    sheets = {"survey": [list(row) for row in SURVEY], "choices": [list(row) for row in CHOICES]}
    change(sheets)
    with pytest.raises(Refused) as refusal:
        xlsform.read(saved(sheets))
    assert words in str(refusal.value)


def test_what_is_no_workbook_or_a_damaged_fence_is_refused(document: Document):
    with pytest.raises(Refused, match="damaged, or not a workbook"):
        xlsform.read(b"PK\x03\x04 nothing")
    with pytest.raises(Refused, match="asks nothing that NPCS can hold"):
        xlsform.read(saved({"survey": [["type", "name"], ["note", "x"]]}))
    sheets = opened(xlsform.write(document))
    sheets["npcs"][3][1] = "{"
    with pytest.raises(Refused, match="is damaged"):
        xlsform.read(saved(sheets))
