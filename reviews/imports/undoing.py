"""The statements that take an import back. Each runs behind the agency's wall, over all rows at once.

Rows that an import wrote carry its moment: answers in `at`, children that it added in their entry's `created_at`, what
it replaced in `replaced_at`. npcs_touched: the incidents that it created or changed. npcs_added: the entries of
children that it added to incidents that stood. Both are indexed and counted before they are asked: of fresh rows the
planner knows nothing yet, and takes many for one.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from jurisdictions.models import Membership
from reviews.facts import CHILD_KEYS, INCIDENT_KEYS
from reviews.models import IncidentImport

NAMED = 5  # incidents that an obstacle names

# Answers count whoever saved them last, and those that a later import replaced: they were this one's.
TOUCHED = """
DROP TABLE IF EXISTS pg_temp.npcs_touched, pg_temp.npcs_added;
CREATE TEMPORARY TABLE npcs_touched ON COMMIT DROP AS
SELECT i.id AS incident, i.number, coalesce(i.imported_by_id = %(import)s, false) AS created
FROM reviews_incident i
JOIN (
    SELECT id FROM reviews_incident WHERE jurisdiction_id = %(jurisdiction)s AND imported_by_id = %(import)s
    UNION
    SELECT incident_id FROM reviews_review WHERE jurisdiction_id = %(jurisdiction)s AND reported_by_id = %(import)s
    UNION
    SELECT record_id FROM reviews_answerversion
    WHERE jurisdiction_id = %(jurisdiction)s AND replaced_by_import_id = %(import)s AND replaced_at = %(at)s
    UNION
    SELECT record_id FROM reviews_answer
    WHERE jurisdiction_id = %(jurisdiction)s AND imported_by_id = %(import)s
    UNION
    SELECT v.record_id FROM reviews_incidentimport l
    JOIN reviews_answerversion v ON v.jurisdiction_id = %(jurisdiction)s AND v.replaced_by_import_id = l.id
    WHERE l.jurisdiction_id = %(jurisdiction)s AND l.at > %(at)s AND v.at = %(at)s AND v.author_id IS NULL
    UNION
    SELECT record_id FROM reviews_entry
    WHERE %(changed)s AND jurisdiction_id = %(jurisdiction)s AND created_at = %(at)s AND created_by_id IS NULL
) t ON t.id = i.id
WHERE i.jurisdiction_id = %(jurisdiction)s;
CREATE UNIQUE INDEX ON npcs_touched (incident);
CREATE TEMPORARY TABLE npcs_added ON COMMIT DROP AS
SELECT e.id AS entry FROM reviews_entry e JOIN npcs_touched t ON t.incident = e.record_id AND NOT t.created
WHERE e.jurisdiction_id = %(jurisdiction)s AND e.created_at = %(at)s AND e.created_by_id IS NULL;
ANALYZE npcs_touched;
ANALYZE npcs_added
"""

# Reviews before incidents, each in the order of their keys, as everybody holds them.
LOCK_REVIEWS = """
SELECT count(*) FROM (
    SELECT FROM reviews_review r JOIN npcs_touched t ON t.incident = r.incident_id
    WHERE r.jurisdiction_id = %(jurisdiction)s ORDER BY r.incident_id FOR UPDATE OF r
) held
"""
LOCK_INCIDENTS = """
SELECT count(*) FROM (
    SELECT FROM reviews_incident i JOIN npcs_touched t ON t.incident = i.id
    WHERE i.jurisdiction_id = %(jurisdiction)s ORDER BY i.id FOR UPDATE OF i
) held
"""

# What a later import changed does not count once that import was undone: everything stands again as it did. But what
# has a history cannot be removed: an incident that was ever changed, and a child of which something was.
OBSTACLES = {
    "stepped_back": """
        EXISTS (SELECT FROM reviews_recusal c
                WHERE c.jurisdiction_id = %(jurisdiction)s AND c.review_id = t.incident AND c.membership_id = %(by)s)
    """,
    "reviewed": """
        t.created AND EXISTS (SELECT FROM reviews_review r
                              WHERE r.jurisdiction_id = %(jurisdiction)s AND r.incident_id = t.incident
                                AND r.reported_by_id IS DISTINCT FROM %(import)s)
    """,
    "used": """
        EXISTS (SELECT FROM reviews_review r
                WHERE r.jurisdiction_id = %(jurisdiction)s AND r.incident_id = t.incident
                  AND r.reported_by_id = %(import)s
                  AND (EXISTS (SELECT FROM reviews_reviewreport p
                               WHERE p.jurisdiction_id = %(jurisdiction)s AND p.review_id = t.incident)
                       OR EXISTS (SELECT FROM reviews_reviewgrant g
                                  WHERE g.jurisdiction_id = %(jurisdiction)s AND g.content_object_id = t.incident)
                       OR EXISTS (SELECT FROM reviews_recusal c
                                  WHERE c.jurisdiction_id = %(jurisdiction)s AND c.review_id = t.incident)))
    """,
    "withdrawn": """
        EXISTS (SELECT FROM reviews_incident i
                WHERE i.jurisdiction_id = %(jurisdiction)s AND i.id = t.incident AND i.withdrawn_at IS NOT NULL)
    """,
    "closed": """
        NOT t.created AND EXISTS (
            SELECT FROM reviews_review r
            WHERE r.jurisdiction_id = %(jurisdiction)s AND r.incident_id = t.incident
              AND r.state IN ('with_quality_lead', 'with_director', 'approved'))
    """,
    "changed": """
        EXISTS (SELECT FROM reviews_answer a
                WHERE a.jurisdiction_id = %(jurisdiction)s AND a.record_id = t.incident AND a.at > %(at)s)
        OR EXISTS (SELECT FROM reviews_entry e
                   WHERE e.jurisdiction_id = %(jurisdiction)s AND e.record_id = t.incident
                     AND (e.created_at > %(at)s OR e.removed_at > %(at)s))
        OR EXISTS (SELECT FROM reviews_answerversion v
                   WHERE v.jurisdiction_id = %(jurisdiction)s AND v.record_id = t.incident AND v.replaced_at > %(at)s
                     AND (v.repeat_id IN (SELECT entry FROM npcs_added) OR NOT EXISTS (
                         SELECT FROM reviews_importundone u
                         WHERE u.jurisdiction_id = %(jurisdiction)s AND u.receipt_id = v.replaced_by_import_id)))
        OR (t.created AND EXISTS (SELECT FROM reviews_incident i
                                  WHERE i.jurisdiction_id = %(jurisdiction)s AND i.id = t.incident AND i.version > 1
                                    AND i.withdrawn_at IS NULL))
    """,
}

# An answer that was replaced is counted where its earlier value is kept; one that was added, by itself.
COUNTS = """
SELECT (SELECT count(*) FROM npcs_touched WHERE created),
       (SELECT count(*) FROM npcs_touched WHERE NOT created),
       (SELECT count(*) FROM reviews_answerversion
        WHERE jurisdiction_id = %(jurisdiction)s AND replaced_by_import_id = %(import)s AND replaced_at = %(at)s)
       + (SELECT count(*) FROM reviews_answer a
          JOIN npcs_touched t ON t.incident = a.record_id AND NOT t.created
          WHERE a.jurisdiction_id = %(jurisdiction)s AND a.imported_by_id = %(import)s AND a.at = %(at)s
            AND a.version = 1 AND (a.repeat_id IS NULL OR a.repeat_id NOT IN (SELECT entry FROM npcs_added))),
       (SELECT count(*) FROM npcs_added)
"""

# An import of an earlier release did not note everything that it changed, nor one moment for all of it.
IS_EARLIER = """
SELECT EXISTS (
    SELECT FROM reviews_answerversion v
    WHERE v.jurisdiction_id = %(jurisdiction)s AND v.replaced_by_import_id = %(import)s AND v.replaced_at <> %(at)s
) OR EXISTS (
    SELECT FROM reviews_answer a
    WHERE a.jurisdiction_id = %(jurisdiction)s AND a.imported_by_id = %(import)s AND a.author_id IS NULL
      AND a.at <> %(at)s
)
"""

# What the import had said goes where every replaced value goes; nothing is kept of a child that it added.
KEEP_ANSWERS = """
INSERT INTO reviews_answerversion (jurisdiction_id, record_id, repeat_id, item, value, missing, version, at,
                                   replaced_by_import_id, replaced_at)
SELECT %(jurisdiction)s, a.record_id, a.repeat_id, a.item, a.value, a.missing, a.version, a.at, %(import)s, %(now)s
FROM reviews_answer a
JOIN npcs_touched t ON t.incident = a.record_id AND NOT t.created
WHERE a.jurisdiction_id = %(jurisdiction)s AND a.imported_by_id = %(import)s AND a.at = %(at)s
  AND (a.repeat_id IS NULL OR a.repeat_id NOT IN (SELECT entry FROM npcs_added))
"""

KEEP_COLUMNS = """
INSERT INTO reviews_answerversion (jurisdiction_id, record_id, repeat_id, item, value, missing, version, at,
                                   replaced_by_import_id, replaced_at)
SELECT %(jurisdiction)s, v.record_id, v.repeat_id, v.item, c.value, '', i.version, %(at)s, %(import)s, %(now)s
FROM reviews_answerversion v
JOIN reviews_incident i ON i.jurisdiction_id = %(jurisdiction)s AND i.id = v.record_id
LEFT JOIN reviews_child s ON s.jurisdiction_id = %(jurisdiction)s AND s.entry_id = v.repeat_id
CROSS JOIN LATERAL (VALUES
    ('incident_type', to_jsonb(i.incident_type)),
    ('occurred_on', to_jsonb(i.occurred_on)),
    ('aware_on', to_jsonb(i.aware_on)),
    ('county', to_jsonb(nullif(i.county, ''))),
    ('case_number', to_jsonb(nullif(i.case_number, ''))),
    ('age_value', to_jsonb(s.age_value)),
    ('age_unit', to_jsonb(nullif(s.age_unit, ''))),
    ('sex', to_jsonb(s.sex)),
    ('died_on', to_jsonb(s.died_on))
) c (item, value)
WHERE v.jurisdiction_id = %(jurisdiction)s AND v.replaced_by_import_id = %(import)s AND v.replaced_at = %(at)s
  AND c.item = v.item
"""

# The import that an answer had come by is the one of the moment that the answer carried.
RESTORE_ANSWERS = """
UPDATE reviews_answer a
SET value = v.value, missing = v.missing, version = a.version + 1, at = v.at,
    imported_by_id = (SELECT p.id FROM reviews_incidentimport p
                      WHERE p.jurisdiction_id = %(jurisdiction)s AND p.at >= v.at ORDER BY p.at, p.id LIMIT 1)
FROM reviews_answerversion v
WHERE v.jurisdiction_id = %(jurisdiction)s AND v.replaced_by_import_id = %(import)s AND v.replaced_at = %(at)s
  AND a.jurisdiction_id = %(jurisdiction)s AND a.record_id = v.record_id AND a.item = v.item
  AND a.repeat_id IS NOT DISTINCT FROM v.repeat_id AND a.imported_by_id = %(import)s AND a.at = %(at)s
"""

RESTORE_INCIDENTS = """
UPDATE reviews_incident i
SET incident_type = CASE WHEN f.old ? 'incident_type' THEN f.old->>'incident_type' ELSE i.incident_type END,
    occurred_on = CASE WHEN f.old ? 'occurred_on' THEN (f.old->>'occurred_on')::date ELSE i.occurred_on END,
    aware_on = CASE WHEN f.old ? 'aware_on' THEN (f.old->>'aware_on')::date ELSE i.aware_on END,
    county = CASE WHEN f.old ? 'county' THEN coalesce(f.old->>'county', '') ELSE i.county END,
    case_number = CASE WHEN f.old ? 'case_number' THEN coalesce(f.old->>'case_number', '') ELSE i.case_number END
FROM (SELECT record_id, jsonb_object_agg(item, value) AS old FROM reviews_answerversion
      WHERE jurisdiction_id = %(jurisdiction)s AND replaced_by_import_id = %(import)s AND replaced_at = %(at)s
        AND repeat_id IS NULL AND item = ANY(%(items)s)
      GROUP BY record_id) f
WHERE i.jurisdiction_id = %(jurisdiction)s AND i.id = f.record_id
"""

RESTORE_CHILDREN = """
UPDATE reviews_child s
SET age_value = CASE WHEN f.old ? 'age_value' THEN (f.old->>'age_value')::smallint ELSE s.age_value END,
    age_unit = CASE WHEN f.old ? 'age_unit' THEN coalesce(f.old->>'age_unit', '') ELSE s.age_unit END,
    sex = CASE WHEN f.old ? 'sex' THEN f.old->>'sex' ELSE s.sex END,
    died_on = CASE WHEN f.old ? 'died_on' THEN (f.old->>'died_on')::date ELSE s.died_on END
FROM (SELECT repeat_id, jsonb_object_agg(item, value) AS old FROM reviews_answerversion
      WHERE jurisdiction_id = %(jurisdiction)s AND replaced_by_import_id = %(import)s AND replaced_at = %(at)s
        AND repeat_id IS NOT NULL AND item = ANY(%(child_items)s)
      GROUP BY repeat_id) f
WHERE s.jurisdiction_id = %(jurisdiction)s AND s.entry_id = f.repeat_id
"""

# The same row of a file is read anew: what was last read of it does not stand here any more.
FORGET_ROWS = """
UPDATE reviews_incident i SET source_sha256 = '', version = i.version + 1
FROM npcs_touched t WHERE i.jurisdiction_id = %(jurisdiction)s AND i.id = t.incident AND NOT t.created
"""

# Answers that the import replaced carry another moment by now.
REMOVE_ANSWERS = """
DELETE FROM reviews_answer a USING npcs_touched t
WHERE a.jurisdiction_id = %(jurisdiction)s AND a.record_id = t.incident
  AND (t.created OR (a.imported_by_id = %(import)s AND a.at = %(at)s))
"""
# Past reviews that the import brought, as reported.
REMOVE_REVIEWS = """
DELETE FROM reviews_review r USING npcs_touched t
WHERE r.jurisdiction_id = %(jurisdiction)s AND r.incident_id = t.incident AND r.reported_by_id = %(import)s
"""
REMOVE_CHILDREN = """
DELETE FROM reviews_child s USING npcs_touched t
WHERE s.jurisdiction_id = %(jurisdiction)s AND s.incident_id = t.incident
  AND (t.created OR s.entry_id IN (SELECT entry FROM npcs_added))
"""
REMOVE_ENTRIES = """
DELETE FROM reviews_entry x USING npcs_touched t
WHERE x.jurisdiction_id = %(jurisdiction)s AND x.record_id = t.incident
  AND (t.created OR x.id IN (SELECT entry FROM npcs_added))
"""
REMOVE_INCIDENTS = """
DELETE FROM reviews_incident i USING npcs_touched t
WHERE i.jurisdiction_id = %(jurisdiction)s AND i.id = t.incident AND t.created
"""

UNDO = (
    KEEP_ANSWERS,
    KEEP_COLUMNS,
    RESTORE_ANSWERS,
    RESTORE_INCIDENTS,
    RESTORE_CHILDREN,
    FORGET_ROWS,
    REMOVE_ANSWERS,
    REMOVE_REVIEWS,
    REMOVE_CHILDREN,
    REMOVE_ENTRIES,
    REMOVE_INCIDENTS,
)


@dataclass(frozen=True)
class Obstacle:
    """One kind of thing that depends on an import: on how many incidents, and the numbers of the first."""

    kind: str
    count: int
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Reach:
    """What undoing touches: incidents that are removed, incidents that are put back, and in these the facts that go
    back to what stood (or to nothing) and the children that are taken out."""

    removed: int
    restored: int
    facts: int
    children: int


class Undoing:
    """One import on its way back. Use inside the agency's scope."""

    def __init__(self, receipt: IncidentImport, *, by: Membership) -> None:
        self._values: dict[str, Any] = {
            "jurisdiction": receipt.jurisdiction_id,
            "import": receipt.pk,
            "at": receipt.at,
            "by": by.pk,
            "changed": receipt.changed > 0,
            "items": list(INCIDENT_KEYS),
            "child_items": list(CHILD_KEYS),
        }
        with connection.cursor() as cursor:
            for statement in TOUCHED.split(";"):
                cursor.execute(statement, self._values)

    def lock(self) -> None:
        """Hold everything that the import touched for this transaction."""
        self._ask(LOCK_REVIEWS)
        self._ask(LOCK_INCIDENTS)

    def obstacles(self) -> list[Obstacle]:
        """What depends on the import now, by kind."""
        found = []
        for kind, condition in OBSTACLES.items():
            rows = self._ask(
                f"SELECT count(*) OVER (), t.number FROM npcs_touched t WHERE {condition} "  # noqa: S608 (our own texts)
                f"ORDER BY t.number LIMIT {NAMED}"
            )
            if rows:
                found.append(Obstacle(kind, rows[0][0], tuple(number for _, number in rows)))
        return found

    def reach(self) -> Reach:
        """What undoing would do, in numbers."""
        return Reach(*self._ask(COUNTS)[0])

    def is_earlier(self) -> bool:
        """Whether rows of the import carry another moment than its receipt."""
        return bool(self._ask(IS_EARLIER)[0][0])

    def undo(self, now: dt.datetime, progress: Callable[[int], None]) -> None:
        """Put back what the import replaced, and remove what it added; `progress` hears how many hundredths of the
        statements are done."""
        with connection.cursor() as cursor:
            for count, statement in enumerate(UNDO, 1):
                cursor.execute(statement, self._values | {"now": now})
                progress(100 * count // len(UNDO))

    def _ask(self, statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self._values)
            return list(cursor.fetchall())
