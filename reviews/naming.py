"""What reviews and incidents are called where the audit tells of them, as far as its reader may see them."""

from collections.abc import Iterable, Iterator

from django.urls import reverse

from jurisdictions.audit_words import Named
from jurisdictions.models import Membership
from reviews.models import Incident, Review


def name_reviews(keys: Iterable[int], reader: Membership) -> Named:
    seen = Review.objects.visible_to(reader).filter(pk__in=keys).values_list("pk", "incident__number")
    return {pk: (f"Review {number}", _page("reviews:home", reader, number)) for pk, number in seen}


def name_incidents(keys: Iterable[int], reader: Membership) -> Named:
    seen = Incident.objects.visible_to(reader).filter(pk__in=keys).values_list("pk", "number")
    return {pk: (f"Incident {number}", _page("incidents:detail", reader, number)) for pk, number in seen}


def find_by_number(number: str, reader: Membership) -> Iterator[str]:
    """A review and an incident of this number, as events name them, as far as the reader may see them."""
    reviews = Review.objects.visible_to(reader).filter(incident__number=number)
    incidents = Incident.objects.visible_to(reader).filter(number=number)
    yield from (f"review:{key}" for key in reviews.values_list("pk", flat=True))
    yield from (f"incident:{key}" for key in incidents.values_list("pk", flat=True))


def _page(route: str, reader: Membership, number: str) -> str:
    return reverse(route, args=[reader.jurisdiction.slug, number])
