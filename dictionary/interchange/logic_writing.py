"""Rules of the dictionary as conditions of other software: REDCap logic, XLSForm expressions.

Neither has a `not` that both read alike, so a rule that is denied is turned inside out (De Morgan) down to tests that
have an opposite. An item without an answer is neither before nor after anything, which both have to be told.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from dictionary.interchange.logic_reading import Known
from dictionary.rules import Json, Rule

ITSELF = "."  # the name by which a constraint of XLSForm calls the answer that it is about


class CannotWrite(ValueError):
    """The other software has no words for this."""


@dataclass(frozen=True)
class Leaf:
    """A test and its opposite."""

    says: str
    denies: str


@dataclass(frozen=True)
class Tree:
    word: str  # and, or
    parts: tuple["Leaf | Tree", ...]


type Condition = Leaf | Tree


@dataclass(frozen=True)
class Dialect:
    """How one software writes its tests."""

    ref: Callable[[str], str]
    unequal: str
    ticked: Callable[[str, str], Leaf]
    day: Callable[[str], str]  # a date as it stands in a comparison
    before: Callable[[str, str, str], Leaf]  # sign, one date, another


def _redcap_before(sign: str, left: str, right: str) -> Leaf:
    difference = f"datediff({left}, {right}, 'd', 'ymd', true)"
    return (
        Leaf(f"{difference} > 0", f"{difference} <= 0")
        if sign == "<"
        else Leaf(f"{difference} >= 0", f"{difference} < 0")
    )


def _xlsform_before(sign: str, left: str, right: str) -> Leaf:
    return Leaf(f"{left} {sign} {right}", f"{left} {'>=' if sign == '<' else '>'} {right}")


def _xlsform_ref(name: str) -> str:
    return name if name == ITSELF else f"${{{name}}}"


def _xlsform_ticked(name: str, code: str) -> Leaf:
    test = f"selected({_xlsform_ref(name)}, '{code}')"
    return Leaf(test, f"not({test})")


REDCAP = Dialect(
    ref=lambda name: f"[{name}]",
    unequal="<>",
    ticked=lambda name, code: Leaf(f"[{name}({code})] = '1'", f"[{name}({code})] <> '1'"),
    day=lambda day: f"'{day}'",
    before=_redcap_before,
)
XLSFORM = Dialect(
    ref=_xlsform_ref,
    unequal="!=",
    ticked=_xlsform_ticked,
    day=lambda day: f"date('{day}')",
    before=_xlsform_before,
)


def write(rule: Rule | None, known: Mapping[str, Known], dialect: Dialect) -> str:
    """The condition that holds wherever the rule does; empty for no rule. `known` is by our keys. Raises
    CannotWrite."""
    if rule is None:
        return ""
    return _text(_Writer(known, dialect).condition(rule))[0]


def constraint(
    rules: Iterable[Rule], own: Known, known: Mapping[str, Known], low: int | None, high: int | None
) -> str:
    """What an answer has to keep, as XLSForm writes it. A rule that it has no words for is left out."""
    parts = [f"{ITSELF} {sign} {bound}" for sign, bound in ((">=", low), ("<=", high)) if bound is not None]
    named = {**known, own.key: replace(own, name=ITSELF)}
    for rule in rules:
        with suppress(CannotWrite):
            text = write(rule, named, XLSFORM)
            parts.append(f"({text})" if " or " in text else text)
    return " and ".join(parts)


def _text(condition: Condition) -> tuple[str, str]:
    """The condition's text, and the word that joins its parts."""
    if isinstance(condition, Leaf):
        return condition.says, ""
    if len(condition.parts) == 1:
        return _text(condition.parts[0])
    texts = []
    for part in condition.parts:
        text, joined_by = _text(part)
        texts.append(f"({text})" if joined_by not in ("", condition.word) else text)
    return f" {condition.word} ".join(texts), condition.word


class _Writer:
    def __init__(self, known: Mapping[str, Known], dialect: Dialect) -> None:
        self._known, self._dialect = known, dialect

    def condition(self, rule: Rule) -> Condition:
        operator, operand = next(iter(rule.items()))
        match operator:
            case "all" | "any":
                word = "and" if operator == "all" else "or"
                return Tree(word, tuple(self.condition(part) for part in operand))
            case "not":
                return _denied(self.condition(operand))
            case "answered":
                return self.answered(self._known[operand])
            case "missing":
                known = self._known[operand]
                reasons = [self.is_code(known, reason) for reason in known.missing]
                if not reasons:
                    raise CannotWrite(f"{known.key} takes no reason in place of an answer")
                return Tree("or", tuple(reasons))
            case "=" | "in":
                return self.any_of(self._known[operand[0]], _listed(operand[1]))
            case "!=":
                return _denied(self.any_of(self._known[operand[0]], _listed(operand[1])))
        return self.ordered(operator, self._known[operand[0]], operand[1])

    def answered(self, known: Known) -> Condition:
        if known.type == "choices":
            return Tree("or", tuple(self.is_code(known, code) for code in known.codes))
        reasons = [_denied(self.is_code(known, reason)) for reason in known.missing]
        return Tree("and", (self.filled(known), *reasons))

    def filled(self, known: Known) -> Leaf:
        ref = self._dialect.ref(known.name)
        return Leaf(f"{ref} {self._dialect.unequal} ''", f"{ref} = ''")

    def is_code(self, known: Known, code: str) -> Leaf:
        written = known.as_written(code)
        if known.type == "choices":
            return self._dialect.ticked(known.name, written)
        ref = self._dialect.ref(known.name)
        return Leaf(f"{ref} = {_quoted(written)}", f"{ref} {self._dialect.unequal} {_quoted(written)}")

    def any_of(self, known: Known, wanted: Sequence[Json]) -> Condition:
        return Tree("or", tuple(self.equal(known, one) for one in wanted))

    def equal(self, known: Known, wanted: Json) -> Condition:
        if not isinstance(wanted, dict):
            return self.is_code(known, _scalar(wanted))
        other = self._known[str(wanted["item"])]
        if known.codes and other.codes:
            shared = [code for code in known.codes if code in other.codes]
            if not shared:
                raise CannotWrite(f"{known.key} and {other.key} have no code in common")
            return Tree(
                "or",
                tuple(Tree("and", (self.is_code(known, code), self.is_code(other, code))) for code in shared),
            )
        left, right = self._dialect.ref(known.name), self._dialect.ref(other.name)
        same = Leaf(f"{left} = {right}", f"{left} {self._dialect.unequal} {right}")
        return Tree("and", (self.answered(known), same))

    def rated_below(self, sign: str, known: Known, limit: float) -> Condition:
        """An order of ratings by their codes; below the lowest there is none."""
        below = [code for code in known.codes if float(code) < limit or (sign, float(code)) == ("<=", limit)]
        filled = self.filled(known)
        return self.any_of(known, list(below)) if below else Tree("and", (filled, _denied(filled)))

    def ordered(self, sign: str, known: Known, wanted: Json) -> Condition:
        if known.type == "rating" and not isinstance(wanted, dict):
            return self.rated_below(sign, known, float(_scalar(wanted)))
        other = self._known[str(wanted["item"])] if isinstance(wanted, dict) else None
        left = self._dialect.ref(known.name)
        is_date = known.type in ("date", "partial_date")
        if other is not None:
            right = self._dialect.ref(other.name)
        else:
            right = self._dialect.day(_scalar(wanted)) if is_date else _scalar(wanted)
        turned = {"<": ">=", "<=": ">"}[sign]
        test = (
            self._dialect.before(sign, left, right)
            if is_date
            else Leaf(f"{left} {sign} {right}", f"{left} {turned} {right}")
        )
        filled = [self.answered(one) for one in (known, other) if one is not None]
        return Tree("and", (*filled, test))


def _denied(condition: Condition) -> Condition:
    if isinstance(condition, Leaf):
        return Leaf(condition.denies, condition.says)
    word = {"and": "or", "or": "and"}[condition.word]
    return Tree(word, tuple(_denied(part) for part in condition.parts))


def _listed(wanted: Any) -> list[Json]:
    return wanted if isinstance(wanted, list) else [wanted]


def _scalar(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(text: str) -> str:
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    raise CannotWrite(f"the text {text} has both kinds of quotes")
