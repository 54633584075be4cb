"""Reviews that an agency closed before it came here: from the empty workbook to reviews that stand as reported."""

from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from dictionary.models import Edition
from dictionary.values import date_words
from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.tenancy import jurisdiction_scope
from reviews import tasks
from reviews.actions.bring_in import read_past_how
from reviews.actions.report import ask_for_report
from reviews.actions.undo_import import CannotUndo, undo_import
from reviews.content import read_content
from reviews.documents import read_report
from reviews.imports.mapping import MappingError
from reviews.models import Answer, Child, Entry, ImportRun, Incident, IncidentImport, Recusal, Review, Upload
from reviews.past.cells import Taken, take
from reviews.past.links import number_in, numbers
from tests.reviews.incident_situations import imported
from tests.reviews.past_workbooks import WHOLE, filled_in

pytestmark = pytest.mark.django_db


def edition() -> Any:
    return Edition.objects.in_force().parsed


@pytest.fixture
def filled(tmp_path: Path) -> Any:
    return lambda rows: filled_in(rows, tmp_path)


@pytest.fixture
def bring(client: Client, by: Membership, cedar: Jurisdiction) -> Any:
    """Upload a workbook, try it and let it in; the last pass."""
    client.force_login(by.user)

    def go(content: bytes, *, keep: bool = True) -> ImportRun:
        data = {"file": SimpleUploadedFile("past.xlsx", content), "shape": "reviews"}
        assert client.post(reverse("imports:new", args=["cedar"]), data).status_code == 302
        tasks.unpack_uploads(cedar.pk)
        with jurisdiction_scope(cedar.pk):
            upload = Upload.objects.latest("pk")
        for asked in ({}, {"keep": "1"}) if keep else ({},):
            answer = client.post(reverse("imports:ask", args=["cedar", upload.pk]), asked)
            assert answer.status_code == 302, answer.content.decode()
            tasks.run_imports(cedar.pk)
        with jurisdiction_scope(cedar.pk):
            return ImportRun.objects.latest("pk")

    return go


def test_a_workbook_of_past_reviews_comes_in_whole(filled: Any, bring: Any, cedar: Jurisdiction) -> None:
    run = bring(filled(WHOLE))
    assert (run.refused, run.rows, run.returned, run.created) == ("", 2, 0, 2), run.told
    with jurisdiction_scope(cedar.pk):
        review = Review.objects.select_related("incident", "edition").get(incident__source_key="CR-7")
        assert (review.state, str(review.reported_closed_on)) == ("as_reported", "2019-11-04")
        assert (review.incident.incident_type, review.incident.county) == ("near_fatality", "Hazel")
        assert review.incident.number.startswith("2019-")
        assert Child.objects.get(incident=review.incident).age == "5 months"
        content = read_content(review.incident, review.edition.parsed)
        assert content.value("caregivers") == ["mother", "father"]
        assert content.given[None, "place_type"].missing == "unknown"
        assert [content.value("event_on", one)["precision"] for one in content.ids("timeline")] == [
            "about",
            "day",
        ]
        need, opportunity = content.entries["needs"][0], content.entries["opportunities"][0]
        assert (opportunity.made_from_id, content.value("need_met", need.pk)) == (need.pk, "unmet")
        assert content.value("factor_stress", opportunity.pk) == "2"
        assert content.value("factor_stress_why", opportunity.pk) == "Two posts open."
        assert content.given[None, "factor_fatigue"].missing == "unknown"
        assert content.value("recommendation_from", content.ids("recommendations")[0]) == [opportunity.pk]
        assert set(Answer.objects.values_list("imported_by", flat=True)) == {IncidentImport.objects.get().pk}
        assert Child.objects.count() == 2  # an incident happened to at least one child


def test_the_same_again_changes_nothing_and_other_rows_go_back(
    filled: Any, bring: Any, cedar: Jurisdiction
) -> None:
    bring(filled(WHOLE))
    with jurisdiction_scope(cedar.pk):
        before = (Incident.objects.count(), Entry.objects.count(), Answer.objects.count())
    again = bring(filled(WHOLE))
    assert (again.created, again.unchanged, again.returned) == (0, 2, 0)
    changed = WHOLE | {"Family needs": [WHOLE["Family needs"][0] | {"What was needed?": "A bed."}]}
    run = bring(filled(changed))
    assert (run.created, run.unchanged, run.returned) == (0, 1, 1)
    assert "is here already" in run.told["remarks"][0]["message"]
    with jurisdiction_scope(cedar.pk):
        assert before == (Incident.objects.count(), Entry.objects.count(), Answer.objects.count())


def test_the_empty_workbook_is_the_same_bytes_whenever_it_is_asked_for(
    client: Client, by: Membership
) -> None:
    client.force_login(by.user)
    url = reverse("imports:template", args=["cedar"])
    with time_machine.travel("2026-05-01T10:00:00Z"):
        first = client.get(url)
    with time_machine.travel("2026-05-01T10:11:11Z"):
        assert client.get(url).content == first.content
    assert first["Content-Disposition"] == 'attachment; filename="past-reviews-edition-1.0.xlsx"'


def test_a_trial_keeps_nothing(filled: Any, bring: Any, cedar: Jurisdiction) -> None:
    run = bring(filled(WHOLE), keep=False)
    assert (run.rows, run.created) == (2, 2)
    with jurisdiction_scope(cedar.pk):
        assert not Incident.objects.exists()
        assert not IncidentImport.objects.exists()


@pytest.mark.parametrize(
    ("sheet", "row", "cell", "words"),
    [
        ("Reviews", {"Review": "CR-9"}, "D4", "No incident goes without its type"),
        (
            "Reviews",
            {"Review": "CR-7", "Type of incident": "Fatality"},
            "A4",
            "Row 2 has this number already",
        ),
        (
            "Reviews",
            {"Review": "X", "Type of incident": "Fatality", "Number in NPCS": "1999-001"},
            None,
            "no incident 1999",
        ),
        (
            "Reviews",
            {"Review": "CR-9", "Type of incident": "Fatality", "Closed on": "2999-01-01"},
            None,
            "cannot be",
        ),
        ("Children", {"Review": "CR-8", "Age of the child": 5}, "B3", "both a number and a unit"),
        ("Children", {"Review": "CR-8", "Sex": "Girl"}, "D3", "not in the list"),
        ("Timeline", {"Review": "CR-8", "When was this?": "soon"}, "C4", "date"),
        ("Timeline", {"Review": "ZZ", "What happened?": "x"}, "A4", "no review “ZZ”"),
        (
            "Timeline",
            {"Review": "CR-7", "No.": 2, "What happened?": "x"},
            "B4",
            "No. 2 on this sheet already",
        ),
        ("Timeline", {"Review": "CR-7", "No.": "two", "What happened?": "x"}, "B4", "not a number"),
        ("Improvement opportunities", {"Review": "CR-8", "From need no.": 4}, None, "names need 4"),
        (
            "Recommendations",
            {"Review": "CR-8", "Which opportunities does it answer?": "all"},
            "D3",
            "no numbers",
        ),
        ("Ratings", {"Review": "CR-8", "Factor": "Weather", "Rating": 1}, "C4", "not a factor"),
        ("Ratings", {"Review": "CR-8", "Factor": "Strain on people", "Rating": 7}, "D4", "not a rating"),
        (
            "Ratings",
            {"Review": "CR-8", "Opportunity no.": 9, "Factor": "Strain on people", "Rating": 1},
            "B4",
            "no opportunity 9",
        ),
    ],
)
def test_what_is_wrong_is_marked_in_its_cell_and_its_review_stays_out(
    filled: Any,
    bring: Any,
    client: Client,
    cedar: Jurisdiction,
    tmp_path: Path,
    sheet: str,
    row: dict[str, Any],
    cell: str | None,
    words: str,
) -> None:
    rows = WHOLE | {sheet: [*WHOLE.get(sheet, []), row]}
    run = bring(filled(rows))
    with jurisdiction_scope(cedar.pk):
        assert not Incident.objects.filter(source_key=row["Review"]).exists() or row["Review"] not in (
            "CR-8",
            "X",
        )
    answer = client.get(reverse("imports:workbook", args=["cedar", run.upload_id, run.pk]))
    back = tmp_path / "back.xlsx"
    back.write_bytes(b"".join(answer))
    page = load_workbook(back)[sheet]
    assert any(words in str(one.value) for line in page.iter_rows() for one in line), run.told
    marked = [one.coordinate for line in page.iter_rows(min_row=2) for one in line if one.fill.fill_type]
    assert [at for at in marked if page[at].value != "Returned"] == ([cell] if cell else [])


def test_a_workbook_of_another_layout_waits_for_its_columns_to_be_mapped(
    bring: Any, client: Client, cedar: Jurisdiction, by: Membership, tmp_path: Path
) -> None:
    client.force_login(by.user)
    book = Workbook()
    assert book.active is not None
    book.active.append(["Key", "Kind"])
    book.save(tmp_path / "other.xlsx")
    data = {
        "file": SimpleUploadedFile("other.xlsx", (tmp_path / "other.xlsx").read_bytes()),
        "shape": "reviews",
    }
    client.post(reverse("imports:new", args=["cedar"]), data)
    tasks.unpack_uploads(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        upload = Upload.objects.get()
    page = client.get(reverse("imports:upload", args=["cedar", upload.pk])).content.decode()
    assert "The layout is none of ours" in page
    assert client.post(reverse("imports:ask", args=["cedar", upload.pk]), {}).status_code == 409


def test_they_are_read_and_found_and_never_taken_for_approved_ones(
    filled: Any, bring: Any, client: Client, cedar: Jurisdiction
) -> None:
    bring(filled(WHOLE))
    with jurisdiction_scope(cedar.pk):
        number = Incident.objects.get(source_key="CR-7").number
    listed = client.get(reverse("reviews:list", args=["cedar"]), {"show": "reported"}).content.decode()
    assert number in listed
    assert "closed 4 Nov 2019" in listed
    for shown in ("approved", "all", "under_way", "mine"):
        assert (
            number
            not in client.get(reverse("reviews:list", args=["cedar"]), {"show": shown}).content.decode()
        )
    home = client.get(reverse("reviews:home", args=["cedar", number])).content.decode()
    assert "As reported: not approved here" in home
    assert "Nothing reported" in home
    assert "Not started" not in home
    assert (
        "A written handover." in client.get(reverse("reviews:read", args=["cedar", number])).content.decode()
    )
    report = client.get(reverse("reviews:report", args=["cedar", number])).content.decode()
    assert "as reported, not approved here" in report
    part = client.get(reverse("reviews:part", args=["cedar", number, "needs"])).content.decode()
    assert "cannot be changed now" in part
    found = client.get(reverse("incidents:list", args=["cedar"]), {"state": "as_reported"}).content.decode()
    assert number in found


def test_labels_codes_and_reasons_are_understood_in_any_case() -> None:
    place = edition().item("place_type")
    assert take(place, "child_home") == take(place, " the child’s OWN home ") == Taken("child_home")
    assert take(place, "not known") == take(place, "UNK") == Taken(missing="unknown")
    assert take(place, "Moon").wrong
    assert take(place, "Childs own home").fix == "Is “The child’s own home” meant?"
    many = edition().item("caregivers")
    assert take(many, "Father;\nMother") == take(many, "Father, Mother") == Taken(["mother", "father"])
    assert "“Robot”" in take(many, "Mother; Robot").wrong
    assert numbers("Need 2; records 1, 3") == [("need", 2), ("records", 1), ("", 3)]
    with pytest.raises(ValueError, match="both"):
        numbers("both")


@pytest.mark.parametrize("text", ["2", "need 2", "Need No. 2", "No. 2"])
def test_one_entry_is_named_by_its_number_with_or_without_its_word(text: str) -> None:
    assert number_in(text, "need") == 2


@pytest.mark.parametrize("text", ["0", "two", "record 2", "2; 3", "1.5", "99999", "-1", "2½", "3²"])
def test_what_names_no_entry_of_its_kind_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(ValueError):
        number_in(text, "need")


def test_the_same_remark_in_many_rows_is_one_line_of_the_page(
    filled: Any, bring: Any, client: Client
) -> None:
    records = [{"Review": "CR-7", "No.": f"{at}th", "Which record?": "Our agency’s file"} for at in range(6)]
    same = [{"Review": "CR-8", "No.": "x", "Which record?": "Our agency’s file"} for _ in range(6)]
    run = bring(filled(WHOLE | {"Records": [*records, *same]}), keep=False)
    page = client.get(reverse("imports:run", args=["cedar", run.upload_id, run.pk])).content.decode()
    assert "Records 8, 9, 10, 11 and 2 more" in page
    assert page.count("“x” is not a number.") == 1
    assert page.count("th” is not a number.") == 6


def test_an_import_of_past_reviews_is_undone_whole(
    filled: Any, bring: Any, cedar: Jurisdiction, by: Membership
) -> None:
    run = bring(filled(WHOLE))
    with jurisdiction_scope(cedar.pk):
        undone = undo_import(run.receipt, by=by)
        assert undone.removed == 2
        for model in (Incident, Review, Entry, Answer, Child):
            assert not model.objects.exists(), model
    assert bring(filled(WHOLE)).created == 2


def test_a_past_review_of_an_incident_that_is_here_is_taken_off_it_again(
    filled: Any, bring: Any, cedar: Jurisdiction, by: Membership
) -> None:
    there = imported(cedar)
    with jurisdiction_scope(cedar.pk):
        before = (
            set(Answer.objects.values_list("pk", flat=True)),
            set(Entry.objects.values_list("pk", flat=True)),
        )
    rows = {
        "Reviews": [{"Review": "CR-7", "Number in NPCS": there.number, "First thing we learned": "A thing."}]
    }
    rows["Family needs"] = [{"Review": "CR-7", "What was needed?": "A bed."}]
    run = bring(filled(rows))
    assert (run.created, run.returned) == (1, 0), run.told
    with jurisdiction_scope(cedar.pk):
        review = Review.objects.get(incident=there)
        assert review.state == "as_reported"
        undo_import(run.receipt, by=by)
        assert not Review.objects.filter(incident=there).exists()
        after = (
            set(Answer.objects.values_list("pk", flat=True)),
            set(Entry.objects.values_list("pk", flat=True)),
        )
    assert before == after


def test_what_an_incident_that_is_here_says_stands_and_the_file_is_told(
    filled: Any, bring: Any, cedar: Jurisdiction
) -> None:
    there = imported(cedar)
    row = {"Review": "CR-7", "Number in NPCS": there.number, "County where it happened": "Elsewhere"}
    run = bring(filled({"Reviews": [row], "Children": [{"Review": "CR-7", "Sex": "Male"}]}))
    assert (run.rows, run.accepted, run.with_warnings, run.returned) == (1, 0, 1, 0)
    assert "stay as they are" in run.told["remarks"][0]["message"]
    with jurisdiction_scope(cedar.pk):
        assert Incident.objects.get().county == there.county


def test_whoever_stepped_back_brings_no_review_of_that_incident(
    filled: Any, bring: Any, cedar: Jurisdiction, by: Membership
) -> None:
    bring(filled(WHOLE))
    with jurisdiction_scope(cedar.pk):
        review = Review.objects.get(incident__source_key="CR-7")
        Recusal.objects.create(
            jurisdiction=cedar, review=review, membership=by, recorded_by=by, reason="Knows the family."
        )
        number = review.incident.number
    run = bring(filled(WHOLE))
    assert (run.returned, run.unchanged) == (1, 1)
    assert "you stepped back" in run.told["remarks"][0]["message"]
    named = bring(filled({"Reviews": [WHOLE["Reviews"][0] | {"Number in NPCS": number}]}))
    assert "that you may see" in named.told["remarks"][0]["message"]


def test_a_review_report_of_a_past_review_says_its_days_and_keeps_its_import(
    filled: Any, bring: Any, cedar: Jurisdiction, by: Membership
) -> None:
    run = bring(filled(WHOLE))
    with jurisdiction_scope(cedar.pk):
        review = Review.objects.select_related("incident", "edition").get(incident__source_key="CR-7")
        days = dict(read_report(ask_for_report(review, by=by)).cover.dates)
        assert days["Closed by the agency"] == "4 November 2019"
        assert days["Brought in as reported"] == date_words(timezone.localdate().isoformat())
        with pytest.raises(CannotUndo) as refused:
            undo_import(run.receipt, by=by)
        assert [problem.code for problem in refused.value.problems] == ["undo.used"]
        assert review.incident.number in refused.value.problems[0].message


def test_records_of_a_project_of_our_make_hold_codes_and_nothing_is_said_of_them(
    in_cedar: Jurisdiction,
) -> None:
    upload = Upload(jurisdiction=in_cedar, shape="reviews", encoding="utf-8", size=1, done_at=timezone.now())
    with pytest.raises(MappingError, match="hold our codes"):
        read_past_how(upload, "items: {sex: {column: sex, codes: {Girl: female}}}")
    upload.done_at = None
    with pytest.raises(MappingError, match="still being looked at"):
        read_past_how(upload, "items: {}")


def test_a_past_review_is_found_by_the_agency_s_own_number(
    filled: Any, bring: Any, client: Client, cedar: Jurisdiction
) -> None:
    bring(filled(WHOLE))
    with jurisdiction_scope(cedar.pk):
        number = Incident.objects.get(source_key="CR-7").number
    found = client.get(reverse("incidents:list", args=["cedar"]), {"q": "cr-7"}).content.decode()
    assert number in found
    assert "1 incident" in found
    assert " as CR-7" in client.get(reverse("reviews:home", args=["cedar", number])).content.decode()
    incident = client.get(reverse("incidents:detail", args=["cedar", number])).content.decode()
    assert " as CR-7." in incident
    assert "may open a decision" not in incident
