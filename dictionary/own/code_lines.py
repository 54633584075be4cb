"""The answers to choose from as people type them: one a line, with or without a code before it."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from django import forms

from dictionary.own.drafting import MOST_CODES
from dictionary.schema import MISSING

MOST_LABEL = 300  # characters
_CODE = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")

type Code = Mapping[str, str]  # code, label and, where it has one, help


def written(codes: Sequence[Code]) -> str:
    """The lines from which `read_codes` reads the same codes."""
    return "\n".join(f"{one['code']}, {one['label']}" for one in codes)


def read_codes(lines: Sequence[str], standing: Sequence[Code] = ()) -> list[dict[str, str]]:
    """`code, label` or only a label a line. What `standing` has as a code stays one, with its help: answers were given
    under it. Raises ValidationError with everything to mend."""
    helps = {one["code"]: one.get("help", "") for one in standing}
    by_label = {one["label"].casefold(): one["code"] for one in standing}
    typed = [("", line) if line.casefold() in by_label else _code_and_label(line, helps) for line in lines]
    taken = [code for code, _ in typed if code]
    codes: list[dict[str, str]] = []
    for code, label in typed:
        if not code:
            code = by_label.get(label.casefold(), "")
            code = code if code and code not in taken else _code_for(label, taken)
            taken.append(code)
        told = {"code": code, "label": label, "help": helps.get(code, "")}
        codes.append({key: words for key, words in told.items() if words})
    if problems := list(_code_problems(codes, standing)):
        raise forms.ValidationError([f"Answers to choose from: {problem}" for problem in problems])
    return codes


def _code_and_label(line: str, known: Collection[str]) -> tuple[str, str]:
    """The code is empty where the line has none."""
    before, _, after = line.partition(",")
    code, label = before.strip(), after.strip()
    return (code, label) if label and (code in known or _CODE.fullmatch(code)) else ("", line)


def _code_for(label: str, taken: Sequence[str]) -> str:
    stem = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:36] or "answer"
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}_{number}", number + 1
    return code


def _code_problems(codes: Sequence[Code], standing: Sequence[Code]) -> Iterator[str]:
    """What a file brought may stay: what differs in capitals alone, and a reason for no answer as a code."""
    if len(codes) < 2:
        yield "write at least two, one a line."
    if len(codes) > MOST_CODES:
        yield f"{MOST_CODES} is the most."
    for what, name in (("code", "the code"), ("label", "the answer")):
        kept = {one[what] for one in standing}
        seen: dict[str, set[str]] = {}
        for one in codes:
            alike = seen.setdefault(one[what].casefold(), set())
            if one[what] in alike or (alike and one[what] not in kept):
                yield f"{name} “{one[what]}” stands twice. Keep one, or tell them apart."
            alike.add(one[what])
    for one in codes:
        if len(one["label"]) > MOST_LABEL:
            yield f"“{one['label'][:40]}…” is longer than {MOST_LABEL} characters."
        if one["code"] in MISSING and one["code"] not in {code["code"] for code in standing}:
            yield f"“{one['code']}” is a reason for no answer. Tick it below, or write another code."
