"""Asking for a data pack and looking into it."""

import csv
import io
import zipfile
from typing import Any

from jurisdictions.models import Membership
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.ask_for_pack import ask_for_pack
from reviews.models import DataPack
from reviews.packs.chosen import GROUPS
from reviews.tasks import write_packs

EVERYTHING = {"groups": list(GROUPS), "parts": ["direct", "case_numbers", "redcap", "syntax"]}


def packed(by: Membership, **chosen: Any) -> dict[str, bytes]:
    """The files of a new pack, by name."""
    with jurisdiction_scope(by.jurisdiction_id):
        pack = ask_for_pack(EVERYTHING | chosen, by=by)
    write_packs(by.jurisdiction_id)
    with jurisdiction_scope(by.jurisdiction_id):
        pack = DataPack.objects.get(pk=pack.pk)
        assert pack.work_state == "done", pack.trouble
    return unzipped(stored(pack))


def stored(pack: DataPack) -> bytes:
    from django.core.files.storage import default_storage

    with default_storage.open(pack.file) as file:
        content: bytes = file.read()
    return content


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


def holding(files: dict[str, bytes], words: str) -> list[str]:
    """The files in which these words stand, and the parts of a workbook, which is a ZIP of its own."""
    parts = {
        f"{name}/{part}": content
        for name, whole in files.items()
        if name.endswith(".xlsx")
        for part, content in unzipped(whole).items()
    }
    return [name for name, content in (files | parts).items() if words.encode() in content]


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    text = files[name].decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))
