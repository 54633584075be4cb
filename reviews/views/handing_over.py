"""Handing over everything that one person holds on live reviews: choose the person, see what goes over, do it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jurisdictions import audit
from jurisdictions.http import TenantRequest, requires
from jurisdictions.models import Membership
from jurisdictions.numbers import number_of
from jurisdictions.roles import Permission
from reviews.actions.moves import CannotMove
from reviews.actions.team import hand_over
from reviews.models import Review, ReviewSeat
from reviews.rules.who import live_seats_of
from reviews.team_forms import HandOverForm


@dataclass(frozen=True)
class Holding:
    """What a person would hand over: all of it counted, and by number what the reader may see."""

    person: Membership
    leads: int
    joins: int
    shown: list[ReviewSeat]

    @property
    def count(self) -> int:
        return self.leads + self.joins

    @property
    def hidden(self) -> int:
        return self.count - len(self.shown)

    @property
    def summary(self) -> str:
        """What follows the person's name: `leads 1 review and is on the team of 2.`"""
        seats = []
        if self.leads:
            seats.append(f"leads {number_of(self.leads, 'review')}")
        if self.joins:
            seats.append(f"is on the team of {self.joins if self.leads else number_of(self.joins, 'review')}")
        said = f"{' and '.join(seats)}."
        if self.hidden:
            goes = "it" if self.hidden == 1 else "they"
            said += f" You cannot see {self.hidden} of these; {goes} will be handed over too."
        return said


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW_HAND_OVER)
def hand_over_all(request: TenantRequest) -> HttpResponse:
    """Everything one person holds on live reviews, to another, in one step."""
    by = request.membership
    given = request.POST if request.method == "POST" else None
    chosen = (given or request.GET).get("from_" if given else "from", "")
    form = HandOverForm(given, agency=by.jurisdiction, initial={"from_": chosen})
    if given and form.is_valid():
        giver, taker = form.named
        try:
            count = hand_over(from_=giver, to=taker, by=by)
        except CannotMove as refusal:
            for problem in refusal.problems:
                form.add_error(None, problem.message)
        else:
            went = number_of(count, "review was", "reviews were")
            messages.success(request, f"{went} handed over to {taker}.")
            return redirect(reverse("work:home", args=[by.jurisdiction.slug]))
    person = form.everybody.get(chosen)
    holding = holding_of(person, by) if person else None
    context = {
        "form": form,
        "holding": holding,
        "shown": [_shown(seat, by) for seat in holding.shown] if holding else [],
        "here": reverse("reviews:hand_over", args=[by.jurisdiction.slug]),
        "crumbs": [*_way(by), ("Hand over", "")],
    }
    return render(request, "reviews/hand_over.html", context, status=422 if form.errors else 200)


def holding_of(person: Membership, by: Membership) -> Holding:
    """What this person holds. Who hands over without seeing reviews, as an administrator, gets counts only."""
    seats = list(
        live_seats_of(person).select_related("review__incident").order_by("review__due_on", "review")
    )
    seen = set(
        Review.objects.visible_to(by)
        .filter(pk__in=[seat.review_id for seat in seats])
        .values_list("pk", flat=True)
    )
    leads = sum(seat.seat == ReviewSeat.Seat.LEAD for seat in seats)
    audit.record("review.holdings_listed", about=person, by=by, reviews=sorted(seen))
    return Holding(
        person,
        leads,
        len(seats) - leads,
        [seat for seat in seats if seat.review_id in seen],
    )


def _shown(seat: ReviewSeat, by: Membership) -> tuple[str, str, str]:
    """The number of its review, the address, and the seat in words."""
    number = seat.review.incident.number
    words = "leads it" if seat.seat == ReviewSeat.Seat.LEAD else "on its team"
    return number, reverse("reviews:home", args=[by.jurisdiction.slug, number]), words


def _way(by: Membership) -> list[tuple[str, str]]:
    """The list that a coordinator, and the one that an administrator, comes from."""
    label, route = (
        ("Reviews", "reviews:list") if by.allows(Permission.REVIEW_VIEW) else ("People", "people:list")
    )
    return [(label, reverse(route, args=[by.jurisdiction.slug]))]
