"""Conditions of other software as rules of the dictionary, where a rule can say the same; else why not."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from dictionary.interchange.logic_syntax import Call, Compare, Expression, Joined, Ref, Sum, Value
from dictionary.rule_check import ORDERED
from dictionary.rules import Json, Rule

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


@dataclass(frozen=True)
class Known:
    """What conditions may say of one question: its key here and its name there, type, codes, and reasons for no
    answer that stand among the codes. `written` has the codes that are written otherwise there."""

    key: str
    name: str
    type: str
    codes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    written: Mapping[str, str] | None = None

    def as_written(self, code: str) -> str:
        return (self.written or {}).get(code, code)

    def as_read(self, code: str) -> str:
        return next((ours for ours, theirs in (self.written or {}).items() if theirs == code), code)


class CannotSay(ValueError):
    """No rule says this. The message says what it is that a rule cannot say."""


def to_rule(read: Expression, known: Mapping[str, Known]) -> Rule:
    """The rule that holds wherever the condition does. `known` is by the names of the file. Raises CannotSay."""
    match read:
        case Joined(word, parts):
            return {"all" if word == "and" else "any": [to_rule(part, known) for part in parts]}
        case Call("not", (inner,)):
            return _not(to_rule(inner, known))
        case Call("selected", (Ref() as ref, Value(code))):
            return {"=": [_found(ref, known).key, _code(_found(ref, known), code)]}
        case Compare("=" | "!=" as sign, Ref(code=code) as ref, Value(ticked)) if code:
            return _ticked(_found(ref, known), code, ticked == "1", sign == "=")
        case Compare(sign, Call("datediff") as call, Value("0")):
            return _datediff(sign, call, known)
        case Compare(sign, left, right):
            return _compared(sign, _undated(left), _undated(right), known)
        case Call(name):
            raise CannotSay(f"it asks {name}()")
        case Sum():
            raise CannotSay("it reckons")
    raise CannotSay("it compares nothing")


def _compared(sign: str, left: Expression, right: Expression, known: Mapping[str, Known]) -> Rule:
    if isinstance(left, Value) and isinstance(right, Ref):
        return _compared(_TURNED[sign], right, left, known)
    for side in (left, right):
        if isinstance(side, Call):
            raise CannotSay(f"it asks {side.name}()")
        if not isinstance(side, Ref | Value):
            raise CannotSay("it reckons")
    if not isinstance(left, Ref):
        raise CannotSay("it compares no field")
    if isinstance(right, Ref):
        return _with_other(sign, _found(left, known), _found(right, known))
    assert isinstance(right, Value)  # noqa: S101 (for the type checker: nothing else is left)
    return _with_value(sign, _found(left, known), right.text)


def _found(ref: Ref, known: Mapping[str, Known]) -> Known:
    if ref.around:
        raise CannotSay(f"it asks about another event or instance, [{ref.around[0]}]")
    if ref.name not in known:
        raise CannotSay(f"it asks about {ref.name}, which is no question here")
    return known[ref.name]


def _ticked(known: Known, code: str, means_ticked: bool, is_equal: bool) -> Rule:
    if means_ticked == is_equal:
        return {"=": [known.key, _code(known, code)]} if code not in known.missing else _missing(known, code)
    return _not(_ticked(known, code, True, True))


def _missing(known: Known, reason: str) -> Rule:
    if known.missing != (reason,):
        raise CannotSay("it tells one reason for no answer from another")
    return {"missing": known.key}


def _with_other(sign: str, left: Known, right: Known) -> Rule:
    if sign in (">", ">="):
        sign, left, right = _TURNED[sign], right, left
    if sign in ("<", "<=") and not {left.type, right.type} <= set(ORDERED):
        raise CannotSay(f"it orders {left.name} and {right.name}, which are no numbers or dates")
    return {sign: [left.key, {"item": right.key}]}


def _with_value(sign: str, known: Known, text: str) -> Rule:
    if text == "":
        return _blank(sign, known)
    if text in known.missing:
        rule = _missing(known, text)
        return rule if sign == "=" else _not(rule) if sign == "!=" else _ordered_words(known)
    if sign in ("=", "!="):
        if known.type == "choices":
            raise CannotSay(f"it asks for the whole answer of {known.name}, of which several can be ticked")
        return {sign: [known.key, _scalar(known, text)]}
    if known.codes:
        return _among(sign, known, text)
    if known.type not in ORDERED:
        return _ordered_words(known)
    value = _scalar(known, text)
    if sign in ("<", "<="):
        return {sign: [known.key, value]}
    opposite = "<=" if sign == ">" else "<"
    return {"all": [{"answered": known.key}, {"not": {opposite: [known.key, value]}}]}


def _ordered_words(known: Known) -> Rule:
    raise CannotSay(f"it orders {known.name}, which is no number or date")


def _blank(sign: str, known: Known) -> Rule:
    answered: Rule = {"answered": known.key}
    if known.missing:
        answered = {"any": [answered, {"missing": known.key}]}
    if sign == "!=":
        return answered
    if sign == "=":
        return _not(answered)
    raise CannotSay("it orders nothing")


_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _among(sign: str, known: Known, text: str) -> Rule:
    """An order of codes: those codes that are numbers on that side."""
    if known.type == "choices" or not _NUMBER.fullmatch(text):
        return _ordered_words(known)
    stands = partial(lambda test, code: test(float(code), float(text)), _SIGNS[sign])
    codes = [code for code in known.codes if _NUMBER.fullmatch(code) and stands(code)]
    if not codes:
        raise CannotSay(f"no code of {known.name} is {sign} {text}")
    return {"in": [known.key, codes]}


def _scalar(known: Known, text: str) -> Json:
    if known.codes:
        return _code(known, text)
    if known.type == "integer":
        if not _WHOLE.fullmatch(text):
            raise CannotSay(f"it compares {known.name} with “{text}”, which is no whole number")
        return int(text)
    if known.type in ("date", "partial_date") and not _DATE.fullmatch(text):
        raise CannotSay(f"it compares {known.name} with “{text}”, which is no date")
    if known.type == "links":
        raise CannotSay(f"it compares {known.name}, which holds links")
    return text


def _code(known: Known, written: str) -> str:
    code = known.as_read(written)
    if code not in known.codes:
        raise CannotSay(f"{known.name} has no code “{written}”")
    return code


def _datediff(sign: str, call: Call, known: Mapping[str, Known]) -> Rule:
    """Whether one date lies before another: `datediff(a, b, 'd', 'ymd', true) > 0` says that a does."""
    words = [one.text.lower() if isinstance(one, Value) else "true" for one in call.given[2:]]
    is_signed = len(words) in (2, 3) and words[0] == "d" and words[-1] == "true"
    if len(call.given) < 4 or not is_signed or sign not in (">", ">=", "<", "<="):
        raise CannotSay("it asks datediff()")
    if not isinstance(call.given[-1], Call) or call.given[-1].name != "true":
        raise CannotSay("it asks datediff()")
    return _compared(_TURNED[sign], call.given[0], call.given[1], known)


def _undated(read: Expression) -> Expression:
    """XLSForm writes a day as date('2026-03-03')."""
    match read:
        case Call("date", (Value() | Ref() as inner,)):
            return inner
    return read


def _not(rule: Rule) -> Rule:
    operator, operand = next(iter(rule.items()))
    if operator == "not":
        return operand  # type: ignore[no-any-return]
    if operator == "=":
        return {"!=": operand}
    return {"=": operand} if operator == "!=" else {"not": rule}
