"""Stata 14 or newer: reasons for no answer are the extended missing values .a to .d.

Limits after Stata's help (varname, label): names 32 characters, labels of variables 80, of values 32,000.
"""

from collections.abc import Iterator, Sequence

from reviews.packs.syntax.variables import REASONS, Tables, Variable, cut
from reviews.packs.tables import Table

MISSING = {reason: f".{letter}" for reason, letter in zip(REASONS, "abcd", strict=True)}
NAME, LABEL, VALUE = 32, 80, 500
_RESERVED = {"byte", "double", "float", "if", "in", "int", "long", "using", "with", "str", "strl"}
_HEAD = """* Reads the tables of this data pack. First make the folder of the pack your working folder, for example:
* cd "C:\\data\\reviews"
version 14
"""


def write(tables: Tables) -> str:
    return _HEAD + "".join("\n" + _table(table, variables, rows) for table, variables, rows in tables)


def names(variables: Sequence[Variable]) -> dict[int, str]:
    """A name for each variable that the program takes: long ones are cut and end in the number of their column."""
    given: dict[int, str] = {}
    for one in variables:
        name, end = one.name, f"_c{one.at + 1}"
        if len(name) > NAME or name.lower() in _RESERVED or name in given.values():
            name = name[: NAME - len(end)] + end
        given[one.at] = name
    return given


def _table(table: Table, variables: Sequence[Variable], rows: int) -> str:
    if not rows:
        return f"* {table.title}: no rows\n"
    return "\n".join([f"* {table.title}", *_commands(table, variables, names(variables))]) + "\n"


def _commands(table: Table, variables: Sequence[Variable], name: dict[int, str]) -> Iterator[str]:
    yield f'import delimited using "csv/{table.file}", clear delimiters(",") varnames(nonames) ///'
    yield '  rowrange(2) stringcols(_all) encoding("utf-8") bindquotes(strict)'
    for one in variables:
        if not one.taken_in:
            yield from _values(one, name[one.at])
            yield f"label variable {name[one.at]} {_quoted(one.label, LABEL)}"
            if name[one.at] != one.name:
                yield f"char {name[one.at]}[column] {_quoted(one.name, VALUE)}"
    for one in variables:
        if one.read != "text":
            yield f"drop {_raw(one.at)}"
    yield f'save "{table.key}.dta", replace'


def _raw(at: int) -> str:
    return f"v{at + 1}"


def _values(one: Variable, name: str) -> Iterator[str]:
    raw = _raw(one.at)
    match one.read:
        case "text":
            yield f"rename {raw} {name}"
            return
        case "number":
            yield f"generate double {name} = real({raw})"
        case "day":
            yield f'generate long {name} = daily({raw}, "YMD")'
            yield f"format {name} %td"
        case "coded":
            yield f"generate long {name} = ."
            yield from (
                f"replace {name} = {number} if {raw} == {_code(choice.code)}" for number, choice in one.codes
            )
    for reason in one.reasons:
        at = one.reasons_at
        yield f'replace {name} = {MISSING[reason.code]} if {_raw(at or 0)} == "{reason.code}"'
    labels = [(str(number), choice.label) for number, choice in one.codes]
    labels += [(MISSING[reason.code], reason.label) for reason in one.reasons]
    if labels:
        yield f"label define l{one.at + 1} ///"
        yield from (f"  {value} {_quoted(label, VALUE)} ///" for value, label in labels)
        yield "  , replace"
        yield f"label values {name} l{one.at + 1}"


def _code(text: str) -> str:
    """A code as it stands in the file: an apostrophe alone begins and ends nothing."""
    plain = text.replace("`", "’").replace('"', "”").replace("$", "＄")
    return f'`"{plain}"\''


def _quoted(text: str, most: int) -> str:
    """In quotes that hold quotes; what would be taken for a macro is taken for a sign."""
    plain = cut(text, most).replace("`", "’").replace("'", "’").replace("$", "＄")
    return f'`"{plain}"\''
