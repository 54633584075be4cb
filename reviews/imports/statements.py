"""The statements that bring staged rows in. Each runs behind the agency's wall, over all rows at once.

npcs_told: each row of the file with its key, and whether it comes in. npcs_incoming*: what the good ones say.
npcs_placed: for each row what becomes of it and where. npcs_change: single facts that
differ from what stands; `protected` are those that a person has set here since.
"""

from reviews.numbers import LAST_OF_EACH_YEAR

CREATE_TABLES = """
DROP TABLE IF EXISTS pg_temp.npcs_told, pg_temp.npcs_incoming, pg_temp.npcs_incoming_child,
    pg_temp.npcs_incoming_answer, pg_temp.npcs_change, pg_temp.npcs_placed, pg_temp.npcs_placed_child,
    pg_temp.npcs_case, pg_temp.npcs_near;
CREATE TEMPORARY TABLE npcs_told (
    row int, source_key text, county text, case_number text, good bool
) ON COMMIT DROP;
CREATE TEMPORARY TABLE npcs_incoming (
    row int, source_key text, source_sha256 text, incident_type text, occurred_on date, aware_on date,
    county text, case_number text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE npcs_incoming_child (
    row int, position smallint, age_value smallint, age_unit text, sex text, died_on date
) ON COMMIT DROP;
CREATE TEMPORARY TABLE npcs_incoming_answer (
    row int, child smallint, item text, value jsonb, missing text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE npcs_change (
    row int, record bigint, entry bigint, item text, old jsonb, old_missing text, version int, author bigint,
    at timestamptz, new jsonb, missing text, answer bigint, protected bool
) ON COMMIT DROP;
"""

# Also after a row that goes back: once it is mended, it must find its own incident.
SAME_KEY = """
SELECT row, first FROM (
    SELECT row, min(row) OVER (PARTITION BY source_key) AS first FROM npcs_told WHERE source_key <> ''
) t WHERE row <> first ORDER BY row
"""
TAKE_OUT = """
DELETE FROM npcs_incoming WHERE row = ANY(%(rows)s);
DELETE FROM npcs_incoming_child WHERE row = ANY(%(rows)s);
DELETE FROM npcs_incoming_answer WHERE row = ANY(%(rows)s);
UPDATE npcs_told SET good = false WHERE row = ANY(%(rows)s)
"""
KNOW_KEYS = "CREATE INDEX ON npcs_told (source_key); CREATE INDEX ON npcs_told (row); ANALYZE npcs_told"

# Nobody else may change what the file is about to change.
LOCK_CHANGED = """
SELECT i.id FROM reviews_incident i JOIN npcs_incoming n ON n.source_key = i.source_key
WHERE i.jurisdiction_id = %(jurisdiction)s AND i.source_key <> '' AND i.source_sha256 <> n.source_sha256
ORDER BY i.id FOR UPDATE OF i
"""

# In which years the file will number incidents.
NEW_YEARS = """
SELECT DISTINCT extract(year FROM coalesce(n.occurred_on, %(today)s))::int
FROM npcs_incoming n
WHERE NOT EXISTS (
    SELECT FROM reviews_incident i
    WHERE i.jurisdiction_id = %(jurisdiction)s AND i.source_key = n.source_key AND i.source_key <> '')
"""

# New rows are numbered in the order in which they happened, after the last number of their year.
PLACE = f"""
CREATE TEMPORARY TABLE npcs_placed ON COMMIT DROP AS
SELECT n.row, n.source_key, n.source_sha256, n.incident_type, n.occurred_on, n.aware_on, n.county, n.case_number,
       coalesce(n.standing, nextval(pg_get_serial_sequence('reviews_incident', 'id'))) AS incident,
       CASE WHEN n.standing IS NULL THEN 'created'
            WHEN n.stepped_back THEN 'stepped_back'
            WHEN n.same THEN 'unchanged'
            WHEN n.withdrawn THEN 'withdrawn'
            WHEN n.state IN ('with_quality_lead', 'with_director', 'approved') THEN 'closed'
            ELSE 'changed' END AS outcome,
       coalesce(n.number, n.year || '-' || lpad(n.nth::text, greatest(3, length(n.nth::text)), '0')) AS number
FROM (
    SELECT n.*, i.id AS standing, i.number, i.source_sha256 = n.source_sha256 AS same,
           i.withdrawn_at IS NOT NULL AS withdrawn, r.state,
           EXISTS (SELECT FROM reviews_recusal c
                   WHERE c.jurisdiction_id = %(jurisdiction)s AND c.review_id = i.id
                     AND c.membership_id = %(by)s) AS stepped_back,
           coalesce(l.last, 0)
               + row_number() OVER (PARTITION BY n.year, i.id IS NULL ORDER BY n.occurred_on, n.row) AS nth
    FROM (SELECT *, extract(year FROM coalesce(occurred_on, %(today)s))::int AS year FROM npcs_incoming) n
    LEFT JOIN reviews_incident i
        ON i.jurisdiction_id = %(jurisdiction)s AND i.source_key = n.source_key AND i.source_key <> ''
    LEFT JOIN reviews_review r ON r.jurisdiction_id = %(jurisdiction)s AND r.incident_id = i.id
    LEFT JOIN ({LAST_OF_EACH_YEAR} GROUP BY 1) l ON l.year = n.year
    ORDER BY n.occurred_on, n.row
) n
"""  # noqa: S608 (built from our own texts)

# The children of rows that come in, with the entry under which their answers stand.
PLACE_CHILDREN = """
CREATE TEMPORARY TABLE npcs_placed_child ON COMMIT DROP AS
SELECT c.*, p.incident, p.outcome, s.id AS standing, e.removed_at IS NOT NULL AS gone,
       coalesce(e.id, nextval(pg_get_serial_sequence('reviews_entry', 'id'))) AS entry,
       e.id IS NULL AS is_new
FROM npcs_incoming_child c
JOIN npcs_placed p ON p.row = c.row AND p.outcome IN ('created', 'changed')
LEFT JOIN reviews_entry e ON p.outcome = 'changed' AND e.jurisdiction_id = %(jurisdiction)s
    AND e.record_id = p.incident AND e.section = 'child' AND e.position = c.position
LEFT JOIN reviews_child s ON s.jurisdiction_id = %(jurisdiction)s AND s.entry_id = e.id
"""

# What the file will change, as (row, child, item, before, its reason, after, its reason): before it is set.
CHANGES = """
SELECT c.row, coalesce(p.position, 0), c.item, c.old, c.old_missing, c.new, c.missing
FROM npcs_change c LEFT JOIN npcs_placed_child p ON p.row = c.row AND p.entry = c.entry
WHERE NOT c.protected
UNION ALL
SELECT a.row, a.child, a.item, NULL, '', a.value, a.missing
FROM npcs_incoming_answer a
JOIN npcs_placed p ON p.row = a.row AND p.outcome = 'changed'
LEFT JOIN npcs_placed_child c ON c.row = a.row AND c.position = a.child
WHERE (a.value IS NOT NULL OR a.missing <> '') AND (a.child = 0 OR (c.entry IS NOT NULL AND NOT c.gone))
  AND NOT EXISTS (
      SELECT FROM reviews_answer s
      WHERE s.jurisdiction_id = %(jurisdiction)s AND s.record_id = p.incident
        AND s.repeat_id IS NOT DISTINCT FROM c.entry AND s.item = a.item)
ORDER BY 1, 2, 3
LIMIT %(most_changes)s
"""

INSERT_INCIDENTS = """
INSERT INTO reviews_incident (id, jurisdiction_id, number, case_number, incident_type, occurred_on, aware_on, county,
                              notified_at, imported_by_id, source_key, source_sha256, withdrawn_reason, version)
SELECT incident, %(jurisdiction)s, number, coalesce(case_number, ''), incident_type, occurred_on, aware_on,
       coalesce(county, ''), %(now)s, %(import)s, source_key, source_sha256, '', 1
FROM npcs_placed WHERE outcome = 'created'
"""

INSERT_ENTRIES = """
INSERT INTO reviews_entry (id, jurisdiction_id, record_id, section, position, created_at)
SELECT entry, %(jurisdiction)s, incident, 'child', position, %(now)s FROM npcs_placed_child WHERE is_new
"""

INSERT_CHILDREN = """
INSERT INTO reviews_child (jurisdiction_id, incident_id, entry_id, position, age_value, age_unit, sex, died_on)
SELECT %(jurisdiction)s, incident, entry, position, age_value, coalesce(age_unit, ''), coalesce(sex, 'unknown'), died_on
FROM npcs_placed_child WHERE is_new
"""

# What is not answered yet; answers that stand are the business of the statements below.
INSERT_ANSWERS = """
INSERT INTO reviews_answer (jurisdiction_id, record_id, repeat_id, item, value, missing, version, author_hand,
                            imported_by_id, at)
SELECT %(jurisdiction)s, p.incident, c.entry, a.item, a.value, a.missing, 1, 'author', %(import)s, %(now)s
FROM npcs_incoming_answer a
JOIN npcs_placed p ON p.row = a.row AND p.outcome IN ('created', 'changed')
LEFT JOIN npcs_placed_child c ON c.row = a.row AND c.position = a.child
WHERE (a.value IS NOT NULL OR a.missing <> '') AND (a.child = 0 OR (c.entry IS NOT NULL AND NOT c.gone))
  AND (p.outcome = 'created' OR NOT EXISTS (
      SELECT FROM reviews_answer s
      WHERE s.jurisdiction_id = %(jurisdiction)s AND s.record_id = p.incident
        AND s.repeat_id IS NOT DISTINCT FROM c.entry AND s.item = a.item))
"""

CHANGED_INCIDENTS = """
INSERT INTO npcs_change (row, record, item, old, old_missing, version, at, new, missing, protected)
SELECT p.row, i.id, c.item, c.old, '', i.version, i.notified_at, c.new, '',
       EXISTS (SELECT FROM reviews_answerversion v
               WHERE v.jurisdiction_id = %(jurisdiction)s AND v.record_id = i.id AND v.repeat_id IS NULL
                 AND v.item = c.item AND v.replaced_by_id IS NOT NULL)
FROM npcs_placed p JOIN reviews_incident i ON i.jurisdiction_id = %(jurisdiction)s AND i.id = p.incident
CROSS JOIN LATERAL (VALUES
    ('incident_type', to_jsonb(i.incident_type), to_jsonb(p.incident_type)),
    ('occurred_on', to_jsonb(i.occurred_on), to_jsonb(p.occurred_on)),
    ('aware_on', to_jsonb(i.aware_on), to_jsonb(p.aware_on)),
    ('county', to_jsonb(nullif(i.county, '')), to_jsonb(p.county)),
    ('case_number', to_jsonb(nullif(i.case_number, '')), to_jsonb(p.case_number))
) c (item, old, new)
WHERE p.outcome = 'changed' AND c.item = ANY(%(items)s) AND c.old IS DISTINCT FROM c.new
"""

# An age and its unit go together: who has set one has set both.
CHANGED_CHILDREN = """
INSERT INTO npcs_change (row, record, entry, item, old, old_missing, version, at, new, missing, protected)
SELECT p.row, i.id, p.entry, c.item, c.old, '', i.version, i.notified_at, c.new, '',
       EXISTS (SELECT FROM reviews_answerversion v
               WHERE v.jurisdiction_id = %(jurisdiction)s AND v.record_id = i.id AND v.repeat_id = p.entry
                 AND split_part(v.item, '_', 1) = split_part(c.item, '_', 1) AND v.replaced_by_id IS NOT NULL)
FROM npcs_placed_child p
JOIN reviews_incident i ON i.jurisdiction_id = %(jurisdiction)s AND i.id = p.incident
JOIN reviews_child s ON s.jurisdiction_id = %(jurisdiction)s AND s.id = p.standing
CROSS JOIN LATERAL (VALUES
    ('age_value', to_jsonb(s.age_value), to_jsonb(p.age_value)),
    ('age_unit', to_jsonb(nullif(s.age_unit, '')), to_jsonb(p.age_unit)),
    ('sex', to_jsonb(s.sex), to_jsonb(coalesce(p.sex, 'unknown'))),
    ('died_on', to_jsonb(s.died_on), to_jsonb(p.died_on))
) c (item, old, new)
WHERE p.outcome = 'changed' AND p.position || ':' || c.item = ANY(%(child_items)s) AND c.old IS DISTINCT FROM c.new
"""

# An answer whose author is a person is theirs; a cell that was emptied empties what the file had said.
CHANGED_ANSWERS = """
INSERT INTO npcs_change (row, record, entry, item, old, old_missing, version, author, at, new, missing, answer,
                         protected)
SELECT p.row, p.incident, s.repeat_id, a.item, s.value, s.missing, s.version, s.author_id, s.at, a.value, a.missing,
       s.id, s.author_id IS NOT NULL
FROM npcs_incoming_answer a
JOIN npcs_placed p ON p.row = a.row AND p.outcome = 'changed'
LEFT JOIN npcs_placed_child c ON c.row = a.row AND c.position = a.child
JOIN reviews_answer s ON s.jurisdiction_id = %(jurisdiction)s AND s.record_id = p.incident AND s.item = a.item
    AND s.repeat_id IS NOT DISTINCT FROM c.entry
WHERE (a.child = 0 OR c.entry IS NOT NULL) AND (s.value, s.missing) IS DISTINCT FROM (a.value, a.missing)
"""

# Also where nothing stood: so it can be put back, and nobody takes it for a change by a person.
KEEP_VERSIONS = """
INSERT INTO reviews_answerversion (jurisdiction_id, record_id, repeat_id, item, value, missing, version, author_id, at,
                                   replaced_by_import_id, replaced_at)
SELECT %(jurisdiction)s, record, entry, item, old, old_missing, version, author, at, %(import)s, %(now)s
FROM npcs_change WHERE NOT protected
"""

# One more child is a change of the facts too: whoever has them open sees that they are older.
SET_INCIDENTS = """
UPDATE reviews_incident i
SET incident_type = CASE WHEN 'incident_type' = ANY(c.items) THEN p.incident_type ELSE i.incident_type END,
    occurred_on = CASE WHEN 'occurred_on' = ANY(c.items) THEN p.occurred_on ELSE i.occurred_on END,
    aware_on = CASE WHEN 'aware_on' = ANY(c.items) THEN p.aware_on ELSE i.aware_on END,
    county = CASE WHEN 'county' = ANY(c.items) THEN coalesce(p.county, '') ELSE i.county END,
    case_number = CASE WHEN 'case_number' = ANY(c.items) THEN coalesce(p.case_number, '') ELSE i.case_number END,
    version = i.version + 1
FROM npcs_placed p
JOIN (SELECT row, array_agg(item) AS items
      FROM (SELECT row, item FROM npcs_change WHERE NOT protected AND answer IS NULL
            UNION ALL
            SELECT row, 'child' FROM npcs_placed_child WHERE outcome = 'changed' AND is_new) changed
      GROUP BY row) c ON c.row = p.row
WHERE i.jurisdiction_id = %(jurisdiction)s AND i.id = p.incident
"""

SET_CHILDREN = """
UPDATE reviews_child s
SET age_value = CASE WHEN 'age_value' = ANY(c.items) THEN p.age_value ELSE s.age_value END,
    age_unit = CASE WHEN 'age_unit' = ANY(c.items) THEN coalesce(p.age_unit, '') ELSE s.age_unit END,
    sex = CASE WHEN 'sex' = ANY(c.items) THEN coalesce(p.sex, 'unknown') ELSE s.sex END,
    died_on = CASE WHEN 'died_on' = ANY(c.items) THEN p.died_on ELSE s.died_on END
FROM npcs_placed_child p
JOIN (SELECT entry, array_agg(item) AS items FROM npcs_change
      WHERE NOT protected AND answer IS NULL AND entry IS NOT NULL GROUP BY entry) c ON c.entry = p.entry
WHERE s.jurisdiction_id = %(jurisdiction)s AND s.id = p.standing
"""

SET_ANSWERS = """
UPDATE reviews_answer a
SET value = c.new, missing = c.missing, version = a.version + 1, author_id = NULL, imported_by_id = %(import)s,
    at = %(now)s
FROM npcs_change c WHERE NOT c.protected AND a.jurisdiction_id = %(jurisdiction)s AND a.id = c.answer
"""

# A row whose new words all meet what stands, or what a person set, has changed nothing.
SETTLE_OUTCOMES = """
UPDATE npcs_placed p SET outcome = 'unchanged'
WHERE p.outcome = 'changed'
  AND NOT EXISTS (SELECT FROM npcs_change c WHERE c.row = p.row AND NOT c.protected)
  AND NOT EXISTS (SELECT FROM npcs_placed_child c WHERE c.row = p.row AND c.is_new)
  AND NOT EXISTS (
      SELECT FROM npcs_incoming_answer a
      LEFT JOIN npcs_placed_child c ON c.row = a.row AND c.position = a.child
      WHERE a.row = p.row AND (a.value IS NOT NULL OR a.missing <> '')
        AND (a.child = 0 OR (c.entry IS NOT NULL AND NOT c.gone))
        AND NOT EXISTS (
            SELECT FROM reviews_answer s
            WHERE s.jurisdiction_id = %(jurisdiction)s AND s.record_id = p.incident
              AND s.repeat_id IS NOT DISTINCT FROM c.entry AND s.item = a.item))
"""

SET_HASHES = """
UPDATE reviews_incident i SET source_sha256 = p.source_sha256
FROM npcs_placed p
WHERE i.jurisdiction_id = %(jurisdiction)s AND i.id = p.incident AND i.source_sha256 <> p.source_sha256
  AND p.outcome IN ('changed', 'unchanged')
"""

PROTECTED = "SELECT row, item FROM npcs_change WHERE protected ORDER BY row, item"
OUTCOMES = "SELECT row, outcome, number FROM npcs_placed ORDER BY row"
