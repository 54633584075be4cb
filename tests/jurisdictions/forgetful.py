"""A view, a task and a command that forgot to open a scope."""

from typing import Any

from celery import shared_task
from django.core.management.base import BaseCommand
from django.http import HttpRequest, HttpResponse
from django.urls import path

from jurisdictions import audit
from jurisdictions.http import signed_in
from jurisdictions.models import AgencyPolicy

handler500 = "npcs.errors.server_error"


@signed_in("a test asks what becomes of it")
def reads(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(AgencyPolicy.objects.count()))


@signed_in("a test asks what becomes of it")
def records(request: HttpRequest) -> HttpResponse:
    audit.record("tested", about="test:1", by=None)
    return HttpResponse()


@shared_task
def task() -> int:
    return AgencyPolicy.objects.count()


class Command(BaseCommand):
    def handle(self, *args: Any, **options: Any) -> str:
        return str(AgencyPolicy.objects.count())


urlpatterns = [path("reads/", reads, name="home"), path("records/", records, name="records")]
