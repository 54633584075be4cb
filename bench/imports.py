"""A file of past incidents, from CSV to rows with every check, against COPY of the same rows."""

import csv
import datetime as dt
import tempfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from django.db import connection

from bench.bars import Pair, bar
from bench.stage import Stage
from dictionary.models import Edition
from jurisdictions.models import Jurisdiction
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.import_incidents import Receipt, import_incidents
from reviews.imports.mapping import FileMapping, read_mapping
from reviews.imports.unpacking import unpack

MAPPING = """
key: row
items:
  incident_type: {column: kind, codes: {D: fatality, N: near_fatality, I: serious_injury}}
  occurred_on: {column: day, format: "%m/%d/%Y"}
  county: {column: county}
  case_number: {column: file}
  prior_contact: {column: known, codes: {"Y": known_when_unknown, "N": none, "U": {missing: unknown}}}
  what_was_reported: {column: narrative}
  place_type: {missing: unknown}
children:
  - age_value: {column: age}
    age_unit: {constant: years}
    sex: {column: sex, codes: {F: female, M: male, U: unknown}}
    race_ethnicity: {missing: not_asked}
"""
TABLES = ("reviews_incident", "reviews_entry", "reviews_child", "reviews_answer")
MOST = 5_000  # incidents of the file; a year of a large state has a few hundred


def write_file(path: Path, rows: int, *, sentences: int = 8) -> None:
    """A deterministic file: one incident a row, with one child and a narrative of a paragraph."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "kind", "day", "county", "file", "known", "narrative", "age", "sex"])
        for i in range(1, rows + 1):
            day = dt.date(2005, 1, 1) + dt.timedelta(days=i * 7919 % 7300)
            writer.writerow(
                [
                    f"F-{i}",
                    "DNI"[i % 3],
                    f"{day:%m/%d/%Y}",
                    f"Shire {i % 83}",
                    f"FILE-{i}",
                    "YNU"[i * 7 % 3],
                    f"Row {i}. "
                    + "What the agency was told on that day, in the words of the caller. " * sentences,
                    i % 17,
                    "FMU"[i * 5 % 3],
                ]
            )


def _bring_in(stage: Stage, path: Path, mapping: FileMapping, *, dry_run: bool) -> Receipt:
    stage.enter()
    agency = Jurisdiction.objects.get(pk=stage.agency.pk)
    with tempfile.TemporaryDirectory() as folder, jurisdiction_scope(agency.pk):
        return import_incidents(unpack(path, Path(folder)), mapping, jurisdiction=agency, dry_run=dry_run)


@bar(
    "I1",
    "A file of incidents: read, checked, compared, brought in behind the policy; every constraint asked",
    against="COPY of the same incident, entry, child and answer rows by the owner, every constraint asked",
    must=0.2,
    aim=0.5,
    higher=True,
    rounds=5,
)
def import_of_a_file(stage: Stage) -> Iterator[Pair]:
    """Both are rolled back at the end, after what a commit would ask has been asked."""
    rows = min(stage.rows // 10, MOST)
    mapping = read_mapping(MAPPING.encode(), Edition.objects.in_force().parsed)
    with tempfile.TemporaryDirectory() as folder, stage.owner() as owner:
        path = Path(folder) / "past.csv"
        write_file(path, rows)
        copies, receipt_row = _copies(stage, path, mapping)
        written = sum(text.count("\n") for text in copies.values())

        def copy() -> None:
            owner.execute(receipt_row)
            for table, text in copies.items():
                with owner.cursor().copy(f"COPY {table} FROM STDIN") as target:
                    target.write(text)
            owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
            owner.rollback()

        def sweep() -> None:
            """The rows that were rolled back are dead: neither job shall walk over the other's."""
            with stage.superuser() as superuser:
                superuser.execute(f"VACUUM {', '.join(TABLES)}")

        yield Pair(
            copy,
            lambda: _bring_in(stage, path, mapping, dry_run=True),
            between=sweep,
            remark=f"{rows:,} incidents, {written:,} rows in all",
        )


class _Back(Exception):
    """Takes a real import back."""


def _copies(stage: Stage, path: Path, mapping: FileMapping) -> tuple[dict[str, str], str]:
    """The rows that the file becomes, as COPY writes them, and a statement that writes their receipt."""
    copies = {}
    try:
        stage.enter()
        agency = Jurisdiction.objects.get(pk=stage.agency.pk)
        with tempfile.TemporaryDirectory() as folder, jurisdiction_scope(agency.pk):
            receipt = import_incidents(unpack(path, Path(folder)), mapping, jurisdiction=agency)
            assert receipt.record is not None
            assert receipt.returned == 0, "the file is meant to come in whole"
            mine = f"SELECT id FROM reviews_incident WHERE imported_by_id = {receipt.record.pk}"
            for table in TABLES:
                key = {"reviews_incident": "id", "reviews_child": "incident_id"}.get(table, "record_id")
                copies[table] = _copied(f"SELECT * FROM {table} WHERE {key} IN ({mine})")
            record = _copied(f"SELECT * FROM reviews_incidentimport WHERE id = {receipt.record.pk}")
            raise _Back
    except _Back:
        pass
    values = ", ".join("NULL" if cell == "\\N" else f"'{cell}'" for cell in record.strip().split("\t"))
    return copies, f"INSERT INTO reviews_incidentimport VALUES ({values})"


def _copied(query: str) -> str:
    out = StringIO()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT") as rows:
        for block in rows:
            out.write(bytes(block).decode())
    return out.getvalue()
