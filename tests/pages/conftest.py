"""Real Chromium against the real site: one browser a run, one context a person."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page

from jurisdictions.models import User

WIDTHS: dict[str, tuple[int, int]] = {"desktop": (1440, 900), "phone": (360, 780)}


@pytest.fixture
def window(chromium: Browser, live_server: object) -> Iterator[Callable[..., Page]]:
    """Open a window in which a person is signed in; every error of a page fails the test."""
    opened: list[BrowserContext] = []
    problems: list[str] = []

    def open_for(user: User | None, *, width: str = "desktop", javascript: bool = True) -> Page:
        across, down = WIDTHS[width]
        context = chromium.new_context(
            viewport={"width": across, "height": down},
            java_script_enabled=javascript,
            base_url=live_server.url,  # type: ignore[attr-defined]
        )
        if user is not None:
            context.add_cookies([session_cookie(user, live_server.url)])  # type: ignore[attr-defined]
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda message: (
                problems.append(message.text)
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )
        opened.append(context)
        return page

    yield open_for
    for context in opened:
        context.close()
    assert problems == []


def session_cookie(user: User, url: str) -> dict[str, str]:
    """A session as signing in makes it."""
    from django.test import Client

    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page where NPCS_PICTURES names a folder, to be looked at."""
    if folder := os.environ.get("NPCS_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
