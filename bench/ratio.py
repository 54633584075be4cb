"""Two jobs against each other on a machine that is never quiet.

Absolute times move by a factor within minutes; the ratio of two jobs that take turns does not. Each round runs
reference, candidate, candidate, reference. A bar is passed when even the worse quartile of its rounds keeps the
target; a run whose reference does not equal itself says NOISY, whatever it measured.
"""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

# Seconds that one turn should last at least: in less, one hiccup of the machine is the whole turn.
BLOCK = 0.1
STEADY = (0.90, 1.10)

type Job = Callable[[], object]


@dataclass(frozen=True)
class Measured:
    """The ratio of candidate to reference over all rounds, and what both took (milliseconds)."""

    ratio: float
    lower: float
    upper: float
    reference_ms: float
    candidate_ms: float
    control: float = 1.0

    @property
    def is_noisy(self) -> bool:
        return not STEADY[0] <= self.control <= STEADY[1]

    def inverted(self) -> "Measured":
        """The same as speed: higher is better."""
        return Measured(
            1 / self.ratio,
            1 / self.upper,
            1 / self.lower,
            self.reference_ms,
            self.candidate_ms,
            self.control,
        )


def measure(reference: Job, candidate: Job, *, rounds: int, between: Job = lambda: None) -> Measured:
    """The two jobs in ABBA rounds, after a control in which the reference meets itself. `between` is not timed."""
    control = _pair(reference, reference, rounds=max(3, rounds // 2), between=between)
    found = _pair(reference, candidate, rounds=rounds, between=between)
    return Measured(
        found.ratio, found.lower, found.upper, found.reference_ms, found.candidate_ms, control.ratio
    )


def _pair(reference: Job, candidate: Job, *, rounds: int, between: Job) -> Measured:
    times_of_reference, times_of_candidate = _turns(reference), _turns(candidate)
    ratios, references, candidates = [], [], []

    def turn(job: Job, times: int) -> float:
        between()
        return _time(job, times)

    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            first = turn(reference, times_of_reference)
            ours = turn(candidate, times_of_candidate) + turn(candidate, times_of_candidate)
            theirs = first + turn(reference, times_of_reference)
            ratios.append(ours / theirs)
            references.append(theirs / 2)
            candidates.append(ours / 2)
            gc.collect()
    finally:
        gc.enable()
    ratios.sort()
    return Measured(
        statistics.median(ratios),
        ratios[len(ratios) // 4],
        ratios[3 * len(ratios) // 4],
        statistics.median(references) * 1000,
        statistics.median(candidates) * 1000,
    )


def _time(job: Job, times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        job()
    return (time.perf_counter() - began) / times


def _turns(job: Job) -> int:
    """How often a job runs in one turn, so that the clock's grain does not matter. The first run warms up."""
    job()
    return max(1, min(2000, int(BLOCK / max(_time(job, 1), 1e-6))))
