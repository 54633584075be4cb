"""The dictionary as a REDCap data dictionary (CSV of 18 columns), out and in.

What REDCap cannot hold is fenced in its last column. A file that came from REDCap is written back into itself: a cell
changes only where the edition did.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dictionary.interchange import redcap_file
from dictionary.interchange.assembling import assemble
from dictionary.interchange.losses import not_more
from dictionary.interchange.questions import Imported
from dictionary.interchange.redcap_file import Field, RedcapFile
from dictionary.interchange.redcap_in import Reader
from dictionary.interchange.redcap_out import RECORD_ID, fields_of

TITLE = "Brought in from REDCap"


@dataclass(frozen=True)
class RedcapImport(Imported):
    """`origin` is the file itself: what we cannot hold stays in it."""

    origin: RedcapFile


def write(document: Mapping[str, Any], origin: RedcapFile | None = None) -> bytes:
    """The edition as a data dictionary; with its origin, in the very bytes of that where nothing changed. Raises
    schema.EditionError when the document is no edition."""
    now = fields_of(document)
    if origin is None:
        return redcap_file.write(now).to_bytes()
    record = next(iter(origin.fields.values())).name
    base = fields_of(_read(origin, TITLE).document)
    return redcap_file.merge(origin, _named(base, record), _named(now, record)).to_bytes()


def read(data: bytes, *, title: str = TITLE, most: int | None = None) -> RedcapImport:
    """The edition that the file describes, and what it does not hold. Raises losses.Refused with what to mend, also
    where it has more than `most` fields."""
    file = redcap_file.read(data)
    not_more(len(file.fields), most)
    return _read(file, title)


def _read(file: RedcapFile, title: str) -> RedcapImport:
    reader = Reader(file)
    read = assemble(reader.source(title), reader.losses, "redcap")
    return RedcapImport(read.document, read.edition, read.losses, file)


def _named(fields: list[Field], record: str) -> list[Field]:
    return [replace(field, name=record) if field.name == RECORD_ID else field for field in fields]
