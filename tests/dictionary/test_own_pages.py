"""The pages of own questions: who may, what is drafted, what is seen before it is released, and two people at once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dictionary.interchange import own_file, redcap, xlsform
from dictionary.models import Edition, OwnDraft, OwnEdition
from dictionary.own.actions import CannotReleaseOwn, release_draft
from dictionary.schema import load
from jurisdictions.models import AuditEvent, Jurisdiction, Membership
from jurisdictions.tenancy import jurisdiction_scope
from tests.dictionary.own_questions import question, released

pytestmark = pytest.mark.django_db

TYPED = {
    "label": "Which shift was it?",
    "help": "As the roster has it.",
    "section": "household",
    "type": "choice",
    "codes": "day, Day shift\nNight",
    "missing": ["unknown"],
    "privacy": "open",
}


def url(name: str, *args: Any) -> str:
    return reverse(f"questions:{name}", args=["cedar", *args])


def questions(cedar: Jurisdiction) -> list[dict[str, Any]]:
    with jurisdiction_scope(cedar.pk):
        return list(OwnDraft.objects.get().questions)


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# -- Who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["administrator", "coordinator", "quality_lead", "director"])
def test_who_may_read_them_finds_them_in_the_navigation(
    client: Client, cedar: Jurisdiction, sign_in: Any, who: str
) -> None:
    sign_in(who)
    assert f'<a href="{url("list")}"' in client.get("/j/cedar/").content.decode()
    page = client.get(url("list"))
    assert page.status_code == 200
    assert f'<a href="{url("list")}" aria-current="page"' in page.content.decode()
    may_draft = who == "administrator"
    assert ("Begin a draft" in text_of(page)) == may_draft
    assert ("An agency administrator drafts and releases them." in text_of(page)) != may_draft


@pytest.mark.parametrize("who", ["reviewer", "observer"])
def test_who_may_not_is_not_led_there(client: Client, cedar: Jurisdiction, sign_in: Any, who: str) -> None:
    sign_in(who)
    assert url("list") not in client.get("/j/cedar/").content.decode()
    assert client.get(url("list")).status_code == 403


@pytest.mark.parametrize(
    ("who", "reads", "drafts"),
    [
        ("nobody", 302, 302),
        ("outsider", 404, 404),
        ("reviewer", 403, 403),
        ("coordinator", 200, 403),
        ("administrator", 200, 302),
    ],
)
def test_who_may(
    sign_in: Callable[[str], Client], cedar: Jurisdiction, who: str, reads: int, drafts: int
) -> None:
    client = sign_in(who)
    assert client.get(url("list")).status_code == reads
    assert client.post(url("start")).status_code == drafts


def test_without_a_draft_its_pages_are_not_there(pages: Client) -> None:
    for name in ("draft", "add", "preview", "release", "drop", "upload", "file", "losses"):
        assert pages.get(url(name)).status_code == 404, name
    assert pages.get(url("edition", 1)).status_code == 404


# -- Drafting ------------------------------------------------------------------------------------


def test_a_question_is_added_as_it_was_typed(pages: Client, drafted: Any, cedar: Jurisdiction) -> None:
    drafted()
    assert pages.post(url("add"), TYPED).status_code == 302
    assert questions(cedar) == [
        {
            "key": "own_which_shift_was_it",
            "section": "household",
            "label": "Which shift was it?",
            "help": "As the roster has it.",
            "type": "choice",
            "codes": [{"code": "day", "label": "Day shift"}, {"code": "night", "label": "Night"}],
            "missing": ["unknown"],
            "privacy": "open",
        }
    ]
    page = text_of(pages.get(url("draft")))
    assert "Incident and child › The family’s situation Which shift was it?" in page
    assert "Never leaves the agency." in page


def test_the_form_shows_a_question_as_it_can_be_saved_again(
    pages: Client, drafted: Any, cedar: Jurisdiction
) -> None:
    whole = question(
        section="needs",
        help="Of that night.",
        missing=["unknown", "withheld"],
        when={"in": ["need_met", ["unmet", "partly"]]},
    )
    drafted(whole, question("own_count", section="needs", label="How many?", type="integer", min=0, max=9))
    for key in ("own_shift", "own_count"):
        form = pages.get(url("change", key)).context["form"]
        again = {bound.name: bound.value() for bound in form if bound.value() is not None}
        before = questions(cedar)
        assert pages.post(url("change", key), again).status_code == 302
        assert questions(cedar) == before


def test_a_changed_question_keeps_its_key(pages: Client, drafted: Any, cedar: Jurisdiction) -> None:
    drafted(question())
    form = pages.get(url("change", "own_shift")).context["form"]
    typed = {bound.name: bound.value() for bound in form if bound.value() is not None}
    pages.post(url("change", "own_shift"), typed | {"label": "Which shift?"})
    assert [(one["key"], one["label"]) for one in questions(cedar)] == [("own_shift", "Which shift?")]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"label": ""}, "Question: write its words."),
        ({"label": "type of INCIDENT"}, "another one has these words already"),
        ({"section": "factors"}, "Where it is asked: choose from the list."),
        ({"section": "debriefs"}, "Where it is asked: choose from the list."),
        ({"section": "selection"}, "Where it is asked: choose from the list."),
        ({"type": "rating"}, "Answer: choose its kind."),
        ({"privacy": ""}, "How closely the answers are kept: choose one."),
        ({"codes": "Only one"}, "write at least two, one a line."),
        ({"codes": "Yes\nyes"}, "stands twice. Keep one, or tell them apart."),
        ({"codes": "unknown, Unknown\nb, B"}, "is a reason for no answer."),
        ({"type": "text"}, "or empty this field."),
        ({"min": "3"}, "Smallest number: only a whole number has one."),
        ({"type": "integer", "codes": "", "min": "x"}, "Smallest number: write a whole number."),
        ({"type": "integer", "codes": "", "min": "9", "max": "3"}, "it is below the smallest number."),
        ({"when_answer": "Yes"}, "choose the question above that it is an answer to."),
        (
            {"when_item": "incident_type", "when_answer": "Fire"},
            "has no answer “Fire”. Its answers: Fatality;",
        ),
        ({"when_item": "occurred_on", "when_answer": "2026"}, "has no list of answers."),
        ({"when_item": "need_met"}, "which has many answers (section needs repeats)"),
        ({"when_item": "no_such"}, "Show it: choose from the list."),
    ],
)
def test_what_cannot_be_asked_is_said_and_stays_on_the_page(
    pages: Client, drafted: Any, cedar: Jurisdiction, typed: dict[str, str], told: str
) -> None:
    drafted()
    answer = pages.post(url("add"), TYPED | typed)
    assert answer.status_code == 422
    assert told in text_of(answer).replace("&#x27;", "’")
    assert "As the roster has it." in answer.content.decode()
    assert questions(cedar) == []


def test_a_condition_is_matched_by_words_or_codes(pages: Client, drafted: Any, cedar: Jurisdiction) -> None:
    drafted()
    typed = {"when_item": "incident_type", "when_answer": "near fatality; serious_injury"}
    assert pages.post(url("add"), TYPED | typed).status_code == 302
    assert questions(cedar)[0]["when"] == {"in": ["incident_type", ["near_fatality", "serious_injury"]]}


def test_a_rule_that_the_form_cannot_show_is_kept(pages: Client, drafted: Any, cedar: Jurisdiction) -> None:
    when = {"all": [{"answered": "county"}, {"not": {"=": ["incident_type", "fatality"]}}]}
    drafted(question(when=when))
    form = pages.get(url("change", "own_shift")).context["form"]
    typed = {bound.name: bound.value() for bound in form if bound.value() is not None}
    assert typed["when_item"] == "keep"
    pages.post(url("change", "own_shift"), typed | {"help": "More."})
    assert (questions(cedar)[0]["when"], questions(cedar)[0]["help"]) == (when, "More.")


def test_two_people_on_one_question_never_overwrite_each_other(
    pages: Client, drafted: Any, cedar: Jurisdiction
) -> None:
    drafted(question())
    form = pages.get(url("change", "own_shift")).context["form"]
    mine = {bound.name: bound.value() for bound in form if bound.value() is not None}
    pages.post(url("change", "own_shift"), mine | {"label": "Theirs?"})
    clash = pages.post(url("change", "own_shift"), mine | {"label": "Mine?"})
    assert clash.status_code == 409
    assert "It read “Theirs?”." in text_of(clash)
    assert 'value="Mine?"' in clash.content.decode()
    assert questions(cedar)[0]["label"] == "Theirs?"
    again = clash.context["form"].data.dict() | {"label": "Mine?"}
    assert pages.post(url("change", "own_shift"), again).status_code == 302
    assert questions(cedar)[0]["label"] == "Mine?"


def test_questions_move_within_their_place_and_are_taken_out(
    pages: Client, drafted: Any, cedar: Jurisdiction
) -> None:
    drafted(question("own_a"), question("own_b", section="needs"), question("own_c"))
    pages.post(url("move", "own_c"), {"way": "up"})
    assert [one["key"] for one in questions(cedar)] == ["own_c", "own_b", "own_a"]
    pages.post(url("move", "own_c"), {"way": "up"})
    pages.post(url("move", "own_b"), {"way": "down"})
    assert [one["key"] for one in questions(cedar)] == ["own_c", "own_b", "own_a"]
    pages.post(url("remove", "own_b"))
    assert [one["key"] for one in questions(cedar)] == ["own_c", "own_a"]
    assert pages.post(url("remove", "own_b")).status_code == 404


def test_a_hundred_is_the_most(pages: Client, drafted: Any, cedar: Jurisdiction) -> None:
    drafted(*(question(f"own_{at}", label=f"Question {at}?") for at in range(100)))
    answer = pages.post(url("add"), TYPED)
    assert answer.status_code == 422
    assert "100 own questions is the most" in text_of(answer)


# -- Seeing and releasing ------------------------------------------------------------------------


def test_the_preview_is_the_form_of_reviewers_and_sends_nothing(pages: Client, drafted: Any) -> None:
    drafted(question(section="needs", when={"=": ["need_met", "unmet"]}))
    page = pages.get(url("preview"))
    html = page.content.decode()
    assert page.context["part"].key == "needs"
    assert 'data-field="0-own_shift"' in html
    assert 'data-field="0-need_statement"' in html
    assert "data-autosave" not in html
    shown = html.partition("<main")[2].partition("</main>")[0]
    assert shown.count("<form") == shown.count('method="get"') == 1  # the choice of a part
    assert pages.get(url("preview") + "?part=factors").context["part"].key == "needs"


def test_the_difference_says_what_and_whom_it_touches(
    pages: Client, drafted: Any, chief: Membership, cedar: Jurisdiction
) -> None:
    with jurisdiction_scope(cedar.pk):
        released(chief, question(), question("own_gone", label="Gone?", type="text"))
    relabelled = [{"code": "day", "label": "By day"}, {"code": "late", "label": "Late"}]
    drafted(question(label="When?", codes=relabelled), question("own_new", label="New?", type="date"))
    told = text_of(pages.get(url("release")))
    for words in (
        "It read “Which shift was it?”.",
        "New answers: “Late”.",
        "Answers no longer offered: “Night”.",
        "The answer “Day” reads “By day”.",
        "New? Added",
        "Gone? Taken out",
        "0 reviews under way: each keeps the questions that it began with.",
        "The workbook for past reviews: 2 columns added or left out.",
    ):
        assert words in told, words


def test_a_release_is_what_the_next_draft_begins_from(
    pages: Client, drafted: Any, cedar: Jurisdiction
) -> None:
    draft = drafted(question())
    assert pages.post(url("release"), {"version": draft.version}).status_code == 302
    with jurisdiction_scope(cedar.pk):
        own = OwnEdition.objects.get()
        assert not OwnDraft.objects.exists()
        assert (own.number, own.base, own.questions) == (1, Edition.objects.in_force(), [question()])
        assert AuditEvent.objects.filter(kind="questions.released", about=f"ownedition:{own.pk}").exists()
    assert "Which shift was it?" in text_of(pages.get(url("list")))
    assert "Which shift was it?" in text_of(pages.get(url("edition", 1)))
    pages.post(url("start"))
    assert questions(cedar) == [question()]
    same = pages.post(url("release"), {"version": "1"})
    assert same.status_code == 422
    assert "The draft says the same as what is asked now." in text_of(same)


def test_a_draft_that_was_changed_since_it_was_seen_is_not_released(
    pages: Client, drafted: Any, cedar: Jurisdiction
) -> None:
    seen = drafted(question()).version
    pages.post(url("add"), TYPED | {"label": "Another one?"})
    answer = pages.post(url("release"), {"version": seen})
    assert answer.status_code == 409
    assert "changed the draft meanwhile" in text_of(answer)
    with jurisdiction_scope(cedar.pk):
        assert not OwnEdition.objects.exists()


def test_a_draft_that_does_not_fit_the_edition_is_told_and_not_released(
    pages: Client, drafted: Any, chief: Membership, cedar: Jurisdiction
) -> None:
    draft = drafted(question(section="gone"), question("own_b", label="B?", when={"answered": "lost"}))
    page = text_of(pages.get(url("draft")))
    assert "“Which shift was it?”: The place where it stood is gone." in page
    assert "“B?”: It is always asked now: its condition the item “lost” does not exist." in page
    with jurisdiction_scope(cedar.pk), pytest.raises(CannotReleaseOwn) as refusal:
        release_draft(draft, version=draft.version, by=chief)
    assert [problem.item for problem in refusal.value.problems] == ["own_shift", "own_b"]


def test_a_draft_is_dropped_only_when_asked(pages: Client, drafted: Any, cedar: Jurisdiction) -> None:
    drafted(question())
    assert "Drop the draft?" in text_of(pages.get(url("drop")))
    pages.post(url("drop"))
    assert pages.get(url("draft")).status_code == 404


@pytest.mark.parametrize("kind", ["redcap", "xlsform", "document"])
def test_the_files_hold_them_and_the_partnerships_do_not(
    pages: Client, chief: Membership, cedar: Jurisdiction, kind: str
) -> None:
    with jurisdiction_scope(cedar.pk):
        released(chief, question(section="needs", when={"=": ["need_met", "unmet"]}))
    reads: dict[str, Any] = {
        "redcap": lambda data: redcap.read(data).edition,
        "xlsform": lambda data: xlsform.read(data).edition,
        "document": lambda data: load(own_file.read(data)),
    }
    ours = reads[kind](pages.get(url("download", 1, kind)).content)
    theirs = reads[kind](pages.get(reverse("dictionary:download", args=["1.0", kind])).content)
    assert [item.key for item in ours.local] == ["own_shift"]
    assert ours.local[0].when == {"=": ["need_met", "unmet"]}
    assert theirs.local == ()
    assert pages.get(url("download", 1, "tune")).status_code == 404


def test_another_agency_has_no_page_of_them(
    sign_in: Callable[[str], Client], chief: Membership, cedar: Jurisdiction
) -> None:
    with jurisdiction_scope(cedar.pk):
        released(chief, question())
    client = sign_in("outsider")
    birch = reverse("questions:list", args=["birch"])
    assert "Which shift" not in text_of(client.get(birch))
    assert client.get(reverse("questions:edition", args=["birch", 1])).status_code == 404
    assert client.get(reverse("questions:download", args=["birch", 1, "redcap"])).status_code == 404
    assert "Which shift" not in text_of(client.get(reverse("dictionary:codebook", args=["1.0"])))
