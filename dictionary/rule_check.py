"""Is a rule a rule, and does it make sense for the items it names? Asked once, when an edition is read."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from dictionary.rules import COMPARISONS, OPERATORS, Rule, items_in
from dictionary.schema import Item

type Cycle = tuple[str, ...]

ORDERED = ("integer", "date", "partial_date", "rating")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check_rule(rule: Any, reachable: Mapping[str, Item], everywhere: Mapping[str, Item]) -> Iterator[str]:
    """What is wrong with this rule. It may name what is reachable: the same entry's items, and those answered
    once."""
    if not isinstance(rule, Mapping) or len(rule) != 1:
        yield f"“{rule}” is no rule. Write one operator with what it applies to."
        return
    operator, operand = next(iter(rule.items()))
    if operator not in OPERATORS:
        yield f"“{operator}” is no operator. Use one of: {', '.join(OPERATORS)}."
    elif operator in ("all", "any"):
        if not isinstance(operand, list) or not operand:
            yield f"“{operator}” needs a list of rules."
            return
        for part in operand:
            yield from check_rule(part, reachable, everywhere)
    elif operator == "not":
        yield from check_rule(operand, reachable, everywhere)
    elif operator in ("answered", "missing"):
        yield from _check_name(operand, reachable, everywhere)
    elif not isinstance(operand, list) or len(operand) != 2:
        yield f"“{operator}” needs an item and a value: {{“{operator}”: [item, value]}}."
    else:
        named = list(_check_name(operand[0], reachable, everywhere))
        yield from named
        if not named:
            yield from _check_value(operator, reachable[operand[0]], operand[1], reachable, everywhere)


def find_cycle(whens: Mapping[str, Rule | None]) -> Cycle | None:
    """A circle of items each asked only because of the next, or none."""
    done: set[str] = set()

    def walk(key: str, path: Cycle) -> Cycle | None:
        if key in path:
            return (*path[path.index(key) :], key)
        if key in done:
            return None
        for other in items_in(whens.get(key)):
            if found := walk(other, (*path, key)):
                return found
        done.add(key)
        return None

    return next((cycle for key in whens if (cycle := walk(key, ()))), None)


def _check_name(name: Any, reachable: Mapping[str, Item], everywhere: Mapping[str, Item]) -> Iterator[str]:
    if not isinstance(name, str):
        yield f"“{name}” is not the key of an item. Write the key in quotes."
    elif name in everywhere and name not in reachable:
        section = everywhere[name].section
        yield (
            f"asks about “{name}”, which has many answers (section {section} repeats). "
            "Ask about an item of the same section, or one that is answered once."
        )
    elif name not in reachable:
        near = get_close_matches(name, sorted(reachable), n=1)
        yield f"the item “{name}” does not exist." + (f" Did you mean “{near[0]}”?" if near else "")


def _check_value(
    operator: str,
    item: Item,
    wanted: Any,
    reachable: Mapping[str, Item],
    everywhere: Mapping[str, Item],
) -> Iterator[str]:
    if isinstance(wanted, Mapping):
        if set(wanted) != {"item"}:
            yield f"“{dict(wanted)}” is no value. To compare with another item write {{“item”: key}}."
            return
        yield from _check_name(wanted["item"], reachable, everywhere)
        return
    if operator in ("<", "<=") and item.type not in ORDERED:
        yield f"“{operator}” compares numbers and dates, but “{item.key}” is {item.type}. Use = or in."
    if operator == "in":
        if not isinstance(wanted, list) or not wanted:
            yield "“in” needs a list of values. For a single one use =."
            return
        for one in wanted:
            if isinstance(one, Mapping):
                yield from _check_value("=", item, one, reachable, everywhere)
            else:
                yield from _check_scalar(item, one)
    elif operator in COMPARISONS:
        yield from _check_scalar(item, wanted)


def _check_scalar(item: Item, wanted: Any) -> Iterator[str]:
    if isinstance(wanted, list | Mapping) or wanted is None:
        yield f"“{wanted}” is no single value. Use in for a list, or answered for “is there an answer”."
    elif item.choices:
        codes = [choice.code for choice in item.choices]
        if wanted not in codes:
            yield f"“{item.key}” has no code “{wanted}”. Its codes: {', '.join(codes)}."
    elif item.type == "integer" and (isinstance(wanted, bool) or not isinstance(wanted, int)):
        yield f"“{item.key}” is a whole number. Compare it with a number, without quotes."
    elif item.type in ("date", "partial_date") and not (isinstance(wanted, str) and _DATE.fullmatch(wanted)):
        yield f"“{item.key}” is a date. Compare it with a date written like “2026-03-03”, in quotes."
    elif item.type == "links":
        yield f"“{item.key}” holds links. Use answered."
