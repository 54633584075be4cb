"""The real public file: every row accounted for, again changes nothing, three changed rows change three."""

import csv
import shutil
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Count

from jurisdictions.models import Jurisdiction
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Answer, AnswerVersion, Incident, IncidentImport, UnmappedCode

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
PUBLIC_FILE = ROOT.parent / "shared" / "data" / "pa_incidents_2011_2018.csv"
MAPPING = ROOT / "examples" / "pa-incidents.mapping.yaml"


@pytest.fixture
def public_file(tmp_path: Path) -> Path:
    if not PUBLIC_FILE.is_file():
        pytest.skip("the public file is not beside the project on this machine")
    return Path(shutil.copy(PUBLIC_FILE, tmp_path / "public.csv"))


def bring_in(file: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_incidents", "cedar", str(file), "--mapping", str(MAPPING), *options, stdout=out)
    return out.getvalue()


def fingerprint() -> list[tuple]:
    """Everything that an import may move, with versions."""
    incidents = Incident.objects.order_by("pk").values_list(
        "pk", "number", "version", "county", "occurred_on", "source_sha256"
    )
    answers = Answer.objects.order_by("pk").values_list(
        "pk", "version", "value", "missing", "imported_by", "at"
    )
    return [*incidents, *answers, AnswerVersion.objects.count()]


def test_every_row_is_accounted_for_and_counts_equal_the_file(cedar: Jurisdiction, public_file: Path) -> None:
    bring_in(public_file)
    with public_file.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    types = {"fatality": "fatality", "near fatality": "near_fatality"}
    expected = Counter((row["county"], types[row["status"]]) for row in rows)
    with jurisdiction_scope(cedar.pk):
        receipt = IncidentImport.objects.get()
        assert receipt.rows == 710 == receipt.accepted + receipt.with_warnings + receipt.returned
        assert (receipt.returned, receipt.created) == (0, 710)
        counted = Incident.objects.values_list("county", "incident_type").annotate(Count("pk"))
        assert {(county, kind): count for county, kind, count in counted} == expected
        unmapped = dict(UnmappedCode.objects.values_list("code", "rows"))
        known = {"Y", "y", "N", "n", "UNK", "unk"}
        assert unmapped == Counter(
            row["clean_prior_status"] for row in rows if row["clean_prior_status"] not in known
        )
        narratives = Answer.objects.filter(item="what_was_reported")
        assert narratives.count() == 710
        first = narratives.get(record__source_key="1-1").value
        assert first.startswith("<p>1. A one-year old")
        assert "<ol>" not in first


def test_the_same_file_again_changes_nothing(cedar: Jurisdiction, public_file: Path) -> None:
    bring_in(public_file)
    with jurisdiction_scope(cedar.pk):
        before = fingerprint()
    said = bring_in(public_file)
    assert "0 new, 0 changed, 710 unchanged" in said
    with jurisdiction_scope(cedar.pk):
        assert fingerprint() == before


def test_three_changed_rows_change_three_and_keep_what_stood(cedar: Jurisdiction, public_file: Path) -> None:
    bring_in(public_file)
    with public_file.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
        names = list(rows[0])
    old, county = rows[0]["narrative"], rows[1]["county"]
    rows[0]["narrative"] = "A corrected text."
    rows[1]["county"] = "Mercer"
    rows[2]["clean_prior_status"] = "Y"
    with public_file.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    said = bring_in(public_file)
    assert "0 new, 3 changed, 707 unchanged" in said
    with jurisdiction_scope(cedar.pk):
        first, second, third = (Incident.objects.get(source_key=row["row"]) for row in rows[:3])
        kept = AnswerVersion.objects.get(record=first)
        assert kept.item == "what_was_reported"
        assert kept.replaced_by is None
        assert kept.replaced_by_import is not None
        assert old[:60] in kept.value.replace("<br>", "\n")
        assert Answer.objects.get(record=first, item="what_was_reported").version == 2
        assert (second.county, second.version) == ("Mercer", 2)
        assert AnswerVersion.objects.get(record=second).value == county
        assert Answer.objects.get(record=third, item="prior_contact").value == "known_when_unknown"
        untouched = Incident.objects.exclude(pk__in=[first.pk, second.pk, third.pk])
        assert not untouched.exclude(version=1).exists()


def test_a_dry_run_keeps_nothing(cedar: Jurisdiction, public_file: Path) -> None:
    said = bring_in(public_file, "--dry-run")
    assert "710 new" in said
    with jurisdiction_scope(cedar.pk):
        assert not Incident.objects.exists()
        assert not IncidentImport.objects.exists()
