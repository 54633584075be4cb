"""The conditions and constraints of a file's questions, put into their items as rules where a rule can say them."""

from collections.abc import Mapping
from typing import Any

from dictionary.interchange import logic_writing
from dictionary.interchange.logic_reading import CannotSay, Known, to_rule
from dictionary.interchange.logic_syntax import BadSyntax, Flavor, parse
from dictionary.interchange.losses import Loss
from dictionary.interchange.questions import Question
from dictionary.rule_check import check_rule, find_cycle
from dictionary.rules import Rule, items_in
from dictionary.schema import Edition

DIALECTS = {"redcap": logic_writing.REDCAP, "xlsform": logic_writing.XLSFORM}
ALWAYS = "The question is always asked; the condition is kept as it was written."
UNCHECKED = "The answer is not checked; the constraint is kept as it was written."


class Conditions:
    """Adds rules to `items` (by the names of the file). `edition` is the same without any of them."""

    def __init__(
        self,
        questions: list[Question],
        items: Mapping[str, dict[str, Any]],
        known: Mapping[str, Known],
        losses: list[Loss],
        flavor: Flavor,
        edition: Edition,
    ) -> None:
        self._questions, self._items, self._known = questions, items, known
        self._losses, self._flavor, self._edition = losses, flavor, edition
        self._by_key = {one.key: one for one in known.values()}
        self._everywhere = {item.key: item for item in edition}
        self._whens: dict[str, Rule | None] = {}

    def add_all(self) -> None:
        for question in self._questions:
            self._ask_when(question)
        for question in self._questions:
            self._check(question)

    def _ask_when(self, question: Question) -> None:
        item, fence = self._items[question.name], question.fence or {}
        written = self._written(fence["when"]) if "when" in fence else None
        if "when" in fence and written in (None, question.condition):
            item["when"] = fence["when"]
            if written is not None:
                self._whens[item["key"]] = fence["when"]
            return
        if not question.condition:
            return
        rule = self._rule(question, question.condition, ALWAYS)
        if rule is None:
            return
        if later := self._comes_later(question, rule):
            self._lose(question, question.condition, f"it asks about {later}, which comes later", ALWAYS)
        elif find_cycle({**self._whens, item["key"]: rule}):
            self._lose(question, question.condition, "it goes round in a circle", ALWAYS)
        else:
            item["when"] = self._whens[item["key"]] = rule

    def _written(self, rule: Any) -> str | None:
        """What we wrote for our rule; None where only reading the edition can tell what is wrong with it."""
        try:
            return logic_writing.write(rule, self._by_key, DIALECTS[self._flavor])
        except logic_writing.CannotWrite:
            return ""
        except (AttributeError, IndexError, KeyError, StopIteration, TypeError, ValueError):
            return None

    def _check(self, question: Question) -> None:
        """What the fence holds stands in the item already: only a constraint that was changed is read."""
        for text, message in question.constraints:
            if self._is_ours(question, text):
                continue
            rule = self._rule(question, text, UNCHECKED)
            if rule is None and self._flavor == "xlsform" and message:
                said = f"It says “{message}” where the answer does not fit."
                self._losses.append(Loss(question.row, question.name, said, "Nothing is said."))
            if rule is not None:
                words = message or "This does not fit. Check the answer."
                self._items[question.name].setdefault("checks", []).append({"rule": rule, "message": words})

    def _is_ours(self, question: Question, text: str) -> bool:
        fence = question.fence or {}
        try:
            rules = [check["rule"] for check in fence.get("checks") or ()]
            own = self._known[question.name]
            return text == logic_writing.constraint(
                rules, own, self._by_key, fence.get("min"), fence.get("max")
            )
        except (AttributeError, IndexError, KeyError, StopIteration, TypeError, ValueError):
            return False

    def _rule(self, question: Question, text: str, becomes: str) -> Rule | None:
        """The rule that says the same, or None and a loss."""
        try:
            return self._translated(question, text)
        except BadSyntax as mistake:
            self._lose(question, text, f"it {mistake}", becomes)
        except CannotSay as why:
            self._lose(question, text, str(why), becomes)
        return None

    def _translated(self, question: Question, text: str) -> Rule:
        itself = self._known[question.name]
        rule = to_rule(parse(text, self._flavor), {**self._known, logic_writing.ITSELF: itself})
        section = self._edition.item(self._items[question.name]["key"]).section
        once = {item.key: item for item in self._edition.once}
        reachable = once | {item.key: item for item in self._edition.section(section).items}
        for problem in check_rule(rule, reachable, self._everywhere):
            raise CannotSay(f"it {problem}")
        return rule

    def _comes_later(self, question: Question, rule: Rule) -> str:
        item = self._edition.item(self._items[question.name]["key"])
        order = [one.key for one in self._edition.section(item.section).items]
        after = order[order.index(item.key) :]
        return next((key for key in items_in(rule) if key in after), "")

    def _lose(self, question: Question, text: str, why: str, becomes: str) -> None:
        shown = " ".join(text.split())
        words = f"The condition “{shown}” says what no rule of ours can: {why.rstrip('.')}."
        self._losses.append(Loss(question.row, question.name, words, becomes))
