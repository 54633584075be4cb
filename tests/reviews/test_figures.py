"""Yearly figures: from a file of many agencies, wide or long, to what stands; again, changed, corrected, taken back."""

from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.rules import Refused
from jurisdictions.tenancy import jurisdiction_scope
from reviews import tasks
from reviews.actions.figures import Figure, add_figure, correct_figure
from reviews.actions.undo_import import CannotUndo, undo_import
from reviews.figures.mapping import read_figure_mapping
from reviews.models import ImportRun, IncidentImport, SavedMapping, UnmappedCode, Upload, YearlyFigure
from tests.reviews.figure_situations import brought, standing
from tests.reviews.import_situations import form_of

pytestmark = pytest.mark.django_db

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
WIDE = (
    "State,year,lower.turnover.caseworker,turnover.supervisor,screened_in_reports,Beds\n"
    "Cedar,2010,0.10,NA,1200,4\n"
    "Birch,2010,0.50,0.5,9,9\n"
    "Cedar,2011,0.12,0.2,1300,5\n"
)


@pytest.fixture
def visitor(client: Client, coordinator: User) -> Client:
    client.force_login(coordinator)
    return client


@pytest.fixture
def go(visitor: Client, cedar: Jurisdiction) -> Any:
    return partial(brought, visitor, cedar)


BEDS = {"column-5": "own"}
BEDS_NAMED = {"name-3": "Beds for teens", "unit-3": "count"}


def test_a_wide_file_of_many_agencies_comes_in_as_our_rows(go: Any, cedar: Jurisdiction) -> None:
    run = go(WIDE, BEDS, **BEDS_NAMED)
    assert (run.rows, run.created, run.returned) == (7, 7, 0)
    assert (run.told["gaps"], run.told["passed_by"]) == (1, 1)
    assert standing(cedar) == {
        ("caseworker_turnover_lowest", 2010): Decimal("0.1"),
        ("caseworker_turnover_lowest", 2011): Decimal("0.12"),
        ("supervisor_turnover", 2011): Decimal("0.2"),
        ("cps_reports_screened_in", 2010): Decimal(1200).normalize(),
        ("cps_reports_screened_in", 2011): Decimal(1300).normalize(),
        ("Beds for teens", 2010): Decimal(4),
        ("Beds for teens", 2011): Decimal(5),
    }
    with jurisdiction_scope(cedar.pk):
        assert run.receipt.rows == run.receipt.accepted + run.receipt.with_warnings + run.receipt.returned
        assert SavedMapping.objects.get().shape == "figures"


def test_the_same_again_changes_nothing_and_another_value_is_shown_first(
    go: Any, visitor: Client, cedar: Jurisdiction
) -> None:
    go(WIDE, BEDS, **BEDS_NAMED)
    again = go(WIDE, BEDS, **BEDS_NAMED)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 7)
    changed = go(WIDE.replace("1200", "1250"), BEDS, **BEDS_NAMED)
    assert (changed.created, changed.changed, changed.unchanged) == (0, 1, 6)
    with jurisdiction_scope(cedar.pk):
        trial = ImportRun.objects.filter(upload=changed.upload, keeps=False).get()
        assert trial.told["changes"][0]["before"] == "1,200"
        assert trial.told["changes"][0]["after"] == "1,250"
    page = visitor.get(reverse("imports:run", args=["cedar", trial.upload_id, trial.pk])).content.decode()
    assert "What would change" in page
    assert "1,250" in page


def test_a_long_file_says_its_figures_by_name(go: Any, cedar: Jurisdiction) -> None:
    long = "Year,Measure,Value,Source\n2010,Caseworkers,40,A\n2010,Repeat maltreatment,9.5%,A\n2010,Odd,1,A\n"
    run = go(long, {"source": ""})
    assert (run.rows, run.created) == (2, 2)
    assert standing(cedar) == {
        ("caseworkers", 2010): Decimal(40).normalize(),
        ("repeat_maltreatment", 2010): Decimal("0.095"),
    }
    with jurisdiction_scope(cedar.pk):
        assert UnmappedCode.objects.get().code == "Odd"
        assert set(YearlyFigure.objects.values_list("source", flat=True)) == {"A"}


def test_how_a_share_is_written_is_asked_where_its_values_do_not_say(
    visitor: Client, cedar: Jurisdiction
) -> None:
    file = SimpleUploadedFile("figures.csv", b"Year,Turnover\n2010,0.9\n2011,14\n")
    visitor.post(reverse("imports:new", args=["cedar"]), {"file": file, "shape": "figures"})
    tasks.unpack_uploads(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        upload = Upload.objects.get()
    columns, values = (
        reverse(f"imports:{name}", args=["cedar", upload.pk]) for name in ("mapping", "values")
    )
    visitor.post(columns, form_of(visitor, columns) | {"source": "Yearbook"})
    form = form_of(visitor, values)
    assert form["written-0"] == [""]
    answer = visitor.post(values, form)
    assert answer.status_code == 409
    assert "Say how “Caseworker turnover” is written" in answer.content.decode()
    assert visitor.post(values, form | {"written-0": "percent"}).status_code == 302
    tasks.run_imports(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        (remark,) = ImportRun.objects.get().told["remarks"][:1]
    assert "Is “0.9” meant as 0.9 percent, or as 90 percent?" in remark["message"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2010,12", "more than all"),
        ("2010,-0.1", "less than nothing"),
        ("2010,some", "is not a number"),
        ("1810,0.1", "is not a year"),
        ("2010-11,0.1", "names two years"),
        (",0.1", "does not say its year"),
    ],
)
def test_what_cannot_be_goes_back_with_its_cell_marked(
    go: Any, visitor: Client, cedar: Jurisdiction, tmp_path: Path, row: str, words: str
) -> None:
    run = go(f"Year,Vacancy rate\n{row}\n2012,0.1\n2013,0.2\n2014,0.2\n", **{"written-0": "parts"})
    assert (run.rows, run.returned, run.created) == (4, 1, 3)
    assert words in run.told["remarks"][0]["message"]
    back = visitor.get(reverse("imports:workbook", args=["cedar", run.upload_id, run.pk]))
    (tmp_path / "back.xlsx").write_bytes(b"".join(back))
    sheet = load_workbook(tmp_path / "back.xlsx")["Rows"]
    marked = [cell.coordinate for cell in sheet[2][:2] if cell.fill.fill_type]
    assert marked == (["B2"] if row.startswith("2010,") else ["A2"])


def test_the_same_figure_twice_is_not_ours_to_choose(go: Any, cedar: Jurisdiction) -> None:
    run = go("Year,Caseworkers\n2010,4\n2010,5\n2011,6\n2012,6\n2013,7\n")
    assert (run.returned, run.created) == (2, 3)
    assert ("caseworkers", 2010) not in standing(cedar)


def test_a_file_of_many_agencies_without_saying_whose_rows_is_refused(
    go: Any, visitor: Client, cedar: Jurisdiction
) -> None:
    rows = "".join(f"Birch {at},2010,4\nBirch {at},2011,5\n" for at in range(3))
    run = go("Place,Year,Caseworkers\n" + rows, {"column-0": "-"})
    assert run.keeps is False
    assert "choose the one that says whose row it is" in run.refused
    assert standing(cedar) == {}


def test_a_value_that_is_many_times_the_year_before_is_pointed_out(go: Any) -> None:
    run = go("Year,Caseworkers\n2010,40\n2011,41\n2012,4100\n2013,4000\n")
    assert (run.with_warnings, run.created) == (1, 4)
    assert run.told["remarks"][0]["message"] == "In 2011 it was 41; now it is 4,100."


def test_a_person_s_correction_stands_against_the_file(go: Any, cedar: Jurisdiction, by: Membership) -> None:
    go(WIDE, BEDS, **BEDS_NAMED)
    with jurisdiction_scope(cedar.pk):
        one = YearlyFigure.objects.standing().get(name="cps_reports_screened_in", year=2010)
        said = Figure(one.name, one.year, one.source, one.unit, Decimal(1234), note="Typing error")
        kept = correct_figure(one, said, by=by)
        assert (kept.version, kept.by, kept.note) == (2, by, "Typing error")
        with pytest.raises(Refused):
            correct_figure(one, said, by=by)  # what stood when the page was opened stands no more
        assert correct_figure(kept, said, by=by) == kept
    run = go(WIDE, BEDS, **BEDS_NAMED)
    assert (run.created, run.changed, run.unchanged, run.with_warnings) == (0, 0, 7, 1)
    assert standing(cedar)["cps_reports_screened_in", 2010] == Decimal(1234).normalize()


def test_an_import_is_taken_back_as_one_step_and_what_stood_stands_again(
    go: Any, cedar: Jurisdiction, by: Membership
) -> None:
    first = go(WIDE, BEDS, **BEDS_NAMED).receipt
    before = standing(cedar)
    second = go(WIDE.replace("1200", "1250") + "Cedar,2012,0.1,0.1,1,1\n", BEDS, **BEDS_NAMED).receipt
    with jurisdiction_scope(cedar.pk):
        with pytest.raises(CannotUndo) as refusal:
            undo_import(first, by=by)
        assert "CPS reports screened in, 2010" in refusal.value.problems[0].message
        undone = undo_import(second, by=by)
        assert (undone.removed, undone.restored) == (4, 1)
    assert standing(cedar) == before
    with jurisdiction_scope(cedar.pk):
        undone = undo_import(
            first, by=by
        )  # what the later one changed stands as before, so nothing depends on it
        assert (undone.removed, undone.restored) == (7, 0)
        with pytest.raises(CannotUndo):
            undo_import(first, by=by)
    assert standing(cedar) == {}
    assert go(WIDE, BEDS, **BEDS_NAMED).created == 7


def test_what_a_person_has_changed_since_is_not_taken_back(
    go: Any, cedar: Jurisdiction, by: Membership
) -> None:
    receipt = go(WIDE, BEDS, **BEDS_NAMED).receipt
    with jurisdiction_scope(cedar.pk):
        one = YearlyFigure.objects.standing().first()
        assert one is not None
        correct_figure(one, Figure(one.name, one.year, one.source, one.unit, None), by=by)
        with pytest.raises(CannotUndo):
            undo_import(receipt, by=by)


def test_history_is_never_rewritten(cedar: Jurisdiction, by: Membership) -> None:
    with jurisdiction_scope(cedar.pk):
        one = add_figure(Figure("children", 2020, "Census", "count", Decimal(9)), by=by)
        for act in (lambda: YearlyFigure.objects.update(value=1), one.delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()
        with pytest.raises(IntegrityError), transaction.atomic():
            YearlyFigure.objects.create(
                jurisdiction=cedar,
                name="children",
                year=2020,
                source="Census",
                version=1,
                unit="count",
                by=by,
            )


# -- the pages ------------------------------------------------------------------------------------

ADD = {"figure": "caseworker_turnover", "year": "2023", "value": "14.5", "source": "Our own count"}


def test_a_figure_is_added_corrected_and_taken_away_by_hand(visitor: Client, cedar: Jurisdiction) -> None:
    add = reverse("figures:add", args=["cedar"])
    assert visitor.post(add, ADD).status_code == 302
    assert standing(cedar) == {("caseworker_turnover", 2023): Decimal("0.145")}
    answer = visitor.post(add, ADD)
    assert answer.status_code == 422
    assert "is here already" in answer.content.decode()
    with jurisdiction_scope(cedar.pk):
        first = YearlyFigure.objects.get()
    correct = reverse("figures:correct", args=["cedar", first.pk])
    assert form_of(visitor, correct)["value"] == ["14.5"]
    assert visitor.post(correct, {"value": "15", "note": "Recounted"}).status_code == 302
    assert visitor.post(correct, {"value": "16"}).status_code == 409
    with jurisdiction_scope(cedar.pk):
        second = YearlyFigure.objects.standing().get()
    old = reverse("figures:figure", args=["cedar", first.pk])
    page = visitor.get(old, follow=True)
    assert page.redirect_chain == [(reverse("figures:figure", args=["cedar", second.pk]), 302)]
    for words in ("14.5%", "15%", "Recounted"):
        assert words in page.content.decode()
    gone = visitor.post(
        reverse("figures:correct", args=["cedar", second.pk]), {"take_away": "1"}, follow=True
    )
    assert "taken away" in gone.content.decode()
    assert standing(cedar) == {}
    assert visitor.post(add, ADD).status_code == 302
    with jurisdiction_scope(cedar.pk):
        assert YearlyFigure.objects.latest("pk").version == 4
        kinds = set(AuditEvent.objects.values_list("kind", flat=True))
    assert {"figure.added", "figure.corrected", "figure.taken_away", "figure.read"} <= kinds


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"value": "abc"}, "is not a number"),
        ({"value": "900"}, "more than all"),
        ({"year": "1492"}, "Give a year from 1900"),
        ({"own_name": "Mine"}, "Choose a figure from the list, or give a name of your own"),
        ({"figure": "", "own_name": "Mine"}, "Say in which unit it is"),
        ({"source": ""}, "required"),
    ],
)
def test_what_was_typed_wrong_is_said_and_stays(
    visitor: Client, cedar: Jurisdiction, said: dict[str, str], words: str
) -> None:
    answer = visitor.post(reverse("figures:add", args=["cedar"]), ADD | said)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert standing(cedar) == {}


@pytest.mark.parametrize(
    ("own", "name"),
    [("Caseworkers", "caseworkers"), ("case-workers", "case-workers"), ("Turnover", "Turnover")],
)
def test_the_form_and_a_file_take_the_same_words_for_a_figure_of_the_list(
    visitor: Client, cedar: Jurisdiction, own: str, name: str
) -> None:
    said = ADD | {"figure": "", "own_name": own, "unit": "count", "value": "9"}
    assert visitor.post(reverse("figures:add", args=["cedar"]), said).status_code == 302
    with jurisdiction_scope(cedar.pk):
        assert YearlyFigure.objects.get().name == name
    wide = {"Column": {"figure": own, "unit": "count"}}
    document = {"year": "year", "source": {"constant": "Yearbook"}, "wide": wide}
    assert read_figure_mapping(yaml.safe_dump(document)).wide["Column"].name == name


def test_a_gap_stays_a_gap_in_plot_and_sentence(visitor: Client, cedar: Jurisdiction, by: Membership) -> None:
    with jurisdiction_scope(cedar.pk):
        for year in (2010, 2011, 2013, 2014):
            add_figure(Figure("caseworkers", year, "Yearbook", "count", Decimal(year - 2000)), by=by)
    page = visitor.get(reverse("figures:list", args=["cedar"])).content.decode()
    assert "Caseworkers: 10 in 2010, 14 in 2014. 4 years" in page
    assert "No value for 2012." in page
    assert page.count("<circle") == 4
    assert page.count('stroke-width="2"') == 2  # 2010 to 2011, and 2013 to 2014


def test_who_may_see_and_who_may_correct(
    client: Client,
    cedar: Jurisdiction,
    administrator: User,
    reviewer: User,
    outsider: User,
    by: Membership,
) -> None:
    with jurisdiction_scope(cedar.pk):
        one = add_figure(Figure("children", 2020, "Census", "count", Decimal(9)), by=by)
    urls = {
        "list": reverse("figures:list", args=["cedar"]),
        "figure": reverse("figures:figure", args=["cedar", one.pk]),
        "add": reverse("figures:add", args=["cedar"]),
        "correct": reverse("figures:correct", args=["cedar", one.pk]),
    }
    for user, codes in (
        (administrator, (200, 200, 200, 200)),
        (reviewer, (200, 200, 403, 403)),
        (outsider, (404, 404, 404, 404)),
    ):
        client.force_login(user)
        assert tuple(client.get(url).status_code for url in urls.values()) == codes, user
    client.force_login(outsider)
    for name in ("figure", "correct"):
        assert client.get(reverse(f"figures:{name}", args=["birch", one.pk])).status_code == 404


# -- the public files -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "figures"),
    [("workforce_turnover_to_2012.csv", 3), ("workforce_capacity_to_2012.csv", 6)],
)
def test_the_public_files_go_in_as_one_state_s_figures(
    go: Any, cedar: Jurisdiction, name: str, figures: int
) -> None:
    if not (SHARED / name).is_file():
        pytest.skip("the public file is not beside the project on this machine")
    content = (SHARED / name).read_bytes()
    run = go(content, ours="TX")
    lines = [line.split(",") for line in content.decode().splitlines() if line.startswith("TX,")]
    cells = [cell for line in lines for cell in line[2:]]
    assert run.rows == sum(cell not in ("NA", "") for cell in cells) == run.created
    assert len({key for key, _ in standing(cedar)}) == figures
    assert run.told["passed_by"] == len(content.decode().splitlines()) - 1 - len(lines)
    with jurisdiction_scope(cedar.pk):
        assert IncidentImport.objects.get().returned == 0
