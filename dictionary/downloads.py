"""The files in which an edition leaves: made once for each edition in a process, as its content never changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dictionary.interchange import own_file, redcap, xlsform
from dictionary.models import Edition


@dataclass(frozen=True)
class Format:
    """One kind of file. `help` says whom it is for."""

    key: str
    title: str
    help: str
    file_name: str
    content_type: str
    write: Callable[[Mapping[str, Any]], bytes]


FORMATS = {
    one.key: one
    for one in (
        Format(
            "redcap",
            "REDCap data dictionary (CSV)",
            "To build the same questions in REDCap. What REDCap has no place for stands behind @NPCS= in the field "
            "annotation. In REDCap, also set the missing data codes unknown, not_asked, not_applicable and withheld.",
            "redcap-dictionary-{}.csv",
            "text/csv; charset=utf-8",
            redcap.write,
        ),
        Format(
            "xlsform",
            "XLSForm (XLSX)",
            "For forms in Kobo, ODK or CommCare. What they have no place for stands in the sheet npcs.",
            "xlsform-{}.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            xlsform.write,
        ),
        Format(
            "document",
            "Our own file (YAML)",
            "The whole edition, to keep, to compare, or to release on another installation.",
            "dictionary-{}.yaml",
            "application/yaml",
            own_file.write,
        ),
    )
}


@lru_cache(maxsize=12)
def content(sha256: str, key: str) -> bytes:
    """The file of the edition with this fingerprint."""
    return FORMATS[key].write(Edition.objects.get(sha256=sha256).document)
