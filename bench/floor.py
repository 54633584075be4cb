"""Floor views: they go through the same doors as the pages and do less behind them."""

from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from bench.statements import Statement
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
