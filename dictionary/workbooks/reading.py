"""Reading a workbook that anybody may have written: in a process of its own, with little memory and time (`sheets`).
What the workbook does there, it does to nobody else."""

import csv
import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

MEMORY_BYTES = 1024 * 1024 * 1024
SECONDS = 45


class WorkbookRefused(ValueError):
    """The workbook cannot be read. The message says what to do."""


@dataclass(frozen=True)
class Limits:
    """What a workbook may hold, and what reading it may take."""

    rows: int
    columns: int
    sheets: int
    memory: int = MEMORY_BYTES
    seconds: int = SECONDS


@dataclass(frozen=True)
class SheetFacts:
    """One sheet: its name (empty in a CSV file), its last row, its widest row, the name of its table in the folder,
    and the cells that are merged, as first row, first column, last row, last column (rows from 1, columns from 0)."""

    name: str
    rows: int
    columns: int
    table: str
    merged: tuple[tuple[int, int, int, int], ...] = ()


def read_workbook(source: Path, folder: Path, limits: Limits) -> tuple[SheetFacts, ...]:
    """Write each sheet with something in it into the folder as a table. Raises WorkbookRefused, with what to do."""
    program = Path(__file__).with_name("sheets.py")
    most = [str(limits.rows), str(limits.columns), str(limits.sheets)]
    try:
        done = subprocess.run(  # noqa: S603 (our own program; what is hostile is in the file)
            [sys.executable, "-I", program, source, folder, *most],
            capture_output=True,
            timeout=limits.seconds,
            preexec_fn=partial(_bound, limits.memory, limits.seconds),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise WorkbookRefused(_TOO_MUCH) from None
    if done.returncode:
        raise WorkbookRefused(_TOO_MUCH)
    said: dict[str, Any] = json.loads(done.stdout)
    if "refused" in said:
        raise WorkbookRefused(said["refused"])
    return tuple(
        SheetFacts(
            one["name"],
            one["rows"],
            one["columns"],
            one["table"],
            tuple((top, left, bottom, right) for top, left, bottom, right in one["merged"]),
        )
        for one in said["sheets"]
    )


def texts(folder: Path, sheet: SheetFacts) -> list[list[str]]:
    """The cells of a small sheet as text, an empty row as an empty list."""
    csv.field_size_limit(sys.maxsize)  # a cell of the workbook is bounded already
    with (folder / sheet.table).open(encoding="utf-8", newline="") as file:
        return [cells for _kinds, *cells in csv.reader(file)]


_TOO_MUCH = (
    "Reading this workbook takes more memory or time than any table needs. Often something stands in a cell far "
    "away: copy the rows that matter into a new workbook, and bring that in."
)


def _bound(memory: int, seconds: int) -> None:
    """In the new process, before it begins: what it may take."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
