"""What people type is shown as they typed it and does nothing: markup in every kind of text, every page read."""

import pytest
from django.utils import timezone

from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Review
from tests.architecture.walk import furnish, read
from tests.cast import member

PROBE = "\"'><inert-probe onclick=x>{{ 7 }}"


@pytest.mark.slow
@pytest.mark.django_db
def test_markup_that_people_type_never_becomes_part_of_a_page(
    cedar: Jurisdiction, coordinator: User, quality_lead: User, reviewer: User, administrator: User
) -> None:
    cedar.name = f"{PROBE} County"
    cedar.save(update_fields=["name"])
    reviewer.display_name = f"{PROBE} Person"
    reviewer.save(update_fields=["display_name"])
    with jurisdiction_scope(cedar.pk):
        keys = furnish(cedar, member(reviewer, cedar), PROBE, "2026-001")
        today = timezone.localdate()
        Review.objects.update(hold_reason="court", held_since=today, held_until=today, hold_note=PROBE)
    people = {"reviewer": reviewer, "coordinator": coordinator, "administrator": administrator}
    seen = 0
    for asked, (status, body) in read(people | {"quality lead": quality_lead}, keys).items():
        assert status < 500, asked
        if asked[1].endswith(("download/", "workbook/")):  # the file itself, never shown as a page
            continue
        assert b"<inert-probe" not in body, asked
        seen += b"&lt;inert-probe" in body
    assert seen > 100  # and it does stand there, as words
