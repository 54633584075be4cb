"""Where somebody is signed in: what a session remembers of its browser, and one's own sessions in words."""

import datetime as dt
from dataclasses import dataclass

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from jurisdictions.models import Session, User

# The first that is found in what the browser says of itself; others claim to be Chrome and Safari too.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
]


@dataclass(frozen=True)
class Device:
    """One session, as its person may see it; the mark stands for its key, which never leaves the server."""

    mark: str
    browser: str
    address: str
    began_at: dt.datetime
    used_at: dt.datetime
    is_here: bool


def describe(request: HttpRequest, now: int) -> None:
    """Note on the session when it began, in which browser, and from which address."""
    request.session["began"] = now
    request.session["browser"] = browser_in_words(request.headers.get("User-Agent", ""))
    request.session["address"] = get_client_ip(request) or ""


def browser_in_words(agent: str) -> str:
    """“Firefox on Windows”; never what the browser said, which anybody may write."""
    browser = next((name for token, name in BROWSERS if token in agent), "A browser")
    system = next((name for token, name in SYSTEMS if token in agent), "")
    return f"{browser} on {system}" if system else browser


def mark_of(session_key: str) -> str:
    return salted_hmac("npcs.session", session_key, algorithm="sha256").hexdigest()[:16]


def sessions_of(user: User) -> list[Session]:
    """The sessions that still sign this person in: not run out, and not of an earlier password."""
    living = Session.objects.filter(user=user, expire_date__gt=timezone.now())
    password = user.get_session_auth_hash()
    return [
        session
        for session in living
        if constant_time_compare(session.get_decoded().get(HASH_SESSION_KEY, ""), password)
    ]


def devices_of(user: User, here: str | None) -> list[Device]:
    """Where the person is signed in, this browser first, then the one used last."""
    idle = dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    found = []
    for session in sessions_of(user):
        said = session.get_decoded()
        used_at = session.expire_date - idle
        began = said.get("began")
        found.append(
            Device(
                mark=mark_of(session.session_key),
                browser=said.get("browser", "A browser"),
                address=said.get("address", ""),
                began_at=dt.datetime.fromtimestamp(began, dt.UTC) if began else used_at,
                used_at=used_at,
                is_here=session.session_key == here,
            )
        )
    return sorted(found, key=lambda device: (not device.is_here, -device.used_at.timestamp()))
