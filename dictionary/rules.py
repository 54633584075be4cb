"""Rules of the dictionary: small JSON trees that say when an item is asked and when an answer fits.

`static/js/rules.js` reads the same trees in the browser; tests/dictionary/rule_cases.json holds them equal.

`values` maps an item's key to its value. Where a reason stands in place of a value it holds
`{"missing": reason}` (`missing_value` builds it). Absent, null, blank text, empty lists: not answered.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
type Rule = Mapping[str, Any]
type Values = Mapping[str, Json]

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
    if rule is None:
        return True
    operator, operand = _single(rule)
    match operator:
        case "all":
            return all(holds(part, values) for part in operand)
        case "any":
            return any(holds(part, values) for part in operand)
        case "not":
            return not holds(operand, values)
        case "answered":
            return is_answered(values.get(operand))
        case "missing":
            return _reason(values.get(operand)) is not None
        case "in":
            return _equal(values, operand[0], _side(values, operand[1]))
        case "=":
            return _equal(values, operand[0], _side(values, operand[1]))
        case "!=":
            return not _equal(values, operand[0], _side(values, operand[1]))
        case "<" | "<=":
            return any(
                _before(left, right, or_equal=operator == "<=")
                for left in _answer(values.get(operand[0]))
                for right in _side(values, operand[1])
            )
        case _:
            raise RuleError(f"“{operator}” is not one of {', '.join(OPERATORS)}.")


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
    """Which of these items are asked. An item that is not asked counts as not answered for the others,
    so a chain of branches folds away together even while its old answers still stand."""
    known: dict[str, bool] = {}

    def shown(key: str) -> bool:
        if key not in known:
            rule = whens[key]
            known[key] = True  # a cycle is refused when the edition is read
            if rule is None:
                return True
            asked = {k: values.get(k) for k in items_in(rule) if k not in whens or shown(k)}
            known[key] = holds(rule, asked)
        return known[key]

    return frozenset(key for key, rule in whens.items() if rule is None or shown(key))


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
    if isinstance(value, list):
        return [scalar for entry in value for scalar in _answer(entry)]
    if isinstance(value, dict):
        value = value.get("date")
        return _answer(value) if isinstance(value, str) else []
    if value is None or (isinstance(value, str) and not value.strip(_BLANK)):
        return []
    return [value]


def _side(values: Values, wanted: Json) -> list[bool | int | float | str]:
    """The right side of a comparison: a value, a list of them, or another item's answer."""
    if isinstance(wanted, list):
        return [scalar for entry in wanted for scalar in _side(values, entry)]
    if isinstance(wanted, dict) and isinstance(other := wanted.get("item"), str):
        return _answer(values.get(other))
    return _answer(wanted)


def _equal(values: Values, key: str, wanted: list[bool | int | float | str]) -> bool:
    return any(_same(left, right) for left in _answer(values.get(key)) for right in wanted)


def _same(left: Json, right: Json) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    a, b = _number(left), _number(right)
    return a is not None and a == b


def _before(left: Json, right: Json, *, or_equal: bool) -> bool:
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
