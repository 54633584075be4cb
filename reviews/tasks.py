"""Working off what people of an agency asked for."""

from functools import partial

from celery import shared_task
from django.utils import timezone

from jurisdictions import work
from jurisdictions.models import Jurisdiction
from jurisdictions.tenancy import jurisdiction_scope
from reviews import exports, reports
from reviews.actions import remind
from reviews.actions.export_incidents import record_written, tell_of_failures
from reviews.models import IncidentExport, ReviewReport


@shared_task
def render_reports(jurisdiction_id: int) -> int:
    """Render every review report that the agency owes; safe to run twice, or twice at once."""
    made: list[tuple[ReviewReport, reports.Made]] = []

    def make(report: ReviewReport) -> reports.Made:
        made.append((report, reports.make_report(report)))
        return made[-1][1]

    settled = work.drain(
        lambda: ReviewReport.objects.select_related("asked_by"),
        scope=partial(jurisdiction_scope, jurisdiction_id),
        do=make,
        settle=reports.settle_report,
    )
    for report, file in made:
        reports.discard_unless_settled(report, file)
    reports.tell_of_failures(jurisdiction_id)
    return settled


@shared_task
def remind_of_due_days(jurisdiction_id: int) -> int:
    """Remind the agency's people of days that are near or past; asked hourly, said once."""
    with jurisdiction_scope(jurisdiction_id):
        agency = Jurisdiction.objects.get(pk=jurisdiction_id)
        today = timezone.localdate()
        return remind.remind_of_due_days(agency, today) + remind.remind_of_passed_holds(agency, today)


@shared_task
def write_exports(jurisdiction_id: int) -> int:
    """Write every list of incidents that the agency owes; safe to run twice, or twice at once."""
    scope = partial(jurisdiction_scope, jurisdiction_id)
    settled = work.drain(
        lambda: IncidentExport.objects.select_related("asked_by__jurisdiction", "asked_by__user"),
        scope=scope,
        do=exports.make_export,
        settle=record_written,
    )
    with scope():
        tell_of_failures()
    return settled
