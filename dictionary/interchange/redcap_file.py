"""A REDCap data dictionary as fields by name: 18 columns, one row a field, and the very bytes it came in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, fields, replace

from dictionary.interchange import code_cells, fence
from dictionary.interchange.csv_bytes import Cell, CsvFile, Line, changed, new_file, parse
from dictionary.interchange.logic_syntax import BadSyntax, check_brackets
from dictionary.interchange.losses import Problem, Refused

HEADER = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
# As REDCap's API calls them; some tools write these as the header.
API_HEADER = (
    *(
        "field_name",
        "form_name",
        "section_header",
        "field_type",
        "field_label",
        "select_choices_or_calculations",
    ),
    *(
        "field_note",
        "text_validation_type_or_show_slider_number",
        "text_validation_min",
        "text_validation_max",
    ),
    *("identifier", "branching_logic", "required_field", "custom_alignment", "question_number"),
    *("matrix_group_name", "matrix_ranking", "field_annotation"),
)
FEWEST = 15  # before matrices and annotations came
TYPES = (
    *("text", "notes", "dropdown", "radio", "checkbox", "yesno", "truefalse", "calc"),
    *("file", "slider", "descriptive", "sql"),
)
LISTED = ("dropdown", "radio", "checkbox")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Field:
    """One row. The attributes are the columns, in their order."""

    name: str
    form: str
    header: str = ""
    type: str = "text"
    label: str = ""
    choices: str = ""
    note: str = ""
    validation: str = ""
    min: str = ""
    max: str = ""
    identifier: str = ""
    branching: str = ""
    required: str = ""
    alignment: str = ""
    number: str = ""
    matrix: str = ""
    ranking: str = ""
    annotation: str = ""

    @property
    def is_identifier(self) -> bool:
        return self.identifier.strip().lower() in ("y", "yes", "1")

    @property
    def is_required(self) -> bool:
        return self.required.strip().lower() in ("y", "yes", "1")


COLUMNS = [column.name for column in fields(Field)]


@dataclass(frozen=True)
class RedcapFile:
    """The file, and its fields by the line that holds each (0 is the header)."""

    csv: CsvFile
    fields: Mapping[int, Field]

    def to_bytes(self) -> bytes:
        return self.csv.to_bytes()


def read(data: bytes) -> RedcapFile:
    """Raises Refused with every row and column to mend."""
    csv = parse(data)
    if not csv.lines:
        raise Refused([Problem(0, "", "The file is empty.")])
    width = _width(csv.lines[0])
    found: dict[int, Field] = {}
    problems: list[Problem] = []
    for at, line in enumerate(csv.lines[1:], 1):
        texts = line.texts()
        if not any(text.strip() for text in texts):
            continue
        if len(texts) > width:
            message = (
                f"The row has {len(texts)} cells, the header {width}. Put a cell with a comma in quotes."
            )
            problems.append(Problem(at + 1, "", message))
            continue
        found[at] = Field(*texts, *[""] * (len(COLUMNS) - len(texts)))
    problems += _problems(found)
    if problems:
        raise Refused(problems)
    return RedcapFile(csv, found)


def write(rows: list[Field]) -> RedcapFile:
    """A new file of these fields, as REDCap writes one."""
    return RedcapFile(new_file([HEADER, *(astuple(field) for field in rows)]), dict(enumerate(rows, 1)))


def merge(origin: RedcapFile, base: list[Field], now: list[Field]) -> RedcapFile:
    """The file that came, with what changed between base and now written into it; every other byte stays."""
    before = {field.name: field for field in base}
    after = {field.name: field for field in now}
    behind: dict[str, list[Field]] = {}
    last = ""
    for field in now:
        if field.name in before:
            last = field.name
        else:
            behind.setdefault(last, []).append(field)
    lines = [origin.csv.lines[0]]
    width = len(lines[0].cells)
    for at, line in enumerate(origin.csv.lines[1:], 1):
        held = origin.fields.get(at)
        if held is None or held.name not in before:
            lines.append(line)
        elif held.name in after:
            lines.append(_changed(line, held, before[held.name], after[held.name], width))
        new = behind.get(held.name, []) if held else []
        if new:
            lines[-1] = replace(lines[-1], end=lines[-1].end or origin.csv.end)
        lines += [_line(field, width, origin.csv.end) for field in new]
    csv = replace(origin.csv, lines=tuple(lines))
    return read(csv.to_bytes())


def _changed(line: Line, held: Field, base: Field, now: Field, width: int) -> Line:
    line = replace(line, cells=line.cells + (Cell(""),) * (width - len(line.cells)))
    for at, column in enumerate(COLUMNS[:width]):
        if getattr(base, column) == getattr(now, column):
            continue
        text = getattr(now, column)
        if column == "annotation":
            text = f"{fence.split(held.annotation)[0]} {text}".strip()
        line = changed(line, at, text)
    return line


def _line(field: Field, width: int, end: str) -> Line:
    return Line(tuple(Cell(text) for text in astuple(field)[:width]), end)


def _width(header: Line) -> int:
    """How many columns the header names. Raises Refused where it is no header of REDCap."""
    said = [" ".join(text.split()) for text in header.texts()]
    while said and not said[-1]:
        said.pop()
    names = API_HEADER if said and said[0].lower() == API_HEADER[0] else HEADER
    for at, (text, name) in enumerate(zip(said, names, strict=False), 1):
        if text.lower() != name.lower():
            message = f"The header of column {at} is “{text}”. It has to be “{name}”: download the file anew."
            raise Refused([Problem(1, f"column {at}", message)])
    if not FEWEST <= len(said) <= len(names):
        message = (
            f"The header has {len(said)} columns. A data dictionary has {len(names)}, an old one {FEWEST} or "
            "more: download it anew in REDCap, under “Data Dictionary”."
        )
        raise Refused([Problem(1, "", message)])
    return len(said)


def _problems(found: Mapping[int, Field]) -> Iterator[Problem]:
    if not found:
        yield Problem(0, "", "The file has a header and no fields.")
        return
    first = next(iter(found))
    if found[first].type != "text":
        message = f"The first field is the record’s ID and has to be text, not “{found[first].type}”."
        yield Problem(first + 1, HEADER[3], message)
    rows: dict[str, int] = {}
    forms: dict[str, int] = {}
    standing = ""
    for at, field in found.items():
        yield from _field_problems(at + 1, field)
        if field.name in rows:
            message = f"“{field.name}” stands in row {rows[field.name]} already. Rename one of the two."
            yield Problem(at + 1, HEADER[0], message)
        rows.setdefault(field.name, at + 1)
        if field.form != standing and field.form in forms:
            message = f"The form “{field.form}” began in row {forms[field.form]}. Keep its rows together."
            yield Problem(at + 1, HEADER[1], message)
        standing = field.form
        forms.setdefault(field.form, at + 1)


def _field_problems(row: int, field: Field) -> Iterator[Problem]:
    if not _NAME.fullmatch(field.name):
        message = (
            f"“{field.name}” is no field name. Use small letters, digits and _, beginning with a letter."
        )
        yield Problem(row, HEADER[0], message)
    if not field.form.strip():
        yield Problem(row, HEADER[1], "The field is in no form. Give the name of one.")
    if field.type not in TYPES:
        message = f"“{field.type}” is no field type. Use one of: {', '.join(TYPES)}."
        yield Problem(row, HEADER[3], message)
    if field.type in LISTED:
        try:
            code_cells.read(field.choices)
        except code_cells.BrokenChoices as broken:
            yield Problem(row, HEADER[5], f"“{field.name}”: {broken}")
    calculated = field.choices if field.type == "calc" else ""
    for column, text in ((HEADER[5], calculated), (HEADER[11], field.branching)):
        try:
            check_brackets(text, "redcap")
        except BadSyntax as mistake:
            yield Problem(row, column, f"“{field.name}”: it {mistake}")
    try:
        fence.split(field.annotation)
    except fence.BrokenFence as broken:
        yield Problem(row, HEADER[17], f"“{field.name}”: {broken}")
