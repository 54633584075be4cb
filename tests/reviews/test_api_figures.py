"""Yearly figures by other software: said, corrected, taken away, each statement in the history; and from files."""

from typing import Any

import pytest

from jurisdictions.models import AuditEvent, Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews import tasks
from reviews.models import YearlyFigure
from tests.jurisdictions.test_api_door import problem
from tests.reviews.test_api_imports import UPLOADS, bring
from tests.reviews.test_figures import WIDE
from tests.tokens import Software, software

pytestmark = pytest.mark.django_db
LIST = "/api/v1/j/cedar/figures/"
SAID = {"name": "vacant_positions", "year": 2024, "value": "14", "source": "Yearbook", "vintage": "March"}


@pytest.fixture
def client(coordinator: User, cedar: Jurisdiction) -> Software:
    return software(coordinator, cedar)


def say(client: Software, **more: Any) -> Any:
    return client.send("post", LIST, SAID | more)


def test_a_figure_is_said_corrected_and_taken_away(client: Software, cedar: Jurisdiction) -> None:
    said = say(client)
    assert said.status_code == 201, said.content
    one = f"{LIST}{said.json()['figure']}/"
    told = client.get(one).json()
    assert (told["value"], told["words"], told["unit"]) == ("14", "14%", "share")
    assert (told["label"], told["came_by"]) == ("Vacant positions", "Coordinator")
    changed = client.send("put", one, {"value": "12.5", "note": "Two were counted twice."}).json()
    assert changed.keys() == {"figure"}  # a token that may not read is told no more
    assert changed["figure"] > told["figure"]
    stale = problem(client.send("put", one, {"value": "13"}), 409, "stale")
    assert stale["detail"].startswith("This figure was changed since")
    problem(client.delete(one), 409, "stale")
    read = client.get(one).json()  # by an earlier statement, what stands now
    assert (read["figure"], [each["value"] for each in read["history"]]) == (
        changed["figure"],
        ["12.5", "14"],
    )
    assert read["history"][0]["note"] == "Two were counted twice."
    assert client.delete(f"{LIST}{changed['figure']}/").json()["figure"] > changed["figure"]
    assert client.get(LIST).json()["results"] == []
    with jurisdiction_scope(cedar.pk):
        assert [one.value is None for one in YearlyFigure.objects.order_by("version")] == [False, False, True]
        kinds = AuditEvent.objects.filter(kind__startswith="figure.").values_list("kind", flat=True)
        assert set(kinds) == {"figure.added", "figure.corrected", "figure.read", "figure.taken_away"}


def test_a_figure_of_the_agency_s_own_has_a_unit(client: Software) -> None:
    own = {"name": "Beds", "value": "4"}
    (error,) = problem(say(client, **own), 422, "invalid")["errors"]
    assert (error["pointer"], error["label"]) == ("/unit", "Unit of your own figure")
    kept = say(client, **own, unit="count").json()["figure"]
    assert client.get(f"{LIST}{kept}/").json()["label"] == "Beds"


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"value": "many"}, "/value"),
        ({"value": "140"}, "/value"),
        ({"year": 1066}, "/year"),
        ({"year": "soon"}, "/year"),
        ({"name": "B" * 121}, "/name"),
        ({"unit": "pounds"}, "/unit"),
        ({"note": "x"}, "/note"),
    ],
)
def test_what_no_figure_can_be_is_pointed_at(
    client: Software, cedar: Jurisdiction, more: dict[str, Any], pointer: str
) -> None:
    errors = problem(say(client, **more), 422, "invalid")["errors"]
    assert {one["pointer"] for one in errors} == {pointer}
    with jurisdiction_scope(cedar.pk):
        assert not YearlyFigure.objects.exists()


def test_what_stands_is_not_said_twice(client: Software) -> None:
    say(client)
    said = problem(say(client, value="15"), 422, "refused")["problems"][0]
    assert (said["code"], said["item"]) == ("figure.twice", "year")


def test_the_list_is_read_page_by_page_and_by_name(client: Software, cedar: Jurisdiction) -> None:
    for year in range(1995, 2022):
        say(client, year=year)
    say(client, name="Beds", unit="count")
    first = client.get(LIST).json()
    second = client.get(first["next"]).json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (25, 3, None)
    assert [one["name"] for one in client.get(f"{LIST}?name=Beds").json()["results"]] == ["Beds"]
    by_name = client.get(client.get(f"{LIST}?name=vacant_positions").json()["next"]).json()
    assert (len(by_name["results"]), by_name["next"]) == (2, None)
    problem(client.get(f"{LIST}?after=x"), 400, "unreadable")


def test_who_may_look_may_not_say(
    client: Software,
    reviewer: User,
    outsider: User,
    coordinator: User,
    cedar: Jurisdiction,
    birch: Jurisdiction,
) -> None:
    one = f"{LIST}{say(client).json()['figure']}/"
    reads = software(reviewer, cedar)
    assert reads.get(one).json()["value"] == "14"
    for answer in (say(reads, year=2020), reads.send("put", one, {"value": "1"}), reads.delete(one)):
        problem(answer, 403, "role")
    problem(say(software(coordinator, cedar, "read"), year=2020), 403, "scope")
    theirs = software(outsider, birch)
    problem(theirs.get(one), 404, "not-found")
    problem(theirs.get(one.replace("cedar", "birch")), 404, "not-found")


# -- From files -----------------------------------------------------------------------------------


def test_a_file_of_figures_comes_in_by_its_proposal(client: Software, cedar: Jurisdiction) -> None:
    brought = bring(client, WIDE.encode(), "figures.csv", path=f"{UPLOADS}?shape=figures")
    one = f"{UPLOADS}{brought.json()['upload']}/"
    tasks.unpack_uploads(cedar.pk)
    told = client.get(one).json()
    assert (told["shape"], told["is_proposed"], told["mapping"]["year"]) == ("figures", True, "year")
    assert told["mapping"]["mine"] == {"column": "State", "values": ["Cedar"]}
    kept = {"version": told["version"], "mapping": told["mapping"]}
    errors = problem(client.send("put", f"{one}mapping/", kept), 422, "invalid")["errors"]
    assert [error["pointer"] for error in errors] == ["/mapping"]
    assert "where the figures come from" in errors[0]["detail"]
    kept["mapping"]["source"] = {"constant": "Yearbook"}
    answer = client.send("put", f"{one}mapping/", kept)
    assert (answer.status_code, answer.json()["is_proposed"]) == (200, False), answer.content
    for keeps in (False, True):
        run = client.send("post", f"{one}runs/", {"keeps": keeps}).json()["run"]
        tasks.run_imports(cedar.pk)
    told = client.get(f"{one}runs/{run}/").json()
    assert told["receipt"]
    assert told["created"] == len(client.get(LIST).json()["results"]) > 3
