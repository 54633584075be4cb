"""What stands there after the first start: as much as promised, and by the application's own rules."""

import datetime as dt
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from dictionary import values
from dictionary.asked import asked_now
from dictionary.models import OwnDraft, OwnEdition
from dictionary.own.drafting import find
from dictionary.own.forms import QuestionForm
from dictionary.validation import hidden_answers
from inbox.kinds import KINDS
from inbox.models import Message
from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.roles import PartnershipRole, Role
from npcs.demo.people import PASSWORD
from reviews.models import (
    Answer,
    Entry,
    Incident,
    IncidentImport,
    PartMark,
    Remark,
    Review,
    ReviewGrant,
    ReviewHand,
    ReviewReport,
    YearlyFigure,
)
from reviews.rules.sending import problems_before_sending
from reviews.rules.who import seats_of
from tests.demo.conftest import empty_database
from tests.demo.seen import each_agency, each_review, fingerprint, row_counts, texts
from tests.second_step import code

pytestmark = pytest.mark.usefixtures("seeded")

SENT = {"with_quality_lead", "with_director", "approved"}


@pytest.fixture(scope="module")
def reviews(seeded: Path) -> list[tuple[Review, list[str], list[str]]]:
    """Each review with the codes of what is missing, and with its hidden answers."""
    found = []
    for review, content in each_review():
        seats = list(seats_of(review))
        missing = [
            problem.item or problem.code for problem in problems_before_sending(review, content, seats)
        ]
        left = hidden_answers(content.sheet)
        found.append((review, missing, [hidden.key for hidden in left]))
    return found


def test_there_are_six_agencies_of_every_kind():
    kinds = Counter(Jurisdiction.objects.values_list("kind", flat=True))
    assert kinds == {"state": 2, "county": 2, "city": 1, "tribe": 1}
    assert [agency.parent.kind for agency in Jurisdiction.objects.exclude(parent=None)] == ["state"]
    assert User.objects.count() >= 26


def test_there_are_120_incidents_and_a_third_of_the_others_was_not_selected(reviews):
    incidents = sum(Incident.objects.count() for _ in each_agency())
    selected = [review for review, *_ in reviews if review.selected_on]
    declined = [review for review, *_ in reviews if review.state == "not_selected"]
    assert (incidents, len(selected), len(declined)) == (120, 30, 30)
    assert all(review.selection_reasons and review.selection_note for review in [*selected, *declined])


def test_reviews_stand_in_every_state(reviews):
    states = {review.state for review, *_ in reviews}
    assert states == set(Review.State.values)
    today = timezone.localdate()
    live = [review for review, *_ in reviews if review.state == "in_review"]
    assert {review.hold_reason for review in live} == {"", "police", "court"}
    assert any(review.times_returned for review in live)
    assert sum(review.due_on < today and not review.hold_reason for review in live) == 2


def test_what_was_sent_on_lacks_nothing(reviews):
    lacking = {
        review.incident.case_number: missing
        for review, missing, _ in reviews
        if review.state in SENT and missing
    }
    assert lacking == {}


def test_no_answer_is_left_behind_unseen(reviews):
    assert {review.incident.case_number: hidden for review, _, hidden in reviews if hidden} == {}


def test_the_returned_review_has_the_flaws_that_its_remarks_speak_of(reviews):
    (review, missing, _) = next(found for found in reviews if found[0].incident.case_number == "AC-71126")
    assert (review.state, review.times_returned) == ("in_review", 1)
    assert missing == ["factor_policies_evidence"]
    for _ in each_agency():
        if open_remarks := Remark.objects.filter(review=review, settled_at=None):
            assert {remark.part for remark in open_remarks} == {
                "timeline",
                "opportunities",
                "factors",
                "recommendations",
            }


def test_every_answer_is_one_that_a_form_could_have_given():
    for _ in each_agency():
        edition = asked_now().questions
        entries = {entry.pk: entry for entry in Entry.objects.all()}
        for answer in Answer.objects.all():
            item = edition.item(answer.item)
            assert not item.is_column
            assert answer.missing in {"", *item.missing}
            assert answer.value is not None or answer.missing
            if answer.value is not None:
                assert values.parse(item, answer.value) == answer.value, answer.item
            if item.type == "links":
                linked = [entries[key] for key in answer.value or []]
                assert all(entry.record_id == answer.record_id for entry in linked)
                assert {entry.section for entry in linked} <= set(item.links)
            if answer.repeat_id and not item.rating_of and item.type != "rating":
                assert entries[answer.repeat_id].section == item.section


def test_nobody_approved_what_they_wrote(reviews):
    approved = {review.pk: review.approver_id for review, *_ in reviews if review.state == "approved"}
    assert len(approved) == 8
    authors: dict[int, set[int]] = {}
    for _ in each_agency():
        for hand in ReviewHand.objects.filter(hand="author"):
            authors.setdefault(hand.review_id, set()).add(hand.membership_id)
        for answer in Answer.objects.exclude(author=None):
            assert answer.author_id in authors[answer.record_id]
    assert all(approver not in authors[review] for review, approver in approved.items())


def test_a_need_that_was_not_met_led_to_an_opportunity_with_its_words(reviews):
    for _, content in each_review():
        for opportunity in content.entries["opportunities"]:
            need = opportunity.made_from_id
            if need:
                words = content.value("need_statement", need)
                assert content.value("opportunity_need", opportunity.pk) == words


def test_nothing_happened_in_the_future():
    now = timezone.now()
    for _ in each_agency():
        assert not Answer.objects.filter(at__gt=now).exists()
        assert not AuditEvent.objects.filter(at__gt=now).exists()
        assert not Incident.objects.filter(notified_at__gt=now).exists()
        for review in Review.objects.prefetch_related("moves"):
            moves = list(review.moves.order_by("at"))
            assert all(move.at <= now for move in moves)
            assert [move.from_state for move in moves[1:]] == [move.to_state for move in moves[:-1]]
            assert not moves or moves[-1].to_state == review.state


def test_files_of_past_incidents_brought_the_others():
    imported = 0
    for _ in each_agency():
        for file in IncidentImport.objects.all():
            held = Incident.objects.filter(imported_by=file)
            assert held.count() == (file.created if file.shape == "incidents" else 0)
            assert not Review.objects.filter(incident__in=held).exclude(state="as_reported").exists()
            imported += held.count()
    assert imported == 39


def test_reviews_of_the_past_stand_as_reported_whole(reviews):
    reported = [review for review, *_ in reviews if review.state == "as_reported"]
    assert len(reported) == 3
    for agency in each_agency():
        for file in IncidentImport.objects.filter(shape="reviews"):
            assert (agency.slug, file.rows, file.returned, file.created) == ("alder-county", 3, 0, 3)
            assert {review.reported_by for review in reported} == {file}
    assert all(review.reported_closed_on for review in reported)


def test_one_agency_asks_questions_of_its_own_and_reviews_answer_them(reviews):
    released = []
    for agency in each_agency():
        released += [(agency.slug, own.number, len(own.questions)) for own in OwnEdition.objects.all()]
        assert not OwnDraft.objects.exists()  # beginning one is left to the visitor
    assert released == [("alder-county", 1, 5)]
    pinned = [review for review, *_ in reviews if review.own_edition]
    without = [review for review, *_ in reviews if review.jurisdiction.slug == "alder-county"]
    assert 3 < len(pinned) < len(without)  # the oldest were begun before the release
    answered: Counter[str] = Counter()
    for review, content in each_review():
        number = review.incident.case_number
        answered[number] += sum(1 for _, item in content.given if content.edition.item(item).is_local)
    assert {number: count for number, count in answered.items() if count} == {"AC-70418": 7, "AC-71126": 4}
    for agency in each_agency():
        done = PartMark.objects.filter(part="own_questions").values_list(
            "review__incident__case_number", flat=True
        )
        assert list(done) == (["AC-70418"] if agency.slug == "alder-county" else [])


def test_the_agency_s_own_questions_could_have_been_typed():
    for _ in each_agency():
        asked = asked_now()
        questions = asked.own.questions if asked.own else []
        for one in questions:
            others = {"edition": asked.questions, "base": asked.edition.document, "questions": questions}
            shown = QuestionForm(question=find(questions, one["key"]), **others).initial
            form = QuestionForm(shown, question=one, **others)
            assert form.is_valid(), (one["key"], form.errors)
            assert form.built == one


def test_one_agency_has_figures_of_six_years_marked_as_invented():
    said = {}
    for agency in each_agency():
        for figure in YearlyFigure.objects.standing().select_related("by__user"):
            assert (figure.source, figure.vintage) == ("Invented for this demonstration", "demo figures")
            said.setdefault((agency.slug, figure.name), []).append(figure)
    assert {slug for slug, _ in said} == {"alder-county"}
    assert len(said) == 13
    last = timezone.localdate().year - 1
    for (_, name), figures in said.items():
        years = sorted(figure.year for figure in figures)
        assert years == list(range(years[0], last + 1)), name
        assert len(years) in (3, 6), name
    corrected = [figure for figures in said.values() for figure in figures if figure.by]
    assert [(one.name, one.version, str(one.by)) for one in corrected] == [("caseworkers", 2, "Priya S.")]


def test_a_visitor_finds_their_pages_filled(client: Client):
    for email in ("priya@alder.example", "desmond@alder.example"):
        client.force_login(User.objects.get(email=email))
        questions = client.get("/j/alder-county/questions/").content.decode()
        assert "Which of our programs were with the family?" in questions
        assert "Own questions 1" in questions
        figures = client.get("/j/alder-county/figures/").content.decode()
        assert figures.count("<svg") >= 13
        assert "Invented for this demonstration" in figures


def test_messages_were_delivered_and_some_are_unread():
    unread: Counter[str] = Counter()
    for _ in each_agency():
        for message in Message.objects.select_related("to__user"):
            assert message.kind in KINDS
            assert message.done_at is not None  # nothing is mailed at the first start
            unread[message.to.user.email] += message.read_at is None
    assert unread["maren@alder.example"] >= 2


def test_one_report_is_owed_for_the_showpiece():
    owed = [
        report for _ in each_agency() for report in ReviewReport.objects.select_related("review__incident")
    ]
    assert [(r.review.incident.case_number, r.is_draft, r.done_at) for r in owed] == [
        ("AC-70418", False, None)
    ]


def test_the_guest_sees_one_review_for_three_weeks():
    guest = Membership.objects.get(user__email="carla@kinship.example")
    for agency in each_agency():
        if agency.pk == guest.jurisdiction_id:
            (grant,) = ReviewGrant.objects.all()
            assert grant.ends_on == timezone.localdate() + dt.timedelta(days=21)
            (seen,) = Review.objects.visible_to(guest).select_related("incident")
            assert seen.incident.case_number == "AC-71126"


def test_sign_ins_are_one_object_a_membership(seeded: Path):
    sheet = json.loads((seeded / "sign-ins.json").read_text())
    assert (seeded / "sign-ins.json").stat().st_mode & 0o077 == 0
    assert all(set(one) == {"email", "password", "totp_secret", "roles", "agency"} for one in sheet)
    assert len(sheet) >= 20
    assert len({one["agency"] for one in sheet} - {None}) == 6
    assert sheet[0]["email"] == "maren@alder.example"
    for one in sheet:
        known = set(Role) if one["agency"] else set(PartnershipRole)
        assert one["roles"]
        assert set(one["roles"]) <= {str(role) for role in known}
    held = Membership.objects.values_list("user__email", "jurisdiction__slug")
    assert set(held) == {(one["email"], one["agency"]) for one in sheet if one["agency"]}


def test_a_sign_in_opens_the_door(seeded: Path, client: Client):
    one = json.loads((seeded / "sign-ins.json").read_text())[0]
    assert len(one["password"]) >= 15
    answer = client.post("/account/sign-in/", {"login": one["email"], "password": one["password"]})
    assert (answer.status_code, answer["Location"]) == (302, "/account/second-step/")
    assert client.get(f"/j/{one['agency']}/").status_code == 302
    answer = client.post("/account/second-step/", {"code": code(one["totp_secret"])})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get(f"/j/{one['agency']}/").status_code == 200


def test_a_second_run_changes_nothing(seeded: Path, capsys: pytest.CaptureFixture[str]):
    before = row_counts()
    (seeded / "sign-ins.json").unlink()
    call_command("seed_demo", "--if-empty", data=seeded)
    assert row_counts() == before
    assert "nothing was changed" in capsys.readouterr().out
    assert (seeded / "sign-ins.json").exists()


def test_two_seedings_say_the_same(seeded: Path):
    first = fingerprint()
    empty_database()
    call_command("seed_demo", data=seeded)
    assert fingerprint() == first


def test_production_refuses_invented_people(seeded: Path, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="demo only"):
        call_command("seed_demo", data=seeded)


STATES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|"
    "Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|"
    "Montana|Nebraska|Nevada|Hampshire|New Jersey|New York|New Mexico|Carolina|Dakota|Ohio|Oklahoma|Oregon|"
    "Pennsylvania|Rhode Island|Tennessee|Texas|Utah|Vermont|Virginia|Washington|Wisconsin|Wyoming"
)
NATIONS = "Cherokee|Navajo|Lakota|Ojibwe|Choctaw|Apache|Pueblo|Seminole|Yakama|Tlingit"


def test_no_real_place_or_nation_is_named():
    named = re.compile(rf"\b({STATES}|{NATIONS})\b")
    assert [text for text in texts() if named.search(text)] == []


def test_nobody_is_blamed():
    words = re.compile(r"\b(fault|non-?compliant|failed to|should have|negligen\w+)\b", re.IGNORECASE)
    assert [text for text in texts() if words.search(text)] == []


def test_the_password_is_no_secret_and_long_enough():
    assert PASSWORD == "learn together and blame nobody"


def test_whoever_got_a_review_back_was_told_with_how_many_remarks():
    counts = [
        count
        for _ in each_agency()
        for count in Message.objects.filter(kind="turn_returned").values_list("count", flat=True)
    ]
    assert counts
    assert all(counts)
