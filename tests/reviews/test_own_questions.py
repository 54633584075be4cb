"""A review asks what its agency asked when it began: pinned, walled in, and no dearer than without."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from dictionary.asked import Asked, asked_now
from dictionary.models import Edition, OwnEdition
from dictionary.own.differences import Change
from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.import_past import import_past_reviews
from reviews.actions.notify import notify_incident
from reviews.actions.select import select_for_review
from reviews.content import read_content
from reviews.documents import read_report
from reviews.facts import ChildFacts, IncidentFacts
from reviews.imports.columns import targets
from reviews.imports.unpacking import unpack
from reviews.models import Answer, Review, ReviewReport, SavedMapping
from reviews.past.layout import layout
from reviews.past.template import write_template
from reviews.rules.sending import problems_before_sending
from reviews.rules.who import seats_of
from reviews.uses import touched_by
from tests.cast import member
from tests.dictionary.own_questions import question, released
from tests.reviews.situations import add, answer, at_once, complete, make_review

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
VISIT = {"label": "Which nurse visited?", "type": "text", "privacy": "direct"}


@pytest.fixture
def own(cedar: Jurisdiction, by: Membership) -> OwnEdition:
    with jurisdiction_scope(cedar.pk):
        return released(by, question(), question("own_nurse", section="needs", **VISIT))


@pytest.fixture
def asking(own: OwnEdition, cedar: Jurisdiction, by: Membership, lead: Membership) -> Review:
    """A review that pins them."""
    with jurisdiction_scope(cedar.pk):
        return make_review(cedar, by, lead=lead, own_edition=own)


def notified(by: Membership) -> Review:
    incident = notify_incident(IncidentFacts("fatality"), [ChildFacts()], by=by)
    return Review.objects.with_questions().get(pk=incident.pk)


# -- Pinning -------------------------------------------------------------------------------------


def test_a_review_that_begins_pins_what_its_agency_asks_now(
    own: OwnEdition, in_cedar: Jurisdiction, by: Membership
) -> None:
    review = notified(by)
    assert review.own_edition == own
    assert [item.key for item in review.asked.questions.local] == ["own_nurse", "own_shift"]
    assert review.asked.name == "1.0 with own questions 1"


def test_one_that_was_begun_keeps_its_own_and_the_next_has_the_new_ones(
    own: OwnEdition, in_cedar: Jurisdiction, by: Membership
) -> None:
    before = notified(by)
    released(by, question("own_other"))
    after = notified(by)
    before = Review.objects.with_questions().get(pk=before.pk)
    assert [item.key for item in before.asked.questions.local] == ["own_nurse", "own_shift"]
    assert [item.key for item in after.asked.questions.local] == ["own_other"]


@pytest.mark.parametrize(("answered", "number"), [(False, 2), (True, 1)])
def test_the_selection_takes_up_what_is_asked_now_unless_an_own_question_was_answered(
    own: OwnEdition, in_cedar: Jurisdiction, by: Membership, lead: Membership, answered: bool, number: int
) -> None:
    review = make_review(in_cedar, by, state="to_be_selected", own_edition=own)
    if answered:
        answer(review, by, "own_shift", "night")
    released(by, question("own_other"))
    selected = select_for_review(
        review, reasons=["open_case_at_event"], note="", lead=lead, team=[lead], by=by
    )
    selected.refresh_from_db()
    assert selected.own_edition is not None
    assert selected.own_edition.number == number


def test_without_own_questions_a_review_asks_what_the_partnership_asks(
    in_cedar: Jurisdiction, by: Membership
) -> None:
    review = notified(by)
    assert review.own_edition is None
    assert review.asked.questions is Edition.objects.in_force().parsed


def test_a_new_edition_of_the_partnership_takes_the_own_questions_along(own: OwnEdition, cedar: Any) -> None:
    document = json.loads(json.dumps(Edition.objects.in_force().document))
    document["number"] = "1.1"
    document["sections"] = [one for one in document["sections"] if one["section"] != "meeting"]
    later = Edition(number="1.1", document=document, sha256="1" * 64)
    with jurisdiction_scope(cedar.pk):
        asked = Asked(later, own)
        assert {"own_nurse", "own_shift"} <= {item.key for item in asked.questions}
    assert (asked.mends, asked.questions.number) == ((), "1.1")


# -- Walls ---------------------------------------------------------------------------------------


def test_another_agency_neither_sees_nor_pins_them(
    own: OwnEdition, birch: Jurisdiction, outsider: User
) -> None:
    there = member(outsider, birch)
    with jurisdiction_scope(birch.pk):
        assert not OwnEdition.objects.exists()
        assert asked_now().own is None
        assert asked_now().questions.local == ()
        review = notified(there)
        with pytest.raises(IntegrityError, match="own_edition_same_jurisdiction"), transaction.atomic():
            at_once(lambda: Review.objects.filter(pk=review.pk).update(own_edition=own.pk))


def test_what_was_released_is_never_changed_not_even_by_sql(own: OwnEdition, in_cedar: Jurisdiction) -> None:
    for statement in (
        "UPDATE dictionary_ownedition SET questions = '[]'",
        "DELETE FROM dictionary_ownedition",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_draft_cannot_be_pinned() -> None:
    assert Review._meta.get_field("own_edition").related_model is OwnEdition


def test_there_is_one_way_to_what_a_review_asks() -> None:
    """Whoever read an edition alone, whatever its name, would leave the own questions out."""
    # What is asked has a document too, and so have mappings and Word: they are known by what stands before it.
    others = "".join(
        rf"(?<!\b{name})" for name in ("asked", "self", "page", "saved", "docx", "wordprocessingml")
    )
    alone = re.compile(rf"\.parsed\b|\bin_force\(\)|{others}\.document\b")
    files = [*(ROOT / "reviews").rglob("*.py"), *(ROOT / "npcs").rglob("*.py")]
    found = {str(file.relative_to(ROOT)) for file in files if alone.search(file.read_text())}
    # The description of the API is for all agencies; a page of columns has a mapping.
    named = {"npcs/api_schema.py", "npcs/api_docs.py", "reviews/api/imports.py"}
    # The demo is apart: it seeds what its agencies ask.
    assert {file for file in found if not file.startswith("npcs/demo/")} <= named


# -- Answering, reading, printing ----------------------------------------------------------------


def save(client: Client, **sent: Any) -> Any:
    address = reverse("reviews:save", args=["cedar", "2026-001"])
    body = {"entry": None, "version": 0, "missing": ""} | sent
    return client.post(address, json.dumps(body), content_type="application/json")


def test_it_is_answered_like_any_other(asking: Review, client: Client, lead: Membership) -> None:
    client.force_login(lead.user)
    assert save(client, item="own_shift", value="night").status_code == 200
    assert save(client, item="own_shift", value="noon", version=1).status_code == 422
    page = client.get(reverse("reviews:part", args=["cedar", "2026-001", "own_questions"])).content.decode()
    assert "Which shift was it?" in page
    assert "These questions and their answers stay in our agency." in page
    assert (
        "(our own question)"
        in client.get(reverse("reviews:read", args=["cedar", "2026-001"])).content.decode()
    )


def test_a_review_that_does_not_pin_it_takes_no_answer(
    own: OwnEdition, review: Review, client: Client, lead: Membership
) -> None:
    client.force_login(lead.user)
    assert save(client, item="own_shift", value="night").status_code == 400


def test_saving_and_the_home_cost_no_statement_more(
    own: OwnEdition, asking: Review, client: Client, lead: Membership, cedar: Jurisdiction
) -> None:
    client.force_login(lead.user)
    home = reverse("reviews:home", args=["cedar", "2026-001"])
    counts = []
    for pinned in (own, None):
        with jurisdiction_scope(cedar.pk):
            Review.objects.update(own_edition=pinned)
        asked = []
        save(client, item="safety_account", value="Words.", version=0), client.get(home)
        for version in (1, 2):
            with CaptureQueriesContext(connection) as saved:
                save(client, item="safety_account", value=f"Words {version} {pinned}.", version=version)
            with CaptureQueriesContext(connection) as read:
                assert client.get(home).status_code == 200
            asked.append((len(saved), len(read)))
        counts.append(asked[-1])
        with jurisdiction_scope(cedar.pk):
            Answer.objects.all().delete()
    assert counts[0] == counts[1]


def test_it_never_stops_a_review_from_going_on(
    asking: Review, in_cedar: Jurisdiction, lead: Membership
) -> None:
    need = add(asking, lead, "needs", need_statement="Sleep.", need_met="met")
    complete(asking, lead)
    review = Review.objects.with_questions().get(pk=asking.pk)
    content = read_content(asking.incident, review.asked.questions)
    assert problems_before_sending(review, content, list(seats_of(review))) == []
    assert content.value("own_nurse", need.pk) is None


def test_answers_of_either_edition_open_unchanged_side_by_side(
    asking: Review, cedar: Jurisdiction, by: Membership, lead: Membership, client: Client
) -> None:
    with jurisdiction_scope(cedar.pk):
        answer(asking, lead, "own_shift", "night")
        reworded = question(
            label="When in the day?",
            codes=[{"code": "night", "label": "After dark"}, {"code": "x", "label": "X"}],
        )
        later = make_review(cedar, by, number="2026-002", lead=lead, own_edition=released(by, reworded))
        answer(later, lead, "own_shift", "night")
    client.force_login(lead.user)
    pages = [
        client.get(reverse("reviews:read", args=["cedar", number])).content.decode()
        for number in ("2026-001", "2026-002")
    ]
    assert "Which shift was it?" in pages[0]
    assert ">Night<" in pages[0]
    assert "When in the day?" in pages[1]
    assert ">After dark<" in pages[1]
    with jurisdiction_scope(cedar.pk):
        documents = [read_report(report_of(one, lead)) for one in Review.objects.order_by("pk")]
    told = [[fact.text for group in one.own for fact in group.facts] for one in documents]
    assert told == [["Night"], ["After dark"]]
    assert [one.cover.edition for one in documents] == [
        "1.0 with own questions 1",
        "1.0 with own questions 2",
    ]


def report_of(review: Review, by: Membership) -> ReviewReport:
    return ReviewReport.objects.create(
        jurisdiction_id=review.jurisdiction_id,
        review=review,
        asked_by=by,
        sequence=1,
        is_draft=True,
        edition=review.edition,
        review_version=1,
    )


def test_the_review_report_prints_them_apart(
    in_cedar: Jurisdiction, by: Membership, lead: Membership
) -> None:
    home = question("own_home", section="household", label="Whose home was it?", type="text", privacy="quasi")
    nurse = question("own_nurse", section="needs", **VISIT)
    asking = make_review(in_cedar, by, lead=lead, own_edition=released(by, home, nurse, question()))
    add(asking, lead, "needs", need_statement="Sleep.", own_nurse="The night nurse")
    answer(asking, lead, "own_home", "The grandmother’s")
    answer(asking, lead, "own_shift", missing="unknown")
    document = read_report(report_of(asking, lead))
    assert [(group.heading, [fact.text for fact in group.facts]) for group in document.own] == [
        ("The family’s situation", ["The grandmother’s"]),
        ("Family needs, N1", ["The night nurse"]),
        ("Our own questions", ["Not known"]),
    ]
    elsewhere = [fact.label for group in (*document.facts, *document.history) for fact in group.facts]
    assert not {"Whose home was it?", "Which nurse visited?", "Which shift was it?"} & set(elsewhere)
    assert "Our own questions" not in [gap.part for gap in document.method.gaps]


def test_a_release_says_how_many_it_touches(
    asking: Review, in_cedar: Jurisdiction, by: Membership, lead: Membership
) -> None:
    make_review(in_cedar, by, number="2026-002", state="to_be_selected")
    answer(asking, lead, "own_shift", "night")
    SavedMapping.objects.create(
        jurisdiction=in_cedar,
        name="List",
        document="items: {own_shift: Shift}",
        columns=["Shift"],
        saved_by=by,
    )
    gone, new = (Change(kind, key, "", "") for kind, key in (("removed", "own_shift"), ("added", "own_new")))
    assert list(touched_by([gone, new])) == [
        "1 review under way: each keeps the questions that it began with.",
        "1 incident before the selection: the new questions are asked once selected, unless one of your own is "
        "answered there already.",
        "1 review with answers to what is taken out: they stay there, and can be read.",
        "The workbook for past reviews: 2 columns added or left out.",
        "1 saved mapping with what is taken out: to be looked at with the next file.",
    ]
    assert len(list(touched_by([]))) == 2


# -- Coming in -----------------------------------------------------------------------------------


def test_the_workbook_of_past_reviews_has_a_column_for_each(
    own: OwnEdition, in_cedar: Jurisdiction, tmp_path: Path
) -> None:
    write_template(tmp_path / "past.xlsx", asked_now().questions)
    book = load_workbook(tmp_path / "past.xlsx")
    assert "Which shift was it?" in [cell.value for cell in book["Reviews"][1]]
    assert "Which nurse visited?" in [cell.value for cell in book["Family needs"][1]]
    labels = [column.label for sheet in layout(Edition.objects.in_force().parsed) for column in sheet.columns]
    assert "Which shift was it?" not in labels


def test_past_reviews_come_in_with_answers_to_them(
    own: OwnEdition, in_cedar: Jurisdiction, by: Membership, tmp_path: Path
) -> None:
    path = tmp_path / "past.xlsx"
    write_template(path, asked_now().questions)
    book = load_workbook(path)
    told = {
        "Reviews": {"Review": "CR-7", "Type of incident": "Fatality", "Which shift was it?": "Night"},
        "Family needs": {
            "Review": "CR-7",
            "No.": 1,
            "What was needed?": "Sleep.",
            "Which nurse visited?": "B.",
        },
    }
    for title, cells in told.items():
        book[title].append([cells.get(str(cell.value)) for cell in book[title][1]])
    book.save(path)
    receipt = import_past_reviews(unpack(path, tmp_path), jurisdiction=in_cedar, by=by)
    assert (receipt.accepted, receipt.edition) == (1, "1.0 with own questions 1")
    review = Review.objects.with_questions().get()
    assert review.own_edition == own
    given = Answer.objects.filter(item__startswith="own_").order_by("item").values_list("item", "value")
    assert list(given) == [("own_nurse", "B."), ("own_shift", "night")]


def test_an_own_question_of_the_incident_can_be_brought_in_from_a_list(
    in_cedar: Jurisdiction, by: Membership
) -> None:
    released(by, question(section="incident"), question("own_nurse", section="needs", **VISIT))
    listed = [target.name for _, group in targets(asked_now().questions, 1) for target in group]
    assert "own_shift" in listed
    assert "own_nurse" not in listed
