"""bench/RESULTS.md: one line a bar and size, replaced by the run that measured it last."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from bench.bars import BARS, Bar
from bench.ratio import Measured

FILE = Path(__file__).with_name("RESULTS.md")
_HEAD = """# Results of the benchmarks

Written by `script/bench`; each line by the run that measured it last. A ratio is our way against a reference that took
turns with it in the same minute (ABBA rounds); in brackets the quartiles of the rounds. A bar is passed when the worse
quartile keeps *must*; NOISY when the reference, measured against itself, was off by more than a tenth. *Rows* are the
reviews of the agency; its neighbour has a tenth of that. Times are of this machine, which others use too.

"""
_TABLE = """| Bar | Rows | Result | Ratio | Must | Aim | Reference ms | Ours ms | Control | Day | Note |
|---|---|---|---|---|---|---|---|---|---|---|
"""
_REMARKS = "## Remarks"
_NO_REMARKS = f"{_REMARKS}\n\nNone yet.\n"


@dataclass(frozen=True)
class Result:
    """One bar at one size."""

    bar: Bar
    rows: str
    measured: Measured
    note: str

    @property
    def word(self) -> str:
        if self.measured.is_noisy:
            return "NOISY"
        return "PASS" if self.bar.keeps(self.measured) else "FAIL"

    @property
    def line(self) -> str:
        found, sign = self.measured, "≥" if self.bar.higher else "≤"
        aim = f"{sign} {self.bar.aim:g}" if self.bar.aim else ""
        reached = ", aim reached" if self.word == "PASS" and self.bar.reaches_aim(found) else ""
        cells = [
            self.bar.id,
            self.rows,
            self.word + reached,
            f"{found.ratio:.2f} [{found.lower:.2f}–{found.upper:.2f}]",
            f"{sign} {self.bar.must:g}",
            aim,
            f"{found.reference_ms:,.2f}",
            f"{found.candidate_ms:,.2f}",
            f"{found.control:.2f}",
            f"{dt.datetime.now(dt.UTC):%Y-%m-%d}",
            self.note,
        ]
        return f"| {' | '.join(cells)} |"


def write(result: Result, *, machine: str) -> None:
    """Put a result into the file; lines of other bars and sizes and the remarks stay as they are."""
    before = FILE.read_text() if FILE.exists() else ""
    lines = dict(re.findall(r"^(\| \w+ \| [\d, →–]+ \|)(.*)$", before, re.MULTILINE))
    start = f"| {result.bar.id} | {result.rows} |"
    lines[start] = result.line.removeprefix(start)
    order = list(BARS)
    sorted_lines = sorted(
        (start for start in lines if start.split()[1] in BARS),
        key=lambda start: (order.index(start.split()[1]), len(start), start),
    )
    table = _TABLE + "".join(f"{start}{lines[start]}\n" for start in sorted_lines)
    meaning = "".join(f"* **{bar.id}** {bar.job}. Against: {bar.against}.\n" for bar in BARS.values())
    _, found, remarks = before.partition(_REMARKS)
    FILE.write_text(
        _HEAD
        + f"Last run on {machine}.\n\n{table}\n## What each bar measures\n\n{meaning}\n"
        + (found + remarks if found else _NO_REMARKS)
    )
