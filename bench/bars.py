"""What is measured: each bar with its target, and the register of all of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.ratio import Job, Measured


@dataclass(frozen=True)
class Pair:
    """The two jobs of a bar. `between` runs before each turn and is not timed; `remark` goes into the results."""

    reference: Job
    candidate: Job
    between: Job = lambda: None
    remark: str = ""


@dataclass(frozen=True)
class Bar:
    """A promise about one job: its ratio to a reference stays under `must` (over it, where higher is better)."""

    id: str
    job: str
    against: str
    must: float
    aim: float | None
    higher: bool
    rounds: int
    needs_rows: bool  # whether the size of the agency can matter
    prepare: Callable[..., Any]

    def keeps(self, measured: Measured) -> bool:
        """Whether even the worse quartile of the rounds keeps the target."""
        return measured.lower >= self.must if self.higher else measured.upper <= self.must

    def reaches_aim(self, measured: Measured) -> bool:
        if self.aim is None:
            return False
        return measured.lower >= self.aim if self.higher else measured.upper <= self.aim


BARS: dict[str, Bar] = {}


def bar(
    id: str,
    job: str,
    *,
    against: str,
    must: float,
    aim: float | None = None,
    higher: bool = False,
    rounds: int = 15,
    needs_rows: bool = True,
) -> Callable[[Callable[..., Iterator[Pair]]], Callable[..., Iterator[Pair]]]:
    """Register a generator that sets up, yields its pair of jobs, and cleans up."""

    def register(prepare: Callable[..., Iterator[Pair]]) -> Callable[..., Iterator[Pair]]:
        BARS[id] = Bar(id, job, against, must, aim, higher, rounds, needs_rows, contextmanager(prepare))
        return prepare

    return register
