"""Questions of a file as own questions: what can be taken over, and a line for everything that cannot. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dictionary.codebook import COARSEN_WORDS
from dictionary.history import changes
from dictionary.interchange import own_file, redcap, xlsform
from dictionary.interchange.code_cells import is_legal, legal_codes
from dictionary.interchange.losses import Loss, Problem, Refused
from dictionary.own.composing import BASIS, INTRO, PART, TITLE, TYPES, Question, compose, takes_own
from dictionary.own.drafting import MOST_CODES, key_for
from dictionary.rules import Json, Rule, items_in
from dictionary.schema import LOCAL, Choice, Edition, Item, Part, Section, load

FILE_BYTES = 1024 * 1024
FIELDS = 1_000
YAML_BYTES = 256 * 1024  # read slowly, and while somebody waits; the whole edition is half of it
LEFT_OUT = "It is left out."
KINDS = {"redcap": "REDCap data dictionary", "xlsform": "XLSForm", "document": "our own file"}
_NO_BASIS = (BASIS, "ours", "ours: a REDCap data dictionary", "ours: an XLSForm")


@dataclass(frozen=True)
class Offered:
    """What can be taken over, in the order of the file, and all that it says and we cannot hold."""

    kind: str
    questions: list[Question]
    losses: tuple[Loss, ...]


def read_file(data: bytes, name: str, base: Mapping[str, Json]) -> Offered:
    """The questions of a file. Raises Refused with every place to mend, or where it is none of the three kinds."""
    if len(data) > FILE_BYTES:
        raise Refused(
            [
                Problem(
                    0, "", "The file is larger than 1 MiB. Bring only the forms that you want to take over."
                )
            ]
        )
    if not data.strip():
        raise Refused([Problem(0, "", "The file is empty. Choose another one.")])
    if data.startswith(b"PK"):
        read = xlsform.read(data, most=FIELDS)
        return _offered("xlsform", read.document, read.losses, base)
    if name.lower().endswith((".yaml", ".yml", ".json")):
        if len(data) > YAML_BYTES:
            raise Refused(
                [Problem(0, "", "A file of this kind may have up to 256 KiB. Take out what is not yours.")]
            )
        return _offered("document", own_file.read(data), (), base)
    if name.lower().endswith(".csv"):
        read = redcap.read(data, most=FIELDS)
        return _offered("redcap", read.document, read.losses, base)
    raise Refused(
        [Problem(0, "", "Choose a REDCap data dictionary (CSV), an XLSForm (XLSX) or our own file (YAML).")]
    )


def _offered(
    kind: str, document: Mapping[str, Any], losses: Sequence[Loss], base: Mapping[str, Json]
) -> Offered:
    taking = _Taking(load(document), load(base))
    whole = compose(base, taking.questions())
    for mend in whole.mends:
        what = "It has a condition." if mend.of == "when" else "It remarks on answers."
        taking.lose(mend.key.removeprefix(LOCAL), what, mend.message)
    unused = set(document.get("choices") or {}) - {item.choices_key for item in taking.file}
    for name in sorted(unused):
        taking.lose(name, "No question uses this list of answers.", LEFT_OUT)
    return Offered(kind, list(whole.questions), tuple(sorted([*losses, *taking.losses])))


class _Taking:
    """Turns the items of a file into own questions; `losses` grows as it does."""

    def __init__(self, file: Edition, base: Edition) -> None:
        self.file, self.base = file, base
        self.losses: list[Loss] = []
        self.theirs = [item for item in file if item.key in base and not item.is_local]
        self.mine = [
            item
            for item in file
            if (item.key not in base or item.is_local) and not item.rating_of and item.type != "links"
        ]
        self.keys = {item.key: item.key for item in self.mine if item.is_local}
        for item in self.mine:
            self.keys.setdefault(item.key, key_for(item.key, list(self.keys.values())))
        self.codes = {item.key: _codes(item) for item in self.mine}

    def lose(self, field: str, what: str, becomes: str) -> None:
        self.losses.append(Loss(0, field, what, becomes))

    def questions(self) -> list[Question]:
        self._whole()
        homes = {section.key: self._home(section) for section in self.file.sections}
        labels = {item.label.casefold() for item in self.base}
        found: list[Question] = []
        for item in self.mine:
            question = self._question(item, homes[item.section])
            if item.label.casefold() in labels:
                question["label"] = f"{item.label} ({key_for(item.key, []).removeprefix(LOCAL)})"
                self.lose(
                    item.key, "Another question has the same words.", f"It reads “{question['label']}”."
                )
            labels.add(str(question["label"]).casefold())
            found.append(question)
        if not found:
            raise Refused(
                [Problem(0, "", "The file asks nothing that the partnership does not ask already.")]
            )
        return found

    def _whole(self) -> None:
        self.lose(
            "The file", f"It is called “{self.file.title}”.", "Own questions have a number and no title."
        )
        if self.file.about:
            self.lose("The file", "It says what it is about.", LEFT_OUT)
        if self.theirs:
            what = f"{len(self.theirs)} of its questions are the partnership’s."
            self.lose("The file", what, "They are asked already, in the partnership’s words.")
        for item in self.theirs:
            if differ := changes(self.base.item(item.key), item):
                what = f"It is the partnership’s, and differs in: {', '.join(differ)}."
                self.lose(item.key, what, "It stays as the partnership asks it.")
        intros = {part.key: part.intro for part in (*self.base.parts, Part(PART, TITLE, intro=INTRO))}
        for part in self.file.parts:
            asked = any(item.part == part.key for item in self.mine)
            if asked and part.intro and part.intro != intros.get(part.key):
                self.lose(part.key, "The part has an introduction.", LEFT_OUT)
        for item in self.file:
            if item.type == "links" and not item.rating_of and item.key not in self.base:
                self.lose(item.key, "It links to entries of a review.", LEFT_OUT)

    def _home(self, section: Section) -> str:
        """Where the section's questions stand."""
        asked = [item for item in section.items if item.key in self.keys]
        if not asked or section.key == PART:
            return PART
        standing = next((one for one in self.base.sections if one.key == section.key), None)
        if section.intro and section.intro != (standing.intro if standing else ""):
            self.lose(section.key, "The section has an introduction.", LEFT_OUT)
        headings = dict.fromkeys(item.group for item in asked if item.group not in ("", TITLE))
        for heading in headings:
            self.lose(section.key, f"It has the heading “{heading}”.", f"The heading is “{TITLE}”.")
        if standing is not None and takes_own(standing):
            self._moved_in(section, standing)
            return section.key
        self.lose(
            section.key, f"“{section.title}” is no place for own questions.", f"They stand in “{TITLE}”."
        )
        if section.repeats:
            what = f"Its questions are asked for each {section.repeats}."
            self.lose(section.key, what, "They are asked once in a review.")
        return PART

    def _moved_in(self, section: Section, standing: Section) -> None:
        """What changes for questions whose section has the key of one of the partnership's."""
        if section.title != standing.title:
            what = f"Its questions stand under “{section.title}”."
            self.lose(section.key, what, f"They stand in “{standing.title}”.")
        if bool(section.repeats) != bool(standing.repeats):
            was, now = (
                f"for each {one.repeats}" if one.repeats else "once in a review"
                for one in (section, standing)
            )
            self.lose(section.key, f"Its questions are asked {was}.", f"They are asked {now}.")

    def _question(self, item: Item, home: str) -> dict[str, Any]:
        if (count := len(item.choices)) > MOST_CODES:
            message = f"“{item.key}” has {count:,} choices; {MOST_CODES} is the most. Ask for text instead."
            raise Refused([Problem(0, "", message)])
        told = {
            "key": self.keys[item.key],
            "section": home,
            "label": item.label,
            "help": item.help,
            "type": self._type(item),
            "codes": [self._code(item.key, one) for one in item.choices],
            "privacy": item.privacy,
            "missing": list(item.missing),
            "min": item.min,
            "max": item.max,
            "max_length": item.max_length,
            "when": self._renamed(item.when),
            "warnings": list(self._remarks(item)),
        }
        self._dropped(item)
        return {key: value for key, value in told.items() if value not in (None, "", [])}

    def _type(self, item: Item) -> str:
        if item.type in TYPES:
            return item.type
        self.lose(item.key, "It is a rating with its reason and evidence.", "It is a choice of 0 to 3.")
        return "choice"

    def _code(self, key: str, choice: Choice) -> dict[str, str]:
        kept = self.codes[key][choice.code]
        if kept != choice.code:
            self.lose(key, f"“{choice.label}” has the code “{choice.code}”.", f"Its code is “{kept}”.")
        code = {"code": kept, "label": " ".join(choice.label.split())}
        return code | {"help": choice.help} if choice.help else code

    def _dropped(self, item: Item) -> None:
        if item.required:
            self.lose(
                item.key, "It has to be answered.", "It may be left open: own questions never stop a review."
            )
        if item.coarsen:
            self.lose(item.key, f"It is {COARSEN_WORDS[item.coarsen]}.", "It is never shared.")
        if item.is_column:
            self.lose(item.key, "It is a column that the software reasons about.", "It is an answer.")
        if item.basis not in _NO_BASIS:
            self.lose(item.key, f"Its basis is “{item.basis}”.", "It is a question of your agency.")

    def _remarks(self, item: Item) -> Iterator[dict[str, Any]]:
        for check in item.checks:
            self.lose(
                item.key, f"It refuses an answer: “{check.message}”", "It remarks on the answer and keeps it."
            )
        for check in (*item.checks, *item.warnings):
            yield {"rule": self._renamed(check.rule), "message": check.message}

    def _renamed(self, rule: Rule | None) -> Any:
        """The rule with the keys that the questions have here."""
        if rule is None:
            return None
        operator, operand = next(iter(rule.items()))
        if operator in ("all", "any"):
            return {operator: [self._renamed(part) for part in operand]}
        if operator == "not":
            return {operator: self._renamed(operand)}
        if operator in ("answered", "missing"):
            return {operator: self.keys.get(operand, operand)}
        return {operator: [self.keys.get(operand[0], operand[0]), self._wanted(*operand)]}

    def _wanted(self, key: str, wanted: Any) -> Any:
        """What a rule compares the answer of this question with."""
        if isinstance(wanted, list):
            return [self._wanted(key, one) for one in wanted]
        if isinstance(wanted, Mapping):
            return {"item": self.keys.get(str(wanted["item"]), wanted["item"])}
        return self.codes.get(key, {}).get(wanted, wanted)


def _codes(item: Item) -> dict[str, str]:
    """For each code of the file the one that is kept: the same where every other format takes it too."""
    written = legal_codes(choice.code for choice in item.choices)
    return {code: code if is_legal(code) else legal for code, legal in written.items()}


def needed(chosen: Iterable[Question], standing: Iterable[Question]) -> Iterator[tuple[str, str, str]]:
    """(label, how it needs it, key) of each chosen question with a rule over one that is neither chosen nor in the
    draft."""
    chosen = list(chosen)
    there = {one["key"] for one in (*chosen, *standing)}
    for one in chosen:
        rules = [("is shown after", one.get("when"))]
        rules += [("is compared with", check["rule"]) for check in one.get("warnings") or ()]
        for how, rule in rules:
            for key in items_in(rule):
                if key.startswith(LOCAL) and key not in there:
                    yield one["label"], how, key
