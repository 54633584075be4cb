"""The last day on which somebody of an agency did something, written by the agency's own task.

The partnership's board shows the day. It could not be asked for there: the audit lies behind each agency's wall, and
a page that opened one agency after the other would be a way around it. The day alone tells nothing of what was done.
"""

from django.utils import timezone

from jurisdictions.models import AuditEvent, Jurisdiction


def note_activity(jurisdiction_id: int) -> None:
    """Write down the day of the agency's latest event by a person; refusals at its doors are nobody's work.

    The agency's scope is open.
    """
    done = AuditEvent.objects.filter(by_user__isnull=False, outcome=AuditEvent.Outcome.DONE)
    latest = done.order_by("-at").values_list("at", flat=True).first()
    if latest is not None:
        Jurisdiction.objects.filter(pk=jurisdiction_id).update(active_on=timezone.localdate(latest))
