"""Working off what people of an agency asked for."""

from functools import partial

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from jurisdictions import work
from jurisdictions.models import Jurisdiction
from jurisdictions.stored import discard_unless_kept
from jurisdictions.tenancy import jurisdiction_scope
from reviews import bringing_in, exports, reports
from reviews.actions import ask_for_pack, bring_in, remind, undo_import
from reviews.actions.export_incidents import record_written, tell_of_failures
from reviews.actions.take_written_away import take_written_away
from reviews.models import DataPack, ImportRun, ImportUndoing, IncidentExport, ReviewReport, Upload
from reviews.packs.making import make_pack


@shared_task
def render_reports(jurisdiction_id: int) -> int:
    """Render every review report that the agency owes; safe to run twice, or twice at once."""
    made: list[tuple[ReviewReport, reports.Made]] = []

    def make(report: ReviewReport) -> reports.Made:
        made.append((report, reports.make_report(report)))
        return made[-1][1]

    settled = work.drain(
        lambda: ReviewReport.objects.select_related("asked_by__jurisdiction"),
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


@shared_task(
    soft_time_limit=settings.CELERY_TASK_SOFT_TIME_LIMIT + DataPack.extra_seconds,
    time_limit=settings.CELERY_TASK_TIME_LIMIT + DataPack.extra_seconds,
)
def write_packs(jurisdiction_id: int) -> int:
    """Write every data pack that the agency owes; safe to run twice, or twice at once."""
    scope = partial(jurisdiction_scope, jurisdiction_id)
    made: list[tuple[DataPack, str]] = []

    def make(pack: DataPack) -> ask_for_pack.WrittenPack:
        written = make_pack(pack)
        made.append((pack, written.name))
        return written

    settled = work.drain(
        lambda: DataPack.objects.select_related("asked_by__jurisdiction", "asked_by__user"),
        scope=scope,
        do=make,
        settle=ask_for_pack.record_written,
    )
    for pack, name in made:
        discard_unless_kept(pack, name)
    with scope():
        ask_for_pack.tell_of_failures()
    return settled


@shared_task(
    soft_time_limit=settings.CELERY_TASK_SOFT_TIME_LIMIT + Upload.extra_seconds,
    time_limit=settings.CELERY_TASK_TIME_LIMIT + Upload.extra_seconds,
)
def unpack_uploads(jurisdiction_id: int) -> int:
    """Look at every file that people of the agency brought; safe to run twice, or twice at once."""
    return work.drain(
        lambda: Upload.objects.select_related("by__jurisdiction", "by__user"),
        scope=partial(jurisdiction_scope, jurisdiction_id),
        do=bringing_in.look_at,
        settle=bringing_in.record_looked,
    )


@shared_task(
    soft_time_limit=settings.CELERY_TASK_SOFT_TIME_LIMIT + ImportRun.extra_seconds,
    time_limit=settings.CELERY_TASK_TIME_LIMIT + ImportRun.extra_seconds,
)
def run_imports(jurisdiction_id: int) -> int:
    """Try or keep what people of the agency bring in; safe to run twice, or twice at once."""
    scope = partial(jurisdiction_scope, jurisdiction_id)
    settled = work.drain(
        lambda: ImportRun.objects.select_related("upload", "by__jurisdiction", "by__user"),
        scope=scope,
        do=bringing_in.make_run,
        settle=bringing_in.settle_run,
    )
    with scope():
        bring_in.tell_of_failures()
    return settled


@shared_task(
    soft_time_limit=settings.CELERY_TASK_SOFT_TIME_LIMIT + ImportUndoing.extra_seconds,
    time_limit=settings.CELERY_TASK_TIME_LIMIT + ImportUndoing.extra_seconds,
)
def undo_imports(jurisdiction_id: int) -> int:
    """Take back every import that people of the agency asked to undo; safe to run twice, or twice at once."""
    scope = partial(jurisdiction_scope, jurisdiction_id)
    settled = work.drain(
        lambda: ImportUndoing.objects.select_related("receipt", "by__jurisdiction", "by__user"),
        scope=scope,
        do=bringing_in.make_undoing,
        settle=bringing_in.settle_undoing,
    )
    with scope():
        undo_import.tell_of_failed_undoings()
    return settled


@shared_task
def take_old_files_away(jurisdiction_id: int) -> int:
    """Take away the files that lie longer than they should; asked daily."""
    with jurisdiction_scope(jurisdiction_id):
        now = timezone.now()
        return bring_in.take_away_old(now) + take_written_away(now)
