"""Incidents for other software: the same rows, actions and refusals as on the pages."""

import datetime as dt
from typing import Any

import pytest

from jurisdictions.models import AuditEvent, Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.team import step_back
from reviews.models import AnswerVersion, Incident, Review
from tests.cast import member
from tests.jurisdictions.test_api_door import problem
from tests.reviews.incident_situations import imported, notified
from tests.tokens import Software, software

pytestmark = pytest.mark.django_db
LIST = "/api/v1/j/cedar/incidents/"
GIVEN: dict[str, Any] = {
    "incident_type": "near_fatality",
    "occurred_on": "2026-03-03",
    "aware_on": "2026-03-04",
    "county": "Alder",
    "case_number": "C-78",
    "children": [{"age_value": 3, "age_unit": "months", "sex": "female"}],
}


@pytest.fixture
def client(coordinator: User, cedar: Jurisdiction) -> Software:
    return software(coordinator, cedar)


def kinds(agency: Jurisdiction) -> set[str]:
    with jurisdiction_scope(agency.pk):
        return set(AuditEvent.objects.values_list("kind", flat=True))


def test_a_list_says_facts_and_state(client: Software, cedar: Jurisdiction, coordinator: User) -> None:
    incident = notified(cedar, coordinator)
    imported(cedar)
    rows = client.get(LIST).json()["results"]
    assert [row["number"] for row in rows] == [incident.number, "2018-001"]
    assert rows[0]["state"] == "notified"
    assert rows[1]["state"] is None
    assert rows[0]["case_number"] == "C-77"
    assert rows[0]["children"][0] | {"entry": 0} == {
        "entry": 0,
        "age_value": 3,
        "age_unit": "months",
        "sex": "unknown",
        "died_on": None,
    }


def test_pages_follow_one_another(client: Software, cedar: Jurisdiction) -> None:
    for n in range(60):
        imported(cedar, f"2018-{n + 1:03}", occurred_on=dt.date(2018, 1, 1 + n % 9) if n % 10 else None)
    seen, path, back = [], LIST, ""
    while path:
        page = client.get(path).json()
        seen += [row["number"] for row in page["results"]]
        back, path = page["previous"], page["next"]
    assert len(seen) == len(set(seen)) == 60
    before = client.get(back).json()
    assert [row["number"] for row in before["results"]] == seen[25:50]
    narrowed = client.get(f"{LIST}?q=2018-00&sort=number").json()
    assert [row["number"] for row in narrowed["results"]] == [f"2018-00{n}" for n in range(9, 0, -1)]


def test_who_sees_what(
    cedar: Jurisdiction, coordinator: User, reviewer: User, administrator: User, outsider: User
) -> None:
    incident = notified(cedar, coordinator)
    own = notified(cedar, reviewer, occurred_on=dt.date(2026, 2, 2), case_number="C-1")
    seen = [row["number"] for row in software(reviewer, cedar).get(LIST).json()["results"]]
    assert seen == [own.number]
    problem(software(reviewer, cedar).get(f"{LIST}{incident.number}/"), 404, "not-found")
    problem(software(administrator, cedar).get(LIST), 403, "role")
    there = Jurisdiction.objects.get(slug="birch")
    problem(software(outsider, there).get(f"{LIST}{incident.number}/"), 404, "not-found")
    problem(Software().get(f"{LIST}{incident.number}/"), 401, "no-token")


def test_who_stepped_back_sees_it_nowhere(client: Software, cedar: Jurisdiction, coordinator: User) -> None:
    incident = notified(cedar, coordinator)
    with jurisdiction_scope(cedar.pk):
        who = member(coordinator, cedar)
        step_back(Review.objects.get(), who=who, reason="A cousin.", by=who)
    assert client.get(LIST).json()["results"] == []
    for path in (f"{LIST}{incident.number}/", f"/api/v1/j/cedar/reviews/{incident.number}/"):
        problem(client.get(path), 404, "not-found")
    problem(client.send("put", f"{LIST}{incident.number}/facts/", GIVEN | {"version": 1}), 404, "not-found")


def test_one_is_read_and_that_is_written_down(
    client: Software, cedar: Jurisdiction, coordinator: User
) -> None:
    incident = notified(cedar, coordinator)
    told = client.get(f"{LIST}{incident.number}/").json()
    assert (told["number"], told["version"], told["state"]) == (incident.number, 1, "notified")
    assert told["may_change"]
    assert told["may_withdraw"]
    assert not told["may_open"]
    assert "incident.read" in kinds(cedar)


def test_a_notification_is_taken_once(client: Software, cedar: Jurisdiction) -> None:
    answer = client.send("post", LIST, GIVEN | {"what_was_reported": "<p>A call.</p>"})
    assert answer.status_code == 201, answer.content
    number = answer.json()["number"]
    told = client.get(f"{LIST}{number}/").json()
    assert {name: told[name] for name in GIVEN if name != "children"} == {
        name: value for name, value in GIVEN.items() if name != "children"
    }
    assert told["what_was_reported"] == "<p>A call.</p>"
    again = problem(client.send("post", LIST, GIVEN), 409, "look-alikes")
    assert [one["number"] for one in again["look_alikes"]] == [number]
    assert client.send("post", LIST, GIVEN | {"another": True}).status_code == 201
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.count() == 2


def test_what_has_to_be_mended_is_said_in_the_words_of_the_labels(client: Software) -> None:
    wrong = GIVEN | {
        "incident_type": "nothing",
        "occurred_on": "2099-01-01",
        "children": [{"age_value": 3}, {"age_value": "many", "age_unit": "months"}],
    }
    errors = problem(client.send("post", LIST, wrong), 422, "invalid")["errors"]
    said = {one["pointer"]: (one["label"], one["detail"]) for one in errors}
    assert said["/incident_type"] == ("Type of incident", "Choose one of the answers in the list.")
    assert said["/occurred_on"][1] == "This day has not come yet. Check the year."
    assert said["/children/0/age_unit"][1] == "Give the age and its unit, or neither."
    assert said["/children/1/age_value"][1] == "Give a whole number in figures, for example 3."


@pytest.mark.parametrize("value", [True, 1.5, {"a": 1}, ["x"], "a\0b", "\ud800", "9" * 5000])
@pytest.mark.parametrize("name", ["county", "occurred_on", "incident_type"])
def test_whatever_stands_there_is_an_answer(client: Software, name: str, value: Any) -> None:
    assert client.send("post", LIST, GIVEN | {name: value}).status_code in {201, 422}


def test_facts_are_changed_over_the_version_that_was_read(
    client: Software, cedar: Jurisdiction, coordinator: User
) -> None:
    incident = notified(cedar, coordinator)
    path = f"{LIST}{incident.number}/facts/"
    child = client.get(f"{LIST}{incident.number}/").json()["children"][0]
    given = GIVEN | {"children": [child | {"sex": "male"}]}
    told = client.send("put", path, given | {"version": 1})
    assert told.status_code == 200, told.content
    assert told.json() == {"number": incident.number, "version": 2}
    assert client.get(f"{LIST}{incident.number}/").json()["children"] == [child | {"sex": "male"}]
    with jurisdiction_scope(cedar.pk):
        assert AnswerVersion.objects.filter(item="sex", value="unknown").exists()
    stale = problem(client.send("put", path, given | {"version": 1, "county": "Birch"}), 409, "stale")
    assert stale["version"] == 2
    assert stale["clashes"] == [{"label": "County where it happened", "yours": "Birch", "theirs": "Alder"}]
    problem(client.send("put", path, given), 422, "invalid")


def test_who_may_not_read_is_not_told_the_facts(
    client: Software, cedar: Jurisdiction, coordinator: User
) -> None:
    """Neither by setting what stands, nor by a version that has passed; who may read is told, and that is noted."""
    incident = notified(cedar, coordinator, county="Alder")
    path, writes = f"{LIST}{incident.number}/facts/", software(coordinator, cedar, "write")
    entry = client.get(f"{LIST}{incident.number}/").json()["children"][0]["entry"]
    given = GIVEN | {"version": 1, "children": [{"entry": entry, "sex": "female"}]}
    assert writes.send("put", path, given).json() == {"number": incident.number, "version": 2}
    assert writes.send("put", path, given | {"version": 2}).json()["version"] == 2  # nothing changes
    said = problem(writes.send("put", path, given | {"county": "Birch"}), 409, "stale")
    assert said.keys() == {"type", "title", "status", "detail", "version"}
    assert readings(cedar) == 1  # by the token that may
    assert problem(client.send("put", path, given | {"county": "Birch"}), 409, "stale")["clashes"]
    assert readings(cedar) == 2


def readings(agency: Jurisdiction) -> int:
    with jurisdiction_scope(agency.pk):
        return AuditEvent.objects.filter(kind="incident.read").count()


def test_who_may_not_read_is_not_told_which_incidents_look_alike(
    client: Software, cedar: Jurisdiction, coordinator: User
) -> None:
    number = client.send("post", LIST, GIVEN).json()["number"]
    said = problem(software(coordinator, cedar, "write").send("post", LIST, GIVEN), 409, "look-alikes")
    assert (said["look_alikes"], said["hidden"]) == ([], 1)
    assert number not in str(said)
    problem(client.send("post", LIST, GIVEN), 409, "look-alikes")
    with jurisdiction_scope(cedar.pk):
        events = AuditEvent.objects.filter(kind="incident.look_alikes_shown").order_by("pk")
        keys = [Incident.objects.get(number=number).pk]
        assert [event.ids["incidents"] for event in events] == [[], keys]


def test_a_child_of_another_incident_is_not_taken_over(
    client: Software, cedar: Jurisdiction, coordinator: User
) -> None:
    first = notified(cedar, coordinator)
    second = notified(cedar, coordinator, case_number="C-9", occurred_on=dt.date(2025, 1, 1))
    entry = client.get(f"{LIST}{first.number}/").json()["children"][0]["entry"]
    path = f"{LIST}{second.number}/facts/"
    told = client.send("put", path, GIVEN | {"version": 1, "children": [{"entry": entry, "sex": "male"}]})
    assert told.status_code == 200
    assert client.get(f"{LIST}{second.number}/").json()["children"][0]["entry"] != entry
    assert client.get(f"{LIST}{first.number}/").json()["children"][0]["sex"] == "unknown"


def test_withdrawing_says_why(client: Software, cedar: Jurisdiction, coordinator: User) -> None:
    incident = notified(cedar, coordinator)
    path = f"{LIST}{incident.number}/withdraw/"
    said = problem(client.send("post", path, {"reason": " "}), 422, "refused")
    assert said["problems"][0]["code"] == "withdraw.reason"
    assert client.send("post", path, {"reason": "It was notified twice."}).status_code == 200
    assert client.get(LIST).json()["results"] == []
    assert client.get(f"{LIST}?state=withdrawn").json()["results"][0]["number"] == incident.number


def test_the_decision_on_a_past_one_is_opened_once(client: Software, cedar: Jurisdiction) -> None:
    path = f"{LIST}{imported(cedar).number}/open/"
    first = client.post(path)
    assert first.json() == {"number": "2018-001", "state": "to_be_selected", "version": 1}
    assert client.post(path).json() == first.json()
