"""Our number of an incident: the year and a sequence within it, once in an agency."""

from django.db import connection

from reviews.locks import lock_years

# Of the agency's incidents: the last sequence of each year.
LAST_OF_EACH_YEAR = """
SELECT split_part(number, '-', 1)::int AS year, max(split_part(number, '-', 2)::int) AS last
FROM reviews_incident
WHERE jurisdiction_id = %(jurisdiction)s AND number ~ '^[0-9]{4}-[0-9]{1,9}$'
"""


def next_number(jurisdiction_id: int, year: int) -> str:
    """The next number of the year, for a row that is inserted in this transaction."""
    lock_years(jurisdiction_id, [year])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT last FROM ({LAST_OF_EACH_YEAR} AND number LIKE %(prefix)s GROUP BY 1) found",  # noqa: S608 (no input in it)
            {"jurisdiction": jurisdiction_id, "prefix": f"{year}-%"},
        )
        found = cursor.fetchone()
    return number_of(year, (found[0] if found else 0) + 1)


def number_of(year: int, sequence: int) -> str:
    return f"{year}-{sequence:03d}"
