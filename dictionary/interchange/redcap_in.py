"""The fields of a REDCap data dictionary as questions of ours, and a line for everything that we cannot hold."""

import re
from collections.abc import Iterator

from dictionary.interchange import code_cells, fence, redcap_tags, wording
from dictionary.interchange.losses import Loss
from dictionary.interchange.questions import Question, Source
from dictionary.interchange.redcap_file import LISTED, Field, RedcapFile
from dictionary.schema import Choice
from dictionary.values import date_words

KEPT = "The file keeps it; NPCS does not use it."
_PLAIN_TYPES = {
    "text": "text",
    "notes": "plain",
    "dropdown": "choice",
    "radio": "choice",
    "checkbox": "choices",
}
_FIXED = {
    "yesno": [Choice("1", "Yes"), Choice("0", "No")],
    "truefalse": [Choice("1", "True"), Choice("0", "False")],
}
_LEFT_OUT = {
    "calc": ("It is calculated in REDCap.", "It is no question; the formula is kept in the file."),
    "descriptive": ("It shows a text and asks nothing.", "The text is not shown; the file keeps it."),
    "file": ("It takes a file.", "NPCS keeps no files with a review; the question is left out."),
    "signature": ("It takes a signature.", "NPCS takes no signatures; the question is left out."),
    "sql": ("It asks the database of the REDCap server.", "It is never run; the question is left out."),
}
_DAYS = re.compile(r"date_(ymd|mdy|dmy)")
_MOMENTS = re.compile(r"datetime(_seconds)?_(ymd|mdy|dmy)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"-?[0-9]{1,9}")


class Reader:
    """Turns fields into questions; `losses` grows as it does."""

    def __init__(self, file: RedcapFile) -> None:
        self.losses: list[Loss] = []
        self._fields = [(at + 1, field) for at, field in file.fields.items()]
        self._labels = {field.name: wording.plain(field.label) for _, field in self._fields}

    def source(self, title: str) -> Source:
        (row, record), *rest = self._fields
        own = fence.split(record.annotation)[1]
        if own is None:
            self._record(row, record)
        forms = dict.fromkeys(field.form for _, field in self._fields)
        keys = {form: _key(form) for form in forms}
        questions = list(self._questions(rest, keys))
        return Source(
            questions=questions,
            titles={keys[form]: _title(form) for form in forms},
            title=title,
            basis="ours: a REDCap data dictionary",
            fence=own or {},
        )

    def _record(self, row: int, field: Field) -> None:
        what = "A data dictionary does not say which forms repeat, nor at which events they are filled in."
        self.losses.append(Loss(0, "Forms", what, "Each form is a section that is answered once."))
        self.lose(
            row, field, "It is the record’s ID.", "NPCS numbers records itself; the file keeps the field."
        )
        self._looks(row, field)
        self._annotated(row, field, redcap_tags.read(field.annotation))

    def lose(self, row: int, field: Field, what: str, becomes: str = KEPT) -> None:
        self.losses.append(Loss(row, field.name, what, becomes))

    def _questions(self, fields: list[tuple[int, Field]], keys: dict[str, str]) -> Iterator[Question]:
        form, heading = "", ""
        for row, field in fields:
            if field.form != form:
                form, heading = field.form, ""
            if field.header.strip():
                heading = self._words(row, field, "section header", field.header)
            question = self._question(row, field, keys[field.form], heading)
            if question is not None:
                yield question

    def _question(self, row: int, field: Field, section: str, heading: str) -> Question | None:
        annotation, own = fence.split(field.annotation)
        if own is not None and "of" in own:
            words = (wording.plain(field.label), wording.plain(field.note))
            return Question(row, field.name, section, "text", *words, fence=own)
        kind = "signature" if field.type == "file" and field.validation.strip() == "signature" else field.type
        if kind in _LEFT_OUT:
            self.lose(row, field, *_LEFT_OUT[kind])
            if field.branching.strip():
                self.lose(row, field, "It has branching logic.", "It goes with the field; the file keeps it.")
            self._looks(row, field)
            self._annotated(row, field, redcap_tags.read(annotation))
            return None
        question = Question(
            row=row,
            name=field.name,
            section=section,
            type=_PLAIN_TYPES.get(kind, "choice"),
            label=self._words(row, field, "label", field.label),
            help=self._words(row, field, "note", field.note),
            group=heading,
            required=field.is_required,
            direct=field.is_identifier,
            condition=field.branching.strip(),
            fence=own,
        )
        if not question.label:
            self.lose(row, field, "It has no label.", "Its name stands as its label.")
        self._answered_by(row, field, question)
        self._looks(row, field)
        tags = redcap_tags.read(annotation)
        if question.type in ("text", "plain"):
            question.max_length = tags.character_limit
        if own is None:
            self._annotated(row, field, tags)
        return question

    def _answered_by(self, row: int, field: Field, question: Question) -> None:
        if field.type not in (*LISTED, "slider") and field.choices.strip():
            self.lose(row, field, f"It has the choices “{field.choices.strip()}”, but is {field.type}.")
        if field.type == "slider":
            self._slider(row, field, question)
        elif field.type in _FIXED:
            question.codes = _FIXED[field.type]
        elif field.type in LISTED:
            question.codes = self._codes(row, field)
            if len(question.codes) == 1:
                self._single(row, field, question)
        elif field.type == "text":
            self._validated(row, field, question)
            return
        if field.type != "slider" and (checked := _joined(field.validation, field.min, field.max)):
            self.lose(row, field, f"It has the validation “{checked}”, but is {field.type}.")

    def _codes(self, row: int, field: Field) -> list[Choice]:
        return [
            Choice(choice.code, self._words(row, field, f"choice {choice.code}", choice.label))
            for choice in code_cells.read(field.choices)
        ]

    def _single(self, row: int, field: Field, question: Question) -> None:
        code = "0" if question.codes[0].code != "0" else "1"
        question.codes = [*question.codes, Choice(code, "Not chosen")]
        question.type = "choice"
        self.lose(
            row, field, "It has one choice only.", f"A second, “Not chosen” ({code}), stands beside it."
        )

    def _slider(self, row: int, field: Field, question: Question) -> None:
        question.type = "integer"
        question.min, question.max = 0, 100
        for name, text in (("min", field.min), ("max", field.max)):
            if _WHOLE.fullmatch(text.strip()):
                setattr(question, name, int(text))
        ends = [self._words(row, field, "slider label", end) for end in field.choices.split("|")]
        marks = ", ".join(end for end in ends if end)
        becomes = f"A whole number from {question.min} to {question.max} is asked for"
        if marks:
            question.help = f"{question.help} From {question.min} to {question.max}: {marks}.".strip()
            becomes += "; the words of its ends stand in the help"
        self.lose(row, field, "It is a slider.", f"{becomes}.")

    def _validated(self, row: int, field: Field, question: Question) -> None:
        kind = field.validation.strip()
        if kind in ("integer", ""):
            question.type = "integer" if kind else "text"
        elif found := _DAYS.fullmatch(kind):
            question.type = "date"
            if found[1] != "ymd":
                self.lose(
                    row, field, f"Dates are typed as {kind}.", "They are typed and shown in NPCS’s way."
                )
        elif found := _MOMENTS.fullmatch(kind):
            question.type = "partial_date"
            exact = " to the second" if found[1] else ""
            becomes = "The day has to be given, the time may be left out"
            becomes += "; seconds are not kept." if exact else "."
            self.lose(row, field, f"It asks for day and time{exact} ({kind}).", becomes)
        else:
            self.lose(row, field, f"The answer is checked as {kind}.", "Any text is taken.")
        self._bounded(row, field, question)

    def _bounded(self, row: int, field: Field, question: Question) -> None:
        for sign, name, text in ((">=", "min", field.min.strip()), ("<=", "max", field.max.strip())):
            if not text:
                continue
            if question.type == "integer" and _WHOLE.fullmatch(text):
                setattr(question, name, int(text))
            elif question.type == "date" and (_DAY.fullmatch(text) or _is_ref(text)):
                value = text if _is_ref(text) else f"'{text}'"
                words = {"min": "before", "max": "after"}[name]
                shown = f"“{self._labels.get(text.strip('[]'), text)}”" if _is_ref(text) else date_words(text)
                question.constraints.append(
                    (f"[{field.name}] {sign} {value}", f"This is {words} {shown}. Check the date.")
                )
            else:
                self.lose(row, field, f"Its {name} is {text}.", "The answer is not held to it.")
        low, high = question.min, question.max
        if low is not None and high is not None and low > high:
            question.min = question.max = None
            self.lose(
                row, field, f"Its min {low} is above its max {high}.", "The answer is not held to them."
            )

    def _looks(self, row: int, field: Field) -> None:
        """What only says how the field looks."""
        if field.alignment.strip():
            self.lose(row, field, f"It has the alignment {field.alignment.strip()}.")
        if field.number.strip():
            self.lose(row, field, f"It has the question number “{field.number.strip()}”.")
        if field.matrix.strip():
            becomes = "Its questions stand one below the other."
            self.lose(row, field, f"It stands in the matrix {field.matrix.strip()}.", becomes)
        if field.ranking.strip():
            becomes = "The same answer may be given more than once."
            self.lose(row, field, "Its matrix ranks: each answer is given once.", becomes)

    def _annotated(self, row: int, field: Field, annotation: redcap_tags.Annotation) -> None:
        is_text = field.type in ("text", "notes")
        for tag in annotation.unknown if is_text else annotation.tags:
            self.lose(row, field, f"It has the action tag {tag}.")
        if annotation.words:
            self.lose(row, field, f"It has the annotation “{annotation.words}”.")

    def _words(self, row: int, field: Field, place: str, text: str) -> str:
        """The plain words of a label. What markup and piping did is lost."""
        if wording.has_markup(text):
            self.lose(row, field, f"Its {place} is formatted (HTML).", "The words are kept without it.")
        for piped in dict.fromkeys(wording.PIPED.findall(text)):
            becomes = "The answer is not put in its place; the brackets are shown."
            self.lose(row, field, f"Its {place} shows the answer of {piped}.", becomes)
        words = wording.plain(text)
        return " ".join(words.split()) if "\n\n" not in words else words.strip()


def _is_ref(text: str) -> bool:
    return re.fullmatch(r"\[[a-z][a-z0-9_]*\]", text) is not None


def _joined(*texts: str) -> str:
    return ", ".join(text.strip() for text in texts if text.strip())


def _key(form: str) -> str:
    """A form's name as a key of ours."""
    slug = re.sub(r"[^a-z0-9]+", "_", form.lower()).strip("_")
    return slug if slug[:1].isalpha() else f"form_{slug}"


def _title(form: str) -> str:
    words = re.sub(r"[\s_]+", " ", form).strip()
    return words[:1].upper() + words[1:]
