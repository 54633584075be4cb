"""A file of questions is read whole: what can be taken over is offered, and everything else is told, line by line."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from dictionary import editions
from dictionary.interchange import own_file, redcap, xlsform
from dictionary.interchange.losses import Refused
from dictionary.models import OwnDraft, QuestionFile
from dictionary.own.actions import start_draft
from dictionary.own.composing import compose
from dictionary.own.forms import QuestionForm
from dictionary.own.taking import read_file
from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import member
from tests.dictionary.own_questions import question

FOLDER = Path(__file__).parent / "redcap"
PUBLIC = ["case_review", "clinic_intake", "longitudinal_survey"]


@pytest.fixture(scope="module")
def base() -> dict[str, Any]:
    return editions.read_folder(editions.latest_folder())


def told(offered: Any) -> list[str]:
    return [str(loss) for loss in offered.losses]


# -- Reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PUBLIC)
def test_every_line_of_the_dictionarys_own_report_stands_in_ours(base: dict[str, Any], name: str) -> None:
    data = (FOLDER / f"{name}.csv").read_bytes()
    offered = read_file(data, f"{name}.csv", base)
    assert {str(loss) for loss in redcap.read(data).losses} <= set(told(offered))


@pytest.mark.parametrize("name", PUBLIC)
def test_every_question_of_a_file_is_offered_or_told_of(base: dict[str, Any], name: str) -> None:
    data = (FOLDER / f"{name}.csv").read_bytes()
    offered = read_file(data, f"{name}.csv", base)
    asked = {item.key for item in redcap.read(data).edition}
    kept = {one["key"].removeprefix("own_") for one in offered.questions}
    fields = {loss.field for loss in offered.losses}
    assert {
        key for key in asked - kept if key not in fields and not any(one.startswith(key[:30]) for one in kept)
    } == set()


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_offered_can_be_asked(base: dict[str, Any], name: str) -> None:
    offered = read_file((FOLDER / f"{name}.csv").read_bytes(), f"{name}.csv", base)
    whole = compose(base, offered.questions)
    assert whole.mends == ()
    assert not any(item.required or item.checks for item in whole.edition.local)


@pytest.mark.parametrize("name", PUBLIC)
def test_what_was_taken_over_stays_the_same_where_it_is_opened_and_saved(
    base: dict[str, Any], name: str
) -> None:
    offered = read_file((FOLDER / f"{name}.csv").read_bytes(), f"{name}.csv", base)
    edition = compose(base, offered.questions).edition
    for one in offered.questions:
        form = QuestionForm(edition=edition, base=base, questions=offered.questions, question=one)
        typed = {bound.name: bound.value() for bound in form if bound.value() is not None}
        again = QuestionForm(typed, edition=edition, base=base, questions=offered.questions, question=one)
        assert again.is_valid(), again.errors
        assert again.built == one


def own_edition() -> dict[str, Any]:
    """An edition of somebody else's, as our own file has it."""
    items = [
        {
            "key": "shift",
            "label": "Which shift?",
            "type": "choice",
            "choices": "shifts",
            "required": True,
            "privacy": "quasi",
            "coarsen": "none",
            "group": "Work",
            "basis": "public: A handbook",
        },
        {
            "key": "late",
            "label": "How late?",
            "type": "integer",
            "privacy": "open",
            "basis": "ours",
            "when": {"=": ["shift", "night"]},
            "checks": [{"rule": {"<": ["late", 24]}, "message": "A day has 24 hours."}],
        },
        {
            "key": "sources",
            "label": "What shows it?",
            "type": "links",
            "links": ["notes"],
            "privacy": "open",
            "basis": "ours",
        },
    ]
    ward = {"section": "ward", "part": "ward", "title": "Ward", "intro": "Words.", "items": items}
    notes = {
        "section": "notes",
        "part": "ward",
        "title": "Notes",
        "repeats": "note",
        "items": [{"key": "note", "label": "A note", "type": "plain", "privacy": "direct", "basis": "ours"}],
    }
    return {
        "number": "7.1", "title": "Ward book", "about": "Of one ward.",
        "parts": [{"key": "ward", "title": "Ward"}],
        "choices": {
            "shifts": [{"code": "day", "label": "Day"}, {"code": "night", "label": "Night", "help": "From ten."}],
            "unused": [{"code": "a", "label": "A"}, {"code": "b", "label": "B"}],
        },
        "sections": [ward, notes],
    }  # fmt: skip


def test_our_own_file_keeps_what_can_be_kept_and_tells_the_rest(base: dict[str, Any]) -> None:
    offered = read_file(own_file.write(own_edition()), "ward.yaml", base)
    shift, late, note = offered.questions
    assert shift == {
        "key": "own_shift",
        "section": "own_questions",
        "label": "Which shift?",
        "type": "choice",
        "codes": [{"code": "day", "label": "Day"}, {"code": "night", "label": "Night", "help": "From ten."}],
        "privacy": "quasi",
    }
    assert late["when"] == {"=": ["own_shift", "night"]}
    assert late["warnings"] == [{"rule": {"<": ["own_late", 24]}, "message": "A day has 24 hours."}]
    assert note["section"] == "own_questions"
    assert told(offered) == [
        "The file: It is called “Ward book”. Own questions have a number and no title.",
        "The file: It says what it is about. It is left out.",
        "late: It refuses an answer: “A day has 24 hours.” It remarks on the answer and keeps it.",
        "notes: Its questions are asked for each note. They are asked once in a review.",
        "notes: “Notes” is no place for own questions. They stand in “Our own questions”.",
        "shift: It has to be answered. It may be left open: own questions never stop a review.",
        "shift: It is shared as it is. It is never shared.",
        "shift: Its basis is “public: A handbook”. It is a question of your agency.",
        "sources: It links to entries of a review. It is left out.",
        "unused: No question uses this list of answers. It is left out.",
        "ward: It has the heading “Work”. The heading is “Our own questions”.",
        "ward: The section has an introduction. It is left out.",
        "ward: “Ward” is no place for own questions. They stand in “Our own questions”.",
    ]


def test_a_file_of_what_the_agency_asks_gives_the_same_own_questions_back(base: dict[str, Any]) -> None:
    asked = [
        question(section="needs", when={"=": ["need_met", "unmet"]}),
        question("own_count", label="How many?", type="integer", min=0, max=9, missing=["unknown"]),
    ]
    whole = compose(base, asked).document
    for data, name in (
        (redcap.write(whole), "all.csv"),
        (xlsform.write(whole), "all.xlsx"),
        (own_file.write(whole), "all.yaml"),
    ):
        offered = read_file(data, name, base)
        assert offered.questions == asked, name
        assert "They are asked already, in the partnership’s words." in "".join(told(offered))


def test_the_partnerships_questions_stay_as_they_are(base: dict[str, Any]) -> None:
    document = own_edition()
    document["sections"][0]["items"].append(
        {"key": "county", "label": "Parish", "type": "text", "privacy": "open", "basis": "ours"}
    )
    offered = read_file(own_file.write(document), "ward.yaml", base)
    assert "own_county" not in [one["key"] for one in offered.questions]
    assert "county: It is the partnership’s, and its words differ. The partnership’s words stay." in told(
        offered
    )


def test_words_that_another_question_has_are_told_apart(base: dict[str, Any]) -> None:
    document = own_edition()
    document["sections"][0]["items"][0]["label"] = "Type of incident"
    offered = read_file(own_file.write(document), "ward.yaml", base)
    assert offered.questions[0]["label"] == "Type of incident (shift)"
    assert "shift: Another question has the same words. It reads “Type of incident (shift)”." in told(offered)


def test_a_code_of_other_signs_becomes_one_of_letters_also_in_conditions_and_that_is_told(
    base: dict[str, Any],
) -> None:
    document = own_edition()
    document["choices"]["shifts"] = [
        {"code": "=cmd|'x'!A0", "label": "By day"},
        {"code": "a;b", "label": "By night"},
        {"code": "cmd_x_A0", "label": "At noon"},
        *({"code": code, "label": f"Shift {code}"} for code in ("A", "-9", "1.5")),
    ]
    document["sections"][0]["items"][1]["when"] = {"in": ["shift", ["a;b", "A"]]}
    offered = read_file(own_file.write(document), "ward.yaml", base)
    shift, late, _ = offered.questions
    kept = [code["code"] for code in shift["codes"]]
    assert kept == ["cmd_x_A0_2", "a_b", "cmd_x_A0", "A", "-9", "1.5"]
    assert late["when"] == {"in": ["own_shift", ["a_b", "A"]]}
    assert [words for words in told(offered) if "code" in words] == [
        "shift: “By day” has the code “=cmd|'x'!A0”. Its code is “cmd_x_A0_2”.",
        "shift: “By night” has the code “a;b”. Its code is “a_b”.",
    ]


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.csv", "The file is empty."),
        (b"x" * 1_100_000, "a.csv", "larger than 1 MiB"),
        (b"- x\n" * 70_000, "a.yaml", "up to 256 KiB"),
        (
            b"%PDF-1.7",
            "a.pdf",
            "Choose a REDCap data dictionary (CSV), an XLSForm (XLSX) or our own file (YAML).",
        ),
        (b"PK\x03\x04 nothing", "a.xlsx", "not a workbook (XLSX)"),
        (b"PK\x03\x04 nothing", "a.csv", "not a workbook (XLSX)"),
        (b"a,b\n1,2\n", "a.csv", "Variable / Field Name"),
        (b"\xff\xfe\x00", "a.csv", ""),
        (b"number: [", "a.yaml", "cannot be read"),
        (b"a: &a [1]\nb: *a\n", "a.yaml", "References (*name) are not read here."),
        (b"!!python/object/apply:os.system [ls]", "a.yaml", "cannot be read"),
        (b"[" * 5_000, "a.json", "cannot be read"),
        (b"number: '1.0'\n", "a.yaml", "has no sections."),
    ],
)
def test_what_is_no_file_of_questions_is_refused_with_a_sentence(
    base: dict[str, Any], data: bytes, name: str, words: str
) -> None:
    with pytest.raises(Refused) as refusal:
        read_file(data, name, base)
    assert words in str(refusal.value)
    assert len(str(refusal.value)) > 15


HEADER = (FOLDER / "case_review.csv").read_bytes().splitlines()[0] + b"\nrecord_id,a,,text,R,,,,,,,,,,,,,\n"


def test_a_file_that_would_keep_everybody_waiting_is_refused_before_it_is_read(base: dict[str, Any]) -> None:
    many = b"".join(b"q%d,a,,text,L%d,,,,,,,,,,,,,\n" % (at, at) for at in range(1_000))
    with pytest.raises(Refused, match="The file has 1,001 questions; 1,000 is the most"):
        read_file(HEADER + many, "many.csv", base)
    book = Workbook()
    book.worksheets[0].title = "survey"
    for row in [["type", "name"], *(["text", f"q{at}"] for at in range(1_001))]:
        book.worksheets[0].append(row)
    form = BytesIO()
    book.save(form)
    with pytest.raises(Refused, match="1,000 is the most"):
        read_file(form.getvalue(), "many.xlsx", base)
    choices = b" | ".join(b"%d, L%d" % (at, at) for at in range(40_000))
    with pytest.raises(Refused, match="“q” has 40,000 choices; 500 is the most"):
        read_file(HEADER + b'q,a,,radio,L,"' + choices + b'",,,,,,,,,,,,\n', "choices.csv", base)


def test_a_file_that_asks_only_what_is_asked_already_offers_nothing(base: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="asks nothing that the partnership does not ask already"):
        read_file(redcap.write(base), "all.csv", base)


# -- On the pages --------------------------------------------------------------------------------


@pytest.fixture
def pages(client: Client, administrator: User, cedar: Jurisdiction) -> Client:
    client.force_login(administrator)
    with jurisdiction_scope(cedar.pk):
        start_draft(by=member(administrator, cedar))
    return client


def url(name: str) -> str:
    return reverse(f"questions:{name}", args=["cedar"])


@pytest.fixture
def bring(pages: Client) -> Callable[..., Any]:
    def go(data: bytes, name: str = "ward.yaml") -> Any:
        return pages.post(url("upload"), {"file": SimpleUploadedFile(name, data)})

    return go


def keys(cedar: Jurisdiction) -> list[str]:
    with jurisdiction_scope(cedar.pk):
        return [one["key"] for one in OwnDraft.objects.get().questions]


@pytest.mark.django_db
def test_a_file_is_read_looked_at_and_taken_over(
    pages: Client, bring: Any, base: dict[str, Any], cedar: Jurisdiction
) -> None:
    assert bring(own_file.write(own_edition())).status_code == 302
    assert keys(cedar) == []
    page = pages.get(url("file")).content.decode()
    assert "13 things, and what becomes of each." in page
    assert page.count("checked") == 3
    assert "It may be left open: own questions never stop a review." in page
    assert pages.post(url("file"), {"take": ["own_shift", "own_late"]}).status_code == 302
    assert keys(cedar) == ["own_shift", "own_late"]
    again = pages.get(url("file")).content.decode()
    assert again.count("Stands in the draft like this") == 2
    assert again.count("checked") == 1


@pytest.mark.django_db
def test_what_a_condition_asks_about_has_to_come_along(
    pages: Client, bring: Any, base: dict[str, Any], cedar: Jurisdiction
) -> None:
    bring(own_file.write(own_edition()))
    for take, words in (
        (["own_late"], "“How late?” is shown after another question. Tick “Which shift?” too."),
        ([], "Tick at least one question."),
        (["own_nothing"], "Tick at least one question."),
    ):
        answer = pages.post(url("file"), {"take": take})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert keys(cedar) == []


@pytest.mark.django_db
def test_what_a_remark_asks_about_has_to_come_along_too(
    pages: Client, bring: Any, base: dict[str, Any], cedar: Jurisdiction
) -> None:
    document = own_edition()
    del document["sections"][0]["items"][1]["when"]
    rule = {"any": [{"<": ["late", 24]}, {"=": ["shift", "night"]}]}
    document["sections"][0]["items"][1]["checks"] = [{"rule": rule, "message": "By day?"}]
    bring(own_file.write(document))
    answer = pages.post(url("file"), {"take": ["own_late"]})
    assert answer.status_code == 422
    assert (
        "“How late?” is compared with another question. Tick “Which shift?” too." in answer.content.decode()
    )
    assert keys(cedar) == []


@pytest.mark.django_db
def test_the_report_is_a_workbook_with_every_line(pages: Client, bring: Any, base: dict[str, Any]) -> None:
    bring((FOLDER / "case_review.csv").read_bytes(), "case_review.csv")
    offered = read_file((FOLDER / "case_review.csv").read_bytes(), "case_review.csv", base)
    sheet = load_workbook(BytesIO(pages.get(url("losses")).content)).active
    assert sheet.max_row == len(offered.losses) + 1
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == [loss.field for loss in offered.losses]


@pytest.mark.django_db
def test_what_is_wrong_stands_on_the_page_with_row_column_and_mend(
    pages: Client, bring: Any, cedar: Jurisdiction
) -> None:
    data = re.sub(rb"radio|yesno|checkbox", b"wheel", (FOLDER / "clinic_intake.csv").read_bytes())
    answer = bring(data, "intake.csv")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "places of the file need mending." in page
    assert "“wheel” is no field type. Use one of:" in page
    assert "<td>Field Type</td>" in page
    with jurisdiction_scope(cedar.pk):
        assert not QuestionFile.objects.exists()


@pytest.mark.django_db
def test_no_file_is_told(pages: Client) -> None:
    answer = pages.post(url("upload"))
    assert answer.status_code == 422
    assert "Choose a file." in answer.content.decode()
