"""Pages and saves, called in this process through the whole of the site, against floors behind the same doors."""

from collections.abc import Callable, Iterator
from typing import Any

from bench import floor
from bench.bars import Pair, bar
from bench.stage import WRITTEN, Browser, Stage
from bench.statements import explain
from jurisdictions.tenancy import jurisdiction_scope
from reviews.models import Answer


def _page(id: str, job: str, *, of: Callable[[Stage], Browser], at: str, aim: float | None = 1.6) -> None:
    """A page, as one of the people opens it, against a view behind its door that asks the database the same."""

    @bar(id, job, against="the same door and statements, empty body", must=2.5, aim=aim)
    def pair(stage: Stage) -> Iterator[Pair]:
        stage.enter()
        browser = of(stage)
        floor.seen[id] = stage.statements_of(browser, stage.path(at))
        yield Pair(
            lambda: browser.get(stage.path(f"bench/floor/{id}/")),
            lambda: browser.get(stage.path(at)),
            remark=f"{len(floor.seen[id])} statements behind the door",
        )


_page("W1", "List of reviews, 25 rows, HTML", of=lambda stage: stage.coordinator, at="reviews/")
_page(
    "W1m",
    "The same for a team member, who sees 40 of all reviews",
    of=lambda stage: stage.reviewer,
    at="reviews/",
)
_page(
    "W1i", "List of incidents, 25 rows, HTML", of=lambda stage: stage.coordinator, at="incidents/", aim=None
)
_page(
    "W3",
    "A review's page: its task list, over a whole written review",
    of=lambda stage: stage.reviewer,
    at=f"reviews/{WRITTEN}/",
)


@bar(
    "W5",
    "List of incidents by the API, 25 rows",
    against="the same door and statements, as text that PostgreSQL makes (json_agg)",
    must=2.5,
    aim=1.5,
)
def api_list(stage: Stage) -> Iterator[Pair]:
    stage.enter()
    at = stage.api_path("incidents/")
    floor.seen["W5"] = stage.statements_of(stage.software, at)
    told = f"{len(floor.seen['W5'])} statements, {len(stage.software.get(at)):,} bytes"
    yield Pair(
        lambda: stage.software.get(stage.api_path("bench/floor/W5/")),
        lambda: stage.software.get(at),
        remark=told,
    )


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


def _growth(id: str, job: str, at: Callable[[Stage, int], str]) -> None:
    """The same page of both databases, and the shared buffers that its reading takes in each."""

    @bar(id, job, against="the smaller database", must=1.3, aim=1.1)
    def pair(small: Stage, large: Stage) -> Iterator[Pair]:
        deep = min(200, small.rows // 100)  # page 200, or the last that the smaller database has

        def opening(stage: Stage) -> Callable[[], Any]:
            address = stage.path(at(stage, deep))

            def get() -> None:
                stage.enter()
                stage.coordinator.get(address)

            return get

        buffers = [_buffers(stage, stage.path(at(stage, deep))) for stage in (small, large)]
        told = " → ".join(f"{count:,}" for count in buffers)
        yield Pair(opening(small), opening(large), remark=f"shared buffers {told}")


def _buffers(stage: Stage, address: str) -> int:
    """What reading a page takes of PostgreSQL's memory."""
    stage.enter()
    behind = stage.statements_of(stage.coordinator, address)
    with jurisdiction_scope(stage.agency.pk):
        return sum(explain(statement).buffers for statement in behind if statement.sql.startswith("SELECT"))


_growth("G1a", "List of reviews, ten times the rows: page 1", lambda stage, deep: "reviews/")
_growth("G1b", "List of reviews, ten times the rows: deep page", lambda stage, deep: stage.place(deep))
_growth("G1c", "List of incidents, ten times the rows: page 1", lambda stage, deep: "incidents/")
_growth(
    "G1d", "List of incidents, ten times the rows: deep page", lambda stage, deep: stage.incident_place(deep)
)
