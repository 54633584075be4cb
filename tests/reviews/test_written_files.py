"""Files that people asked for: the same is not owed twice, and none lies here for ever."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.stored import discard_unless_kept
from jurisdictions.tenancy import jurisdiction_scope
from reviews import tasks
from reviews.actions.ask_for_pack import ask_for_pack
from reviews.actions.bring_in import KEPT_FOR
from reviews.actions.export_incidents import ask_for_export
from reviews.models import DataPack, IncidentExport, Review
from tests.reviews.packs import EVERYTHING

pytestmark = pytest.mark.django_db


def test_the_same_pack_is_owed_once_while_it_waits(cedar: Jurisdiction, by: Membership) -> None:
    with jurisdiction_scope(cedar.pk):
        first = ask_for_pack(EVERYTHING, by=by)
        assert ask_for_pack(EVERYTHING, by=by) == first
        assert ask_for_pack(EVERYTHING | {"parts": []}, by=by) != first
    tasks.write_packs(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        assert ask_for_pack(EVERYTHING, by=by) != first


def test_packs_and_lists_are_taken_away_after_their_days(
    client: Client,
    review: Review,
    cedar: Jurisdiction,
    by: Membership,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with jurisdiction_scope(cedar.pk):
        pack, export = ask_for_pack(EVERYTHING, by=by), ask_for_export({}, by=by)
    tasks.write_packs(cedar.pk)
    tasks.write_exports(cedar.pk)
    assert tasks.take_old_files_away(cedar.pk) == 0
    with jurisdiction_scope(cedar.pk):
        files = [row.file for row in (DataPack.objects.get(), IncidentExport.objects.get())]
        for kind in (DataPack, IncidentExport):
            row = kind.objects.get()
            row.done_at -= KEPT_FOR + dt.timedelta(hours=1)
            row.save(update_fields=["done_at"])
    assert all(default_storage.exists(name) for name in files)
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.take_old_files_away(cedar.pk) == 2
        assert all(default_storage.exists(name) for name in files)  # until it is kept that they go
    assert not any(default_storage.exists(name) for name in files)
    client.force_login(by.user)
    for home, key in (("/j/cedar/reviews/data/", pack.pk), ("/j/cedar/incidents/exports/", export.pk)):
        assert "was taken away" in client.get(f"{home}{key}/").content.decode()
        assert client.get(f"{home}{key}/download/").status_code == 410


def test_the_file_of_a_try_that_was_overtaken_does_not_stay(cedar: Jurisdiction, by: Membership) -> None:
    with jurisdiction_scope(cedar.pk):
        pack = ask_for_pack(EVERYTHING, by=by)
    tasks.write_packs(cedar.pk)
    stray = default_storage.save(f"data-packs/{cedar.pk}/{pack.pk}-stray.zip", ContentFile(b"whole"))
    with jurisdiction_scope(cedar.pk):
        kept = DataPack.objects.get().file
    for name in (stray, kept):
        discard_unless_kept(pack, name)
    assert (default_storage.exists(stray), default_storage.exists(kept)) == (False, True)
