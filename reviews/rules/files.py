"""Whether a person may have a file that was made for them."""

from django.db.models import F, Func

from jurisdictions.models import Membership
from reviews.models import Incident, IncidentExport


def list_state(export: IncidentExport, by: Membership) -> str:
    """Where a list stands for this person: its `work_state`, or why it is not handed out.

    Ready only for who asked for it, and only while they may see every incident in it: a file shows nobody what its
    page would refuse. A list that was made before it was noted what it holds is `unlisted`, and nobody's.
    """
    state = export.work_state
    if state != "done":
        return state
    if export.asked_by_id != by.pk:
        return "withheld"
    if export.numbers is None:
        return "unlisted"
    inside = IncidentExport.objects.filter(pk=export.pk).values_list(Func(F("numbers"), function="unnest"))
    seen = Incident.objects.visible_to(by).filter(number__in=inside).count()
    return "done" if seen == len(export.numbers) else "withheld"
