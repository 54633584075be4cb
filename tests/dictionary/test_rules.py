"""Python and the browser read every rule alike: one table of cases, and then cases nobody thought of."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from dictionary.rules import RuleError, holds, items_in, visible

CASES = json.loads((Path(__file__).parent / "rule_cases.json").read_text(encoding="utf-8"))
RULES_JS = Path(__file__).parents[2] / "static" / "js" / "rules.js"


@pytest.fixture(scope="module")
def in_browser(chromium: Browser) -> Iterator[Any]:
    """Calls a function of rules.js for each of a list of arguments, in real Chromium."""
    page = chromium.new_page()
    page.add_script_tag(content=RULES_JS.read_text(encoding="utf-8"))

    def call(function: str, cases: list[list[Any]]) -> list[Any]:
        result: list[Any] = page.evaluate(
            "([name, cases]) => cases.map((given) => window.npcsRules[name](...given))", [function, cases]
        )
        return result

    yield call
    page.close()


def test_the_table_is_long_enough_to_mean_something():
    names = [case[0] for case in CASES["holds"] + CASES["visible"]]
    assert len(CASES["holds"]) >= 60
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("name", "rule", "values", "expected"), CASES["holds"], ids=lambda v: str(v)[:60])
def test_holds(name: str, rule: Any, values: Any, expected: bool):
    assert holds(rule, values) is expected


@pytest.mark.parametrize(("name", "whens", "values", "expected"), CASES["visible"], ids=lambda v: str(v)[:60])
def test_visible(name: str, whens: Any, values: Any, expected: list[str]):
    assert sorted(visible(whens, values)) == expected


def test_the_browser_reads_the_table_alike(in_browser: Any):
    for table in ("holds", "visible"):
        answers = in_browser(table, [case[1:3] for case in CASES[table]])
        wrong = [case[0] for case, answer in zip(CASES[table], answers, strict=True) if answer != case[3]]
        assert wrong == []


KEYS = st.sampled_from(["a", "b", "c"])
SCALARS = st.one_of(
    st.sampled_from(
        ["x", "y", "", " ", "2", "02", "2.50", "10", "-1", "2026-03-03", "2026-04-01", "2026-3-1", "²"]
    ),
    st.integers(-3, 12),
    st.sampled_from([2.5, True, False, None]),
)
VALUES = st.dictionaries(
    KEYS,
    st.one_of(
        SCALARS,
        st.lists(SCALARS, max_size=3),
        st.sampled_from(
            [{"missing": "unknown"}, {"date": "2026-03-03", "precision": "day"}, {"date": None}, {}]
        ),
    ),
)
WANTED = st.one_of(SCALARS, st.builds(lambda key: {"item": key}, KEYS))
RULES = st.recursive(
    st.one_of(
        st.builds(lambda op, key, v: {op: [key, v]}, st.sampled_from(["=", "!=", "<", "<="]), KEYS, WANTED),
        st.builds(lambda key, vs: {"in": [key, vs]}, KEYS, st.lists(WANTED, max_size=3)),
        st.builds(lambda op, key: {op: key}, st.sampled_from(["answered", "missing"]), KEYS),
    ),
    lambda inner: st.one_of(
        st.builds(
            lambda op, parts: {op: parts}, st.sampled_from(["all", "any"]), st.lists(inner, max_size=3)
        ),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=5,
)


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(cases=st.lists(st.tuples(RULES, VALUES), min_size=20, max_size=60))
def test_the_browser_agrees_on_what_nobody_thought_of(in_browser: Any, cases: list[tuple[Any, Any]]):
    assert in_browser("holds", [list(case) for case in cases]) == [
        holds(rule, values) for rule, values in cases
    ]


def test_what_is_no_rule_is_refused():
    for rule in ({}, {"=": ["a", 1], "answered": "b"}, {"eval": "a"}):
        with pytest.raises(RuleError):
            holds(rule, {})


def test_items_in_names_both_sides():
    rule = {
        "all": [{"=": ["a", {"item": "b"}]}, {"not": {"answered": "c"}}, {"in": ["d", ["x", {"item": "e"}]]}]
    }
    assert list(items_in(rule)) == ["a", "b", "c", "d", "e"]
