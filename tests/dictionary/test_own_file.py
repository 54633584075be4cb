"""An edition as one file: readable, loaded back to the same fingerprint, and nothing else is read."""

import json
from typing import Any

import pytest

from dictionary import editions
from dictionary.interchange import own_file
from dictionary.interchange.losses import Refused
from dictionary.loading import fingerprint


@pytest.mark.parametrize("which", ["small", "shipped"])
def test_it_loads_back_to_the_same_fingerprint(document: dict[str, Any], which: str):
    whole = document if which == "small" else editions.read_folder(editions.latest_folder())
    data = own_file.write(whole)
    assert own_file.read(data) == whole
    assert fingerprint(own_file.read(data)) == fingerprint(whole)
    assert fingerprint(own_file.read(json.dumps(whole).encode())) == fingerprint(whole)


def test_it_reads_from_the_top_and_does_not_depend_on_the_order_of_keys(document: dict[str, Any]):
    data = own_file.write(document)
    assert data.decode().startswith("number: '0.1'\ntitle: A small edition for tests\n")
    assert own_file.write(json.loads(json.dumps(document, sort_keys=True))) == data
    assert b"&id" not in data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff", "The file is not UTF-8."),
        (b"- 1", "has no sections"),
        (b"a: [", "cannot be read"),
        (b"a: &a [x]\nb: *a", "References"),
        (b"number: '1.0'\nnumber: '1.1'", "stands twice"),
        (b"[" * 3_000, "cannot be read"),
        (b"!!python/object/apply:os.getcwd []", "cannot be read"),
        (b"x" * (own_file.FILE_BYTES + 1), "larger than 5 MiB"),
        (b"number: '1.0'\ntitle: x\nparts: []\nsections: []", "has no sections"),
    ],
)
def test_what_is_no_edition_is_refused(data: bytes, words: str):
    with pytest.raises(Refused, match=words):
        own_file.read(data)
