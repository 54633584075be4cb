"""The pages of a review: who may open them, what a posted form saves, what stands in the way."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Answer, Entry, PartMark, Remark, Review
from tests.reviews.situations import add, answer, complete, make_review

pytestmark = pytest.mark.django_db
HOME = "/j/cedar/reviews/2026-001/"
SignIn = Callable[[str], Client]


@pytest.fixture
def review(
    cedar: Jurisdiction, lead: Membership, quality_lead: User, director: User, coordinator: User
) -> Review:
    with jurisdiction_scope(cedar.pk):
        return make_review(cedar, lead, lead=lead)


PAGES = [
    "",
    "history/",
    "read/",
    "selection/",
    "statement/",
    "parts/facts/",
    "parts/history/",
    "parts/safety/",
    "parts/records/",
    "parts/timeline/",
    "parts/debriefs/",
    "parts/meeting/",
    "parts/needs/",
    "parts/opportunities/",
    "parts/factors/",
    "parts/recommendations/",
    "parts/summary/",
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("reviewer", 200),
        ("coordinator", 200),
        ("quality_lead", 200),
        ("director", 200),
        ("observer", 404),
        ("administrator", 403),
        ("outsider", 404),
        ("partner", 404),
        ("nobody", 302),
    ],
)
def test_who_reads_which_page(review: Review, sign_in: SignIn, who: str, status: int, page: str) -> None:
    assert sign_in(who).get(HOME + page).status_code == status


def test_a_reading_is_audited_and_a_refusal_too(review: Review, sign_in: SignIn, cedar: Jurisdiction) -> None:
    sign_in("reviewer").get(HOME + "parts/needs/")
    sign_in("observer").get(HOME)
    sign_in("outsider").get(HOME)
    with jurisdiction_scope(cedar.pk):
        kinds = list(AuditEvent.objects.order_by("pk").values_list("kind", "outcome"))
    assert ("review.read", "done") in kinds
    assert ("door.not_visible", "denied") in kinds
    assert ("door.stranger", "denied") in kinds


def test_another_agency_and_nothing_at_all_get_the_same_answer(review: Review, sign_in: SignIn) -> None:
    client = sign_in("outsider")
    there, nowhere = client.get(HOME), client.get("/j/nowhere/reviews/2026-001/")
    unknown = client.get("/j/birch/reviews/2026-001/")
    assert there.status_code == nowhere.status_code == unknown.status_code == 404
    assert there.content == nowhere.content == unknown.content


# -- saving ---------------------------------------------------------------------------------------


def save(client: Client, **sent: Any) -> Any:
    body = {"item": "safety_account", "entry": None, "version": 0, "value": "Seen.", "missing": ""} | sent
    return client.post(HOME + "answers/", json.dumps(body), content_type="application/json")


def test_autosave_keeps_an_answer_and_says_when(review: Review, sign_in: SignIn, cedar: Jurisdiction) -> None:
    response = save(sign_in("reviewer"))
    assert response.status_code == 200
    assert response.json()["version"] == 1
    assert response.json()["saved_at"]
    with jurisdiction_scope(cedar.pk):
        assert Answer.objects.get(item="safety_account").value == "Seen."


def test_a_stale_autosave_gets_both_texts(review: Review, sign_in: SignIn) -> None:
    client = sign_in("reviewer")
    save(client, value="The nurse came on Monday.")
    response = save(client, value="The nurse came on Tuesday.")
    told = response.json()
    assert response.status_code == 409
    assert told["theirs"]["value"] == "The nurse came on Monday."
    assert told["version"] == 1
    assert "<mark>Tuesday.</mark>" in told["yours"]["html"]
    assert "<mark>Monday.</mark>" in told["theirs"]["html"]


def test_the_other_text_stays_in_the_history(review: Review, sign_in: SignIn) -> None:
    client = sign_in("reviewer")
    save(client, value="The first wording.")
    save(client, value="The second wording.", version=1)
    page = client.get(HOME + "history/").content
    assert b"The first wording." in page
    assert b"The second wording." not in page


def test_what_cannot_be_kept_is_told_in_words(review: Review, sign_in: SignIn) -> None:
    response = save(sign_in("reviewer"), item="safety_checked_on", value="next Tuesday-ish")
    assert response.status_code == 422
    assert "date" in response.json()["errors"][0]


@pytest.mark.parametrize(
    "sent",
    [
        {"item": "no_such_item"},
        {"item": "occurred_on", "value": "2026-01-01"},
        {"version": "x"},
        {"entry": "x"},
    ],
)
def test_what_no_page_of_ours_sends_is_refused(review: Review, sign_in: SignIn, sent: dict[str, Any]) -> None:
    assert save(sign_in("reviewer"), **sent).status_code == 400


def test_signed_out_a_save_is_told_where_to_sign_in(review: Review, client: Client) -> None:
    response = save(client)
    assert response.status_code == 401
    assert "sign-in" in response.json()["sign_in"]


@pytest.mark.parametrize(("who", "status"), [("quality_lead", 403), ("observer", 404), ("outsider", 404)])
def test_others_do_not_save(review: Review, sign_in: SignIn, who: str, status: int) -> None:
    assert save(sign_in(who)).status_code == status


def test_an_entry_of_another_review_is_not_answered(
    review: Review, sign_in: SignIn, cedar: Jurisdiction, lead: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        other = make_review(cedar, lead, number="2026-002", lead=lead)
        entry = add(other, lead, "needs")
    assert save(sign_in("reviewer"), item="need_statement", entry=entry.pk).status_code == 404


def test_nothing_is_saved_before_the_statement(
    cedar: Jurisdiction, lead: Membership, sign_in: SignIn
) -> None:
    with jurisdiction_scope(cedar.pk):
        make_review(cedar, lead, lead=lead, stated=False)
    response = save(sign_in("reviewer"))
    assert response.status_code == 403
    assert "statement" in response.json()["message"]


def test_nothing_is_saved_while_somebody_else_reads(
    review: Review, sign_in: SignIn, cedar: Jurisdiction
) -> None:
    with jurisdiction_scope(cedar.pk):
        Review.objects.update(state="with_quality_lead")
    assert save(sign_in("reviewer")).status_code == 403


def test_a_form_posted_without_javascript_saves_what_changed(
    review: Review, sign_in: SignIn, cedar: Jurisdiction
) -> None:
    client = sign_in("reviewer")
    form = {
        "0-safety_account": "Both children were seen.",
        "v-0-safety_account": "0",
        "m-0-safety_account": "",
        "onward": "",
    }
    response = client.post(HOME + "parts/safety/", form)
    assert response.status_code == 302
    assert response["Location"] == HOME + "parts/records/"
    with jurisdiction_scope(cedar.pk):
        kept = Answer.objects.get(item="safety_account")
        assert (kept.value, kept.version) == ("Both children were seen.", 1)
    client.post(HOME + "parts/safety/", form | {"v-0-safety_account": "1"})
    with jurisdiction_scope(cedar.pk):
        assert Answer.objects.get(item="safety_account").version == 1, "unchanged, so not saved again"


def test_a_posted_clash_shows_both_and_each_choice_works(
    review: Review, sign_in: SignIn, cedar: Jurisdiction
) -> None:
    client = sign_in("reviewer")
    save(client, value="Theirs stands.")
    form = {"0-safety_account": "Mine is typed.", "v-0-safety_account": "0", "m-0-safety_account": ""}
    response = client.post(HOME + "parts/safety/", form)
    assert response.status_code == 409
    assert b"Keep mine" in response.content
    summary = response.content.decode().split("error-summary-title")[-1].split("</section>")[0]
    assert 'href="#conflict-0-safety_account"' in summary, (
        "the top of the page says that something was not saved"
    )
    assert b"Mine" in response.content
    assert b"Theirs" in response.content
    both = client.post(HOME + "parts/safety/", form | {"c-0-safety_account": "both"})
    assert both.status_code == 200
    assert b"Mine is typed.\n\nTheirs stands." in both.content
    assert b'name="v-0-safety_account" value="1"' in response.content, "what was shown is what is saved over"
    mine = form | {"c-0-safety_account": "mine", "v-0-safety_account": "1"}
    save(client, value="Theirs, once more.", version=1)
    unseen = client.post(HOME + "parts/safety/", mine)
    assert unseen.status_code == 409, "nobody saves over words that they have not seen"
    assert b"once more" in unseen.content
    assert client.post(HOME + "parts/safety/", mine | {"v-0-safety_account": "2"}).status_code == 302
    with jurisdiction_scope(cedar.pk):
        assert Answer.objects.get(item="safety_account").value == "Mine is typed."


def test_a_date_that_cannot_be_kept_comes_back_as_typed(review: Review, sign_in: SignIn) -> None:
    form = {"v-0-safety_checked_on": "0", "0-safety_checked": "yes", "v-0-safety_checked": "0"} | {
        f"0-safety_checked_on-{part}": text
        for part, text in {"day": "31", "month": "02", "year": "2026"}.items()
    }
    response = sign_in("reviewer").post(HOME + "parts/safety/", form)
    assert response.status_code == 422
    assert b'value="31"' in response.content


# -- entries and the chain --------------------------------------------------------------------------


def test_a_need_becomes_an_opportunity_once_and_keeps_its_words(
    review: Review, sign_in: SignIn, cedar: Jurisdiction, lead: Membership
) -> None:
    client = sign_in("reviewer")
    added = client.post(HOME + "parts/needs/", {"add": "needs"})
    with jurisdiction_scope(cedar.pk):
        need = Entry.objects.get(section="needs")
        answer(review, lead, "need_statement", "A safe place to sleep.", entry=need)
        answer(review, lead, "need_met", "unmet", entry=need)
    assert added["Location"] == f"{HOME}entries/{need.pk}/"
    for _ in range(2):
        response = client.post(f"{HOME}entries/{need.pk}/", {"make_opportunity": need.pk})
        assert response.status_code == 302
    with jurisdiction_scope(cedar.pk):
        made = Entry.objects.get(section="opportunities")
        assert made.made_from == need
        assert Answer.objects.get(repeat=made, item="opportunity_need").value == "A safe place to sleep."
    assert client.get(f"{HOME}entries/{made.pk}/").status_code == 200
    assert client.get(f"{HOME}parts/factors/of/{made.pk}/").status_code == 200


def test_a_removed_entry_can_be_brought_back(
    review: Review, sign_in: SignIn, cedar: Jurisdiction, lead: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        entry = add(review, lead, "timeline", event_text="A visit.")
    client = sign_in("reviewer")
    client.post(f"{HOME}entries/{entry.pk}/", {"remove": entry.pk})
    assert client.get(f"{HOME}entries/{entry.pk}/").status_code == 404
    assert b"Bring it back" in client.get(HOME + "parts/timeline/").content
    client.post(HOME + "parts/timeline/", {"bring_back": entry.pk})
    assert b"A visit." in client.get(f"{HOME}entries/{entry.pk}/").content


def test_an_answer_left_behind_is_listed_and_removed(
    review: Review, sign_in: SignIn, cedar: Jurisdiction, lead: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        answer(review, lead, "prior_contact", "none")
        answer(review, lead, "open_case_type", "in_home")
    client = sign_in("reviewer")
    page = client.get(HOME + "parts/history/")
    assert b"not asked any more" in page.content
    assert b"is not asked any more" in client.get(HOME + "move/send_to_quality_lead/").content
    client.post(HOME + "parts/history/", {"remove_answer": "0-open_case_type"})
    assert b"not asked any more" not in client.get(HOME + "parts/history/").content


def test_a_part_is_marked_done_and_opened_again(review: Review, sign_in: SignIn, cedar: Jurisdiction) -> None:
    client = sign_in("reviewer")
    client.post(HOME + "parts/meeting/", {"done": "yes"})
    with jurisdiction_scope(cedar.pk):
        assert PartMark.objects.filter(part="meeting").exists()
    client.post(HOME + "parts/meeting/", {"done": "no"})
    with jurisdiction_scope(cedar.pk):
        assert not PartMark.objects.exists()


# -- sending and reading ----------------------------------------------------------------------------


def test_sending_lists_what_is_missing_with_links_to_the_fields(review: Review, sign_in: SignIn) -> None:
    client = sign_in("reviewer")
    page = client.get(HOME + "move/send_to_quality_lead/")
    assert f"{HOME}parts/safety/#id_0-other_children_in_home".encode() in page.content
    assert client.post(HOME + "move/send_to_quality_lead/").status_code == 422


def test_the_whole_way_through_pages(
    review: Review, sign_in: SignIn, cedar: Jurisdiction, lead: Membership
) -> None:
    with jurisdiction_scope(cedar.pk):
        complete(review, lead)
    assert sign_in("reviewer").post(HOME + "move/send_to_quality_lead/").status_code == 302
    reader = sign_in("quality_lead")
    assert b"Leave a remark on Timeline" in reader.get(HOME + "read/").content
    refused = reader.post(HOME + "move/return_to_team/")
    assert refused.status_code == 422
    assert f'<a href="{HOME}read/">Leave at least one remark' in refused.content.decode()
    assert b"0 open remarks" not in refused.content
    assert b"Leave at least one remark beside a part" in reader.get(HOME).content
    reader.post(HOME + "read/", {"remark-timeline": "Which record says so?", "at": "timeline"})
    assert reader.post(HOME + "move/return_to_team/").status_code == 302
    team = sign_in("reviewer")
    assert b"Which record says so?" in team.get(HOME + "parts/timeline/").content
    with jurisdiction_scope(cedar.pk):
        remark = Remark.objects.get()
    team.post(HOME + "parts/timeline/", {"settle": remark.pk})
    assert team.post(HOME + "move/send_to_quality_lead/").status_code == 302
    assert sign_in("quality_lead").post(HOME + "move/send_to_director/").status_code == 302
    assert sign_in("director").post(HOME + "move/approve/").status_code == 302
    with jurisdiction_scope(cedar.pk):
        assert Review.objects.get().state == "approved"


@pytest.mark.parametrize(
    ("who", "action", "status"),
    [
        ("quality_lead", "send_to_quality_lead", 403),
        ("coordinator", "approve", 403),
        ("reviewer", "withdraw", 404),
        ("reviewer", "no_such_move", 404),
        ("coordinator", "select", 404),
    ],
)
def test_moves_that_are_not_theirs(
    review: Review, sign_in: SignIn, who: str, action: str, status: int
) -> None:
    assert sign_in(who).post(f"{HOME}move/{action}/").status_code == status


def test_my_work_shows_the_turn(review: Review, sign_in: SignIn) -> None:
    page = sign_in("reviewer").get("/j/cedar/")
    assert b"2026-001" in page.content
    assert b"Continue the review" in page.content
    assert b"Nothing is waiting for you" in sign_in("director").get("/j/cedar/").content
