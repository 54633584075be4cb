"""The mapping: which column of an agency's file becomes which item of the dictionary, and what each code means.

It is a YAML document. Whatever it does not say is not done: nothing is guessed from a name or a code.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from dictionary import values
from dictionary.editions import PlainLoader
from dictionary.rules import Json
from dictionary.schema import Edition, Item, Section
from reviews.imports.days import SERIAL
from reviews.imports.unpacking import ENCODINGS

TAKEN_TYPES = ("text", "plain", "prose", "integer", "date", "partial_date", "choice", "choices")
CODED_TYPES = ("choice", "choices", "rating")
CHILDREN = 20
HEADER_ROWS = 20
CODE_CHARACTERS = 200
_LOOKED_AT = 2_000  # characters of a cell; a narrative is no code, whatever follows
_TOP = (
    "about",
    "blank",
    "children",
    "delimiter",
    "encoding",
    "header_row",
    "ignore",
    "items",
    "key",
    "sheet",
)
_SOURCE = {"column", "codes", "format", "separator", "constant", "missing", "when_blank"}
_DIRECTIVES = set("YmdyBbjHMS")

type Given = tuple[Json, str]  # a value, or the reason that stands in its place


class MappingError(ValueError):
    """The document is no mapping. `problems` names each place and how to mend it."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class Source:
    """Where the value of one item comes from: a column, or the same for every row."""

    item: Item
    column: str = ""
    codes: Mapping[str, Given] | None = None
    formats: tuple[str, ...] = ()
    separator: str = ""
    fixed: Given | None = None
    when_blank: Given = (None, "")


@dataclass(frozen=True)
class FileMapping:
    """How one kind of file is read. `items` are answered once, `children` once for each child of a row."""

    edition: Edition
    key: tuple[str, ...]
    items: tuple[Source, ...]
    children: tuple[tuple[Source, ...], ...]
    encoding: str = ""  # empty: as the file shows
    delimiter: str = ""
    sheet: str = ""  # empty: the first
    header_row: int = 1
    blanks: frozenset[str] = frozenset({""})
    ignored: frozenset[str] = frozenset()
    sha256: str = ""
    about: str = ""

    @property
    def sources(self) -> Iterator[Source]:
        yield from self.items
        for child in self.children:
            yield from child

    @property
    def columns(self) -> set[str]:
        """Every column that the mapping reads."""
        return {*self.key, *(source.column for source in self.sources if source.column)}


def kept_code(cell: str) -> str:
    """What a cell says where it is taken for a code or a name: in one line, up to CODE_CHARACTERS. The survey offers it
    so, a mapping and the readers compare it so, and it waits so for a meaning."""
    return " ".join(values.keepable(cell[:_LOOKED_AT]).split())[:CODE_CHARACTERS]


def load_mapping(text: bytes) -> Any:
    """The YAML as it stands. Raises MappingError."""
    try:
        return yaml.load(text, Loader=PlainLoader)  # noqa: S506 (a safe loader, without YAML's traps)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise MappingError([f"The mapping is not YAML: {' '.join(str(error).split())}"]) from None


def read_mapping(text: bytes, edition: Edition) -> FileMapping:
    """The mapping this YAML describes. Raises MappingError with everything that is wrong with it."""
    document = load_mapping(text)
    reader = MappingReader(edition)
    parts = reader.parts(document)
    if reader.problems:
        raise MappingError(reader.problems)
    return FileMapping(**parts, sha256=hashlib.sha256(text).hexdigest())


@dataclass
class MappingReader:
    """Reads a document into the parts of a mapping; `problems` grows as it does."""

    edition: Edition
    problems: list[str] = field(default_factory=list)
    settings: tuple[str, ...] = _TOP
    types: tuple[str, ...] = TAKEN_TYPES

    def parts(self, document: Any) -> dict[str, Any]:
        """The fields of a FileMapping, by their names."""
        if not isinstance(document, dict):
            self.problems.append("The mapping must be a list of settings, such as `key: [row]`.")
            return {}
        for name in sorted(set(document) - set(self.settings), key=str):
            self.problems.append(
                f"`{name}` is not a setting. Settings are: {', '.join(sorted(self.settings))}."
            )
        return {
            "edition": self.edition,
            "key": self._key(document),
            "encoding": self._encoding(document),
            "delimiter": self._delimiter(document),
            "sheet": str(document.get("sheet") or ""),
            "header_row": self._header_row(document),
            "items": self._items(document),
            "children": self._children(document) or ((),),
            "blanks": frozenset({"", *map(kept_code, self._words(document, "blank"))}),
            "ignored": frozenset(self._words(document, "ignore")),
            "about": " ".join(str(document.get("about") or "").split()),
        }

    def _key(self, document: Mapping[str, Any]) -> tuple[str, ...]:
        key = self._words(document, "key")
        if not key:
            self.problems.append(
                "`key` is missing: name the column or columns by which your agency knows a row."
            )
        return key

    def _encoding(self, document: Mapping[str, Any]) -> str:
        encoding = str(document.get("encoding") or "").lower()
        if encoding and encoding not in ENCODINGS:
            self.problems.append(f"`encoding` is {encoding}. It can be {' or '.join(ENCODINGS)}.")
        return encoding

    def _delimiter(self, document: Mapping[str, Any]) -> str:
        delimiter = document.get("delimiter") or ""
        if isinstance(delimiter, str) and len(delimiter) <= 1 and delimiter not in ('"', "\r", "\n"):
            return delimiter
        self.problems.append('`delimiter` must be one character, such as "," or ";".')
        return ""

    def _header_row(self, document: Mapping[str, Any]) -> int:
        header_row = document.get("header_row", 1)
        if isinstance(header_row, int) and 1 <= header_row <= HEADER_ROWS:
            return header_row
        self.problems.append(f"`header_row` must be the number of a row, from 1 to {HEADER_ROWS}.")
        return 1

    def _items(self, document: Mapping[str, Any]) -> tuple[Source, ...]:
        items = self.sources(document.get("items"), "items", "")
        if not self.says_the_type({source.item.key for source in items}):
            self.problems.append(
                "`items` must say where `incident_type` comes from: no incident goes without it."
            )
        return items

    def says_the_type(self, keys: set[str]) -> bool:
        return "incident_type" in keys

    def _children(self, document: Mapping[str, Any]) -> tuple[tuple[Source, ...], ...]:
        return self.numbered(document.get("children", []), "children", "child")

    def numbered(self, listed: Any, where: str, section: str) -> tuple[tuple[Source, ...], ...]:
        """What the rows say of the first, second … entry of a section that repeats."""
        if not isinstance(listed, list) or len(listed) > CHILDREN:
            what = self.edition.section(section).repeats
            self.problems.append(
                f"`{where}` must be a list of at most {CHILDREN}, one entry for each {what} of a row."
            )
            return ()
        return tuple(self.sources(entry, f"{where} {at}", section) for at, entry in enumerate(listed, 1))

    def _words(self, document: Mapping[str, Any], name: str) -> tuple[str, ...]:
        given = document.get(name) or []
        listed = given if isinstance(given, list) else [given]
        return tuple(str(word).strip() for word in listed)

    def sources(self, given: Any, where: str, repeats_in: str) -> tuple[Source, ...]:
        if not isinstance(given, dict):
            self.problems.append(f"`{where}` must map items to where they come from.")
            return ()
        found = [self._source(str(key), spec, f"{where} › {key}", repeats_in) for key, spec in given.items()]
        return tuple(source for source in found if source is not None)

    def _source(self, key: str, spec: Any, where: str, repeats_in: str) -> Source | None:
        item = self._item(key, where, repeats_in)
        if item is None:
            return None
        if isinstance(spec, str):
            spec = {"column": spec}
        if not isinstance(spec, dict):
            self.problems.append(f"{where}: name a `column`, a `constant` or a reason (`missing`).")
            return None
        for name in sorted(set(spec) - _SOURCE, key=str):
            self.problems.append(
                f"{where}: `{name}` is not a setting. Settings are: {', '.join(sorted(_SOURCE))}."
            )
        if sum(name in spec for name in ("column", "constant", "missing")) != 1:
            self.problems.append(f"{where}: give one of `column`, `constant` and `missing`.")
            return None
        if "column" not in spec:
            return Source(item, fixed=self._given(item, spec, where))
        blank = spec.get("when_blank")
        return Source(
            item,
            column=str(spec["column"]).strip(),
            codes=self._codes(item, spec.get("codes"), where),
            formats=self._formats(item, spec.get("format"), where),
            separator=str(spec.get("separator") or ""),
            when_blank=(None, "") if blank is None else self._given(item, blank, f"{where} › when_blank"),
        )

    def _item(self, key: str, where: str, repeats_in: str) -> Item | None:
        """The item of this name, where it stands in the place that it belongs to and may come from a file."""
        if key not in self.edition:
            self.problems.append(f"{where}: edition {self.edition.number} has no item of this name.")
            return None
        item = self.edition.item(key)
        section = self.edition.section(item.section)
        if not self.belongs(section, repeats_in):
            self.problems.append(f"{where}: this item belongs {self.place_of(section)}.")
            return None
        if item.type not in self.types:
            self.problems.append(f"{where}: items of type {item.type} do not come from a file.")
            return None
        return item

    def belongs(self, section: Section, repeats_in: str) -> bool:
        return (section.key if section.repeats else "") == repeats_in

    def place_of(self, section: Section) -> str:
        if section.key == "child":
            return "under `children`"
        return "nowhere: its section repeats" if section.repeats else "under `items`"

    def _given(self, item: Item, spec: Any, where: str) -> Given:
        """What stands for a code, for a blank or in every row: a value of the item or a reason for none."""
        if isinstance(spec, dict) and "missing" in spec:
            reason = str(spec["missing"])
            if reason not in item.missing:
                known = f" It accepts {', '.join(item.missing)}." if item.missing else " It accepts none."
                self.problems.append(f"{where}: “{reason}” is not a reason that {item.key} accepts.{known}")
            # A column keeps no reason: nothing stands there, and that is what it says.
            return (None, "") if item.is_column else (None, reason)
        raw = spec.get("constant") if isinstance(spec, dict) else spec
        if isinstance(raw, dt.date):
            raw = raw.isoformat()
        try:
            value = values.parse(item, raw)
        except values.ValueProblem as problem:
            codes = f" Codes: {', '.join(choice.code for choice in item.choices)}." if item.choices else ""
            self.problems.append(f"{where}: “{raw}” does not fit {item.key}. {problem.message}{codes}")
            return None, ""
        return value, ""

    def _codes(self, item: Item, given: Any, where: str) -> Mapping[str, Given] | None:
        if given is None:
            return None
        if item.type not in CODED_TYPES:
            self.problems.append(f"{where}: {item.key} has no code list, so `codes` means nothing here.")
            return None
        if not isinstance(given, dict):
            self.problems.append(f"{where} › codes: map each code of the file to one of {item.key}.")
            return None
        codes: dict[str, Given] = {}
        for code, meaning in given.items():
            if not isinstance(code, str):
                # YAML reads Y, no and 1 as something else than the text that stands in the file.
                self.problems.append(
                    f"{where} › codes: put “{code}” into quotes, so that it stays the text of the file."
                )
                continue
            if meaning in (None, "", [], {}):
                self.problems.append(
                    f"{where} › codes › {code}: say what it means, a code or a reason (`missing`); or leave it out."
                )
                continue
            codes[kept_code(code)] = self._given(item, meaning, f"{where} › codes › {code}")
        return codes

    def _formats(self, item: Item, given: Any, where: str) -> tuple[str, ...]:
        if given is None:
            return ()
        if item.type not in ("date", "partial_date"):
            self.problems.append(f"{where}: `format` is for dates.")
            return ()
        formats = tuple(str(one) for one in (given if isinstance(given, list) else [given]))
        for one in formats:
            used = {one[at + 1 : at + 2] for at, char in enumerate(one) if char == "%"}
            if one != SERIAL and (not used or used - _DIRECTIVES):
                self.problems.append(
                    f"{where}: “{one}” is not a date format. An example is %m/%d/%Y; `{SERIAL}` means days as a "
                    "spreadsheet program counts them."
                )
        return formats
