"""From the questions of a file to an edition: the cells say what can be changed elsewhere, our fence says the rest."""

from collections.abc import Mapping
from typing import Any

from dictionary.interchange import conditions
from dictionary.interchange.code_lists import CodeLists
from dictionary.interchange.layout import READ_AS
from dictionary.interchange.logic_reading import Known
from dictionary.interchange.logic_syntax import Flavor
from dictionary.interchange.losses import Loss, Problem, Refused
from dictionary.interchange.questions import Imported, Question, Source
from dictionary.schema import MISSING, RATING_MISSING, RATINGS, Choice, EditionError, load

NUMBER = "0.1"
_OURS = ("store", "coarsen", "links", "checks", "warnings")


def assemble(source: Source, losses: list[Loss], flavor: Flavor) -> Imported:
    """The edition that the file describes. Raises Refused where our own words in it were damaged."""
    return _Assembler(source, losses, flavor).imported()


class _Assembler:
    def __init__(self, source: Source, losses: list[Loss], flavor: Flavor) -> None:
        self.source, self.losses, self.flavor = source, losses, flavor
        self.lists = CodeLists(source.fence)
        self.known: dict[str, Known] = {}
        self.items: dict[str, dict[str, Any]] = {}
        self.kept = [one for one in source.questions if not (one.fence or {}).get("of")]

    def lose(self, question: Question, what: str, becomes: str) -> None:
        self.losses.append(Loss(question.row, question.name, what, becomes))

    def imported(self) -> Imported:
        for question in self.kept:
            self.items[question.name] = self.item(question)
        self.say_privacy()
        document = self.document()
        added = conditions.Conditions(
            self.kept, self.items, self.known, self.losses, self.flavor, self.checked(document)
        )
        added.add_all()
        edition = self.checked(document)
        for question in self.source.questions:
            of = (question.fence or {}).get("of")
            if not of or question.our_key not in edition:
                continue
            made = edition.item(question.our_key)
            if (made.label, made.help) != (question.label, question.help):
                self.lose(
                    question,
                    f"It belongs to {of}, whose own words make it; here its words were changed.",
                    f"It reads “{made.label}” again.",
                )
        return Imported(document, edition, tuple(sorted(self.losses)))

    def checked(self, document: dict[str, Any]) -> Any:
        try:
            return load(document)
        except EditionError as mistake:
            raise Refused([Problem(0, "", problem) for problem in mistake.problems]) from mistake

    def item(self, question: Question) -> dict[str, Any]:
        """The item's document, rules aside."""
        fence = question.fence or {}
        item: dict[str, Any] = {"key": question.our_key, "label": question.label or question.name}
        item["type"] = self.type(question)
        if question.help:
            item["help"] = question.help
        group = fence.get("group", question.group)
        if group:
            item["group"] = group
        item |= self.answered_by(question, item["type"])
        if question.required:
            item["required"] = True
        item["privacy"] = self.privacy(question)
        item |= {key: fence[key] for key in _OURS if key in fence}
        if item["privacy"] != "quasi" and item.pop("coarsen", ""):
            self.lose(question, "It is no longer quasi.", "It is not coarsened any more.")
        item["basis"] = fence.get("basis") or self.source.basis
        return item

    def type(self, question: Question) -> str:
        """Our fence's type, where the field is still of the kind that we wrote."""
        fenced = (question.fence or {}).get("type")
        if fenced is None:
            return question.type
        if READ_AS.get(fenced) == question.type:
            return str(fenced)
        self.lose(
            question, f"It was {fenced} and its field type was changed.", f"It becomes {question.type}."
        )
        return question.type

    def answered_by(self, question: Question, kind: str) -> dict[str, Any]:
        """Codes, reasons for no answer and bounds."""
        fence = question.fence or {}
        bounds = {"min": question.min, "max": question.max, "max_length": question.max_length}
        answered: dict[str, Any] = {key: value for key, value in bounds.items() if value is not None}
        reasons = [one for one in fence.get("missing") or () if isinstance(one, str)]
        if not question.codes:
            if reasons:
                answered["missing"] = reasons
            self.known[question.name] = Known(question.our_key, question.name, kind, missing=tuple(reasons))
            return answered
        if kind == "rating":
            reasons = list(RATING_MISSING)
        codes, reasons, tail = self.parted(question, reasons, RATING_MISSING if kind == "rating" else MISSING)
        written = fence.get("codes")
        names = (
            {str(code): str(legal) for legal, code in written.items()} if isinstance(written, Mapping) else {}
        )
        back = {legal: code for code, legal in names.items()}
        codes = [Choice(back.get(one.code, one.code), one.label) for one in codes]
        if kind == "rating":
            answered |= self.anchors(question, codes)
            answered |= {"missing": fence["missing"]} if "missing" in fence else {}
        else:
            answered["choices"] = self.code_list(question, codes)
            answered |= {"missing": reasons} if reasons else {}
        ours = tuple(choice.code for choice in codes)
        self.known[question.name] = Known(question.our_key, question.name, kind, ours, tail, names)
        return answered

    def parted(
        self, question: Question, reasons: list[str], words: Mapping[str, str]
    ) -> tuple[list[Choice], list[str], tuple[str, ...]]:
        """The codes, the reasons for no answer that the item has, and those of them that stood among its codes."""
        own = (question.fence or {}).get("own_reasons") or ()
        codes = [choice for choice in question.codes if choice.code not in reasons or choice.code in own]
        left = set(codes)
        stood = [choice for choice in question.codes if choice not in left]
        for choice in stood:
            if choice.label != words.get(choice.code):
                self.lose(
                    question,
                    f"The reason “{choice.code}” has words of its own, “{choice.label}”.",
                    f"It reads “{words.get(choice.code)}”.",
                )
        found = [choice.code for choice in stood]
        kept = [reason for reason in reasons if reason in found or reason in own]
        return codes, kept, tuple(reason for reason in reasons if reason in found)

    def anchors(self, question: Question, codes: list[Choice]) -> dict[str, Any]:
        if [choice.code for choice in codes] != list(RATINGS):
            message = "is a rating: its codes are 0, 1, 2 and 3, in this order. Put them back."
            raise Refused([Problem(question.row, question.name, message)])
        return {"anchors": {choice.code: choice.label for choice in codes}}

    def code_list(self, question: Question, codes: list[Choice]) -> str:
        name = (question.fence or {}).get("choices")
        if not isinstance(name, str):
            return self.lists.own(question.our_key, self.told_apart(question, codes))
        found, is_shared = self.lists.fenced(name, self.told_apart(question, codes))
        if not is_shared:
            self.lose(
                question,
                f"Its choices differ from those of the other questions that use the list {name}.",
                f"It has a list of its own, {found}.",
            )
        return found

    def told_apart(self, question: Question, codes: list[Choice]) -> list[Choice]:
        """No two choices with the same words; two choices at least."""
        seen: dict[str, str] = {}
        apart: list[Choice] = []
        for choice in codes:
            words = choice.label or choice.code
            if words in seen:
                self.lose(
                    question,
                    f"The choices {seen[words]} and {choice.code} have the same words, “{words}”.",
                    f"The second reads “{words} ({choice.code})”.",
                )
                words = f"{words} ({choice.code})"
            seen[words] = choice.code
            apart.append(Choice(choice.code, words))
        return apart

    def privacy(self, question: Question) -> str:
        """The cell says whether the field names a person; among the other classes our fence decides."""
        fenced = (question.fence or {}).get("privacy")
        if fenced is None or (fenced == "direct") == question.direct:
            return str(fenced or ("direct" if question.direct else "sensitive"))
        now = "direct" if question.direct else "sensitive"
        self.lose(
            question, f"It was {fenced}, and the mark for identifiers was changed.", f"It is {now} now."
        )
        return now

    def say_privacy(self) -> None:
        unclassed = [one for one in self.kept if not (one.fence or {}).get("privacy") and not one.direct]
        if unclassed:
            count = len(unclassed)
            self.losses.append(
                Loss(
                    0,
                    "Privacy classes",
                    f"The file tells only identifiers from the rest ({count} without the mark).",
                    "Each of these is sensitive until somebody decides.",
                )
            )

    def document(self) -> dict[str, Any]:
        fence = self.source.fence
        sections = self.sections()
        parts = list(fence.get("parts") or ())
        held = [part.get("key") for part in parts]
        parts += [
            {"key": section["part"], "title": section.get("title")}
            for section in sections
            if section.get("part") not in held and section.get("section") == section.get("part")
        ]
        top = {"number": fence.get("number", NUMBER), "title": fence.get("title", self.source.title)}
        if "about" in fence:
            top["about"] = fence["about"]
        return {**top, "parts": parts, "choices": self.lists.lists, "sections": sections}

    def sections(self) -> list[dict[str, Any]]:
        """The fenced sections in their order, then those that are new."""
        by_form: dict[str, list[dict[str, Any]]] = {}
        for question in self.kept:
            by_form.setdefault(question.section, []).append(self.items[question.name])
        sections: list[dict[str, Any]] = []
        for raw in self.source.fence.get("sections") or ():
            about = dict(raw)
            form = str(about.pop("form", about.get("section")))
            items = by_form.pop(form, [])
            keys = [item["key"] for item in items]
            if not items:
                words = f"The section {about.get('section')} has no questions any more."
                self.losses.append(Loss(0, "Sections", words, "It is left out."))
                continue
            if about.get("title_item") not in (None, *keys):
                words = f"The question {about.pop('title_item')}, which names an entry, is gone."
                self.losses.append(Loss(0, "Sections", words, "The first question names it."))
            sections.append({**about, "items": items})
        for form, items in by_form.items():
            about = {"section": form, "part": form, "title": self.source.titles.get(form, form)}
            about |= {"intro": self.source.intros[form]} if self.source.intros.get(form) else {}
            about |= {"repeats": self.source.repeats[form]} if self.source.repeats.get(form) else {}
            sections.append({**about, "items": items})
        return sections
