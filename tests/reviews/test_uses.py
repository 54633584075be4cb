"""What the codebook says of where an item goes is where it goes."""

from typing import Any

import pytest

from dictionary.models import Edition
from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.documents import read_report
from reviews.documents.reader import Reader
from reviews.models import ReviewReport
from reviews.past.layout import layout
from reviews.uses import uses_of
from tests.cast import member
from tests.reviews.packs import packed
from tests.reviews.written_review import write_review

pytestmark = pytest.mark.django_db
# Columns of the review itself: the report reads them there.
OF_THE_DECISION = {"selected_on", "selection_reasons", "selection_note"}


def saying(words: str) -> set[str]:
    """The items of which the codebook says this."""
    edition = Edition.objects.in_force().parsed
    return {item.key for item in edition if any(words in use for use in uses_of(edition, item))}


def test_what_goes_into_the_review_report(
    cedar: Jurisdiction, lead: Membership, director: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: set[str] = set()

    def noting(method: Any) -> Any:
        def noted(self: Reader, key: str, *places: Any) -> Any:
            read.add(key)
            return method(self, key, *places)

        return noted

    for name in ("text", "code"):
        monkeypatch.setattr(Reader, name, noting(getattr(Reader, name)))
    with jurisdiction_scope(cedar.pk):
        review = write_review(cedar, lead, member(director, cedar))
        edition = review.edition
        asked = {"review": review, "asked_by": lead, "sequence": 1, "edition": edition}
        read_report(ReviewReport(jurisdiction=cedar, **asked))
    said_of_ratings = {item.key for item in edition.parsed if item.rating_of}  # read where a factor is rated
    assert saying("review report") - OF_THE_DECISION - said_of_ratings == {
        item.key for item in edition.parsed if item.key in read and not item.rating_of
    }
    assert said_of_ratings & read
    assert "case_number" not in saying("review report")


def test_where_it_stands_in_a_pack(by: Membership) -> None:
    files = packed(by)
    edition = Edition.objects.in_force().parsed
    for item in edition:
        said = " ".join(uses_of(edition, item))
        (file,) = (name for name in files if f"stands in {name.removeprefix('csv/')}" in said)
        header = files[file].decode().splitlines()[0].split(",")
        column = item.key if not (item.type == "rating" or item.rating_of) else item.key.rpartition("_")[2]
        assert column in header or item.type == "rating", item.key


def test_what_can_come_in_with_past_reviews() -> None:
    edition = Edition.objects.in_force().parsed
    ours = {column.item.key for sheet in layout(edition) for column in sheet.columns if column.item}
    rated = {item.key for item in edition if item.type == "rating" or item.rating_of}
    assert saying("with past reviews") == ours | rated
