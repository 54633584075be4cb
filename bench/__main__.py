"""`script/bench [--rows 20000 200000] [--bars W1 A1] [--quick] [--dry]`: measure, print, write bench/RESULTS.md."""

import argparse
import logging
import os
import platform
import sys
import time
from importlib import import_module

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

import django

django.setup()

from django.db import connection  # noqa: E402 (after the set-up)

from bench import results, stage  # noqa: E402
from bench.bars import BARS, Bar  # noqa: E402
from bench.ratio import measure  # noqa: E402

# Importing them registers their bars, in this order.
for module in ("pages", "policies", "imports", "documents"):
    import_module(f"bench.{module}")


def main() -> int:
    """1 when a bar failed; a noisy one is not a failure, and not a pass either."""
    asked = _arguments()
    began = time.perf_counter()
    sizes = sorted(asked.rows)
    stages = stage.build(sizes)
    print(f"built {', '.join(f'{rows:,} rows' for rows in sizes)} in {time.perf_counter() - began:.0f} s")
    failed = False
    for bar in _bars(asked):
        for chosen in _stages_of(bar, [stages[rows] for rows in sizes], quick=asked.quick):
            rounds = asked.rounds or (max(3, bar.rounds // 3) if asked.quick else bar.rounds)
            result = _run(bar, chosen, rounds=rounds)
            print(result.line, flush=True)
            failed |= result.word == "FAIL"
            if not asked.dry:
                results.write(result, machine=_machine())
    return int(failed)


def _bars(asked: argparse.Namespace) -> list[Bar]:
    """What was asked for; a quick run leaves out reports, each of which takes seconds."""
    if asked.bars:
        return [BARS[id] for id in asked.bars]
    return [bar for bar in BARS.values() if bar.needs_rows or not asked.quick]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--rows", nargs="+", type=int, help="reviews of the agency; default 20000 200000")
    parser.add_argument("--bars", nargs="+", choices=list(BARS), help="only these; default all")
    parser.add_argument("--rounds", type=int, help="rounds of each bar; default as the bar says")
    parser.add_argument(
        "--quick", action="store_true", help="2,000 and 20,000 rows, a third of the rounds, no report"
    )
    parser.add_argument("--dry", action="store_true", help="print only; leave bench/RESULTS.md alone")
    asked = parser.parse_args()
    asked.rows = asked.rows or ([2_000, 20_000] if asked.quick else [20_000, 200_000])
    return asked


def _stages_of(bar: Bar, stages: list[stage.Stage], *, quick: bool) -> list[list[stage.Stage]]:
    """On which databases a bar runs: growth on two at once, a report on any, all others on each; in a quick run on
    the larger."""
    if bar.id.startswith("G"):
        return [[stages[0], stages[-1]]] if len(stages) > 1 else []
    if not bar.needs_rows:
        return [[stages[0]]]
    return [[stages[-1]]] if quick else [[one] for one in stages]


def _run(bar: Bar, chosen: list[stage.Stage], *, rounds: int) -> results.Result:
    with bar.prepare(*chosen) as pair:
        measured = measure(pair.reference, pair.candidate, rounds=rounds, between=pair.between)
    connection.close()
    rows = " → ".join(f"{one.rows:,}" for one in chosen) if bar.needs_rows else "–"
    return results.Result(bar, rows, measured.inverted() if bar.higher else measured, pair.remark)


def _machine() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0].split()[0]
    versions = f"Python {platform.python_version()}, Django {django.__version__}, PostgreSQL {server}"
    return f"{os.cpu_count()} cores, {versions}"


if __name__ == "__main__":
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    sys.exit(main())
