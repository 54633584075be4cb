"""Whether a person may have a file that was made for them."""

from django.db.models import F, Func

from jurisdictions.models import Membership
from reviews.models import Incident, IncidentExport


def may_have(export: IncidentExport, by: Membership) -> bool:
    """Only who asked for a list, and only while they may see every incident in it: a file shows nobody what its
    page would refuse. A list of which nobody knows what it holds is nobody's."""
    if export.asked_by_id != by.pk or export.numbers is None:
        return False
    inside = IncidentExport.objects.filter(pk=export.pk).values_list(Func(F("numbers"), function="unnest"))
    return Incident.objects.visible_to(by).filter(number__in=inside).count() == len(export.numbers)
