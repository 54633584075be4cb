"""Rows of a file that look like another row or like an incident that is here: asked of the staged rows, in the order of
county and day, so that only a few days of one county are in hand at a time.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection

from reviews.rules.duplicates import NEAR_DAYS, SHOWN, LookAlikes, Traits

_CHUNK = 2_000
_OFTEN = (
    50  # rows of one case number that are pointed out: what stands in more of them is no number but a word
)
# A county or case number of an incident that is here, as `folded` says that of a row.
_FOLDED = "lower(regexp_replace(btrim(i.{}), '\\s+', ' ', 'g'))"
# An incident that the file itself speaks of is no other one.
_HERE = """
    i.jurisdiction_id = %(jurisdiction)s AND i.withdrawn_at IS NULL
    AND NOT EXISTS (SELECT FROM npcs_told t WHERE t.source_key = i.source_key AND i.source_key <> '')
"""

# npcs_case: the good rows of each case number, counted. npcs_near: the days of each county that matter to a row.
PREPARE = f"""
CREATE INDEX ON npcs_incoming_child (row);
CREATE TEMPORARY TABLE npcs_case ON COMMIT DROP AS
SELECT row, case_number, row_number() OVER (PARTITION BY case_number ORDER BY row) AS nth
FROM npcs_told WHERE good AND case_number <> '';
CREATE TEMPORARY TABLE npcs_near ON COMMIT DROP AS
SELECT DISTINCT k.county, n.occurred_on + away AS day
FROM npcs_incoming n JOIN npcs_told k ON k.row = n.row, generate_series(-{NEAR_DAYS}, {NEAR_DAYS}) away
WHERE n.occurred_on IS NOT NULL AND k.county <> '';
ANALYZE npcs_told, npcs_incoming, npcs_incoming_child, npcs_case, npcs_near
"""  # noqa: S608 (built from our own texts)

SAME_CASE = f"""
SELECT k.row, o.row, '' FROM npcs_case k
JOIN npcs_case o ON o.case_number = k.case_number AND o.nth <= {SHOWN} AND o.nth < k.nth
WHERE k.nth <= {_OFTEN}
UNION ALL
SELECT k.row, 0, h.number FROM npcs_case k
JOIN (SELECT i.number, {_FOLDED.format("case_number")} AS case_number,
             row_number() OVER (PARTITION BY {_FOLDED.format("case_number")} ORDER BY i.id) AS nth
      FROM reviews_incident i
      WHERE i.case_number <> '' AND {_HERE}
        AND {_FOLDED.format("case_number")} IN (SELECT case_number FROM npcs_case)) h
    ON h.case_number = k.case_number AND h.nth <= {SHOWN}
WHERE k.nth <= {_OFTEN}
"""  # noqa: S608 (built from our own texts)

BY_COUNTY_AND_DAY = f"""
SELECT k.county, n.row, '', n.incident_type, n.occurred_on,
       (SELECT array_agg(c.age_value || ' ' || c.age_unit) FROM npcs_incoming_child c
        WHERE c.row = n.row AND c.age_value IS NOT NULL)
FROM npcs_incoming n JOIN npcs_told k ON k.row = n.row
WHERE n.occurred_on IS NOT NULL AND k.county <> ''
UNION ALL
SELECT d.county, 0, i.number, i.incident_type, i.occurred_on,
       (SELECT array_agg(c.age_value || ' ' || c.age_unit) FROM reviews_child c
        WHERE c.jurisdiction_id = %(jurisdiction)s AND c.incident_id = i.id AND c.age_value IS NOT NULL)
FROM reviews_incident i JOIN npcs_near d ON d.day = i.occurred_on AND d.county = {_FOLDED.format("county")}
WHERE {_HERE}
ORDER BY 1, 5, 2
"""  # noqa: S608 (built from our own texts)


class Alike(NamedTuple):
    """Two that look alike: a row, and another row or (row 0) the number of an incident that is here."""

    row: int
    other: int
    number: str


def look_alikes(jurisdiction_id: int) -> Iterator[Alike]:
    """Every pair, once; of what looks like very many, the first few. Uses the rows that are staged now."""
    values = {"jurisdiction": jurisdiction_id}
    with connection.cursor() as cursor:
        for statement in PREPARE.split(";"):
            cursor.execute(statement)
        cursor.execute(SAME_CASE, values)
        of_one_case = {Alike(*found) for found in cursor.fetchall()}
    yield from sorted(of_one_case)
    with connection.chunked_cursor() as cursor:
        cursor.execute(BY_COUNTY_AND_DAY, values)
        for county, found in groupby(_fetched(cursor), key=lambda one: one[0]):
            for pair in _within_a_county(county, found):
                if pair not in of_one_case and Alike(pair.other, pair.row, "") not in of_one_case:
                    yield pair


def _fetched(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while chunk := cursor.fetchmany(_CHUNK):
        yield from chunk


def _within_a_county(county: str, found: Iterable[tuple[Any, ...]]) -> Iterator[Alike]:
    """By day, what is here before what comes in; what lies days back is let go."""
    rows: LookAlikes[int] = LookAlikes(days_without_age=0)
    here: LookAlikes[str] = LookAlikes(days_without_age=0)
    for _, row, number, kind, day, ages in found:
        for known in (rows, here):
            known.forget_before(day - dt.timedelta(days=NEAR_DAYS))
        traits = Traits(kind, day, county, "", tuple(_age(age) for age in ages or ()))
        if row:
            yield from (Alike(row, other, "") for other in rows.of(traits))
            yield from (Alike(row, 0, other) for other in here.of(traits))
            rows.add(row, traits)
        else:
            yield from (Alike(other, 0, number) for other in rows.of(traits))
            here.add(number, traits)


def _age(text: str) -> tuple[int, str]:
    value, unit = text.split(" ", 1)
    return int(value), unit
