"""Rules of the dictionary: small JSON trees that say when an item is asked and when an answer fits.

`static/js/rules.js` reads the same trees in the browser; tests/dictionary/rule_cases.json holds them equal.

`values` maps an item's key to its value. Where a reason stands in place of a value it holds
`{"missing": reason}` (`missing_value` builds it). Absent, null, blank text, empty lists: not answered.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
type Rule = Mapping[str, Any]
type Values = Mapping[str, Json]
type Test = Callable[[Values], bool]

COMPARISONS = ("=", "!=", "<", "<=")
OPERATORS = ("all", "any", "not", *COMPARISONS, "in", "answered", "missing")

# Spelled out because Python and JavaScript disagree on what \s and \d mean.
_BLANK = " \t\r\n"
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class RuleError(ValueError):
    """The tree is not a rule. An edition that was loaded holds none of these."""


def missing_value(reason: str) -> dict[str, Json]:
    """What stands in `values` for an item that was left with a reason."""
    return {"missing": reason}


def holds(rule: Rule | None, values: Values) -> bool:
    """Does the rule hold for these values? No rule always holds."""
    return compiled(rule)(values)


def compiled(rule: Rule | None) -> Test:
    """The rule as a function of the values. An edition keeps those of its rules: a page asks them by the hundred."""
    if rule is None:
        return lambda values: True
    operator, operand = _single(rule)
    match operator:
        case "all" | "any":
            parts = [compiled(part) for part in operand]
            if operator == "all":
                return lambda values: all(part(values) for part in parts)
            return lambda values: any(part(values) for part in parts)
        case "not":
            part = compiled(operand)
            return lambda values: not part(values)
        case "answered":
            return lambda values: is_answered(values.get(operand))
        case "missing":
            return lambda values: _reason(values.get(operand)) is not None
        case "=" | "in" | "!=" | "<" | "<=":
            return _comparison(operator, *operand)
        case _:
            raise RuleError(f"“{operator}” is not one of {', '.join(OPERATORS)}.")


def _comparison(operator: str, key: str, side: Json) -> Test:
    """Whether any scalar of the item's answer stands so to any on the right side."""
    compare, right = _COMPARE[operator], _side(side)

    def compares(values: Values) -> bool:
        if not (answers := _answer(values.get(key))):
            return False
        # Loops, not `any`: a review's page asks some hundreds of these, and a generator costs more than what it asks.
        for wanted in right(values):
            for answer in answers:
                if compare(answer, wanted):
                    return True
        return False

    return (lambda values: not compares(values)) if operator == "!=" else compares


def is_answered(value: Json) -> bool:
    """Whether the rule `answered` holds of this value."""
    return bool(_answer(value))


def items_in(rule: Rule | None) -> Iterator[str]:
    """Every item a rule asks about, in the order it is written."""
    if rule is None:
        return
    operator, operand = _single(rule)
    if operator in ("all", "any"):
        for part in operand:
            yield from items_in(part)
    elif operator == "not":
        yield from items_in(operand)
    elif operator in ("answered", "missing"):
        yield operand
    else:
        yield operand[0]
        others = operand[1] if isinstance(operand[1], list) else [operand[1]]
        for other in others:
            if isinstance(other, dict):
                yield other["item"]


def visible(whens: Mapping[str, Rule | None], values: Values) -> frozenset[str]:
    """Which of these items are asked."""
    return frozenset(whens) - Branching(whens).fold(values)[0]


class Branching:
    """The rules by which some items of a form are asked, in an order in which each reads only settled ones."""

    def __init__(self, whens: Mapping[str, Rule | None]) -> None:
        self._tests = [(key, compiled(whens[key])) for key in _settled_first(whens)]

    def fold(self, values: Values) -> tuple[frozenset[str], Values]:
        """The items that are not asked, and the values without theirs.

        An item that is not asked counts as not answered for the others, so a chain of branches folds away
        together even while its old answers still stand.
        """
        hidden, facts = set(), dict(values)
        for key, asked in self._tests:
            if not asked(facts):
                hidden.add(key)
                facts.pop(key, None)
        return frozenset(hidden), facts


def _settled_first(whens: Mapping[str, Rule | None]) -> list[str]:
    """The items, each after those that its rule reads. A cycle is refused when the edition is read."""
    order: dict[str, None] = {}
    begun: set[str] = set()

    def settle(key: str) -> None:
        if key in whens and key not in begun:
            begun.add(key)
            for read in items_in(whens[key]):
                settle(read)
            order[key] = None

    for key in whens:
        settle(key)
    return list(order)


def _single(rule: Rule) -> tuple[str, Any]:
    if not isinstance(rule, dict) or len(rule) != 1:
        raise RuleError("A rule is one operator with what it applies to.")
    return next(iter(rule.items()))


def _reason(value: Json) -> str | None:
    if isinstance(value, dict):
        reason = value.get("missing")
        return reason if isinstance(reason, str) and reason else None
    return None


def _answer(value: Json) -> list[bool | int | float | str]:
    """The scalars of an answer: none when not answered, several for a list. A partial date is its date."""
    if isinstance(value, str):
        return [value] if value.strip(_BLANK) else []
    if value is None:
        return []
    if isinstance(value, list):
        return [scalar for entry in value for scalar in _answer(entry)]
    if isinstance(value, dict):
        date = value.get("date")
        return _answer(date) if isinstance(date, str) else []
    return [value]


def _side(wanted: Json) -> Callable[[Values], list[bool | int | float | str]]:
    """The right side of a comparison: a value, a list of them, or another item's answer."""
    if isinstance(wanted, list):
        sides = [_side(entry) for entry in wanted]
        return lambda values: [scalar for side in sides for scalar in side(values)]
    if isinstance(wanted, dict) and isinstance(other := wanted.get("item"), str):
        return lambda values: _answer(values.get(other))
    scalars = _answer(wanted)
    return lambda values: scalars


def _same(left: Json, right: Json) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    a, b = _number(left), _number(right)
    return a is not None and a == b


def _before(left: Json, right: Json, *, or_equal: bool = False) -> bool:
    a, b = _number(left), _number(right)
    if a is not None and b is not None:
        return a <= b if or_equal else a < b
    if isinstance(left, str) and isinstance(right, str) and _DATE.fullmatch(left) and _DATE.fullmatch(right):
        return left <= right if or_equal else left < right
    return False  # a word is neither before nor after anything


def _number(value: Json) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip(_BLANK)):
        return float(value.strip(_BLANK))
    return None


_COMPARE: dict[str, Callable[[Json, Json], bool]] = {
    "=": _same,
    "in": _same,
    "!=": _same,
    "<": _before,
    "<=": partial(_before, or_equal=True),
}
