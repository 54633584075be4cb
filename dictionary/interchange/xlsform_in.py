"""The sheets of an XLSForm as questions of ours, and a line for everything that we cannot hold."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dictionary.interchange.losses import Loss, Problem, Refused
from dictionary.interchange.questions import Question, Source
from dictionary.interchange.redcap_in import KEPT
from dictionary.interchange.xlsform_file import SheetRow, XlsformFile, opened
from dictionary.interchange.xlsform_out import CHOICES, EDITION, SURVEY
from dictionary.schema import Choice

LEFT_OUT = "It is left out."
OTHER = Choice("other", "Other")
_SELECT = re.compile(r"(select_one|select_multiple|rank)\s+(\S+)(\s+or_other|\s+or specify other)?")
_BOUNDARY = re.compile(r"(begin|end)[_ ](group|repeat)")
_PIPED = re.compile(r"\$\{[^{}]*\}")
_LANGUAGE = re.compile(r"(label|hint|constraint_message|required_message)::?(.+)")
_RANGE = re.compile(r"\b(start|end)\s*=\s*(-?[0-9]{1,9})\b")
_BOUNDS = re.compile(r"\.\s*(>=|<=)\s*(-?[0-9]{1,9})")
_TYPES = {"text": "text", "integer": "integer", "int": "integer", "date": "date", "datetime": "partial_date"}
_AS_TEXT = ("decimal", "time", "barcode", "string")
_NOT_ASKED = (
    *("note", "calculate", "hidden", "geopoint", "geotrace", "geoshape", "image", "photo", "audio", "video"),
    *(
        "file",
        "background-audio",
        "background-geopoint",
        "xml-external",
        "csv-external",
        "start",
        "end",
        "today",
    ),
    *("deviceid", "phonenumber", "username", "email", "audit", "start-geopoint", "subscriberid", "simserial"),
)


@dataclass
class _Open:
    """A group or repeat that has begun and not ended."""

    kind: str
    row: SheetRow
    conditions: list[str] = field(default_factory=list)


class Reader:
    """Turns rows into questions; `losses` grows as it does. Raises Refused with every row to mend."""

    def __init__(self, file: XlsformFile) -> None:
        self.losses: list[Loss] = []
        self._file = file
        self._problems: list[Problem] = []
        self._fences: Mapping[str, dict[str, Any]] = opened(file.fences)
        self._lists = self._code_lists()
        self._open: list[_Open] = []
        self._keys: dict[str, str] = {}
        self._titles: dict[str, str] = {}
        self._repeats: dict[str, str] = {}

    def source(self, title: str) -> Source:
        questions = list(self._questions())
        for left in self._open:
            name = left.row.get("name")
            self._wrong(left.row, "type", f"The {left.kind} “{name}” never ends. Add end_{left.kind}.")
        if not questions and not self._problems:
            self._problems.append(Problem(0, "", "The form asks nothing that NPCS can hold."))
        if self._problems:
            raise Refused(self._problems)
        self._whole()
        return Source(
            questions=questions,
            titles=self._titles,
            title=self._file.settings.get("form_title") or title,
            basis="ours: an XLSForm",
            fence=self._fences.get(EDITION, {}),
            repeats=self._repeats,
        )

    def lose(self, row: SheetRow, what: str, becomes: str = KEPT) -> None:
        self.losses.append(Loss(row.row, row.get("name") or row.get("type"), what, becomes))

    def _wrong(self, row: SheetRow, column: str, message: str) -> None:
        self._problems.append(Problem(row.row, f"survey, {column}", message))

    def _whole(self) -> None:
        known = {"form_title", "form_id", "version", "default_language"}
        for name in self._file.settings:
            if name not in known:
                self.losses.append(Loss(0, "Settings", f"The form has the setting {name}.", KEPT))
        for name in self._file.others:
            self.losses.append(Loss(0, "Sheets", f"The workbook has a sheet “{name}”.", "It is not read."))

    def _code_lists(self) -> dict[str, list[Choice]]:
        lists: dict[str, list[Choice]] = {}
        for row in self._file.choices:
            name, code = row.get("list_name"), row.get("name")
            if not name or not code:
                message = "The row has no list_name or no name. Fill both in, or remove it."
                self._problems.append(Problem(row.row, "choices", message))
                continue
            if any(choice.code == code for choice in lists.setdefault(name, [])):
                message = f"The list “{name}” has “{code}” twice. Give each choice a name of its own."
                self._problems.append(Problem(row.row, "choices, name", message))
            lists[name].append(Choice(code, self._label(row, f"{name}, {code}") or code))
            for column in sorted(set(row.cells) - {*CHOICES}):
                if not _LANGUAGE.fullmatch(column):
                    what = f"The choice {code} of {name} has “{column}”."
                    self.losses.append(Loss(0, "Choices", what, KEPT))
        return lists

    def _questions(self) -> Iterator[Question]:
        seen: dict[str, int] = {}
        for row in self._file.survey:
            kind = " ".join(row.get("type").split())
            if boundary := _BOUNDARY.fullmatch(kind.lower()):
                self._cross(row, boundary[1], boundary[2])
                continue
            name = row.get("name")
            if not kind:
                self._wrong(row, "type", f"“{name}” has no type. Give it one, for example text.")
                continue
            if name in seen and name:
                message = f"“{name}” stands in row {seen[name]} already. Rename one of the two."
                self._wrong(row, "name", message)
                continue
            seen[name] = row.row
            question = self._question(row, kind)
            if question is not None:
                yield question

    def _cross(self, row: SheetRow, way: str, kind: str) -> None:
        if way == "end":
            if not self._open or self._open[-1].kind != kind:
                self._wrong(
                    row, "type", f"end_{kind} stands where no {kind} has begun. Remove it, or begin one."
                )
            else:
                self._open.pop()
            return
        if kind == "repeat" and any(one.kind == "repeat" for one in self._open):
            self.lose(row, "It repeats inside something that repeats.", "It is a section beside the other.")
        condition = row.get("relevant")
        self._open.append(_Open(kind, row, [condition] if condition else []))
        self._label(row, "label")
        for column in ("hint", "required", "constraint"):
            if row.get(column):
                self.lose(row, f"It has “{column}”: {row.get(column)}.")
        self._shown(row)

    def _place(self) -> tuple[str, str]:
        """The section and the heading where the reading stands."""
        if not self._open:
            self._titles.setdefault("form", self._file.settings.get("form_title") or "Form")
            return "form", ""
        repeats = [at for at, one in enumerate(self._open) if one.kind == "repeat"]
        at = repeats[-1] if repeats else 0
        top = self._open[at].row
        name = top.get("name")
        own = self._fences.get(name, {}).get("section")
        section = str(own) if own else self._key(name or "form")
        self._titles.setdefault(section, self._label(top, "label", quiet=True) or section)
        if repeats:
            self._repeats.setdefault(section, "entry")
        inner = self._open[at + 1 :]
        return section, self._label(inner[-1].row, "label", quiet=True) if inner else ""

    def _key(self, name: str) -> str:
        """A name as a key of ours; the same one for the same name."""
        if name not in self._keys:
            slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
            slug = slug if slug[:1].isalpha() else f"field_{slug}"
            free, number = slug, 2
            while free in self._keys.values():
                free, number = f"{slug}_{number}", number + 1
            self._keys[name] = free
        return self._keys[name]

    def _question(self, row: SheetRow, kind: str) -> Question | None:
        fence = self._fences.get(row.get("name"))
        select = _SELECT.fullmatch(kind)
        if kind.lower() in _NOT_ASKED or kind.startswith(
            ("select_one_from_file", "select_multiple_from_file")
        ):
            self.lose(row, f"It is of type {kind}, which asks nothing that NPCS holds.", LEFT_OUT)
            return None
        type_ = self._type(row, kind, select)
        if type_ is None or not self._has_name(row):
            return None
        section, group = self._place()
        question = Question(
            row=row.row,
            name=row.get("name"),
            section=section,
            type=type_,
            label=self._label(row, "label"),
            help=self._label(row, "hint"),
            group=group,
            key=self._key(row.get("name")),
            fence=fence,
        )
        if fence is not None and "of" in fence:
            return question
        if not question.label:
            self.lose(row, "It has no label.", "Its name stands as its label.")
        if select:
            self._choose(row, question, select)
        question.condition = self._condition(row)
        question.required = self._required(row)
        question.direct = (fence or {}).get("privacy") == "direct"
        self._constrained(row, question, kind)
        self._shown(row)
        return question

    def _has_name(self, row: SheetRow) -> bool:
        name = row.get("name")
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.\-]*", name):
            message = f"“{name}” is no name. Use letters, digits and _, beginning with a letter."
            self._wrong(row, "name", message)
            return False
        return True

    def _type(self, row: SheetRow, kind: str, select: re.Match[str] | None) -> str | None:
        lower = kind.lower()
        if select and select[1] == "rank":
            self.lose(row, "It ranks choices.", "Any number of them can be ticked, in no order.")
            return "choices"
        if select:
            return "choice" if select[1] == "select_one" else "choices"
        if lower == "text" and row.get("appearance") == "multiline":
            return "plain"
        if lower == "datetime":
            self.lose(row, "It asks for day and time.", "The day has to be given, the time may be left out.")
        if lower in _TYPES:
            return _TYPES[lower]
        if lower == "range":
            self.lose(row, "It is a slider.", "A whole number is asked for.")
            return "integer"
        if lower in ("acknowledge", "trigger"):
            self.lose(row, "It asks for a nod (acknowledge).", "One of OK and “Not chosen” is asked for.")
            return "choice"
        if lower in _AS_TEXT:
            if "of" not in self._fences.get(row.get("name"), {}):
                self.lose(row, f"The answer is of type {kind}.", "Any text is taken.")
            return "text"
        self._wrong(row, "type", f"“{kind}” is no type of XLSForm. Correct it, for example to text.")
        return None

    def _choose(self, row: SheetRow, question: Question, select: re.Match[str]) -> None:
        if select[2] not in self._lists:
            message = (
                f"The list “{select[2]}” is not in the sheet choices. Add it there, or correct its name."
            )
            self._wrong(row, "type", message)
            return
        question.codes = list(self._lists[select[2]])
        if select[3]:
            question.codes += [OTHER] if OTHER.code not in {one.code for one in question.codes} else []
            self.lose(row, "It asks what else (or_other).", "“Other” is a choice; no words are asked for.")
        if len(question.codes) == 1:
            question.type = "choice"
            question.codes.append(Choice("not_chosen", "Not chosen"))
            self.lose(row, "It has one choice only.", "A second, “Not chosen”, stands beside it.")

    def _condition(self, row: SheetRow) -> str:
        own = [row.get("relevant")] if row.get("relevant") else []
        parts = [condition for one in self._open for condition in one.conditions] + own
        return parts[0] if len(parts) == 1 else " and ".join(f"({part})" for part in parts)

    def _required(self, row: SheetRow) -> bool:
        said = row.get("required").lower()
        if said in ("", "no", "false", "false()"):
            return False
        if said not in ("yes", "true", "true()"):
            self.lose(row, f"It is required only when {row.get('required')}.", "It is required always.")
        return True

    def _constrained(self, row: SheetRow, question: Question, kind: str) -> None:
        if kind.lower() in ("acknowledge", "trigger"):
            question.codes = [Choice("ok", "OK"), Choice("not_chosen", "Not chosen")]
        if kind.lower() == "range":
            ends = dict(_RANGE.findall(row.get("parameters")))
            question.min, question.max = (int(ends[end]) if end in ends else None for end in ("start", "end"))
        constraint, message = row.get("constraint"), self._label(row, "constraint_message")
        if question.fence is not None:
            for name in ("min", "max", "max_length"):
                setattr(question, name, question.fence.get(name))
        if not constraint:
            return
        if question.fence is None and question.type == "integer" and self._bounded(question, constraint):
            if message:
                self.lose(row, f"It says “{message}”.", "NPCS says in its own words what bounds are.")
            return
        question.constraints = [(constraint, message)]

    def _bounded(self, question: Question, constraint: str) -> bool:
        """Take `. >= 0 and . <= 50` as bounds."""
        parts = [_BOUNDS.fullmatch(part.strip()) for part in re.split(r"\band\b", constraint)]
        found = [part for part in parts if part is not None]
        if len(found) < len(parts):
            return False
        for part in found:
            setattr(question, {">=": "min", "<=": "max"}[part[1]], int(part[2]))
        return True

    def _label(self, row: SheetRow, column: str, *, quiet: bool = False) -> str:
        """The words of a column, in the form's first language; in others they are lost."""
        name = column if column in SURVEY else "label"
        found = [(name, row.get(name))] if row.get(name) else []
        found += [
            (key, text) for key, text in row.cells.items() if (m := _LANGUAGE.fullmatch(key)) and m[1] == name
        ]
        default = self._file.settings.get("default_language", "").lower()
        found.sort(key=lambda one: bool(default) and default not in one[0])
        if not found:
            return ""
        if not quiet and len(found) > 1:
            for key, _ in found[1:]:
                self.lose(row, f"It has a {name} in another language ({key}).")
        words = found[0][1]
        for piped in [] if quiet else dict.fromkeys(_PIPED.findall(words)):
            self.lose(row, f"Its {name} shows the answer of {piped}.", "The answer is not put in its place.")
        return " ".join(words.split()) if "\n\n" not in words else words

    def _shown(self, row: SheetRow) -> None:
        """Every other column: it says how something looks, or how the app behaves."""
        used = {*SURVEY[:8], *(("parameters",) if row.get("type").lower() == "range" else ())}
        for column, text in row.cells.items():
            is_ours = (column, text) == ("appearance", "multiline")
            if column not in used and not is_ours and not _LANGUAGE.fullmatch(column):
                self.lose(row, f"It has “{column}”: {text}.")
