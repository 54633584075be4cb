"""An edition comes into force once, unchanged, and the one before stays for the records begun with it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction

from dictionary import models
from dictionary.actions import CannotRelease, release_edition
from dictionary.interchange import own_file
from dictionary.loading import fingerprint
from dictionary.models import Edition
from dictionary.schema import EditionError

# The site may only read editions: releasing is the owner's.
pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def release(document: dict[str, Any]) -> Edition:
    return release_edition(document, using="owner")


def test_release_retires_the_one_before(document: dict[str, Any]):
    before = Edition.objects.using("owner").get(status="in_force")
    released = release(document)
    assert released.status == "in_force"
    assert released.released_at is not None
    assert released.sha256 == fingerprint(document)
    before.refresh_from_db()
    assert before.status == "retired"
    assert Edition.objects.using("owner").in_force() == released


def test_releasing_again_changes_nothing(document: dict[str, Any]):
    first = release(document)
    again = release(document)
    assert (again.pk, again.released_at) == (first.pk, first.released_at)


def test_a_retired_edition_does_not_come_back(document: dict[str, Any]):
    release(document)
    later = {**document, "number": "0.2"}
    release(later)
    assert release(document).status == "retired"
    assert Edition.objects.using("owner").in_force().number == "0.2"


def test_the_same_number_with_other_content_is_refused(document: dict[str, Any]):
    release(document)
    with pytest.raises(CannotRelease, match=r"Edition 0\.1 is already released with other content"):
        release({**document, "title": "Another title"})


def test_what_is_no_edition_is_not_released(document: dict[str, Any]):
    count = Edition.objects.using("owner").count()
    with pytest.raises(EditionError):
        release({**document, "sections": []})
    assert Edition.objects.using("owner").count() == count


def test_two_editions_in_force_are_refused_by_the_database(document: dict[str, Any]):
    released = release(document)
    twin = Edition(
        number="0.3",
        title="x",
        document={},
        sha256="0" * 64,
        status="in_force",
        released_at=released.released_at,
    )
    with pytest.raises(IntegrityError, match="edition_in_force_is_one"), transaction.atomic(using="owner"):
        twin.save(using="owner")


def test_the_site_cannot_write_editions():
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Edition.objects.update(title="Changed")


def test_what_the_database_gives_back_is_the_same_edition(document: dict[str, Any], monkeypatch: Any):
    monkeypatch.setattr(models, "_read", {})
    released = release(document)
    again = Edition.objects.using("owner").get(pk=released.pk)
    assert again.parsed.sha256 == released.sha256
    assert [choice.code for choice in again.parsed.choices["helpers"]] == ["neighbor", "relative", "school"]
    assert [item.key for item in again.parsed] == [item.key for item in released.parsed]


def test_an_edition_is_read_once_for_each_process(django_assert_num_queries: Any, monkeypatch: Any):
    monkeypatch.setattr(models, "_read", {})
    first, second = (Edition.objects.in_force() for _ in range(2))
    with django_assert_num_queries(1):
        assert first.parsed is second.parsed


def test_the_command_releases_a_folder_and_says_so(capsys: Any):
    small = Path(__file__).parent / "small"
    call_command("release_edition", small, database="owner")
    call_command("release_edition", small, database="owner")
    assert capsys.readouterr().out.count("Edition 0.1 is in force") == 2


def test_the_command_says_what_is_wrong_with_a_folder(tmp_path: Path):
    with pytest.raises(CommandError, match=r"has no edition\.yaml"):
        call_command("release_edition", tmp_path, database="owner")


def test_the_command_releases_the_one_file_of_the_codebook(document: dict[str, Any], tmp_path: Path):
    file = tmp_path / "dictionary-0.1.yaml"
    file.write_bytes(own_file.write(document))
    call_command("release_edition", file, database="owner", verbosity=0)
    assert Edition.objects.using("owner").in_force().sha256 == fingerprint(document)
    file.write_bytes(b"number: [")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("release_edition", file, database="owner")


@pytest.mark.parametrize("where", ["item", "section", "part", "code list"])
def test_a_key_that_is_kept_for_the_questions_of_agencies_is_refused(document: dict[str, Any], where: str):
    first = document["sections"][0]
    match where:
        case "item":
            first["items"][0]["key"] = "own_type"
            del first["items"][2]["checks"], first["items"][3]["when"]
        case "section":
            first["section"] = "own_questions"
        case "part":
            document["parts"].append({"key": "own_part", "title": "Another part"})
        case "code list":
            document["choices"]["own_list"] = document["choices"]["yes_no"]
    with pytest.raises(CannotRelease, match="kept for the questions of single agencies"):
        release(document)
