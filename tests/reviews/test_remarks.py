"""Remarks beside a part, and the team's word that a part is done."""

import pytest
from django.utils import timezone

from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from reviews.actions.moves import CannotMove
from reviews.actions.remarks import leave_remark, mark_part, settle_remark
from reviews.models import PartMark, Remark, Review
from reviews.views.page import ReviewPage
from tests.cast import member
from tests.reviews.situations import make_review

pytestmark = pytest.mark.django_db
State = Review.State


@pytest.mark.parametrize("state", State)
def test_remarks_are_left_while_the_review_is_read(
    in_cedar: Jurisdiction, lead: Membership, director: User, state: State
) -> None:
    approver = member(director, in_cedar) if state == State.APPROVED else None
    review = make_review(in_cedar, lead, state=state, approver=approver)
    if state in {State.WITH_QUALITY_LEAD, State.WITH_DIRECTOR}:
        remark = leave_remark(review, part="needs", text="  Which record says so? ", by=lead)
        assert remark.text == "Which record says so?"
        assert AuditEvent.objects.get(kind="remark.left").ids == {"remark": remark.pk, "part": "needs"}
    else:
        with pytest.raises(CannotMove, match=r"remark\.turn"):
            leave_remark(review, part="needs", text="Which record says so?", by=lead)


@pytest.mark.parametrize(("text", "code"), [(" \n", "remark.empty"), ("x" * 2001, "remark.long")])
def test_a_remark_says_something_and_is_short(
    in_cedar: Jurisdiction, lead: Membership, text: str, code: str
) -> None:
    review = make_review(in_cedar, lead, state=State.WITH_DIRECTOR)
    with pytest.raises(CannotMove, match=code):
        leave_remark(review, part="needs", text=text, by=lead)
    assert leave_remark(review, part="needs", text=f" {'x' * 2000} ", by=lead).text == "x" * 2000


def test_a_settled_remark_keeps_who_settled_it_first(
    in_cedar: Jurisdiction, lead: Membership, quality_lead: User
) -> None:
    review = make_review(in_cedar, lead, state=State.WITH_QUALITY_LEAD)
    remark = leave_remark(review, part="needs", text="Which?", by=member(quality_lead, in_cedar))
    settle_remark(remark, by=lead)
    settle_remark(remark, by=member(quality_lead, in_cedar))
    standing = Remark.objects.get()
    assert (standing.settled_by, standing.text) == (lead, "Which?")
    assert standing.settled_at is not None
    event = AuditEvent.objects.get(kind="remark.settled")
    assert (event.about, event.by_user, event.ids) == (
        f"review:{review.pk}",
        lead.user_id,
        {"remark": remark.pk},
    )


def test_a_part_is_marked_once_and_taken_back_alone(in_cedar: Jurisdiction, lead: Membership) -> None:
    one, other = (make_review(in_cedar, lead, number=number) for number in ("2026-001", "2026-002"))
    for review, part in ((one, "needs"), (one, "needs"), (one, "timeline"), (other, "needs")):
        mark_part(review, part, done=True, by=lead)
    mark_part(one, "needs", done=False, by=lead)
    left = set(PartMark.objects.values_list("review", "part", "done_by"))
    assert left == {(one.pk, "timeline", lead.pk), (other.pk, "needs", lead.pk)}
    kinds = list(
        AuditEvent.objects.filter(about=f"review:{one.pk}").order_by("pk").values_list("kind", "ids")
    )
    assert kinds[-1] == ("part.reopened", {"part": "needs"})
    assert kinds[0] == ("part.done", {"part": "needs"})


def test_a_part_with_an_open_remark_does_not_say_who_called_it_done(
    in_cedar: Jurisdiction, lead: Membership, quality_lead: User
) -> None:
    review = make_review(in_cedar, lead, lead=lead, state=State.WITH_QUALITY_LEAD)
    PartMark.objects.create(
        jurisdiction=in_cedar, review=review, part="needs", done_by=lead, done_at=timezone.now()
    )
    remark = leave_remark(review, part="needs", text="Which?", by=member(quality_lead, in_cedar))

    def needs() -> tuple[str, str]:
        page = ReviewPage(Review.objects.select_related("incident", "edition").get(), lead)
        return next((status.mark, status.note) for status in page.statuses if status.key == "needs")

    assert needs() == ("todo", "1 remark to settle")
    settle_remark(remark, by=lead)
    assert needs()[0] == "done"
