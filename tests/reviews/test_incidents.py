"""Incidents on their pages: who may, what is kept, what is pointed out, and that nothing typed is lost."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from inbox.models import Message
from jurisdictions.models import AuditEvent, Jurisdiction, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews.facts import ChildFacts
from reviews.models import Answer, Child, Entry, Incident, Recusal, Review, ReviewHand
from tests.cast import make_person, member
from tests.reviews.incident_situations import DAY, form, imported, notified

pytestmark = pytest.mark.django_db

HOME = "/j/cedar/incidents/"
NOTIFY = f"{HOME}notify/"


def test_a_reviewer_notifies_an_incident_with_two_children(
    client: Client, cedar: Jurisdiction, reviewer: User, coordinator: User
) -> None:
    client.force_login(reviewer)
    answer = client.post(
        NOTIFY, form({"age_value": "3", "age_unit": "months"}, {"age_value": "4", "age_unit": "years"})
    )
    assert answer.status_code == 302, answer.content.decode()
    with jurisdiction_scope(cedar.pk):
        incident = Incident.objects.get()
        assert answer.url == f"{HOME}{incident.number}/"
        assert (incident.incident_type, incident.occurred_on, incident.county) == (
            "near_fatality",
            DAY,
            "Alder",
        )
        assert [child.age for child in incident.children.all()] == ["3 months", "4 years"]
        assert {child.entry.section for child in incident.children.all()} == {"child"}
        assert incident.review.state == Review.State.NOTIFIED
        assert ReviewHand.objects.get().hand == "author"
        reported = Answer.objects.get(item="what_was_reported")
        assert (reported.value, reported.author) == (
            "<p>The hospital called at night.</p>",
            member(reviewer, cedar),
        )
        message = Message.objects.get()
        assert (message.kind, message.to.user, message.number) == (
            "selection_needed",
            coordinator,
            incident.number,
        )
        assert AuditEvent.objects.filter(kind="incident.notified", about=f"incident:{incident.pk}").exists()


@pytest.mark.parametrize(("who", "status"), [("nobody", 302), ("outsider", 404), ("observer", 403)])
def test_others_cannot_notify(
    client: Client, cedar: Jurisdiction, sign_in: Any, who: str, status: int
) -> None:
    sign_in(who)
    assert client.post(NOTIFY, form()).status_code == status
    with jurisdiction_scope(cedar.pk):
        assert not Incident.objects.exists()


def test_what_is_wrong_is_said_and_what_was_typed_comes_back(
    client: Client, reviewer: User, cedar: Jurisdiction
) -> None:
    client.force_login(reviewer)
    answer = client.post(
        NOTIFY,
        form(
            {"age_value": "3"},
            incident_type="",
            **{"occurred_on-day": "31", "occurred_on-month": "02", "county": "Alder Hill"},
        ),
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in ("Choose the type of incident", "February 2026 has no day 31", "Give the age and its unit"):
        assert words in page
    assert 'value="Alder Hill"' in page
    assert "The hospital called at night." in page
    with jurisdiction_scope(cedar.pk):
        assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"occurred_on-year": "2126"}, "This day has not come yet"),
        ({"aware_on-month": "02"}, "cannot have learned of it before it happened"),
    ],
)
def test_dates_that_cannot_be_are_pointed_out(
    client: Client, reviewer: User, changed: dict[str, str], words: str
) -> None:
    client.force_login(reviewer)
    answer = client.post(NOTIFY, form(**changed))
    assert answer.status_code == 422
    assert (
        answer.content.decode().count(words) == 2
    )  # in the summary and at the field, not a third time as a warning


def test_a_child_is_added_and_removed_without_scripts(client: Client, reviewer: User) -> None:
    client.force_login(reviewer)
    page = client.post(NOTIFY, form({"age_value": "7"}) | {"add_child": "1"}).content.decode()
    assert "Child 2" in page
    assert 'name="1-age_value"' in page
    assert 'value="7"' in page
    page = client.post(
        NOTIFY, form({"age_value": "7"}, {"age_value": "8"}) | {"remove_child": "1"}
    ).content.decode()
    assert "Child 2" not in page
    assert 'value="8"' in page


def test_a_look_alike_is_pointed_out_before_saving(
    client: Client, cedar: Jurisdiction, coordinator: User
) -> None:
    there = notified(cedar, coordinator, occurred_on=DAY - dt.timedelta(2), case_number="")
    client.force_login(coordinator)
    answer = client.post(NOTIFY, form())
    page = answer.content.decode()
    assert "This may already be here" in page
    assert there.number in page
    assert "2 days apart, the same county, a related type, a similar age" in page
    assert 'name="0-what_was_reported" value="The hospital called at night."' in page
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.count() == 1
    assert "The hospital called" in client.post(NOTIFY, form() | {"change": "1"}).content.decode()
    assert client.post(NOTIFY, form() | {"another": "1"}).status_code == 302
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.count() == 2


def test_a_look_alike_that_one_may_not_see_is_counted_and_not_described(
    client: Client, cedar: Jurisdiction, coordinator: User, reviewer: User
) -> None:
    there = notified(cedar, coordinator, case_number="C-123")
    client.force_login(reviewer)
    page = client.post(NOTIFY, form()).content.decode()
    assert "1 incident on your agency" in page
    assert there.number not in page


def test_a_look_alike_of_another_agency_is_never_known(
    client: Client, birch: Jurisdiction, outsider: User, reviewer: User
) -> None:
    notified(birch, outsider, case_number="C-123")
    client.force_login(reviewer)
    assert client.post(NOTIFY, form()).status_code == 302


# -- one incident -----------------------------------------------------------------------------------


def test_a_coordinator_reads_an_incident_and_the_reading_is_noted(
    client: Client, cedar: Jurisdiction, reviewer: User, coordinator: User
) -> None:
    incident = notified(cedar, reviewer)
    client.force_login(coordinator)
    page = client.get(f"{HOME}{incident.number}/").content.decode()
    for words in (
        "3 March 2026",
        "C-77",
        "Alder",
        "3 months",
        "Open its review",
        "Withdraw this notification",
    ):
        assert words in page
    with jurisdiction_scope(cedar.pk):
        event = AuditEvent.objects.get(kind="incident.read")
        assert event.by_user == coordinator.pk
        assert event.about == f"incident:{incident.pk}"


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("outsider", 404), ("observer", 404), ("administrator", 403)]
)
def test_others_cannot_read_it(
    client: Client, cedar: Jurisdiction, coordinator: User, sign_in: Any, who: str, status: int
) -> None:
    incident = notified(cedar, coordinator)
    sign_in(who)
    assert client.get(f"{HOME}{incident.number}/").status_code == status


def test_who_stepped_back_does_not_see_it(client: Client, cedar: Jurisdiction, coordinator: User) -> None:
    incident = notified(cedar, coordinator)
    with jurisdiction_scope(cedar.pk):
        me = member(coordinator, cedar)
        Recusal.objects.create(
            jurisdiction=cedar,
            review_id=incident.pk,
            membership=me,
            recorded_by=me,
            reason="knows the family",
        )
    client.force_login(coordinator)
    assert client.get(f"{HOME}{incident.number}/").status_code == 404
    assert incident.number not in client.get(HOME).content.decode()


def test_a_stale_change_shows_both_and_can_be_kept(
    client: Client, cedar: Jurisdiction, coordinator: User
) -> None:
    incident = notified(cedar, coordinator)
    with jurisdiction_scope(cedar.pk):
        child = {"age_value": "3", "age_unit": "months", "entry": str(Child.objects.get().entry_id)}
        Incident.objects.update(county="Rowan", version=2)
    client.force_login(coordinator)
    url = f"{HOME}{incident.number}/edit/"
    posted = form(child, incident_type="fatality", county="Hazel")
    answer = client.post(url, posted | {"version": "1"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Hazel" in page
    assert "Rowan" in page
    assert 'name="version" value="2"' in page
    assert client.post(url, posted | {"version": "2"}).status_code == 302
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.get().county == "Hazel"


def test_children_are_added_and_taken_out_of_an_incident(
    client: Client, cedar: Jurisdiction, coordinator: User
) -> None:
    incident = notified(cedar, coordinator, children=(ChildFacts(1, "years"), ChildFacts(2, "years")))
    with jurisdiction_scope(cedar.pk):
        first, second = Child.objects.all()
    client.force_login(coordinator)
    kept = {"age_value": "1", "age_unit": "years", "entry": str(first.entry_id)}
    posted = form(kept, {"age_value": "5", "age_unit": "years"}, incident_type="fatality") | {"version": "1"}
    assert client.post(f"{HOME}{incident.number}/edit/", posted).status_code == 302
    with jurisdiction_scope(cedar.pk):
        assert [child.age for child in Child.objects.all()] == ["1 year", "5 years"]
        assert Entry.objects.get(pk=second.entry_id).removed_at is not None


def test_an_approved_review_keeps_its_facts(client: Client, cedar: Jurisdiction, coordinator: User) -> None:
    incident = notified(cedar, coordinator)
    with jurisdiction_scope(cedar.pk):
        Review.objects.update(state=Review.State.WITH_DIRECTOR, due_on=DAY, selected_on=DAY)
    client.force_login(coordinator)
    answer = client.post(f"{HOME}{incident.number}/edit/", form(county="Hazel") | {"version": "1"})
    assert answer.status_code == 422
    assert "It is with the director" in answer.content.decode()
    assert "Change the facts" not in client.get(f"{HOME}{incident.number}/").content.decode()
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.get().county == "Alder"


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("outsider", 404), ("observer", 404), ("director", 403)]
)
def test_others_cannot_change_facts(
    client: Client, cedar: Jurisdiction, coordinator: User, sign_in: Any, who: str, status: int
) -> None:
    incident = notified(cedar, coordinator)
    sign_in(who)
    assert (
        client.post(f"{HOME}{incident.number}/edit/", form(county="Hazel") | {"version": "1"}).status_code
        == status
    )
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.get().county == "Alder"


def test_a_mistaken_notification_is_withdrawn_with_a_reason(
    client: Client, cedar: Jurisdiction, coordinator: User, reviewer: User
) -> None:
    incident = notified(cedar, reviewer)
    client.force_login(coordinator)
    url = f"{HOME}{incident.number}/withdraw/"
    assert client.get(url).status_code == 200
    answer = client.post(url, {"reason": "  "})
    assert answer.status_code == 422
    assert "Say in a sentence why" in answer.content.decode()
    assert client.post(url, {"reason": "It was here twice."}).status_code == 302
    with jurisdiction_scope(cedar.pk):
        incident.refresh_from_db()
        assert (incident.withdrawn_reason, incident.review.state) == ("It was here twice.", "withdrawn")
    listed = client.get(HOME)
    assert incident.number not in listed.content.decode().partition("incidents-table")[2]
    assert incident.number in client.get(f"{HOME}?state=withdrawn").content.decode()
    assert "It was here twice." in client.get(f"{HOME}{incident.number}/").content.decode()


def test_an_incident_under_review_cannot_be_withdrawn(
    client: Client, cedar: Jurisdiction, coordinator: User
) -> None:
    incident = notified(cedar, coordinator)
    with jurisdiction_scope(cedar.pk):
        Review.objects.update(state=Review.State.IN_REVIEW, due_on=DAY, selected_on=DAY)
    client.force_login(coordinator)
    answer = client.post(f"{HOME}{incident.number}/withdraw/", {"reason": "A mistake."})
    assert answer.status_code == 422
    assert "before the selection decision" in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("outsider", 404), ("reviewer", 403), ("director", 403)]
)
def test_others_cannot_withdraw(
    client: Client, cedar: Jurisdiction, coordinator: User, sign_in: Any, who: str, status: int
) -> None:
    incident = notified(cedar, coordinator)
    sign_in(who)
    assert client.post(f"{HOME}{incident.number}/withdraw/", {"reason": "A mistake."}).status_code == status
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.get().withdrawn_at is None


def test_the_decision_on_a_past_incident_is_opened_once(
    client: Client, cedar: Jurisdiction, coordinator: User
) -> None:
    incident = imported(cedar)
    other = make_person("second", cedar, Role.COORDINATOR)
    with jurisdiction_scope(cedar.pk):
        Answer.objects.create(
            jurisdiction=cedar,
            record=incident,
            item="prior_contact",
            value="over_3_years",
            imported_by=incident.imported_by,
            at=incident.notified_at,
        )
    client.force_login(coordinator)
    page = client.get(f"{HOME}{incident.number}/").content.decode()
    assert "Open the selection decision" in page
    assert "More than 3 years before" in page
    for _ in range(2):
        answer = client.post(f"{HOME}{incident.number}/open/")
        assert answer.url == f"/j/cedar/reviews/{incident.number}/"
    with jurisdiction_scope(cedar.pk):
        assert Review.objects.get().state == Review.State.TO_BE_SELECTED
        assert Message.objects.get().to.user == other


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("outsider", 404), ("reviewer", 403), ("director", 403)]
)
def test_others_cannot_open_it(
    client: Client, cedar: Jurisdiction, sign_in: Any, who: str, status: int
) -> None:
    incident = imported(cedar)
    sign_in(who)
    assert client.post(f"{HOME}{incident.number}/open/").status_code == status
    with jurisdiction_scope(cedar.pk):
        assert not Review.objects.exists()
