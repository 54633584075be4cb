"""A database of a given size with the people of its agency, and the site in this process as they see it."""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.utils import load_backend
from django.test import Client
from psycopg.conninfo import make_conninfo

from bench import data
from bench.statements import Statement, seen_behind_the_door
from dictionary.models import Edition
from jurisdictions.actions.tokens import make_token
from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from npcs import env
from npcs.wsgi import application
from reviews.models import Incident, Review
from tests.reviews.written_review import set_statement, write_review
from tests.second_step import with_both

SLUG = "cedar"
WRITTEN = "2026-009"  # the review that was written by hand, on which the reviewer sits
_CSRF = "b" * 32


@dataclass
class Browser:
    """One signed-in person, or software with a token of theirs, calling the site as the web server would."""

    session: str
    token: str = ""

    def get(self, path: str) -> bytes:
        """The body of a page. Raises when it is not there."""
        return self._call("GET", path, b"")

    def post(self, path: str, sent: dict[str, Any]) -> bytes:
        """What a script's save answers. Raises when it was refused."""
        return self._call("POST", path, json.dumps(sent).encode())

    def _call(self, method: str, path: str, body: bytes) -> bytes:
        parts = urlsplit(path)
        cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: self.session, "csrftoken": _CSRF})
        status = ""

        def start(line: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            nonlocal status
            status = line
            return None

        response = application(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": parts.path,
                "QUERY_STRING": parts.query,
                "SERVER_NAME": "127.0.0.1",
                "SERVER_PORT": "8000",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "REMOTE_ADDR": "127.0.0.1",
                "CONTENT_TYPE": "application/json",
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_COOKIE": cookies.output(header="", sep=";").strip(),
                "HTTP_X_CSRFTOKEN": _CSRF,
                "HTTP_AUTHORIZATION": f"Bearer {self.token}" if self.token else "",
                "wsgi.input": BytesIO(body),
                "wsgi.errors": BytesIO(),
                "wsgi.url_scheme": "http",
                "wsgi.version": (1, 0),
            },
            start,
        )
        told = b"".join(response)
        response.close()
        if not status.startswith("200"):
            raise RuntimeError(f"{method} {path}: {status} {told[:300]!r}")
        return told


@dataclass
class Stage:
    """One database. `enter` makes it the one that the site uses."""

    rows: int
    name: str
    agency: data.Agency = field(init=False)
    coordinator: Browser = field(init=False)
    reviewer: Browser = field(init=False)
    software: Browser = field(init=False)  # with a token of the coordinator's
    persistent: Any = field(init=False)  # the site's connection if it had no pool
    pooled: Any = field(init=False)

    def __post_init__(self) -> None:
        url = make_conninfo(os.environ["DATABASE_URL"], dbname=self.name)
        self.pooled = self._connection(_url(url), pool=True)
        self.persistent = self._connection(_url(url), pool=False)
        self.persistent.settings_dict["CONN_MAX_AGE"] = None

    def _connection(self, url: str, *, pool: bool) -> Any:
        described = connections.configure_settings({"default": env.database(url, pool=pool)})["default"]
        alias = f"{self.name}_{'pool' if pool else 'persistent'}"
        connections[alias] = load_backend(described["ENGINE"]).DatabaseWrapper(described, alias)
        return connections[alias]

    # -- Addresses ------------------------------------------------------------------------------

    def path(self, rest: str) -> str:
        return f"/j/{SLUG}/{rest}"

    def api_path(self, rest: str) -> str:
        return f"/api/v1/j/{SLUG}/{rest}"

    def place(self, page: int) -> str:
        """Where the given page of the list of reviews begins, as its own links say it."""
        with self.entered(), jurisdiction_scope(self.agency.pk):
            reviews = Review.objects.selected().under_way().order_by("due_on", "pk")
            due_on, pk = reviews.values_list("due_on", "pk")[(page - 1) * 25 - 1]
        return f"reviews/?show=under_way&after={due_on.isoformat()}&id={pk}"

    def incident_place(self, page: int) -> str:
        """Where the given page of the list of incidents begins."""
        with self.entered(), jurisdiction_scope(self.agency.pk):
            incidents = Incident.objects.standing().order_by("-occurred_on", "-pk")
            day, pk = incidents.values_list("occurred_on", "pk")[(page - 1) * 25 - 1]
        return f"incidents/?after={day.isoformat()}_{pk}"

    # -- Connections ----------------------------------------------------------------------------

    def enter(self, *, pool: bool = True) -> None:
        """From now on the site works on this database."""
        connections["default"] = self.pooled if pool else self.persistent

    @contextmanager
    def entered(self) -> Iterator[None]:
        before = connections["default"]
        self.enter()
        try:
            yield
        finally:
            connections["default"].close()
            connections["default"] = before

    def owner(self) -> psycopg.Connection[Any]:
        """A connection that no policy binds."""
        return psycopg.connect(make_conninfo(os.environ["OWNER_DATABASE_URL"], dbname=self.name))

    def superuser(self) -> psycopg.Connection[Any]:
        address = make_conninfo(os.environ["NPCS_TEST_SUPERUSER_URL"], dbname=self.name)
        return psycopg.connect(address, autocommit=True)

    def statements_of(self, browser: Browser, path: str) -> list[Statement]:
        """What a page asks of the database behind its door, once everything is warm."""
        browser.get(path)
        with seen_behind_the_door() as behind:
            browser.get(path)
        return list(behind)

    # -- Filling --------------------------------------------------------------------------------

    def fill(self) -> None:
        """People, one review written by hand, and `rows` reviews; a neighbour with a tenth of that."""
        with self.entered():
            self.agency = self._agency(SLUG, "Cedar County")
            neighbour = self._agency("birch", "Birch State")
            people = Membership.objects.select_related("user", "jurisdiction").in_bulk()
            with jurisdiction_scope(self.agency.pk):
                set_statement(people[self.agency.coordinator].jurisdiction)
                reviewer = people[self.agency.staff[0]]
                write_review(reviewer.jurisdiction, reviewer, people[self.agency.director], state="in_review")
                Review.objects.filter(incident__number=WRITTEN).get().seats.update(
                    statement="no_conflict", stated_at="2026-11-01T12:00Z"
                )
            with self.superuser() as connection:
                # The rows are known to be consistent: asking every key again would take minutes.
                connection.execute("SET session_replication_role = replica")
                connection.execute("SET ROLE npcs_owner")
                data.fill(connection, self.agency, first=1, last=self.rows)
                data.fill(connection, neighbour, first=1, last=max(1, self.rows // 10))
                data.settle(connection)
            self.coordinator = self._signed_in(people[self.agency.coordinator].user)
            self.reviewer = self._signed_in(reviewer.user)
            _, token = make_token(people[self.agency.coordinator], name="Bench", scopes=["read"], days=365)
            self.software = Browser("", token)

    def _agency(self, slug: str, name: str) -> data.Agency:
        agency = Jurisdiction.objects.create(slug=slug, name=name, kind="county", agreement_on="2025-01-07")

        def member(who: str, role: Role) -> int:
            email = f"{who}@{slug}.example.org"
            user = User.objects.create_user(email, secrets.token_urlsafe(), display_name=who.capitalize())
            return Membership.objects.create(jurisdiction=agency, user=user, roles=[str(role)]).pk

        return data.Agency(
            agency.pk,
            member("coordinator", Role.COORDINATOR),
            member("director", Role.DIRECTOR),
            tuple(member(f"reviewer{number}", Role.REVIEWER) for number in range(data.STAFF)),
        )

    def _signed_in(self, user: User) -> Browser:
        client = Client()
        with_both(client, user)
        return Browser(client.cookies[settings.SESSION_COOKIE_NAME].value)


def build(sizes: list[int]) -> dict[int, Stage]:
    """One database a size, each a copy of one that was prepared as production's is."""
    call_command("prepare", verbosity=0)
    assert Edition.objects.in_force().parsed
    connections.close_all()
    connections["default"].close_pool()
    stages = {}
    for rows in sizes:
        name = f"npcs_{rows}"
        with psycopg.connect(os.environ["NPCS_TEST_SUPERUSER_URL"], autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE npcs OWNER npcs_owner")
        stages[rows] = Stage(rows, name)
        stages[rows].fill()
    return stages


def _url(conninfo: str) -> str:
    """The address form of libpq's keywords, as the settings read it."""
    parts = psycopg.conninfo.conninfo_to_dict(conninfo)
    return f"postgresql://{parts['user']}@/{parts['dbname']}?host={parts['host']}"
