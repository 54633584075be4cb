"""Two web processes, one code: exactly one of them takes it."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from jurisdictions.models import User
from tests.second_step import code, give_app
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "learn together and blame nobody"
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[list[str]]:
    """The addresses of two servers on this test's database, each a process of its own."""
    ports, running = [free_port(), free_port()], []
    told = {name: value for name, value in os.environ.items() if name != "OWNER_DATABASE_URL"}
    for port in ports:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(port), "--no-ws", "--http", "1", "--workers", "1", "npcs.wsgi:application"]
        with (tmp_path / f"{port}.log").open("wb") as log:
            running.append(
                subprocess.Popen(command, cwd=ROOT, env=told, stdout=log, stderr=log, start_new_session=True)
            )
    try:
        bases = [f"http://127.0.0.1:{port}" for port in ports]
        for base in bases:
            eventually(partial(answers, f"{base}/healthz"), 60)
        yield bases
    finally:
        for process in running:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except OSError:
        return False
    return True


class Browser:
    def __init__(self, base: str) -> None:
        self.base = base
        self.open = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        ).open

    def post(self, path: str, form: dict[str, str]) -> str:
        """Where it leads."""
        with self.open(self.base + path, timeout=30) as page:
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
        assert token
        body = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": token[1]}).encode()
        with self.open(self.base + path, data=body, timeout=30) as answer:
            return urllib.parse.urlsplit(answer.url).path


def test_a_code_that_two_processes_are_given_at_once_signs_in_one(sites: list[str], reviewer: User) -> None:
    reviewer.set_password(PASSWORD)
    reviewer.save(update_fields=["password"])
    secret = give_app(reviewer)
    browsers = [Browser(base) for base in sites]
    for browser in browsers:
        led = browser.post("/account/sign-in/", {"login": reviewer.email, "password": PASSWORD})
        assert led == "/account/second-step/"
    digits, together = code(secret), Barrier(2)

    def show(browser: Browser) -> str:
        together.wait()
        return browser.post("/account/second-step/", {"code": digits})

    with ThreadPoolExecutor(2) as threads:
        led_to = sorted(threads.map(show, browsers))
    assert led_to == ["/account/second-step/", "/j/cedar/"]
