"""A review's home: its shape as a task list, whose turn it is, and the moves that are open."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dictionary import values
from dictionary.schema import Item
from jurisdictions.http import TenantRequest, requires
from jurisdictions.paging import read_key
from jurisdictions.roles import Permission
from jurisdictions.tables import Task
from reviews import grants
from reviews.models import AnswerVersion, Review, ReviewMove
from reviews.rules.moves import MOVES, UNDER_WAY, WITH_PAGES_OF_THEIR_OWN
from reviews.views.page import TONES, ReviewPage, read_review

TEXTS = 50  # replaced texts on one page of the history


@require_GET
@requires(Permission.REVIEW_VIEW)
def review_home(request: TenantRequest, number: str) -> HttpResponse:
    page = read_review(request, number)
    assigns = request.membership.allows(Permission.REVIEW_ASSIGN)
    moves = [move for move in page.moves if move.action not in WITH_PAGES_OF_THEIR_OWN]
    return render(
        request,
        "reviews/home.html",
        page.context(
            crumbs=page.crumbs(),
            groups=_groups(page),
            moves=page.buttons(moves),
            resume=_resume(page),
            may_assign=assigns and page.review.state in UNDER_WAY,
            may_end_grants=assigns and bool(grants.guests_of(page.review)),
            may_hold=request.membership.allows(Permission.REVIEW_HOLD)
            and page.review.state in UNDER_WAY | {Review.State.TO_BE_SELECTED},
            may_withdraw=request.membership.allows(Permission.INCIDENT_WITHDRAW)
            and page.review.state in MOVES["withdraw"].begins,
        ),
    )


@require_GET
@requires(Permission.REVIEW_VIEW)
def review_history(request: TenantRequest, number: str) -> HttpResponse:
    """Every move, by whom and with which words; and the texts that were replaced, newest first."""
    page = read_review(request, number)
    steps = [
        {"at": step.at, "by": step.by, "note": step.note, "label": MOVES[step.action].label}
        for step in ReviewMove.objects.filter(review=page.review).select_related("by__user")
    ]
    return render(
        request,
        "reviews/history.html",
        page.context(
            crumbs=page.crumbs(("History", "")), steps=steps, **_replaced(page, request.GET.get("before", ""))
        ),
    )


@dataclass(frozen=True)
class Replaced:
    """A text as it stood before somebody changed it."""

    label: str
    entry: str
    item: Item
    text: str
    at: dt.datetime
    by: str


def _replaced(page: ReviewPage, before: str) -> dict[str, Any]:
    """The replaced texts from this place on, and the address of those that are older still."""
    if page.is_guest:
        return {"texts": [], "older_url": ""}  # drafts are the agency's own
    kept = AnswerVersion.objects.filter(record=page.review.incident).exclude(value__isnull=True, missing="")
    kept = kept.select_related("replaced_by__user")
    if (oldest := read_key(before)) is not None:
        kept = kept.filter(pk__lt=oldest)
    rows = list(kept.order_by("-pk")[: TEXTS + 1])
    edition, titles = page.content.edition, page.content.titles
    return {
        "texts": [
            Replaced(
                edition.item(row.item).label,
                titles.get(row.repeat_id or 0, ""),
                edition.item(row.item),
                values.display(edition.item(row.item), row.value, row.missing, links=titles),
                row.replaced_at,
                str(row.replaced_by or "an import"),
            )
            for row in rows[:TEXTS]
            if row.item in edition
        ],
        "older_url": f"?before={rows[TEXTS - 1].pk}" if len(rows) > TEXTS else "",
    }


def _groups(page: ReviewPage) -> list[tuple[str, list[Task]]]:
    """The rows of components/task_list.html, under their four headings."""
    groups: dict[str, list[Task]] = {}
    for status in page.statuses:
        url = "" if status.mark == "blocked" else page.part_url(status.key)
        task = Task(status.title, url, status.words, TONES[status.mark], status.note)
        groups.setdefault(status.group, []).append(task)
    return list(groups.items())


def _resume(page: ReviewPage) -> tuple[str, str] | None:
    """Where to go on: what is one's own to state or decide, else the first part that one may write in, begun first."""
    if page.my_seat is not None and not page.my_seat.statement:
        return "Make your statement", page.url("statement")
    if page.review.state == Review.State.TO_BE_SELECTED and page.by.allows(Permission.REVIEW_SELECT):
        return "Decide on selection", page.url("selection")
    for mark in ("going", "todo"):
        for status in page.statuses:
            if status.mark == mark and status.key not in {"selection"} and not page.why_locked(status.key):
                return f"Continue: {status.title}", page.part_url(status.key)
    return None
