"""My work of the first person to become, on the day of seeding."""

from pathlib import Path

from django.utils import timezone

from jurisdictions.models import Membership
from jurisdictions.tenancy import jurisdiction_scope
from npcs.demo import reading
from reviews.turns import Turn, my_work


def test_the_first_person_has_six_to_eight_live_lines(seeded: Path):
    first = next(iter(reading.people().values()))
    membership = Membership.objects.select_related("jurisdiction", "user").get(user__email=first["email"])
    with jurisdiction_scope(membership.jurisdiction_id):
        work = my_work(membership)
    lines = [*work.waiting_for_me, *work.waiting_for_others, *work.coming_up]
    assert 6 <= len(lines) <= 8
    assert [line.due for line in work.waiting_for_me if line.tone == "stop"] == ["6 days late"]
    assert [line.due for line in lines].count("due tomorrow") == 1
    assert [line.what for line in work.waiting_for_others] == ["With the quality lead"]
    assert {line.what for line in work.waiting_for_me} >= {"Settle 4 remarks", "Make your statement"}
    assert work.coming_up[0].what == "On hold"


def test_everybody_who_reviews_has_something_to_do(seeded: Path):
    idle = []
    for membership in Membership.objects.select_related("jurisdiction", "user"):
        with jurisdiction_scope(membership.jurisdiction_id):
            work = my_work(membership, timezone.localdate())
        lines: list[Turn] = [*work.waiting_for_me, *work.waiting_for_others, *work.coming_up]
        if not lines:
            idle.append(membership.user.email)
    assert idle == ["desmond@alder.example"], "who looks after people has no review to work on"
