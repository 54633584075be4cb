"""Adding, removing and bringing back the entries of a repeating part; and the step from a need to an opportunity."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from jurisdictions import audit
from jurisdictions.models import Membership
from reviews.actions.answer import Place, save_answer
from reviews.models import Answer, Entry, Incident, Review

# What an opportunity takes over from the need it is made from: the words stay as they were written.
KEPT_WORDS = {
    "need_statement": "opportunity_need",
    "need_received": "opportunity_received",
}


@transaction.atomic
def add_entry(record: Incident, section: str, *, by: Membership, made_from: Entry | None = None) -> Entry:
    """A new, empty entry at the end of its section."""
    Incident.objects.select_for_update(of=("self",)).get(pk=record.pk)
    last = Entry.objects.filter(record=record, section=section).aggregate(last=Max("position"))["last"]
    entry = Entry.objects.create(
        jurisdiction_id=record.jurisdiction_id,
        record=record,
        section=section,
        position=(last or 0) + 1,
        created_by=by,
        made_from=made_from,
    )
    audit.record("entry.added", about=f"review:{record.pk}", by=by, entry=entry.pk)
    return entry


@transaction.atomic
def remove_entry(entry: Entry, *, by: Membership) -> Entry:
    """Take an entry out of the review. Its answers stay, so it can be brought back."""
    entry = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if entry.removed_at is None:
        entry.removed_at, entry.removed_by = timezone.now(), by
        entry.save(update_fields=["removed_at", "removed_by"])
        audit.record("entry.removed", about=f"review:{entry.record_id}", by=by, entry=entry.pk)
    return entry


@transaction.atomic
def bring_back_entry(entry: Entry, *, by: Membership) -> Entry:
    entry = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if entry.removed_at is not None:
        entry.removed_at = entry.removed_by = None
        entry.save(update_fields=["removed_at", "removed_by"])
        audit.record("entry.brought_back", about=f"review:{entry.record_id}", by=by, entry=entry.pk)
    return entry


@transaction.atomic
def make_opportunity(need: Entry, *, by: Membership) -> Entry:
    """The improvement opportunity of a need, keeping its words. Asking again returns the one there is."""
    record = Incident.objects.select_for_update(of=("self",)).get(pk=need.record_id)
    existing: Entry | None = (
        Entry.objects.kept().filter(record=record, section="opportunities", made_from=need).first()
    )
    if existing is not None:
        return existing
    opportunity = add_entry(record, "opportunities", by=by, made_from=need)
    review = Review.objects.with_questions().get(pk=record.pk)
    words = dict(
        Answer.objects.filter(record=record, repeat=need, item__in=KEPT_WORDS).values_list("item", "value")
    )
    for item, kept_as in KEPT_WORDS.items():
        if words.get(item):
            place = Place(review, opportunity.pk, kept_as)
            save_answer(place, value=words[item], missing="", version=0, by=by)
    return opportunity
