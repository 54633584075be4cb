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
# A county or case number of an incident that is here, as `folded` says that of a row.
_FOLDED = "lower(regexp_replace(btrim(i.{}), '\\s+', ' ', 'g'))"
# An incident that the file itself speaks of is no other one.
_HERE = """
    i.jurisdiction_id = %(jurisdiction)s AND i.withdrawn_at IS NULL
    AND NOT EXISTS (SELECT FROM npcs_told t WHERE t.source_key = i.source_key AND i.source_key <> '')
"""

PREPARE = """
CREATE INDEX ON npcs_told (case_number);
CREATE INDEX ON npcs_incoming_child (row);
ANALYZE npcs_told, npcs_incoming, npcs_incoming_child
"""

SAME_CASE = f"""
SELECT k.row, o.row, '' FROM npcs_told k
CROSS JOIN LATERAL (
    SELECT o.row FROM npcs_told o
    WHERE o.case_number = k.case_number AND o.row < k.row AND o.good ORDER BY o.row LIMIT {SHOWN}
) o
WHERE k.good AND k.case_number <> ''
UNION ALL
SELECT n.row, 0, n.number FROM (
    SELECT k.row, i.number, row_number() OVER (PARTITION BY k.row ORDER BY i.id) AS nth
    FROM npcs_told k JOIN reviews_incident i ON {_FOLDED.format("case_number")} = k.case_number
    WHERE k.good AND k.case_number <> '' AND {_HERE}
) n WHERE n.nth <= {SHOWN}
"""  # noqa: S608 (built from our own texts)

BY_COUNTY_AND_DAY = f"""
SELECT k.county, n.row, '', n.incident_type, n.occurred_on,
       (SELECT array_agg(c.age_value || ' ' || c.age_unit) FROM npcs_incoming_child c
        WHERE c.row = n.row AND c.age_value IS NOT NULL)
FROM npcs_incoming n JOIN npcs_told k ON k.row = n.row
WHERE n.occurred_on IS NOT NULL AND k.county <> ''
UNION ALL
SELECT {_FOLDED.format("county")}, 0, i.number, i.incident_type, i.occurred_on,
       (SELECT array_agg(c.age_value || ' ' || c.age_unit) FROM reviews_child c
        WHERE c.jurisdiction_id = %(jurisdiction)s AND c.incident_id = i.id AND c.age_value IS NOT NULL)
FROM reviews_incident i
WHERE i.occurred_on IS NOT NULL AND i.county <> '' AND {_HERE}
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
