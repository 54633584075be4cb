"""A page under test with the project's policy and static files, and a save address that answers as told."""

import json
import mimetypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Locator, Page, Route

STATIC = Path(settings.BASE_DIR) / "static"
# As settings.SECURE_CSP, so that what the policy would block fails here.
POLICY = "; ".join(
    f"{name} {' '.join(str(source) for source in sources if 'NONCE' not in str(source))}"
    for name, sources in settings.SECURE_CSP.items()
)
SITE = "http://localhost"

type Answer = Callable[[dict[str, Any]], tuple[int, dict[str, Any]] | None]


class Desk:
    """The page under test, with a save address that answers as told and remembers what it was sent."""

    def __init__(self, page: Page, pages: dict[str, str]) -> None:
        self.page, self.pages = page, pages
        self.sent: list[dict[str, Any]] = []
        self.posted: list[str] = []
        self.problems: list[str] = []
        self.answer: Answer = self.saved
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.route("**/*", self._serve)

    def saved(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return 200, {"version": body["version"] + 1, "saved_at": "10:42", "warnings": [], "shown": {}}

    def open(self, name: str = "part") -> "Desk":
        self.page.goto(f"{SITE}/{name}")
        return self

    def field(self, item: str) -> Locator:
        return self.page.locator(f"[data-item={item}]")

    def state(self, item: str) -> Locator:
        return self.field(item).locator(".npcs-field-state")

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text:
            self.problems.append(text)

    def _serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE).split("?")[0].split("#")[0]
        if path.startswith("/static/"):
            found = STATIC / path.removeprefix("/static/")
            if not found.is_file():
                self.problems.append(f"missing {path}")
                return route.fulfill(status=404)
            kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
            return route.fulfill(body=found.read_bytes(), content_type=kind)
        if path == "/save":
            body = json.loads(route.request.post_data or "{}")
            answer = self.answer(body)
            if answer is None:
                return route.abort()
            self.sent.append(body)
            return route.fulfill(status=answer[0], json=answer[1])
        if route.request.method == "POST":
            self.posted.append(route.request.post_data or "")
        page = self.pages.get(path.strip("/"), "<!DOCTYPE html><html lang='en'><title>Elsewhere</title>")
        headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
        return route.fulfill(body=page, headers=headers)
