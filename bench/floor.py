"""Floor views: they go through the same doors as the pages and do less behind them."""

from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from bench.statements import Statement
from jurisdictions.api import Api, ApiRequest, door
from jurisdictions.api.door import Scope
from jurisdictions.http import TenantRequest, requires
from jurisdictions.roles import Permission

# What each page was seen to ask of the database behind its door.
seen: dict[str, list[Statement]] = {}


@require_GET
@requires(Permission.REVIEW_VIEW)
def same_statements(request: TenantRequest, page: str) -> HttpResponse:
    """Everything of a page but its body: its own statements, again."""
    with connection.cursor() as cursor:
        for statement in seen[page]:
            statement.run(cursor)
    return HttpResponse()


@require_GET
@requires(Permission.REVIEW_VIEW)
def behind_the_door(request: TenantRequest) -> HttpResponse:
    """Session, person, membership, scope; nothing else."""
    return HttpResponse()


@require_POST
@requires(Permission.REVIEW_EDIT, Permission.INCIDENT_NOTIFY)
def behind_the_door_to_save(request: TenantRequest) -> JsonResponse:
    """The door that saving an answer stands behind; nothing else."""
    return JsonResponse({})


class SameAsJson(Api):
    """A list of the API behind its own door, its statements sent again; PostgreSQL makes the text of what they read."""

    @door(Permission.INCIDENT_VIEW, scope=Scope.READ, summary="The same, as PostgreSQL says it", answers=None)
    def get(self, request: ApiRequest, page: str) -> HttpResponse:
        said: list[str] = []
        with connection.cursor() as cursor:
            for statement in seen[page]:
                if not statement.sql.startswith("SELECT"):
                    statement.run(cursor)
                    continue
                cursor.execute(f"SELECT json_agg(row)::text FROM ({statement.sql}) row", statement.params)
                said.append(cursor.fetchone()[0] or "[]")
        return HttpResponse(",".join(said), content_type="application/json")
