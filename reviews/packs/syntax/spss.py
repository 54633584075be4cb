"""SPSS (and PSPP): reasons for no answer are user-missing values, -9991 to -9994.

Limits after the SPSS user's guide: names 64 bytes, labels of variables 255, of values 120, lines of syntax 256.
"""

from collections.abc import Iterator, Sequence

from reviews.packs.syntax.variables import REASONS, Tables, Variable, cut_bytes
from reviews.packs.tables import Table

MISSING = {reason: -9991 - place for place, reason in enumerate(REASONS)}
NAME_BYTES, LABEL_BYTES, VALUE_BYTES, LINE_BYTES, TEXT_BYTES = 64, 240, 120, 256, 32_767
_RESERVED = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
_HEAD = """* Encoding: UTF-8.
* Reads the tables of this data pack. First make the folder of the pack your working folder, for example:
* CD 'C:\\data\\reviews'.
"""


def write(tables: Tables) -> str:
    return _HEAD + "".join("\n" + _table(table, variables, rows) for table, variables, rows in tables)


def names(variables: Sequence[Variable]) -> dict[int, str]:
    """A name for each variable that the program takes."""
    given: dict[int, str] = {}
    for one in variables:
        name = one.name if len(one.name.encode()) <= NAME_BYTES else one.name[: NAME_BYTES - 5]
        if name.lower() in _RESERVED or name in given.values():
            name = f"{name}_{one.at}"
        given[one.at] = name
    return given


def _table(table: Table, variables: Sequence[Variable], rows: int) -> str:
    if not rows:
        return f"* {table.title}: no rows.\n"
    return "\n".join([f"* {table.title}.", *_commands(table, variables, names(variables))]) + "\n"


def _commands(table: Table, variables: Sequence[Variable], name: dict[int, str]) -> Iterator[str]:
    yield "GET DATA"
    yield "  /TYPE=TXT"
    yield f"  /FILE='csv/{table.file}'"
    yield "  /ENCODING='UTF8'"
    yield "  /ARRANGEMENT=DELIMITED"
    yield "  /FIRSTCASE=2"
    yield '  /DELIMITERS=","'
    yield "  /QUALIFIER='\"'"
    yield "  /VARIABLES="
    for one in variables:
        yield f"    {_raw(one) if one.read == 'coded' else name[one.at]} {_format(one)}"
    yield "  ."
    for one in variables:
        if not one.taken_in:
            yield from _values(one, name)
    kept = [name[one.at] for one in variables if not one.taken_in]
    yield "EXECUTE."
    yield from ("ADD FILES", "  /FILE=*", "  /KEEP=", *(f"    {one}" for one in kept), "  .")
    for one in variables:
        if not one.taken_in:
            yield from _labels(one, name[one.at])
    yield f"SAVE OUTFILE='{table.key}.sav'."


def _raw(one: Variable) -> str:
    return f"raw_{one.at}"


def _format(one: Variable) -> str:
    match one.read:
        case "number":
            return "F8.0"
        case "day":
            return "SDATE10"
    return f"A{min(max(one.bytes, 1), TEXT_BYTES)}"


def _values(one: Variable, name: dict[int, str]) -> Iterator[str]:
    if one.read == "coded":
        yield f"RECODE {_raw(one)}"
        yield from (f"  ({_quoted(choice.code)}={number})" for number, choice in one.codes)
        yield f"  INTO {name[one.at]}."
    for reason in one.reasons:
        yield f"IF (raw_{one.reasons_at}={_quoted(reason.code)}) {name[one.at]}={MISSING[reason.code]}."


def _labels(one: Variable, name: str) -> Iterator[str]:
    yield from (f"VARIABLE LABELS {name}", f"  {_quoted(one.label, LABEL_BYTES)}.")
    values = [(number, choice.label) for number, choice in one.codes]
    values += [(MISSING[reason.code], reason.label) for reason in one.reasons]
    if values:
        yield f"VALUE LABELS {name}"
        yield from (f"  {number} {_quoted(label, VALUE_BYTES)}" for number, label in values)
        yield "  ."
    if one.reasons:
        yield f"MISSING VALUES {name} ({min(MISSING.values())} THRU {max(MISSING.values())})."
    if one.read == "coded":
        yield f"FORMATS {name} (F8.0)."


def _quoted(text: str, most: int = LABEL_BYTES) -> str:
    return "'" + cut_bytes(text, most - text.count("'")).replace("'", "''") + "'"
