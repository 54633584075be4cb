"""Pages and saves, called in this process through the whole of the site, against floors behind the same doors."""

from collections.abc import Callable, Iterator
from typing import Any

from bench import floor
from bench.bars import Pair, bar
from bench.stage import WRITTEN, Browser, Stage
from bench.statements import explain
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Answer


def _against_floor(stage: Stage, browser: Browser, page: str, name: str) -> Pair:
    stage.enter()
    floor.seen[name] = stage.statements_of(browser, stage.path(page))
    return Pair(
        lambda: browser.get(stage.path(f"bench/floor/{name}/")),
        lambda: browser.get(stage.path(page)),
        remark=f"{len(floor.seen[name])} statements behind the door",
    )


@bar(
    "W1",
    "List of reviews, 25 rows, HTML",
    against="the same door and statements, empty body",
    must=2.5,
    aim=1.6,
)
def review_list(stage: Stage) -> Iterator[Pair]:
    yield _against_floor(stage, stage.coordinator, "reviews/", "review_list")


@bar(
    "W1m",
    "The same for a team member, who sees 40 of all reviews",
    against="the same door and statements, empty body",
    must=2.5,
    aim=1.6,
)
def review_list_of_a_member(stage: Stage) -> Iterator[Pair]:
    yield _against_floor(stage, stage.reviewer, "reviews/", "review_list_of_a_member")


@bar("W1i", "List of incidents, 25 rows, HTML", against="the same door and statements, empty body", must=2.5)
def incident_list(stage: Stage) -> Iterator[Pair]:
    yield _against_floor(stage, stage.coordinator, "incidents/", "incident_list")


@bar(
    "W3",
    "A review's page: its task list, over a whole written review",
    against="the same door and statements, empty body",
    must=2.5,
    aim=1.6,
)
def review_page(stage: Stage) -> Iterator[Pair]:
    yield _against_floor(stage, stage.reviewer, f"reviews/{WRITTEN}/", "review_page")


@bar(
    "W6",
    "A request through the pool of connections",
    against="the same request on a persistent connection",
    must=1.10,
    aim=1.05,
)
def connection_layer(stage: Stage) -> Iterator[Pair]:
    def on(pool: bool) -> Callable[[], Any]:
        def job() -> None:
            stage.enter(pool=pool)
            stage.coordinator.get(stage.path("bench/door/"))

        return job

    yield Pair(on(pool=False), on(pool=True))
    stage.enter()


@bar(
    "A1",
    "Saving one answer while typing",
    against="an empty view behind the same door",
    must=1.9,
    aim=1.5,
)
def autosave(stage: Stage) -> Iterator[Pair]:
    stage.enter()
    address = stage.path(f"reviews/{WRITTEN}/answers/")
    with jurisdiction_scope(stage.agency.pk):
        answer = Answer.objects.get(record__number=WRITTEN, item="summary_limits")
    version, text = answer.version, answer.value

    def save() -> None:
        nonlocal version
        words = f"{text} {version}"
        stage.reviewer.post(address, {"item": answer.item, "version": version, "value": words})
        version += 1

    door = stage.path("bench/save/")
    yield Pair(lambda: stage.reviewer.post(door, {"item": answer.item, "version": 1, "value": text}), save)


def _growth(small: Stage, large: Stage, page: Callable[[Stage], str]) -> Pair:
    """The same page of both databases, and the shared buffers that its reading takes in each."""

    def job(stage: Stage) -> Callable[[], Any]:
        address = page(stage)

        def get() -> None:
            stage.enter()
            stage.coordinator.get(stage.path(address))

        return get

    buffers = {}
    for stage in (small, large):
        stage.enter()
        behind = stage.statements_of(stage.coordinator, stage.path(page(stage)))
        with jurisdiction_scope(stage.agency.pk):
            reading = [statement for statement in behind if statement.sql.startswith("SELECT")]
            buffers[stage.rows] = sum(explain(statement).buffers for statement in reading)
    told = " → ".join(f"{count:,}" for count in buffers.values())
    return Pair(job(small), job(large), remark=f"shared buffers {told}")


def _deep(stage: Stage) -> int:
    """Page 200, or the last that the smallest database has."""
    return min(200, stage.rows // 100)


@bar("G1a", "List of reviews, ten times the rows: page 1", against="the smaller database", must=1.3, aim=1.1)
def growth_of_reviews(small: Stage, large: Stage) -> Iterator[Pair]:
    yield _growth(small, large, lambda stage: "reviews/")


@bar(
    "G1b", "List of reviews, ten times the rows: deep page", against="the smaller database", must=1.3, aim=1.1
)
def growth_of_reviews_deep(small: Stage, large: Stage) -> Iterator[Pair]:
    page = _deep(small)
    yield _growth(small, large, lambda stage: stage.place(page))


@bar(
    "G1c", "List of incidents, ten times the rows: page 1", against="the smaller database", must=1.3, aim=1.1
)
def growth_of_incidents(small: Stage, large: Stage) -> Iterator[Pair]:
    yield _growth(small, large, lambda stage: "incidents/")


@bar(
    "G1d",
    "List of incidents, ten times the rows: deep page",
    against="the smaller database",
    must=1.3,
    aim=1.1,
)
def growth_of_incidents_deep(small: Stage, large: Stage) -> Iterator[Pair]:
    page = _deep(small)
    yield _growth(small, large, lambda stage: stage.incident_place(page))
