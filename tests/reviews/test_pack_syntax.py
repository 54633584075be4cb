"""The syntax of a pack, read by small strict readers: none of the programs is on the machine of the tests. Each keeps
within the limits that its program documents."""

import re
from typing import Any

import pytest

from dictionary.schema import Choice
from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.packs.columns import Column
from reviews.packs.syntax import r, spss, stata
from reviews.packs.syntax.variables import Variable, of_table
from reviews.packs.tables import Table
from tests.cast import member
from tests.reviews.packs import packed, table
from tests.reviews.situations import add, answer
from tests.reviews.written_review import write_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(cedar: Jurisdiction, lead: Membership, by: Membership, director: User) -> dict[str, bytes]:
    with jurisdiction_scope(cedar.pk):
        review = write_review(cedar, lead, member(director, cedar))
        answer_of_each_kind(review, lead)
    return packed(by)


def answer_of_each_kind(review: Any, lead: Membership) -> None:
    review.incident.answers.filter(item__in=["prior_reports", "place_type"]).delete()
    answer(review, lead, "place_type", missing="unknown")
    add(review, lead, "timeline", event_text='She said "no", twice\nand left', event_lane="family")


def text(files: dict[str, bytes], name: str) -> str:
    return files[f"syntax/{name}"].decode("utf-8")


def strings(line: str, quote: str) -> str:
    """The line without what stands in quotes. Raises AssertionError for a quote that never closes."""
    bare = re.sub(f"{quote}(?:[^{quote}]|{quote}{quote})*{quote}", "", line)
    assert quote not in bare, line
    return bare


# -- SPSS -------------------------------------------------------------------------------------------


def spss_commands(source: str) -> list[str]:
    """Commands end with a period at the end of a line; comments begin with an asterisk."""
    found, current = [], []
    for line in source.splitlines():
        assert len(line.encode()) <= spss.LINE_BYTES, line
        if line.startswith("*") and not current:
            assert line.endswith((".", ":")), line
            continue
        if not line.strip():
            assert not current
            continue
        current.append(line)
        if "QUALIFIER" not in line and strings(line, "'").rstrip().endswith("."):
            found.append("\n".join(current))
            current = []
    assert not current, current
    return found


def test_spss_reads_each_table_with_labels_and_user_missing_values(files: dict[str, bytes]) -> None:
    commands = spss_commands(text(files, "spss.sps"))
    verbs = {command.split()[0] for command in commands}
    assert verbs == {
        "GET",
        "RECODE",
        "IF",
        "EXECUTE.",
        "ADD",
        "VARIABLE",
        "VALUE",
        "MISSING",
        "FORMATS",
        "SAVE",
    }
    gets = [command for command in commands if command.startswith("GET DATA")]
    for get in gets:
        (file,) = re.findall(r"/FILE='([^']+)'", get)
        declared = re.findall(r"^    (\S+) (A[0-9]+|F8\.0|SDATE10)$", get, re.MULTILINE)
        header = files[file].decode().splitlines()[0].split(",")
        assert len(declared) == len(header)
        assert len({name for name, _ in declared}) == len(declared)
        assert all(len(name.encode()) <= spss.NAME_BYTES for name, _ in declared)
        widths = {at: int(kind[1:]) for at, (_, kind) in enumerate(declared) if kind.startswith("A")}
        for row in table(files, file):
            for at, cell in enumerate(row.values()):
                assert at not in widths or len(cell.encode()) <= widths[at]
    whole = "\n".join(commands)
    assert re.search(r"IF \(raw_[0-9]+='unknown'\) place_type=-9991\.", whole)
    assert "MISSING VALUES place_type (-9994 THRU -9991)." in whole
    assert "  -9991 'Not known'" in whole
    assert re.search(r"RECODE raw_[0-9]+\n  \('fatality'=1\)", whole)
    for command in commands:
        for label in (
            re.findall(r"  -?[0-9]+ '((?:[^']|'')*)'", command) if command.startswith("VALUE") else ()
        ):
            assert len(label.encode()) <= spss.VALUE_BYTES


# -- Stata ------------------------------------------------------------------------------------------


def stata_commands(source: str) -> list[str]:
    joined = re.sub(r" ///\n\s*", " ", source)
    found = []
    for line in joined.splitlines():
        if line and not line.startswith("*"):
            bare = re.sub(r"`\"[^`]*?\"'", "", line)
            assert "`" not in bare, line
            assert "$" not in line, line
            assert bare.count('"') % 2 == 0, line
            found.append(line)
    return found


def test_stata_reads_each_table_with_labels_and_extended_missing_values(files: dict[str, bytes]) -> None:
    commands = stata_commands(text(files, "stata.do"))
    verbs = {command.split()[0] for command in commands}
    assert verbs <= {
        "version",
        "import",
        "rename",
        "generate",
        "replace",
        "format",
        "label",
        "char",
        "drop",
        "save",
    }
    named = [command.split()[2] for command in commands if command.startswith(("generate", "rename"))]
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,31}", name) for name in named)
    assert "replace place_type = .a if v" in "\n".join(commands)
    for command in commands:
        if command.startswith("label variable"):
            (label,) = re.findall(r"`\"(.*)\"'", command)
            assert len(label) <= stata.LABEL
    imports = [place for place, command in enumerate(commands) if command.startswith("import")]
    for first, last in zip(imports, [*imports[1:], len(commands)], strict=True):
        here = commands[first:last]
        (file,) = re.findall(r'using "([^"]+)"', here[0])
        columns = len(files[file].decode().splitlines()[0].split(","))
        read = {int(one) for line in here[1:] for one in re.findall(r"\bv([0-9]+)\b", line)}
        assert read == set(range(1, columns + 1))
        made = [line.split()[2] for line in here if line.startswith(("generate", "rename"))]
        assert len(made) == len(set(made))


def test_long_names_are_cut_and_stay_apart() -> None:
    def variable(at: int, name: str) -> Variable:
        return Variable(at, name, "", "text", (), (), None, False, 1)

    long = "factor_information_integration_evidence"
    found = stata.names(
        [variable(0, f"{long}_1"), variable(1, f"{long}_2"), variable(2, "long"), variable(3, "a")]
    )
    assert len(set(found.values())) == 4
    assert max(map(len, found.values())) <= 32
    assert found[2] != "long"
    assert spss.names([variable(0, "to"), variable(1, "x" * 70)]) == {0: "to_0", 1: "x" * 59}


@pytest.mark.parametrize(
    ("codes", "numbers"),
    [
        (("1", "3"), [1, 3]),
        (("0", "2147483620"), [0, 2_147_483_620]),
        (("1", "01"), [1, 2]),
        (("1", "2147483621"), [1, 2]),
        (("1", "9" * 5_000), [1, 2]),
        (("1", "-9"), [1, 2]),
        (("1", "²"), [1, 2]),
    ],
)
def test_each_code_is_a_number_of_its_own_that_every_program_holds(
    codes: tuple[str, ...], numbers: list[int]
) -> None:
    column = Column("own", "Own", "code", tuple(Choice(code, f"L{code}") for code in codes))
    (variable,) = of_table(Table("t", "T", "", (column,)), [1])
    assert [number for number, _ in variable.codes] == numbers


# -- R ----------------------------------------------------------------------------------------------


def test_r_reads_each_table_and_every_bracket_closes(files: dict[str, bytes]) -> None:
    source = text(files, "r.R")
    bare = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', re.sub(r"^#.*$", "", source, flags=re.MULTILINE))
    assert bare.count('"') % 2 == 0
    open_: list[str] = []
    for char in bare:
        if char in "([{":
            open_.append({"(": ")", "[": "]", "{": "}"}[char])
        elif char in ")]}":
            assert open_.pop() == char
    assert open_ == []
    for name in files:
        if name.startswith("csv/"):
            assert f'read_table("{name.removeprefix("csv/")}")' in source
    assert re.search(r'reviews\[\["place_type"\]\] <- described\(coded\(raw\[\[[0-9]+\]\], c\(', source)
    assert '"unknown" = "Not known"' in source
    assert "place_type_missing" not in source
    assert "what_was_reported_missing" in source


def test_labels_cannot_break_out_of_their_quotes() -> None:
    nasty = """It's "so" `x' $HOME \\ 100% (a)"""
    assert spss._quoted(nasty).count("'") % 2 == 0
    assert re.fullmatch(r"`\"[^`$']*\"'", stata._quoted(nasty, 80))
    assert re.fullmatch(r'"(?:[^"\\]|\\.)*"', r._quoted(nasty))
