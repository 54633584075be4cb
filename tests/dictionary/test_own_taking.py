"""A file of questions as own questions: what can be taken over is offered, and everything else is told."""

from copy import deepcopy
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from dictionary import editions
from dictionary.interchange import own_file, redcap, xlsform
from dictionary.interchange.losses import Refused
from dictionary.own.composing import compose
from dictionary.own.forms import QuestionForm
from dictionary.own.taking import read_file
from dictionary.schema import load
from tests.dictionary.own_questions import own_edition, question

FOLDER = Path(__file__).parent / "redcap"
PUBLIC = ["case_review", "clinic_intake", "longitudinal_survey"]


@pytest.fixture(scope="module")
def base() -> dict[str, Any]:
    return editions.read_folder(editions.latest_folder())


def told(offered: Any) -> list[str]:
    return [str(loss) for loss in offered.losses]


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
        assert [line.partition(" ")[2].split()[1:4] for line in told(offered)] == [
            ["194", "of", "its"],
            ["It", "is", "called"],
            ["It", "says", "what"],
        ]


def test_the_partnerships_questions_stay_as_they_are(base: dict[str, Any]) -> None:
    document = own_edition()
    document["sections"][0]["items"].append(
        {"key": "county", "label": "Parish", "type": "text", "privacy": "open", "basis": "ours"}
    )
    offered = read_file(own_file.write(document), "ward.yaml", base)
    assert "own_county" not in [one["key"] for one in offered.questions]
    (line,) = (one for one in told(offered) if one.startswith("county"))
    assert line.startswith("county: It is the partnership’s, and differs in: question, ")
    assert line.endswith("privacy class, place. It stays as the partnership asks it.")


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"required": True}, "whether it is required"),
        ({"when": {"answered": "incident_type"}}, "when it is asked"),
        ({"max_length": 7}, "limits"),
        ({"type": "plain"}, "kind of answer"),
    ],
)
def test_whatever_else_the_file_says_of_a_question_of_the_partnership_is_told(
    base: dict[str, Any], change: dict[str, Any], differs: str
) -> None:
    document = deepcopy(base)
    items = [item for section in document["sections"] for item in section["items"]]
    next(item for item in items if item["key"] == "county").update(change)
    document["sections"][0]["items"].append(
        {"key": "ward_no", "label": "Which ward?", "type": "text", "privacy": "open", "basis": "ours"}
    )
    offered = read_file(own_file.write(document), "all.yaml", base)
    assert [one for one in told(offered) if one.startswith("county")] == [
        f"county: It is the partnership’s, and differs in: {differs}. It stays as the partnership asks it."
    ]


@pytest.mark.parametrize(
    ("key", "repeats", "was", "now"),
    [
        ("needs", "", "once in a review", "for each need"),
        ("household", "member", "for each member", "once in a review"),
        ("needs", "need", "", ""),
    ],
)
def test_a_section_with_a_key_of_the_partnerships_tells_where_and_how_often_it_is_asked_now(
    base: dict[str, Any], key: str, repeats: str, was: str, now: str
) -> None:
    document = own_edition()
    ward = document["sections"][0] | {"section": key, "repeats": repeats}
    document["sections"][0] = {name: said for name, said in ward.items() if said}
    offered = read_file(own_file.write(document), "ward.yaml", base)
    assert offered.questions[0]["section"] == key
    lines = [one for one in told(offered) if one.startswith(f"{key}: ")]
    title = load(base).section(key).title
    assert f"{key}: Its questions stand under “Ward”. They stand in “{title}”." in lines
    assert f"{key}: The section has an introduction. It is left out." in lines
    often = [one for one in lines if "asked" in one]
    assert often == ([f"{key}: Its questions are asked {was}. They are asked {now}."] if was else [])


def test_the_introduction_of_a_part_is_told(base: dict[str, Any]) -> None:
    document = own_edition()
    document["parts"][0]["intro"] = "Before you begin."
    offered = read_file(own_file.write(document), "ward.yaml", base)
    assert "ward: The part has an introduction. It is left out." in told(offered)


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
