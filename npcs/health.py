"""`/healthz`: the process answers. `/readyz`: 503 only without the database; the rest is `degraded`."""

from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET
from redis.exceptions import RedisError

from jurisdictions.http import one_factor, public

WORKER_HEARTBEAT = "heartbeat:worker"


@require_GET
@one_factor("it knows nobody")
@public("a load balancer asks it; it says that the process answers, and nothing else")
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@require_GET
@one_factor("it knows nobody")
@public("a load balancer asks it; it names which of our own services is away, and nothing else")
def readyz(request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return JsonResponse({"status": "down", "away": ["database"]}, status=503)
    away = []
    try:
        if cache.get(WORKER_HEARTBEAT) is None:
            away.append("workers")
    except (RedisError, OSError):
        away = ["broker", "workers"]
    return JsonResponse({"status": "degraded" if away else "ok", "away": away})
