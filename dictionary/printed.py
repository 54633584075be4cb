"""An edition on paper: its codebook, and a blank form to fill in by hand. PDF/UA-1, made once for each edition.

The pdf worker makes them and leaves them in the file store under a name made of their content; that file is the only
record. They hold questions and no answers, belong to nobody, and can be made again at any time: there is no owed row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.cache import cache as shared
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template.loader import render_to_string

from dictionary import codebook as book
from dictionary import paper
from dictionary.blank import blank_form
from dictionary.history import history_of
from dictionary.models import Edition
from dictionary.values import date_words
from jurisdictions import doorbell

TASK = "dictionary.tasks.print_editions"
PAPER = "letter"
EXTRA_SECONDS = 120  # a hundred pages of tables take a quarter of it on a machine that has nothing else to do
_RING_AGAIN = 20  # seconds: a page that waits asks every two


@dataclass(frozen=True)
class Kind:
    """One paper of an edition. `help` says whom it is for."""

    key: str
    title: str
    help: str
    file_name: str
    write: Callable[[Edition], str]


def write_codebook(edition: Edition) -> str:
    """The codebook as one HTML page."""
    parsed = edition.parsed
    return _page(
        "documents/codebook.html",
        edition,
        sections=book.codebook(parsed, history=histories()),
        privacy_words=[words.partition(": ")[::2] for words in book.PRIVACY_WORDS.values()],
    )


def write_blank_form(edition: Edition) -> str:
    """The blank form as one HTML page."""
    return _page("documents/blank_form.html", edition, parts=blank_form(edition.parsed))


KINDS = {
    one.key: one
    for one in (
        Kind(
            "codebook",
            "Codebook (PDF)",
            "Every question with its codes, rules, privacy class and history, to read and to file.",
            "codebook-{}.pdf",
            write_codebook,
        ),
        Kind(
            "blank-form",
            "Blank form (PDF)",
            "Every question with boxes and lines, to fill in by hand where there is no computer.",
            "blank-form-{}.pdf",
            write_blank_form,
        ),
    )
}


def histories() -> Mapping[str, str]:
    """The history of each item through the editions that were released."""
    return history_of(edition.parsed for edition in reversed(Edition.objects.released().without_document()))


def stored_name(edition: Edition, kind: Kind) -> str:
    """Where the paper lies, or would. It changes with the edition, and with the software that words it."""
    released = tuple(Edition.objects.released().values_list("sha256", flat=True))
    return f"editions/{edition.number}/{kind.key}-{_code(edition.sha256, kind.key, released)}.pdf"


def is_there(edition: Edition, kind: Kind) -> bool:
    return default_storage.exists(stored_name(edition, kind))


def ask_for(edition: Edition, kind: Kind) -> None:
    """Ring for a paper that is not there; once for all who wait for it."""
    if shared.add(f"printing:{stored_name(edition, kind)}", True, timeout=_RING_AGAIN):
        doorbell.ring(TASK, None)


def print_one(edition: Edition, kind: Kind) -> None:
    """Make the paper and keep it, unless it is there."""
    name = stored_name(edition, kind)
    if default_storage.exists(name):
        return
    rendered = paper.print_html(kind.write(edition), paper=PAPER)
    kept = default_storage.save(name, ContentFile(rendered.content))
    if kept != name:  # another worker was quicker
        default_storage.delete(kept)


@cache
def _code(sha256: str, kind: str, released: tuple[str, ...]) -> str:
    """A check code of the page itself, made once in a process."""
    return paper.check_code(KINDS[kind].write(Edition.objects.get(sha256=sha256)))


def _page(template: str, edition: Edition, **context: Any) -> str:
    released = edition.released_at.date().isoformat() if edition.released_at else ""
    return render_to_string(
        template,
        {"edition": edition.parsed, "status": edition.get_status_display(), "released": date_words(released)}
        | context,
    )
