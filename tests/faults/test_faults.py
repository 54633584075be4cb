"""Processes killed under a running site: one message each, no traceback page, and everything comes back."""

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.second_step import code
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
HOLLIS, MAREN = "hollis@alder.example", "maren@alder.example"


class Visitor:
    """A person at the running site, with cookies and nothing else."""

    def __init__(self, base: str, sign_in: dict[str, str]) -> None:
        self.base = base
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        self.post("/account/sign-in/", {"login": sign_in["email"], "password": sign_in["password"]})
        # A code works once: somebody who comes again within half a minute takes the next one.
        for later in (0, 1, -1):
            _, page = self.post("/account/second-step/", {"code": code(sign_in["totp_secret"], later=later)})
            if "/account/second-step/" not in page:
                return
        raise AssertionError(f"{sign_in['email']} could not sign in")

    def get(self, path: str) -> tuple[int, str]:
        return self._open(urllib.request.Request(self.base + path))

    def post(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        _, page = self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page[:500]
        body = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": token[1]}).encode()
        return self._open(urllib.request.Request(self.base + path, data=body))

    def _open(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self.opener.open(request, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()


class Site:
    """The demo as a person starts it, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        told = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.log = folder.parent / "site.log"
        command = [sys.executable, "launcher/__main__.py", "demo", "--port", str(port), "--data", str(folder)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=told, stdout=log, stderr=log, start_new_session=True
            )
        eventually(
            lambda: f"ready {self.base}" in self.log.read_text() or self.process.poll() is not None, 240
        )
        assert self.process.poll() is None, self.log.read_text()
        self.people = {one["email"]: one for one in json.loads((folder / "sign-ins.json").read_text())}

    def visitor(self, email: str) -> Visitor:
        return Visitor(self.base, self.people[email])

    def kill(self, program: str) -> None:
        """End one program of this site at once, as an accident would."""
        found = subprocess.run(["pgrep", "-f", f"{program}.*{self.folder}"], capture_output=True, text=True)
        pids = [int(pid) for pid in found.stdout.split() if int(pid) != os.getpid()]
        assert pids, program
        os.kill(pids[0], signal.SIGKILL)

    def mails(self) -> Counter[str]:
        """How many mails of each Message-ID were received."""
        ids = [
            re.search(r"(?im)^message-id:\s*(\S+)", path.read_text())
            for path in (self.folder / "mail").glob("*.eml")
        ]
        return Counter(found[1] for found in ids if found)

    def sweeps(self) -> int:
        """How often the sweeper has looked for work left lying."""
        return len(
            re.findall(
                r"npcs\.tasks\.sweep\[[^\]]+\] succeeded", (self.folder / "logs/worker.log").read_text()
            )
        )

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            self.process.wait(30)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("faults") / "data")
    yield site
    site.stop()
    eventually(lambda: not subprocess.run(["pgrep", "-f", str(site.folder)], capture_output=True).stdout, 10)


def review_with_quality_lead(visitor: Visitor) -> str:
    """The address of a review that waits for the quality lead."""
    _, page = visitor.get("/j/alder-county/")
    found = re.search(r'href="(/j/alder-county/reviews/[\d-]+/)read/"', page)
    assert found, page
    return found[1]


def test_postgresql_killed_under_requests_gives_calm_pages_and_comes_back(site: Site) -> None:
    maren = site.visitor(MAREN)
    answers: list[tuple[int, str]] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                answers.append(maren.get("/j/alder-county/reviews/"))
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                answers.append((0, ""))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    eventually(lambda: len(answers) > 8, 60)
    site.kill("bin/postgres -D")
    begin = len(answers)
    eventually(lambda: any(status == 200 for status, _ in answers[begin + 8 :]), 60)
    stop.set()
    for thread in threads:
        thread.join()
    statuses = Counter(status for status, _ in answers)
    assert set(statuses) <= {200, 503}, statuses
    assert not any("Traceback" in body or "psycopg" in body for _, body in answers)
    assert all("lost" in body or "again" in body for status, body in answers if status == 503)
    assert maren.get("/readyz")[0] == 200


def test_valkey_killed_with_work_queued_loses_no_message_and_doubles_none(site: Site) -> None:
    hollis = site.visitor(HOLLIS)
    review = review_with_quality_lead(hollis)
    before = site.mails()
    _, page = hollis.get(f"{review}read/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    remark = {"remark-timeline": "Which record says so?", "csrfmiddlewaretoken": token[1]}
    body = urllib.parse.urlencode(remark).encode()
    hollis._open(urllib.request.Request(f"{site.base}{review}read/", data=body))
    site.kill("valkey-server.*")
    status, page = hollis.post(f"{review}move/return_to_team/", {"note": "Please look at the source."})
    assert status == 200, page[:300]
    eventually(lambda: len(site.mails()) > len(before), 120)
    # A late bell and the sweeper may both ring for it: still one of each.
    swept = site.sweeps()
    eventually(lambda: site.sweeps() >= swept + 2, 150)
    after = site.mails()
    assert max(after.values()) == 1
    maren = site.visitor(MAREN)
    assert "came back with remarks" in maren.get("/j/alder-county/inbox/")[1]
