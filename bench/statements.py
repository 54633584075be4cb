"""What a page asks of the database, and what PostgreSQL does for it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from jurisdictions.tenancy import open_jurisdiction

_SCOPE = "set_config('npcs.jurisdiction'"


@dataclass(frozen=True)
class Statement:
    """One statement as the page sent it."""

    sql: str
    params: Any

    def run(self, cursor: Any) -> None:
        """Send it again and fetch its rows; nothing is made of them."""
        cursor.execute(self.sql, self.params)
        if cursor.description:
            cursor.fetchall()


@dataclass(frozen=True)
class Plan:
    """What one statement took, as EXPLAIN (ANALYZE, BUFFERS) tells it."""

    statement: Statement
    nodes: tuple[dict[str, Any], ...]

    @property
    def buffers(self) -> int:
        """Shared buffers touched, wherever they were found."""
        return int(self.nodes[0]["Shared Hit Blocks"] + self.nodes[0]["Shared Read Blocks"])

    @property
    def tables(self) -> set[str]:
        return {node["Relation Name"] for node in self.nodes if "Relation Name" in node}

    @property
    def scanned(self) -> dict[str, int]:
        """Tables that were read row by row from their beginning, and how many rows that was. Under a limit such a
        scan may end early."""
        return {
            node["Relation Name"]: int(
                (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
            )
            for node in self.nodes
            if node["Node Type"] == "Seq Scan"
        }

    @property
    def rows_sorted(self) -> int:
        """The most rows that any sort of the plan was given."""
        return max(
            (int(node["Plans"][0]["Actual Rows"]) for node in self.nodes if "Sort" in node["Node Type"]),
            default=0,
        )

    @property
    def policy_calls(self) -> list[float]:
        """How often each sub-plan ran that asks which agency is open."""
        return [
            node["Actual Loops"]
            for node in self.nodes
            if node.get("Subplan Name", "").startswith("InitPlan") and node["Node Type"] == "Result"
        ]


@contextmanager
def seen_behind_the_door() -> Iterator[list[Statement]]:
    """Gather what is sent while an agency's scope is open; what opens and closes it is left out."""
    behind: list[Statement] = []

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if open_jurisdiction() is not None and _SCOPE not in sql:
            behind.append(Statement(sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield behind


def explain(statement: Statement) -> Plan:
    """Run a statement and take back what it did. The scope of its agency must be open."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.sql}", statement.params)
        told = cursor.fetchone()[0]
        transaction.set_rollback(True)
    document = json.loads(told) if isinstance(told, str) else told
    return Plan(statement, tuple(_nodes(document[0]["Plan"])))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)
