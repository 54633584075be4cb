"""Who leaves remarks when, beside which parts; and that nothing typed is lost when the review has moved on."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from jurisdictions.models import Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.approver import name_approver
from reviews.actions.moves import CannotMove
from reviews.actions.remarks import leave_remark
from reviews.models import Remark, Review
from reviews.rules.editing import problems_before_editing
from reviews.rules.reading import parts_read, problems_before_remarking
from tests.cast import make_person, member
from tests.reviews.situations import add, make_review, seat

pytestmark = pytest.mark.django_db
READ = "/j/cedar/reviews/2026-001/read/"
SignIn = Callable[[str], Client]
State = Review.State

# Who leaves remarks in which state; nobody does in any other.
READERS = {State.WITH_QUALITY_LEAD: {"quality_lead"}, State.WITH_DIRECTOR: {"director", "guest"}}


@pytest.fixture
def cast(
    cedar: Jurisdiction, reviewer: User, observer: User, coordinator: User, quality_lead: User, director: User
) -> dict[str, Membership]:
    people = {
        "reviewer": reviewer,
        "observer": observer,
        "coordinator": coordinator,
        "quality_lead": quality_lead,
        "director": director,
        "guest": make_person("guest", cedar, Role.GUEST),
        "other_guest": make_person("other_guest", cedar, Role.GUEST),
    }
    return {name: member(user, cedar) for name, user in people.items()}


@pytest.fixture
def review(cedar: Jurisdiction, cast: dict[str, Membership]) -> Review:
    by = cast["coordinator"]
    with jurisdiction_scope(cedar.pk):
        review = make_review(cedar, by, lead=cast["reviewer"])
        name_approver(review, person=cast["guest"], until=timezone.localdate(), by=by)
        Review.objects.update(state=State.WITH_QUALITY_LEAD)
        return Review.objects.select_related("edition", "incident").get()


@pytest.mark.parametrize("state", State)
def test_who_leaves_remarks(
    cedar: Jurisdiction, review: Review, cast: dict[str, Membership], state: State
) -> None:
    review.state = state
    with jurisdiction_scope(cedar.pk):
        may = {name for name, by in cast.items() if not problems_before_remarking(review, by=by)}
    assert may == READERS.get(state, set())


def test_remarks_are_left_beside_the_parts_that_are_read(
    cedar: Jurisdiction, review: Review, cast: dict[str, Membership], sign_in: SignIn
) -> None:
    edition = review.edition.parsed
    shown = [part.key for part in parts_read(edition)]
    assert set(shown) == {part.key for part in edition.parts} - {"selection", "statement"}
    page = sign_in("quality_lead").get(READ).content.decode()
    with jurisdiction_scope(cedar.pk):
        for part in edition.parts:
            assert (f'name="remark-{part.key}"' in page) == (part.key in shown)
        for part in ("selection", "statement", "", "nowhere"):
            with pytest.raises(CannotMove, match=r"^remark\.part$"):
                leave_remark(review, part=part, text="Which?", by=cast["quality_lead"])


@pytest.mark.parametrize("part", ["selection", "statement"])
def test_a_remark_posted_beside_another_part_is_not_left(
    cedar: Jurisdiction, review: Review, sign_in: SignIn, part: str
) -> None:
    client = sign_in("quality_lead")
    assert client.post(READ, {f"remark-{part}": "Which?", "at": part}).status_code == 422
    with jurisdiction_scope(cedar.pk):
        assert not Remark.objects.exists()


@pytest.mark.parametrize(
    ("state", "says", "way"),
    [
        (State.IN_REVIEW, "this review is in review", "The team has it."),
        (State.WITH_DIRECTOR, "this review is with the director", "can leave your words as a remark"),
    ],
)
def test_words_for_a_review_that_moved_on_come_back_with_what_happened(
    cedar: Jurisdiction, review: Review, sign_in: SignIn, state: State, says: str, way: str
) -> None:
    with jurisdiction_scope(cedar.pk):
        Review.objects.update(state=state)
    answer = sign_in("quality_lead").post(READ, {"remark-needs": "Whose <view> is it?", "at": "needs"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Whose &lt;view&gt; is it?" in page
    assert f"You cannot leave a remark now: {says}." in page
    assert way in page
    with jurisdiction_scope(cedar.pk):
        assert not Remark.objects.exists()


def test_a_remark_that_comes_behind_a_move_is_refused_under_the_lock(
    cedar: Jurisdiction, review: Review, cast: dict[str, Membership]
) -> None:
    with jurisdiction_scope(cedar.pk):
        Review.objects.update(state=State.IN_REVIEW)
        with pytest.raises(CannotMove, match=r"^remark\.turn$"):
            leave_remark(review, part="needs", text="Which?", by=cast["quality_lead"])


def test_lines_count_as_a_browser_counts_them(
    cedar: Jurisdiction, review: Review, cast: dict[str, Membership]
) -> None:
    typed = "a\r\n" * 1000
    with jurisdiction_scope(cedar.pk):
        assert (
            leave_remark(review, part="needs", text=typed, by=cast["quality_lead"]).text
            == typed.replace("\r\n", "\n").strip()
        )
        with pytest.raises(CannotMove) as refusal:
            leave_remark(review, part="needs", text="b" * 2003, by=cast["quality_lead"])
    assert refusal.value.problems[0].message.endswith("this one is 3 over.")


@pytest.mark.parametrize(
    ("roles", "part", "code"),
    [
        (["debriefer"], "debriefs", None),
        (["debriefer"], "needs", "editing.debriefer"),
        (["debriefer"], "factors", "editing.debriefer"),
        (["debriefer", "reviewer"], "needs", None),
        (["debriefer", "coordinator"], "needs", "editing.debriefer"),
        (["reviewer"], "needs", None),
        (["reviewer"], "debriefs", None),
        (["coordinator"], "debriefs", "editing.role"),
    ],
)
def test_a_debriefer_writes_in_debriefs_only(
    cedar: Jurisdiction,
    review: Review,
    cast: dict[str, Membership],
    roles: list[str],
    part: str,
    code: str | None,
) -> None:
    by = cast["observer"]
    by.roles, review.state = roles, State.IN_REVIEW
    with jurisdiction_scope(cedar.pk):
        sits = seat(review, by, cast["coordinator"])
    found = [problem.code for problem in problems_before_editing(review, part, by=by, seat=sits)]
    assert found == ([code] if code else [])


def test_long_words_are_read_in_full(
    cedar: Jurisdiction, cast: dict[str, Membership], review: Review, sign_in: SignIn
) -> None:
    """A heading cuts what names an entry short; whoever checks a review reads every word of it, once."""
    long, short = (
        " ".join(["A second on-call worker at night"] * 9) + " stands by.",
        "A list that asks about water.",
    )
    with jurisdiction_scope(cedar.pk):
        for words in (long, short):
            add(review, cast["reviewer"], "recommendations", recommendation_statement=words)
    page = sign_in("quality_lead").get(READ).content.decode()
    assert (page.count(long), page.count(short)) == (1, 1)


def test_the_main_button_is_a_move_that_can_be_made(
    cedar: Jurisdiction, cast: dict[str, Membership], review: Review, sign_in: SignIn
) -> None:
    """Returning waits for a remark: until there is one, sending on is the main button; then returning is."""

    def main_button() -> str:
        part = sign_in("quality_lead").get(READ).content.decode().split("npcs-next-moves")[1]
        return part.split("</a>")[0].rsplit(">", 1)[1]

    assert main_button() == "Send to director"
    with jurisdiction_scope(cedar.pk):
        leave_remark(review, part="needs", text="Whose need was it?", by=cast["quality_lead"])
    assert main_button() == "Return to the team"
