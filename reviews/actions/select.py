"""The selection decision: whether an incident is reviewed, why, by whom and until when."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from dictionary.models import OwnEdition
from dictionary.schema import LOCAL
from jurisdictions.models import AgencyPolicy, Membership
from jurisdictions.rules import Problem
from reviews.actions.moves import CannotMove, make_move
from reviews.actions.team import name_team
from reviews.models import Answer, Review
from reviews.rules.clocks import clock_began, due_day


@transaction.atomic
def select_for_review(
    review: Review,
    *,
    reasons: Iterable[str],
    note: str,
    lead: Membership,
    team: Iterable[Membership],
    by: Membership,
    today: dt.date | None = None,
) -> Review:
    """Select an incident: reasons, team, and the due day by the agency's clock, later by the days it was held."""
    today = today or timezone.localdate()
    review = _decided(review, reasons, note)
    days = AgencyPolicy.objects.of(review.jurisdiction).review_due_days
    review.selected_on = today
    began = clock_began(aware_on=review.incident.aware_on, selected_on=today)
    review.due_on = due_day(began=began, days=days, held_days=review.held_days)
    review.own_edition = _own_questions(review)
    review.save(update_fields=["selection_reasons", "selection_note", "selected_on", "due_on", "own_edition"])
    name_team(review, lead=lead, team=team, by=by, tell_them=False)
    return make_move(review, "select", by=by)


@transaction.atomic
def do_not_select(review: Review, *, reasons: Iterable[str], note: str, by: Membership) -> Review:
    """Leave an incident without a review; its reasons stay in the yearly list."""
    review = _decided(review, reasons, note)
    review.save(update_fields=["selection_reasons", "selection_note"])
    return make_move(review, "do_not_select", by=by)


def _own_questions(review: Review) -> OwnEdition | None:
    """The work begins with what its agency asks now, unless one of its own questions was answered before."""
    answered = Answer.objects.filter(record=review.pk, item__startswith=LOCAL).exists()
    return review.own_edition if answered else OwnEdition.objects.newest()


def _decided(review: Review, reasons: Iterable[str], note: str) -> Review:
    """The review under lock with its reasons set. Raises CannotMove without one."""
    review = Review.objects.locked(review.pk)
    if review.state != Review.State.TO_BE_SELECTED:
        raise CannotMove(
            [
                Problem(
                    "selection.elsewhere",
                    f"This incident is {review.get_state_display().lower()} now, so your decision is not recorded. "
                    "Somebody may have decided meanwhile: look at the review again.",
                )
            ]
        )
    review.selection_reasons, review.selection_note = sorted(reasons), note.strip()
    if not review.selection_reasons:
        raise CannotMove([Problem("selection.reasons", "Tick at least one reason for the decision.")])
    return review
