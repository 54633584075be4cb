"""Reviews for other software: where they stand, what is written in them, and how they move on."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.team import step_back
from reviews.models import Answer, Entry, Remark, Review, ReviewReport
from tests.jurisdictions.test_api_door import problem
from tests.reviews.situations import add, answer, complete, make_review
from tests.tokens import Software, software

pytestmark = pytest.mark.django_db
LIST = "/api/v1/j/cedar/reviews/"
ONE = f"{LIST}2026-001/"


@pytest.fixture
def client(review: Review, reviewer: User, cedar: Jurisdiction) -> Software:
    return software(reviewer, cedar)


def test_the_list_is_the_page_s(
    client: Software, review: Review, cedar: Jurisdiction, by: Membership
) -> None:
    row = client.get(LIST).json()["results"][0]
    assert (row["number"], row["state"], row["version"]) == ("2026-001", "in_review", 1)
    assert client.get(f"{LIST}?show=late").json()["results"] == []
    for asked in ("show=mine&id=x", "show=everything", "after=2026-01-01", "id=1", "after=x&id=1"):
        problem(client.get(f"{LIST}?{asked}"), 400, "unreadable")


def test_which_reviews_a_list_showed_is_noted_on_the_page_and_here(
    client: Software, review: Review, cedar: Jurisdiction, reviewer: User
) -> None:
    visitor = Client()
    visitor.force_login(reviewer)
    for asks, path in ((client, LIST), (visitor, "/j/cedar/reviews/")):
        for show in ("under_way", "late"):
            assert asks.get(path, {"show": show}).status_code == 200
        with jurisdiction_scope(cedar.pk):
            latest = AuditEvent.objects.filter(kind="review.listed").order_by("-pk")[:2]
            assert [event.ids["reviews"] for event in latest] == [[], [review.pk]]


def test_pages_follow_one_another(cedar: Jurisdiction, by: Membership, coordinator: User) -> None:
    with jurisdiction_scope(cedar.pk):
        for n in range(1, 31):
            make_review(cedar, by, number=f"2026-{n:03}")
    client = software(coordinator, cedar)
    first = client.get(LIST).json()
    second = client.get(first["next"]).json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (25, 5, None)
    numbers = [row["number"] for page in (first, second) for row in page["results"]]
    assert len(set(numbers)) == 30


def test_one_says_its_parts_and_open_moves(client: Software, cedar: Jurisdiction) -> None:
    told = client.get(ONE).json()
    assert [move["action"] for move in told["moves"]] == ["send_to_quality_lead"]
    assert {part["part"] for part in told["parts"]} >= {"needs", "timeline"}
    assert told["seats"][0]["seat"] == "lead"
    with jurisdiction_scope(cedar.pk):
        assert AuditEvent.objects.filter(kind="review.read").exists()


@pytest.mark.parametrize("path", ["", "answers/", "remarks/", "reports/", "reports/1/", "reports/1/file/"])
def test_who_has_no_part_in_it_sees_nothing(
    review: Review, cedar: Jurisdiction, observer: User, outsider: User, administrator: User, path: str
) -> None:
    birch = Jurisdiction.objects.get(slug="birch")
    for client, status, kind in (
        (Software(), 401, "no-token"),
        (software(observer, cedar), 404, "not-found"),
        (software(administrator, cedar), 403, "role"),
        (software(outsider, birch), 404, "not-found"),
    ):
        problem(client.get(ONE + path), status, kind)


def test_what_is_written_is_read_whole_and_that_is_written_down(
    client: Software, review: Review, lead: Membership, cedar: Jurisdiction
) -> None:
    with jurisdiction_scope(cedar.pk):
        need = add(review, lead, "needs", need_statement="Sleep.", need_met="unmet")
        answer(review, lead, "safety_account", missing="unknown")
    told = client.get(f"{ONE}answers/").json()
    found = {(one["item"], one["entry"]): one for one in told["answers"]}
    assert found["need_statement", need.pk]["value"] == "Sleep."
    assert found["need_met", need.pk]["words"] == "Not met"
    assert found["safety_account", None]["missing"] == "unknown"
    assert next(one for one in told["entries"] if one["entry"] == need.pk)["title"] == "Sleep."
    with jurisdiction_scope(cedar.pk):
        assert AuditEvent.objects.filter(kind="review.read_whole", by_user=lead.user_id).exists()


def save(client: Software, item: str, value: Any, version: int = 0, **more: Any) -> Any:
    return client.send("post", f"{ONE}answers/", {"item": item, "value": value, "version": version, **more})


def test_an_answer_is_saved_as_from_the_page(
    client: Software, review: Review, lead: Membership, cedar: Jurisdiction
) -> None:
    told = save(client, "safety_account", "All are well.")
    assert (told.status_code, told.json()["version"]) == (200, 1)
    assert save(client, "safety_account", "All are well.").json()["version"] == 1  # the answer had been lost
    assert save(client, "safety_account", "Both are well.", 1).json()["version"] == 2
    with jurisdiction_scope(cedar.pk):
        assert Answer.objects.get(item="safety_account").author == lead
        event = AuditEvent.objects.get(kind="review.answered")
    assert event.ids.keys() == {"part", "token"}


def test_who_was_slower_is_told_both_texts(
    client: Software, review: Review, by: Membership, cedar: Jurisdiction
) -> None:
    with jurisdiction_scope(cedar.pk):
        answer(review, by, "safety_account", "Theirs.")
    said = problem(save(client, "safety_account", "Mine."), 409, "stale")
    assert (said["version"], said["label"]) == (1, review.edition.parsed.item("safety_account").label)
    assert (said["yours"]["words"], said["theirs"]["words"]) == ("Mine.", "Theirs.")
    assert said["theirs"]["by"] == "Coordinator"
    with jurisdiction_scope(cedar.pk):
        event = AuditEvent.objects.get(kind="review.read")
    assert (event.about, event.ids["part"]) == (f"review:{review.pk}", "safety")
    assert save(client, "safety_account", "Mine.", said["version"]).status_code == 200


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"item": "need_met", "entry": "need", "value": "sometimes"}, "/value"),
        ({"item": "need_met", "value": "met"}, "/entry"),
        ({"item": "need_met", "entry": 9**15, "value": "met"}, "/entry"),
        ({"item": "no_such_thing", "value": "x"}, "/item"),
        ({"item": "county", "value": "x"}, "/item"),
        ({"item": "safety_account", "value": {"a": 1}}, "/value"),
        ({"item": "safety_account", "value": None, "missing": "forgotten"}, "/missing"),
        ({"item": "safety_account", "value": "x", "version": "1"}, "/version"),
        ({"item": "safety_account", "value": "x", "version": -1}, "/version"),
        ({"item": "safety_account", "value": "x", "author": 1}, "/author"),
        ({"item": 5, "value": "x"}, "/item"),
        ({"value": "x"}, "/item"),
    ],
)
def test_what_cannot_be_kept_is_pointed_at(
    client: Software,
    review: Review,
    lead: Membership,
    cedar: Jurisdiction,
    sent: dict[str, Any],
    pointer: str,
) -> None:
    with jurisdiction_scope(cedar.pk):
        need = add(review, lead, "needs", need_statement="Sleep.")
    if sent.get("entry") == "need":
        sent = sent | {"entry": need.pk}
    answer_ = client.send("post", f"{ONE}answers/", {"version": 0} | sent)
    errors = problem(answer_, 422, "invalid")["errors"]
    assert pointer in [one["pointer"] for one in errors]


def test_nobody_writes_whom_the_page_would_not_let(
    review: Review, cedar: Jurisdiction, coordinator: User, observer: User, reviewer: User
) -> None:
    problem(save(software(coordinator, cedar), "safety_account", "x"), 422, "refused")
    problem(save(software(observer, cedar), "safety_account", "x"), 404, "not-found")
    problem(save(software(reviewer, cedar, "read"), "safety_account", "x"), 403, "scope")
    with jurisdiction_scope(cedar.pk):
        Review.objects.update(state="with_quality_lead")
    said = problem(save(software(reviewer, cedar), "safety_account", "x"), 422, "refused")
    assert said["problems"][0]["detail"].startswith("This review cannot be changed now.")


def test_who_steps_back_is_told_nothing_any_more(
    client: Software, review: Review, lead: Membership, cedar: Jurisdiction
) -> None:
    with jurisdiction_scope(cedar.pk):
        step_back(review, who=lead, reason="A cousin.", by=lead)
    assert client.get(LIST).json()["results"] == []
    problem(save(client, "safety_account", "x"), 404, "not-found")


def test_entries_come_go_and_come_back(client: Software, cedar: Jurisdiction) -> None:
    made = client.send("post", f"{ONE}entries/", {"section": "needs"})
    assert made.status_code == 201
    key = made.json()["entry"]
    assert save(client, "need_statement", "Sleep.", entry=key).status_code == 200
    assert save(client, "need_met", "unmet", entry=key).status_code == 200
    opportunity = client.post(f"{ONE}entries/{key}/opportunity/").json()["entry"]
    assert client.post(f"{ONE}entries/{key}/opportunity/").json()["entry"] == opportunity
    assert client.delete(f"{ONE}entries/{key}/").status_code == 200
    problem(save(client, "need_statement", "Rest.", 1, entry=key), 422, "invalid")
    assert client.put(f"{ONE}entries/{key}/").status_code == 200
    assert save(client, "need_statement", "Rest.", 1, entry=key).status_code == 200
    for section in ("child", "summary", "no-such-thing"):
        problem(client.send("post", f"{ONE}entries/", {"section": section}), 422, "invalid")


def test_an_entry_of_another_review_is_not_there(
    client: Software, review: Review, lead: Membership, cedar: Jurisdiction
) -> None:
    with jurisdiction_scope(cedar.pk):
        other = add(make_review(cedar, lead, number="2026-002"), lead, "needs", need_statement="x")
    for method, path in (("delete", ""), ("put", ""), ("post", "opportunity/")):
        problem(client.send(method, f"{ONE}entries/{other.pk}/{path}"), 404, "not-found")
    with jurisdiction_scope(cedar.pk):
        assert Entry.objects.get(pk=other.pk).removed_at is None


def test_parts_are_done_and_taken_back(client: Software) -> None:
    def mark() -> str:
        return next(part["mark"] for part in client.get(ONE).json()["parts"] if part["part"] == "records")

    assert client.send("put", f"{ONE}parts/records/", {"done": True}).json() == {"done": True}
    assert mark() == "done"
    client.send("put", f"{ONE}parts/records/", {"done": False})
    assert mark() != "done"
    problem(client.send("put", f"{ONE}parts/selection/", {"done": True}), 404, "not-found")


def test_a_review_goes_the_whole_way(
    client: Software,
    review: Review,
    lead: Membership,
    cedar: Jurisdiction,
    quality_lead: User,
    director: User,
) -> None:
    checks, approves = software(quality_lead, cedar), software(director, cedar)
    said = problem(client.send("post", f"{ONE}moves/", {"action": "send_to_quality_lead"}), 422, "refused")
    assert any(one["part"] and one["item"] for one in said["problems"])
    with jurisdiction_scope(cedar.pk):
        complete(review, lead)
    assert client.send("post", f"{ONE}moves/", {"action": "send_to_quality_lead"}).json()["version"] == 2
    problem(client.send("post", f"{ONE}moves/", {"action": "send_to_director"}), 403, "not-yours")
    remark = checks.send("post", f"{ONE}remarks/", {"part": "needs", "text": "Which?"})
    assert remark.status_code == 201
    problem(client.send("post", f"{ONE}remarks/", {"part": "needs", "text": "Which?"}), 422, "refused")
    checks.send("post", f"{ONE}moves/", {"action": "return_to_team"})
    assert client.get(f"{ONE}remarks/").json()["results"][0]["text"] == "Which?"
    assert client.post(f"{ONE}remarks/{remark.json()['remark']}/settle/").status_code == 200
    with jurisdiction_scope(cedar.pk):
        assert Remark.objects.get().settled_by == lead
    for who, action in (
        (client, "send_to_quality_lead"),
        (checks, "send_to_director"),
        (approves, "approve"),
    ):
        assert who.send("post", f"{ONE}moves/", {"action": action}).status_code == 200
    told = client.get(ONE).json()
    assert (told["state"], told["moves"]) == ("approved", [])
    for action in ("select", "no_such_move", "withdraw"):
        problem(client.send("post", f"{ONE}moves/", {"action": action}), 404, "not-found")


# -- Deciding -------------------------------------------------------------------------------------


@pytest.fixture
def waiting(cedar: Jurisdiction, by: Membership) -> Review:
    with jurisdiction_scope(cedar.pk):
        return make_review(cedar, by, state="to_be_selected")


def test_a_selection_names_its_team(
    waiting: Review, cedar: Jurisdiction, coordinator: User, lead: Membership
) -> None:
    client = software(coordinator, cedar)
    people = {one["name"]: one["person"] for one in client.get("/api/v1/j/cedar/people/").json()["results"]}
    assert people["Reviewer"] == lead.pk
    given = {"decision": "select", "reasons": ["open_case_at_event"], "lead": lead.pk}
    said = problem(client.send("post", f"{ONE}selection/", given | {"reasons": []}), 422, "invalid")
    assert said["errors"][0]["pointer"] == "/reasons"
    said = problem(client.send("post", f"{ONE}selection/", given | {"lead": None}), 422, "invalid")
    assert said["errors"] == [
        {"pointer": "/lead", "label": "Lead reviewer", "detail": "Name the person who leads the review."}
    ]
    problem(client.send("post", f"{ONE}selection/", given | {"lead": 9**15}), 422, "invalid")
    assert client.send("post", f"{ONE}selection/", given).json()["state"] == "in_review"
    problem(client.send("post", f"{ONE}selection/", given), 422, "refused")
    named = client.send("put", f"{ONE}team/", {"lead": lead.pk, "team": [lead.pk]})
    assert named.status_code == 200, named.content


def test_people_are_listed_with_the_roles_that_count(
    cedar: Jurisdiction, coordinator: User, reviewer: User
) -> None:
    Membership.objects.filter(user=reviewer).update(roles=["reviewer", "director"])
    cedar.role_ceiling = [role for role in cedar.role_ceiling if role != "director"]
    cedar.save(update_fields=["role_ceiling"])
    people = software(coordinator, cedar).get("/api/v1/j/cedar/people/").json()["results"]
    assert {one["name"]: one["roles"] for one in people}["Reviewer"] == ["reviewer"]


def test_an_incident_is_not_selected(waiting: Review, cedar: Jurisdiction, coordinator: User) -> None:
    client = software(coordinator, cedar)
    given = {"decision": "do_not_select", "reasons": ["open_case_at_event"], "note": "Known before."}
    assert client.send("post", f"{ONE}selection/", given).json()["state"] == "not_selected"
    told = client.get(ONE).json()
    assert (told["selection_reasons"], told["selection_note"]) == (["open_case_at_event"], "Known before.")


def test_a_review_is_held_and_released(review: Review, cedar: Jurisdiction, coordinator: User) -> None:
    client = software(coordinator, cedar)
    today = timezone.localdate()
    given = {
        "reason": "court",
        "until": (today + dt.timedelta(days=9)).isoformat(),
        "note": "The clerk called.",
    }
    assert client.send("put", f"{ONE}hold/", given).status_code == 200
    assert client.get(ONE).json()["held_until"] == given["until"]
    problem(client.send("put", f"{ONE}hold/", given | {"until": today.isoformat()}), 422, "invalid")
    problem(client.send("put", f"{ONE}hold/", given | {"reason": "weather"}), 422, "invalid")
    assert client.delete(f"{ONE}hold/").status_code == 200
    assert client.delete(f"{ONE}hold/").status_code == 200
    assert client.get(ONE).json()["held_until"] is None


# -- Review reports -------------------------------------------------------------------------------


def test_a_review_report_is_asked_for_once_and_handed_out(
    client: Software, cedar: Jurisdiction, lead: Membership
) -> None:
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    asked = client.send("POST", f"{ONE}reports/")
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    assert client.send("POST", f"{ONE}reports/", {"format": "pdf"}).json()["sequence"] == 1
    problem(client.send("POST", f"{ONE}reports/", {"format": "odt"}), 422, "invalid")
    problem(client.get(f"{ONE}reports/1/file/"), 404, "not-found")
    with jurisdiction_scope(cedar.pk):
        name = default_storage.save("reports/test.pdf", ContentFile(b"%PDF-1"))
        ReviewReport.objects.update(done_at=timezone.now(), file=name, sha256="1" * 64, size=6, pages=1)
    assert client.get(f"{ONE}reports/1/").json()["state"] == "done"
    file = client.get(f"{ONE}reports/1/file/")
    assert (b"".join(file), file.headers["Content-Type"]) == (b"%PDF-1", "application/pdf")
    assert file.headers["Cache-Control"] == "no-store"
    assert "review-report-2026-001-1-draft.pdf" in file.headers["Content-Disposition"]
    with jurisdiction_scope(cedar.pk):
        assert AuditEvent.objects.filter(kind="report.downloaded", by_user=lead.user_id).exists()
    default_storage.delete(name)
    problem(client.get(f"{ONE}reports/1/file/"), 410, "gone")
    word = client.send("POST", f"{ONE}reports/", {"format": "docx"}).json()
    assert (word["sequence"], word["format"]) == (2, "docx")
