"""How much memory a worker takes for a file of incidents: `script/bench-memory [ROWS …]`, 20,000 and 200,000 by itself.

Each size in a process of its own, as the imports worker does it: the file is unpacked and surveyed, tried, and written
back with its remarks. Printed are the peaks of resident memory and the seconds that each step took.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402 (after the set-up)

from bench.imports import MAPPING, write_file  # noqa: E402
from dictionary.models import Edition  # noqa: E402
from jurisdictions.models import Jurisdiction  # noqa: E402
from jurisdictions.tenancy import jurisdiction_scope  # noqa: E402
from reviews.actions.import_incidents import import_incidents  # noqa: E402
from reviews.imports.mapping import read_mapping  # noqa: E402
from reviews.imports.marked import write_marked  # noqa: E402
from reviews.imports.surveying import survey  # noqa: E402
from reviews.imports.unpacking import unpack  # noqa: E402

SIZES = (20_000, 200_000)
MUST = 1.25  # of the smaller file's peak: flat but for what PostgreSQL's own answers cost


def main() -> int:
    """1 when the larger file takes notably more memory than the smaller one."""
    parser = argparse.ArgumentParser(prog="script/bench-memory", description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=SIZES)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        _one(asked.one)
        return 0
    call_command("prepare", verbosity=0)
    Jurisdiction.objects.get_or_create(slug="cedar", defaults={"name": "Cedar County", "kind": "county"})
    peaks = [_in_its_own_process(rows) for rows in asked.rows]
    ratio = peaks[-1] / peaks[0]
    print(f"{'PASS' if ratio <= MUST else 'FAIL'}: {ratio:.2f} times the memory (must ≤ {MUST})")
    return int(ratio > MUST)


def _in_its_own_process(rows: int) -> int:
    command = [sys.executable, "-m", "bench.memory", "--one", str(rows)]
    line = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
    if process.returncode:
        raise SystemExit(process.returncode)
    return int(line.rsplit("peak ", 1)[1].split()[0])


def _one(rows: int) -> None:
    agency, began = Jurisdiction.objects.get(slug="cedar"), time.perf_counter()

    def say(what: str) -> None:
        peak = _peak() // 1024
        print(f"{rows:>9,} rows  {time.perf_counter() - began:7.1f} s  {what}, peak {peak} MiB", flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_file(
            folder / "past.csv", rows, sentences=0
        )  # else the largest file would be too large to come in
        say("begun")
        file = unpack(folder / "past.csv", folder)
        survey(file.table())
        say("looked at")
        mapping = read_mapping(MAPPING.encode(), Edition.objects.in_force().parsed)
        with jurisdiction_scope(agency.pk):
            receipt = import_incidents(file, mapping, jurisdiction=agency, dry_run=True)
            say(f"tried ({receipt.with_warnings:,} with warnings)")
            write_marked(receipt, folder / "back.xlsx")
        say("written back")


def _peak() -> int:
    """Of this process's resident memory, in KiB. (What `getrusage` says begins with the parent's.)"""
    return int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0])


if __name__ == "__main__":
    sys.exit(main())
