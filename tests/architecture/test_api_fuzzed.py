"""What the description allows, and what it forbids, is sent to every operation: each answer is one that it names, of
its shape; and the same call with another agency's token finds nothing, in the same bytes."""

from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from npcs import api_schema
from tests.architecture.conftest import Walk
from tests.architecture.test_leaks import rows_of_birch
from tests.cast import member
from tests.reviews.situations import seat
from tests.tokens import give_token

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SEED = 20261122
EXAMPLES = {GenerationMode.POSITIVE: 5, GenerationMode.NEGATIVE: 3}
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
NOT_FOUND = b'"type": "/api/docs/#not-found"'


@pytest.fixture
def every(walk: Walk, coordinator: User) -> User:
    """Somebody of Cedar with every role and a seat, whose files lie there: whatever is asked is theirs to do."""
    from jurisdictions.models import Membership
    from jurisdictions.roles import Role
    from reviews.models import Review

    Membership.objects.filter(user=coordinator).update(
        roles=[str(role) for role in Role if role is not Role.GUEST]
    )
    with jurisdiction_scope(walk.cedar.pk):
        review = Review.objects.get(incident__number=walk.ours["number"])
        who = member(coordinator, walk.cedar)
        seat(review, who, who)
    return coordinator


@pytest.mark.parametrize("mode", EXAMPLES, ids=lambda mode: mode.value)
def test_every_operation_answers_as_it_is_described(
    walk: Walk,
    every: User,
    outsider: User,
    birch: Jurisdiction,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    mode: GenerationMode,
) -> None:
    # Between requests Django drops a connection that is inside a transaction; here it is the test's own.
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    settings.ALLOWED_HOSTS = ["*"]
    settings.API_CALLS_A_MINUTE = settings.API_REFUSALS_A_MINUTE = 1_000_000
    described = schemathesis.openapi.from_dict(api_schema.in_force())
    described.app = WSGIHandler()
    ours, theirs = (
        {"Authorization": f"Bearer {token}"}
        for token in (give_token(every, walk.cedar), give_token(outsider, birch))
    )
    before, statuses = _rows(walk), set()
    for found in described.get_all_operations():
        operation = found.ok()
        statuses |= _send(operation, mode, walk, ours, theirs)
    assert _rows(walk) == before
    assert 422 in statuses
    assert 200 in statuses


def _rows(walk: Walk) -> dict[str, Any]:
    """Of Birch, without its tokens: one of them is shown here, and notes that it was."""
    return {table: sum_ for table, sum_ in rows_of_birch(walk).items() if "apitoken" not in table}


def _send(operation: Any, mode: GenerationMode, walk: Walk, ours: Any, theirs: Any) -> set[int]:
    """Some calls of one operation; the statuses that were answered."""
    answered: set[int] = set()

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES[mode],
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), there=st.integers(0, 3))
    def send(case: Any, there: int) -> None:
        if there:  # three of four ask for what is there
            case.path_parameters = {
                name: walk.ours.get(name, value) for name, value in (case.path_parameters or {}).items()
            }
            if "/dictionary/" in operation.path:
                case.path_parameters["number"] = "1.0"
        case.path_parameters = (case.path_parameters or {}) | {"jurisdiction": "cedar"}
        case.headers = {
            name: value for name, value in (case.headers or {}).items() if name != "Authorization"
        }
        answer = case.call(headers=ours)
        case.validate_response(answer, checks=CHECKS, headers=ours)
        answered.add(answer.status_code)
        if (
            "Authorization" not in answer.request.headers
        ):  # to leave the token out is one of the things forbidden
            assert answer.status_code == 401
            return
        replayed = case.call(headers=theirs)
        assert (replayed.status_code, NOT_FOUND in replayed.content) == (404, True), case
        case.path_parameters["jurisdiction"] = "no-such-agency"
        nowhere = case.call(headers=theirs)
        assert "/j/no-such-agency/" in nowhere.request.url
        assert replayed.content == nowhere.content

    send()
    return answered
