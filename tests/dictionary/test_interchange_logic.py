"""Rules and the logic of other software say the same, whatever the answers are; choices survive their cell."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dictionary.interchange import code_cells, csv_bytes, fence, redcap_tags, wording
from dictionary.interchange.logic_reading import CannotSay, Known, to_rule
from dictionary.interchange.logic_syntax import BadSyntax, check_brackets, parse
from dictionary.interchange.logic_writing import REDCAP, XLSFORM, CannotWrite, write
from dictionary.rules import holds
from dictionary.schema import Choice

KNOWN = {
    "one": Known("one", "one", "choice", ("a", "b", "c")),
    "many": Known("many", "many", "choices", ("a", "b", "d")),
    "size": Known("size", "size", "integer"),
    "rate": Known("rate", "rate", "rating", ("0", "1", "2", "3")),
    "day": Known("day", "day", "date"),
    "end": Known("end", "end", "date"),
    "text": Known("text", "text", "text"),
}
DAYS = ["2026-01-31", "2026-02-01", "2026-10-05"]
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "one": st.sampled_from(["a", "b", "c"]),
        "many": st.lists(st.sampled_from(["a", "b", "d"]), max_size=3, unique=True),
        "size": st.integers(-3, 12),
        "rate": st.sampled_from(["0", "1", "2", "3"]),
        "day": st.sampled_from(DAYS),
        "end": st.sampled_from(DAYS),
        "text": st.sampled_from(["x", "it's", 'say "x"']),
    },
)


def compare(key: str, wanted: st.SearchStrategy[Any], *signs: str) -> st.SearchStrategy[Any]:
    return st.builds(lambda sign, value: {sign: [key, value]}, st.sampled_from(signs), wanted)


LEAVES = st.one_of(
    compare("one", st.sampled_from(["a", "b", "c"]), "=", "!="),
    compare("many", st.sampled_from(["a", "b", "d"]), "=", "!="),
    compare("one", st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3), "in"),
    compare("size", st.integers(-3, 12), "=", "!=", "<", "<="),
    compare("rate", st.sampled_from(["0", "2", "3"]), "=", "!=", "<", "<="),
    compare("day", st.sampled_from(DAYS), "=", "!=", "<", "<="),
    compare("day", st.just({"item": "end"}), "=", "!=", "<", "<="),
    compare("text", st.sampled_from(["x", "it's", 'say "x"']), "=", "!="),
    compare("one", st.just({"item": "many"}), "=", "!="),
    st.builds(lambda key: {"answered": key}, st.sampled_from(sorted(KNOWN))),
)
RULES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)  # fmt: skip


@pytest.mark.parametrize(("dialect", "flavor"), [(REDCAP, "redcap"), (XLSFORM, "xlsform")])
@given(rule=RULES, answers=st.lists(ANSWERS, min_size=8, max_size=8))
@example(rule={"not": {"<": ["size", 3]}}, answers=[{}, {"size": 3}, {"size": 2}])
@example(rule={"<=": ["day", {"item": "end"}]}, answers=[{"day": DAYS[0]}, {"day": DAYS[0], "end": DAYS[0]}])
@example(rule={"<": ["rate", "0"]}, answers=[{}, {"rate": "0"}])
@example(rule={"not": {"answered": "many"}}, answers=[{}, {"many": ["d"]}])
def test_what_is_written_and_read_again_holds_for_the_same_answers(
    dialect: Any, flavor: Any, rule: Any, answers: list[Any]
):
    again = to_rule(parse(write(rule, KNOWN, dialect), flavor), KNOWN)
    assert [holds(again, given_) for given_ in answers] == [holds(rule, given_) for given_ in answers]


@given(
    text=st.text(alphabet="[]()'\"=<>!&|andor not1.,sizeone${}/* \n", max_size=40),
    flavor=st.sampled_from(["redcap", "xlsform"]),
)
def test_any_text_is_read_or_refused(text: str, flavor: Any):
    with suppress(BadSyntax, CannotSay):
        assert to_rule(parse(text, flavor), KNOWN)


READ = [
    ("redcap", "[one]='a'", {"=": ["one", "a"]}),
    ("redcap", "'a' = [one]", {"=": ["one", "a"]}),
    ("redcap", "[one] != \"a\" OR [one] == 'b'", {"any": [{"!=": ["one", "a"]}, {"=": ["one", "b"]}]}),
    ("redcap", "[one] <> ''", {"answered": "one"}),
    ("redcap", "[one] = ''", {"not": {"answered": "one"}}),
    ("redcap", "[many(d)] = '0'", {"!=": ["many", "d"]}),
    ("redcap", "[many(d)] <> '0'", {"=": ["many", "d"]}),
    ("redcap", "3 <= [size]", {"all": [{"answered": "size"}, {"not": {"<": ["size", 3]}}]}),
    ("redcap", "[size] < -2", {"<": ["size", -2]}),
    ("redcap", "[rate] > 1", {"in": ["rate", ["2", "3"]]}),
    ("redcap", "[day] > [end]", {"<": ["end", {"item": "day"}]}),
    ("redcap", "datediff([day], [end], 'd', 'ymd', true) > 0", {"<": ["day", {"item": "end"}]}),
    ("redcap", "datediff([day], '2026-02-01', 'd', true) >= 0", {"<=": ["day", "2026-02-01"]}),
    ("redcap", "[one] = 'a' // only then\n and [size] = 4", {"all": [{"=": ["one", "a"]}, {"=": ["size", 4]}]}),
    ("redcap", "not([one] = 'a')", {"!=": ["one", "a"]}),
    ("xlsform", "selected(${many}, 'a')", {"=": ["many", "a"]}),
    ("xlsform", "not(selected(${many}, 'a'))", {"!=": ["many", "a"]}),
    ("xlsform", "${day} < date('2026-02-01')", {"<": ["day", "2026-02-01"]}),
]  # fmt: skip


@pytest.mark.parametrize(("flavor", "text", "rule"), READ, ids=[text for _, text, _ in READ])
def test_logic_as_people_write_it(flavor: Any, text: str, rule: Any):
    assert to_rule(parse(text, flavor), KNOWN) == rule


UNREAD = [
    ("redcap", "[one]", "it compares nothing"),
    ("redcap", "[many] = 'a'", "it asks for the whole answer of many"),
    ("redcap", "[gone] = 1", "it asks about gone, which is no question here"),
    ("redcap", "[event_1][one] = 'a'", "another event or instance, [event_1]"),
    ("redcap", "[one][previous-instance] = 'a'", "another event or instance, [previous-instance]"),
    ("redcap", "[one] = 'z'", "one has no code “z”"),
    ("redcap", "[one] < 'b'", "it orders one"),
    ("redcap", "[rate] > 3", "no code of rate is > 3"),
    ("redcap", "[size] = 'many'", "which is no whole number"),
    ("redcap", "[size] = 2.5", "which is no whole number"),
    ("redcap", "[day] < 'today'", "which is no date"),
    ("redcap", "[size] + 1 = 3", "it reckons"),
    ("redcap", "sum([size], 2) > 3", "it asks sum()"),
    ("redcap", "datediff([day], [end], 'm') > 0", "it asks datediff()"),
    ("redcap", "datediff([day], [end], 'd') > 0", "it asks datediff()"),  # without a sign it is never below 0
    ("redcap", "[text] > 3", "it orders text"),
    ("xlsform", "count-selected(${many}) > 1", "it asks count-selected()"),
    ("xlsform", "../one = 'a'", "it asks about ../one"),
]


@pytest.mark.parametrize(("flavor", "text", "words"), UNREAD, ids=[text for _, text, _ in UNREAD])
def test_what_no_rule_can_say_is_said_so(flavor: Any, text: str, words: str):
    with pytest.raises(CannotSay) as why:
        to_rule(parse(text, flavor), KNOWN)
    assert words in str(why.value)


@pytest.mark.parametrize(
    "text", ["[one] = ", "and [one]", "[one] 'a'", "[one] = 'a' 'b'", "[on e] = 1", "f(1 2)", "€"]
)
def test_what_is_no_logic_is_refused(text: str):
    with pytest.raises(BadSyntax):
        parse(text, "redcap")


def test_reasons_for_no_answer_in_logic():
    known = {
        "one": Known("one", "one", "choice", ("a", "b"), ("unknown",)),
        "text": Known("text", "text", "text", (), ("unknown", "withheld")),
    }
    assert to_rule(parse("[one] = 'unknown'", "redcap"), known) == {"missing": "one"}
    assert to_rule(parse("[one] <> 'unknown'", "redcap"), known) == {"not": {"missing": "one"}}
    assert to_rule(parse("[one] <> ''", "redcap"), known) == {
        "any": [{"answered": "one"}, {"missing": "one"}]
    }
    with pytest.raises(CannotSay, match="one reason for no answer from another"):
        to_rule(parse("[text] = 'withheld'", "redcap"), known)
    assert write({"missing": "text"}, known, REDCAP) == "[text] = 'unknown' or [text] = 'withheld'"
    with pytest.raises(CannotWrite):
        write({"missing": "one"}, KNOWN, REDCAP)
    with pytest.raises(CannotWrite):
        write({"=": ["text", 'it\'s "x"']}, KNOWN, REDCAP)


def test_brackets_in_quotes_are_no_brackets():
    check_brackets("[one] = '(' and [text] = \"]\"", "redcap")
    with pytest.raises(BadSyntax, match="character 8"):
        check_brackets("([one] ]", "redcap")


CODES = st.text(alphabet="abcXYZ0189_", min_size=1, max_size=8)
LABELS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(
    lambda text: text == text.strip()
)


@given(
    choices=st.lists(st.builds(Choice, CODES, LABELS), min_size=1, max_size=8, unique_by=lambda one: one.code)
)
@example(choices=[Choice("1", "a, b | c"), Choice("2", "&#124; &amp; <br> [x]")])
def test_any_choices_survive_their_cell(choices: list[Choice]):
    read = [Choice(one.code, wording.plain(one.label)) for one in code_cells.read(code_cells.write(choices))]
    assert read == choices


@given(cell=st.text(alphabet="1a, |\n<", max_size=20))
def test_any_cell_is_choices_or_refused(cell: str):
    with suppress(code_cells.BrokenChoices):
        assert code_cells.read(cell)


@given(codes=st.lists(st.text(max_size=6), max_size=6, unique=True))
def test_codes_get_legal_names_and_no_two_the_same(codes: list[str]):
    legal = code_cells.legal_codes(codes)
    assert list(legal) == codes
    assert len(set(legal.values())) == len(codes)
    assert all(code_cells.read(f"{one}, x") for one in legal.values())


# Whatever the database can hold: no half of a pair, and no NUL.
CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(text=CELL)
def test_any_words_survive_markup(text: str):
    assert wording.plain(wording.marked_up(text)) == text


@given(rows=st.lists(st.lists(CELL, min_size=2, max_size=4), min_size=1, max_size=5))
def test_any_cells_survive_a_csv_file_byte_for_byte(rows: list[list[str]]):
    data = csv_bytes.new_file(rows).to_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) or any(
        m in data.split(b"\n")[0] for m in b";\t"
    ):
        return
    read = csv_bytes.parse(data)
    assert read.to_bytes() == data
    assert [line.texts() for line in read.lines] == rows


def test_markup_goes_and_its_words_stay():
    assert (
        wording.plain('<p>Say <b>b</b>old</p><script>x()</script><a href="y">more</a> &amp; 1 < 2')
        == "Say bold more & 1 < 2"
    )


def test_action_tags_are_taken_word_for_word():
    read = redcap_tags.read("@READONLY Ask. @DEFAULT='[a], b' @IF([x] = 1, 2) @CHARLIMIT = \"20\" @NEW-TAG=7")
    assert read.tags == (
        "@READONLY",
        "@DEFAULT='[a], b'",
        "@IF([x] = 1, 2)",
        '@CHARLIMIT = "20"',
        "@NEW-TAG=7",
    )
    assert read.words == "Ask."
    assert read.character_limit == 20
    assert '@CHARLIMIT = "20"' not in read.unknown


def test_a_fence_stands_among_other_words():
    text = f"@HIDDEN {fence.write({'a': ['@b', '}']})} and more"
    assert fence.split(text) == ("@HIDDEN and more", {"a": ["@b", "}"]})
    assert fence.split("@HIDDEN") == ("@HIDDEN", None)
