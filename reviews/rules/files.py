"""Whether a person may have a file that was made for them."""

from django.db.models import Count, F, Func, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from jurisdictions.models import Membership
from reviews.models import DataPack, Incident, IncidentExport, Review


def lists_of(person: Membership) -> QuerySet[IncidentExport]:
    """The lists that this person asked for, newest first; each with how many incidents it `holds`, and how many of
    these the person may still see (`seen`)."""
    this = IncidentExport.objects.filter(pk=OuterRef(OuterRef("pk")))
    inside = this.values_list(Func(F("numbers"), function="unnest"))
    visible = Incident.objects.visible_to(person).filter(number__in=inside)
    seen = visible.order_by().values("jurisdiction").annotate(seen=Count("pk")).values("seen")
    mine = IncidentExport.objects.filter(asked_by=person).defer("numbers").order_by("-pk")
    return mine.annotate(holds=F("numbers__len"), seen=Coalesce(Subquery(seen), 0))


def list_state(export: IncidentExport) -> str:
    """Where one of `lists_of` stands: its `work_state`, or why it is not handed out.

    Ready only while the person may see every incident in it: a file shows nobody what its page would refuse. After its
    days it is `taken_away`. A list that was made before it was noted what it holds is `unlisted`, and nobody's.
    """
    state = export.work_state
    if state != "done":
        return state
    if not export.file:
        return "taken_away"
    if export.holds is None:  # type: ignore[attr-defined]
        return "unlisted"
    return "done" if export.seen == export.holds else "withheld"  # type: ignore[attr-defined]


def packs_of(person: Membership) -> QuerySet[DataPack]:
    """The data packs that this person asked for, newest first; each with how many reviews it `holds`, and how many of
    these the person may still see (`seen`)."""
    this = DataPack.objects.filter(pk=OuterRef(OuterRef("pk")))
    inside = this.values_list(Func(F("reviews"), function="unnest"))
    visible = Review.objects.visible_to(person).filter(pk__in=inside)
    seen = visible.order_by().values("jurisdiction").annotate(seen=Count("pk")).values("seen")
    mine = DataPack.objects.filter(asked_by=person).defer("reviews").order_by("-pk")
    return mine.annotate(holds=F("reviews__len"), seen=Coalesce(Subquery(seen), 0))


def pack_state(pack: DataPack) -> str:
    """Where one of `packs_of` stands: its `work_state`, `taken_away` after its days, or `withheld` once the
    person may not see a review in it."""
    state = pack.work_state
    if state == "done" and not pack.file:
        return "taken_away"
    if state == "done" and pack.seen != (pack.holds or 0):  # type: ignore[attr-defined]
        return "withheld"
    return state
