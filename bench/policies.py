"""What row security costs: the list's own query under it and without it, and the policy itself, row by row."""

from collections.abc import Callable, Iterator

from django.db import connection
from psycopg import ClientCursor, sql

from bench.bars import Pair, bar
from bench.stage import Browser, Stage
from bench.statements import Statement
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Review
from reviews.rules.moves import UNDER_WAY

BARE = "npcs_bench"


def _list_of(stage: Stage, browser: Browser) -> Statement:
    """The statement by which the list of reviews reads its page."""
    behind = stage.statements_of(browser, stage.path("reviews/"))
    return next(statement for statement in behind if "LIMIT 26" in statement.sql)


def _without_permission(stage: Stage) -> Statement:
    """The same page of the same agency for somebody whom nobody asks."""
    reviews = Review.objects.filter(jurisdiction=stage.agency.pk, state__in=list(UNDER_WAY))
    return Statement(*reviews.for_list()[:26].query.sql_with_params())


def _newest(id: str, job: str, of: Callable[[Stage], Browser]) -> None:
    """The first page of somebody's list, against the same page read by nobody whom a policy or a rule asks."""

    @bar(id, job, against="the same 25 by the owner, without any permission", must=4, aim=2)
    def pair(stage: Stage) -> Iterator[Pair]:
        stage.enter()
        ours, bare = _list_of(stage, of(stage)), _without_permission(stage)
        with stage.owner() as owner, jurisdiction_scope(stage.agency.pk):
            connection.ensure_connection()
            behind_policy, open_to_all = ClientCursor(connection.connection), ClientCursor(owner)
            yield Pair(lambda: bare.run(open_to_all), lambda: ours.run(behind_policy))


_newest(
    "P1",
    "The 25 reviews due next that a coordinator may see, under row security",
    lambda stage: stage.coordinator,
)
_newest(
    "P1m",
    "The 25 due next that a team member may see: 40 of all reviews",
    lambda stage: stage.reviewer,
)


@bar(
    "P5",
    "Reading the agency's incidents from end to end under the policy",
    against="the same under the policy `true`",
    must=4.5,
    aim=3,
)
def policy_of_a_row(stage: Stage) -> Iterator[Pair]:
    with stage.superuser() as superuser:
        if not superuser.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [BARE]).fetchone():
            superuser.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(BARE)))
        superuser.execute(f"GRANT SELECT ON reviews_incident TO {BARE}")
        superuser.execute(f"CREATE POLICY bench_bare ON reviews_incident TO {BARE} USING (true)")
        superuser.execute(f"SET SESSION AUTHORIZATION {BARE}")
        stage.enter()
        with jurisdiction_scope(stage.agency.pk):
            connection.ensure_connection()
            ours = connection.connection
            for session in (ours, superuser):
                for way in ("indexscan", "indexonlyscan", "bitmapscan"):
                    session.execute(f"SET enable_{way} = off")
                session.execute("SET max_parallel_workers_per_gather = 0")
            count = "SELECT count(*) FROM reviews_incident"
            yield Pair(
                lambda: superuser.execute(count).fetchone(),
                lambda: ours.execute(count).fetchone(),
                remark=f"{stage.rows + stage.rows // 10:,} rows scanned",
            )
            ours.execute("RESET ALL")
        superuser.execute("RESET SESSION AUTHORIZATION")
        superuser.execute("DROP POLICY bench_bare ON reviews_incident")
