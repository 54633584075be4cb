"""Files of yearly figures as the tests bring them in, and what stands then."""

import re
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from jurisdictions.models import Jurisdiction
from jurisdictions.tenancy import jurisdiction_scope
from reviews import tasks
from reviews.models import ImportRun, YearlyFigure
from tests.reviews.import_situations import form_of


def uploaded(visitor: Client, agency: Jurisdiction, content: str | bytes, name: str = "figures.csv") -> int:
    """Upload a file of figures and have it looked at; the key of its upload."""
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    answer = visitor.post(reverse("imports:new", args=[agency.slug]), {"file": file, "shape": "figures"})
    tasks.unpack_uploads(agency.pk)
    return int(re.findall(r"\d+", answer.url)[-1])


def pages_of(agency: Jurisdiction, upload: int) -> tuple[str, str]:
    """The addresses of its page of columns and of what follows."""
    columns, values = (
        reverse(f"imports:{name}", args=[agency.slug, upload]) for name in ("mapping", "values")
    )
    return columns, values


def mapped(
    visitor: Client, agency: Jurisdiction, content: str | bytes, said: dict[str, Any] | None = None
) -> str:
    """Upload a file and post its page of columns as it stands but for what is said; the address of the next."""
    columns, values = pages_of(agency, uploaded(visitor, agency, content))
    answer = visitor.post(columns, form_of(visitor, columns) | {"source": "Yearbook"} | (said or {}))
    assert answer.status_code == 302, answer.content.decode()
    return values


def brought(
    visitor: Client,
    agency: Jurisdiction,
    content: str | bytes,
    said: dict[str, Any] | None = None,
    **second: Any,
) -> ImportRun:
    """Bring a file through both pages as they stand but for what is said, try it, and let it in; its last pass."""
    values = mapped(visitor, agency, content, said)
    answer = visitor.post(values, form_of(visitor, values) | second)
    assert answer.status_code == 302, answer.content.decode()
    tasks.run_imports(agency.pk)
    upload = int(re.findall(r"\d+", values)[-1])
    visitor.post(reverse("imports:ask", args=[agency.slug, upload]), {"keep": "1"})
    tasks.run_imports(agency.pk)
    with jurisdiction_scope(agency.pk):
        return ImportRun.objects.select_related("receipt", "upload").latest("pk")


def standing(agency: Jurisdiction) -> dict[tuple[str, int], Decimal]:
    with jurisdiction_scope(agency.pk):
        return {
            (one.name, one.year): (one.value or Decimal(0)).normalize()
            for one in YearlyFigure.objects.standing()
        }
