"""Case numbers in texts: found however they are spaced, and nothing else is taken for one."""

import pytest

from reviews.case_numbers import CaseNumbers


@pytest.mark.parametrize(
    ("numbers", "text", "told"),
    [
        (["CASE-2026-001"], "See case 2026/001.", "See [case number]."),
        (["CASE-2026-001"], "CASE2026001 and C-A-S-E 2026 – 001", "[case number] and [case number]"),
        (["CASE-2026-001"], "CASE-2026-0012, xCASE-2026-001, CASE_2026_001", None),
        (["CASE-2026-001"], "2026-001, CASE 2026, CASE, 2026 (001)", None),
        (["AB 123", "AB 123-45"], "AB-123-45; ab 123 46; AB 12", "[case number]; [case number] 46; AB 12"),
        (["77123", "12345"], "77 12345 of 77123", "77 [case number] of [case number]"),
        (["2026", ""], "In 2026 and 20-26.", None),
        (["ÜB-2026"], "<p>üb 2026</p>", "<p>[case number]</p>"),
        (
            ["CPS#12345", "C_2019_001"],
            "CPS#12345, cps 12345; C_2019_001.",
            "[case number], [case number]; [case number].",
        ),
        (["2019\u201100123"], "It is 2019\u201100123.", "It is [case number]."),
        ([], "CASE-2026-001", None),
    ],
)
def test_they_are_taken_out_of_texts(numbers: list[str], text: str, told: str | None) -> None:
    assert CaseNumbers(numbers).taken_out(text) == (told or text)
