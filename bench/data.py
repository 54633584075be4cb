"""An agency's years of work, written by the owner in a few statements: the same rows every time.

Days, states and people follow from a row's number by steps that share no factor with their range, so that
neighbours in a list lie far apart on disk, as they do where rows come in over years.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import ClientCursor, Connection

STAFF = 40  # people who hold seats; the first of them is the reviewer whose pages are measured
LAST_DAY = "2026-11-01"


@dataclass(frozen=True)
class Agency:
    """One agency to fill: its key and the memberships of its people."""

    pk: int
    coordinator: int
    director: int
    staff: tuple[int, ...]


# Every statement writes the rows %(first)s to %(last)s. Keys begin at ten millions an agency: no sequence reaches them.
_STATEMENTS = [
    """
    INSERT INTO reviews_incident (id, jurisdiction_id, number, case_number, incident_type, occurred_on, aware_on,
                                  county, notified_at, notified_by_id, source_key, source_sha256, withdrawn_reason,
                                  version)
    SELECT %(base)s + i, %(agency)s, '2025-' || lpad(i::text, 6, '0'), 'CASE-' || i * 7,
           (ARRAY['fatality', 'near_fatality', 'serious_injury', 'egregious_incident', 'other_critical'])[1 + i %% 5],
           day, day + 1, 'County ' || i %% 67, day + time '12:00', %(coordinator)s, '', '', '', 1
    FROM generate_series(%(first)s, %(last)s) i
    CROSS JOIN LATERAL (SELECT %(last_day)s::date - (i * 7919) %% 5003 AS day) d
    """,
    """
    INSERT INTO reviews_entry (id, jurisdiction_id, record_id, section, position, created_by_id, created_at)
    SELECT %(base)s + i, %(agency)s, %(base)s + i, 'child', 1, %(coordinator)s, %(last_day)s::date
    FROM generate_series(%(first)s, %(last)s) i
    """,
    """
    INSERT INTO reviews_child (id, jurisdiction_id, incident_id, entry_id, position, age_value, age_unit, sex)
    SELECT %(base)s + i, %(agency)s, %(base)s + i, %(base)s + i, 1, i %% 12 + 1,
           CASE WHEN i %% 2 = 0 THEN 'months' ELSE 'years' END, CASE WHEN i %% 3 = 0 THEN 'female' ELSE 'male' END
    FROM generate_series(%(first)s, %(last)s) i
    """,
    # A third is under way, half approved, the rest not begun or not selected; ten are held.
    """
    INSERT INTO reviews_review (incident_id, jurisdiction_id, edition_id, state, state_since, due_on, selected_on,
                                selection_reasons, selection_note, hold_reason, hold_note, held_since, held_until,
                                times_returned, approver_id, approver_hand, approved_at, version)
    SELECT %(base)s + i, %(agency)s, %(edition)s, state, %(last_day)s::date,
           CASE WHEN state NOT IN ('notified', 'not_selected') THEN due END,
           CASE WHEN state NOT IN ('notified', 'not_selected') THEN due - 80 END,
           '{}', '', CASE WHEN held THEN 'court' ELSE '' END, '', CASE WHEN held THEN due - 30 END,
           CASE WHEN held THEN due + 30 END, 0, CASE WHEN state = 'approved' THEN %(director)s END, 'approver',
           CASE WHEN state = 'approved' THEN due + time '12:00' END, 1
    FROM generate_series(%(first)s, %(last)s) i
    CROSS JOIN LATERAL (
        SELECT %(last_day)s::date + 90 - (i * 6007) %% 5003 AS due,
               CASE WHEN i %% 20 < 4 THEN 'in_review' WHEN i %% 20 < 6 THEN 'with_quality_lead'
                    WHEN i %% 20 < 7 THEN 'with_director' WHEN i %% 20 < 17 THEN 'approved'
                    WHEN i %% 20 < 18 THEN 'not_selected' ELSE 'notified' END AS state
    ) s CROSS JOIN LATERAL (SELECT state = 'in_review' AND i %% 200 = 0 AND i <= 2000 AS held) h
    """,
    """
    INSERT INTO reviews_reviewhand (jurisdiction_id, review_id, membership_id, hand, since)
    SELECT %(agency)s, %(base)s + i, person, hand, %(last_day)s::date
    FROM generate_series(%(first)s, %(last)s) i
    CROSS JOIN LATERAL (
        SELECT (%(staff)s::bigint[])[1 + i %% cardinality(%(staff)s::bigint[])], 'author'
        UNION ALL SELECT %(director)s::bigint, 'approver' WHERE i %% 20 BETWEEN 7 AND 16
    ) h (person, hand)
    """,
    # The first reviewer sits on 40 reviews whatever the size, their colleagues on the others.
    """
    INSERT INTO reviews_reviewseat (jurisdiction_id, review_id, membership_id, seat, statement, statement_note,
                                    stated_at, named_by_id, named_at)
    SELECT %(agency)s, %(base)s + i,
           CASE WHEN i %% 20 = 1 AND i <= 800 THEN (%(staff)s::bigint[])[1]
                ELSE (%(staff)s::bigint[])[2 + i %% (cardinality(%(staff)s::bigint[]) - 1)] END,
           'lead', 'no_conflict', '', %(last_day)s::date, %(coordinator)s, %(last_day)s::date
    FROM generate_series(%(first)s, %(last)s) i WHERE i %% 20 < 17
    """,
    # One review in four has somebody who stepped back; one in 400 the coordinator whose pages are measured.
    """
    INSERT INTO reviews_recusal (jurisdiction_id, review_id, membership_id, reason, recorded_by_id, at)
    SELECT %(agency)s, %(base)s + i,
           CASE WHEN i %% 400 = 3 THEN %(coordinator)s
                ELSE (%(staff)s::bigint[])[1 + i / 4 %% cardinality(%(staff)s::bigint[])] END,
           'A cousin of the family.', %(director)s, %(last_day)s::date
    FROM generate_series(%(first)s, %(last)s) i WHERE i %% 4 = 3
    """,
    """
    INSERT INTO reviews_answer (jurisdiction_id, record_id, repeat_id, item, value, missing, version, author_id,
                                author_hand, at)
    SELECT %(agency)s, %(base)s + i, CASE WHEN item = 'living_arrangement' THEN %(base)s + i END, item,
           CASE WHEN missing = '' THEN value END, missing, 1,
           (%(staff)s::bigint[])[1 + i %% cardinality(%(staff)s::bigint[])], 'author', %(last_day)s::date
    FROM generate_series(%(first)s, %(last)s) i
    CROSS JOIN (VALUES ('what_was_reported', to_jsonb('<p>' || repeat('What somebody told. ', 12) || '</p>'), ''),
                       ('prior_contact', to_jsonb('within_12_months'::text), ''),
                       ('place_type', 'null'::jsonb, 'unknown'),
                       ('living_arrangement', 'null'::jsonb, 'unknown')) a (item, value, missing)
    """,
    # One field in four was written twice.
    """
    INSERT INTO reviews_answerversion (jurisdiction_id, record_id, repeat_id, item, value, missing, version, author_id,
                                       at, replaced_by_id, replaced_at)
    SELECT jurisdiction_id, record_id, repeat_id, item, value, missing, 1, author_id, at - interval '1 day',
           author_id, at
    FROM reviews_answer
    WHERE record_id BETWEEN %(base)s + %(first)s AND %(base)s + %(last)s AND item = 'what_was_reported'
    """,
    # One message in a hundred is still unread.
    """
    INSERT INTO inbox_message (jurisdiction_id, to_id, kind, number, path, occasion, read_at, owed_at, due_at, tries,
                               trouble, done_at)
    SELECT %(agency)s, (%(staff)s || %(coordinator)s::bigint)[1 + i %% (cardinality(%(staff)s::bigint[]) + 1)],
           'your_turn', '2025-' || lpad(i::text, 6, '0'), '/', 'bench:' || i,
           CASE WHEN i %% 100 > 0 THEN %(last_day)s::date END, %(last_day)s::date - i %% 3000, %(last_day)s::date, 1,
           '', %(last_day)s::date
    FROM generate_series(%(first)s, %(last)s) i
    """,
    """
    INSERT INTO jurisdictions_auditevent (jurisdiction_id, at, by_user, kind, about, outcome, request_id, ids)
    SELECT %(agency)s, %(last_day)s::date - i %% 3000, NULL, 'review.read', 'review:' || %(base)s + i, 'done', '', '{}'
    FROM generate_series(%(first)s, %(last)s) i
    """,
]
TABLES = (
    "reviews_incident",
    "reviews_entry",
    "reviews_child",
    "reviews_review",
    "reviews_reviewhand",
    "reviews_reviewseat",
    "reviews_recusal",
    "reviews_answer",
    "reviews_answerversion",
    "inbox_message",
    "jurisdictions_auditevent",
)


def base_of(agency: Agency) -> int:
    """The key before that of the agency's first row."""
    return agency.pk * 10_000_000


def fill(owner: Connection[Any], agency: Agency, *, first: int, last: int) -> None:
    """Write the incidents `first` to `last` of an agency with everything that hangs from them."""
    cursor = ClientCursor(owner)
    (edition,) = cursor.execute("SELECT id FROM dictionary_edition WHERE status = 'in_force'").fetchone()
    values = {
        "agency": agency.pk,
        "base": base_of(agency),
        "coordinator": agency.coordinator,
        "director": agency.director,
        "staff": list(agency.staff),
        "edition": edition,
        "first": first,
        "last": last,
        "last_day": LAST_DAY,
    }
    # A commit that the log has not seen yet keeps VACUUM from marking rows as visible to all.
    cursor.execute("SET synchronous_commit = on")
    with owner.transaction():  # keys that point ahead are asked for at its end
        for statement in _STATEMENTS:
            cursor.execute(statement, values)


def settle(owner: Connection[Any], tables: Iterable[str] = TABLES) -> None:
    """What autovacuum does in time: counts for the planner, and pages marked as visible to all."""
    owner.execute(f"VACUUM (ANALYZE) {', '.join(tables)}")
