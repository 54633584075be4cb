"""The dictionary as an XLSForm workbook, as Kobo, ODK and CommCare read it, out and in."""

from collections.abc import Mapping
from typing import Any

from dictionary.interchange import xlsform_file
from dictionary.interchange.assembling import assemble
from dictionary.interchange.losses import not_more
from dictionary.interchange.questions import Imported
from dictionary.interchange.xlsform_in import Reader
from dictionary.interchange.xlsform_out import sheets_of

TITLE = "Brought in from an XLSForm"


def write(document: Mapping[str, Any]) -> bytes:
    """The edition as a workbook. Raises schema.EditionError when the document is no edition."""
    return xlsform_file.write(sheets_of(document))


def read(data: bytes, *, title: str = TITLE, most: int | None = None) -> Imported:
    """The edition that the form describes, and what it does not hold. Raises losses.Refused with what to mend, also
    where its survey has more than `most` rows."""
    file = xlsform_file.read(data)
    not_more(len(file.survey), most)
    reader = Reader(file)
    source = reader.source(title)
    return assemble(source, reader.losses, "xlsform")
