"""The examples of docs/api.md do what they say, against a real server."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jurisdictions.models import Jurisdiction
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Answer, Incident, Upload
from tests.cast import make_person, member
from tests.reviews.situations import make_review
from tests.tokens import give_token

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text()


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.+?)^```", PAGE, re.M | re.S)


@pytest.fixture
def told(cedar: Jurisdiction, live_server: Any) -> dict[str, str]:
    """The environment that the examples read."""
    person = make_person("analyst", cedar, Role.COORDINATOR, Role.REVIEWER)
    who = member(person, cedar)
    with jurisdiction_scope(cedar.pk):
        make_review(cedar, who, lead=who)
    at = {"NPCS_API": f"{live_server.url}/api/v1/j/cedar", "NPCS_TOKEN": give_token(person, cedar)}
    return os.environ | at | {"NO_PROXY": "*"}


def run(command: list[str], told: dict[str, str]) -> str:
    done = subprocess.run(command, env=told, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_with_curl(told: dict[str, str], cedar: Jurisdiction) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not on this machine")
    listed, notified, brought = (run(["sh", "-eu", "-c", example], told) for example in examples("sh"))
    assert '"number":"2026-001"' in listed
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.filter(county="Alder").count() == 1
        assert Upload.objects.get().file_name == "past-incidents.csv"
    assert '"number"' in notified
    assert '"state":"waiting"' in brought


def test_with_python(told: dict[str, str], cedar: Jurisdiction) -> None:
    said = run([sys.executable, "-c", "\n".join(examples("python"))], told)
    assert said.splitlines() == ["2026-001 fatality in_review", "saved as version 1"]
    with jurisdiction_scope(cedar.pk):
        assert Answer.objects.get(item="safety_account").value == "Both other children were seen."
