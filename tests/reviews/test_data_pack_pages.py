"""The pages of data packs: one is asked for, watched and fetched, by nobody but who asked."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import Client

from inbox.models import Message
from jurisdictions.models import AuditEvent, Jurisdiction, Membership, User
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.team import step_back
from reviews.models import DataPack, Review
from reviews.tasks import write_packs
from tests.cast import make_person
from tests.reviews.packs import EVERYTHING, unzipped

pytestmark = pytest.mark.django_db

HOME = "/j/cedar/reviews/data/"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of this test lie in a folder of its own."""
    monkeypatch.setattr(default_storage, "_wrapped", FileSystemStorage(location=tmp_path / "files"))
    return tmp_path / "files"


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def ask(client: Client, **chosen: list[str]) -> str:
    answer = client.post(f"{HOME}ask/", EVERYTHING | chosen)
    assert answer.status_code == 302
    return answer.url


def test_a_pack_is_asked_for_watched_and_fetched(
    client: Client, review: Review, coordinator: User, cedar: Jurisdiction
) -> None:
    client.force_login(coordinator)
    assert HOME in client.get("/j/cedar/reviews/").content.decode()
    url = ask(client, unknown=["x"])
    assert "is being made" in client.get(url).content.decode()
    assert client.get(f"{url}download/").status_code == 404
    assert write_packs(cedar.pk) == 1
    assert write_packs(cedar.pk) == 0
    assert "Get the data pack" in client.get(url).content.decode()
    assert "<h1>" not in client.get(url, headers={"HX-Request": "true"}).content.decode()
    answer = client.get(f"{url}download/")
    assert "README.txt" in unzipped(body(answer))
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="reviews-cedar-')
    assert "Ready: 1 review" in client.get(HOME).content.decode()
    with jurisdiction_scope(cedar.pk):
        pack = DataPack.objects.get()
        assert pack.chosen == EVERYTHING
        kinds = set(AuditEvent.objects.filter(about=f"datapack:{pack.pk}").values_list("kind", flat=True))
        assert kinds == {"pack.asked", "pack.written", "pack.downloaded"}
        assert Message.objects.get(kind="pack_ready").to.user == coordinator


def test_nothing_chosen_is_said_and_the_rest_stays(
    client: Client, cedar: Jurisdiction, coordinator: User
) -> None:
    client.force_login(coordinator)
    answer = client.post(f"{HOME}ask/", {"parts": ["case_numbers"]})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose at least one kind of review." in page
    assert 'value="case_numbers" checked' in page
    assert 'value="redcap" checked' not in page


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("nobody", 302),
        ("outsider", 404),
        ("reviewer", 403),
        ("observer", 403),
        ("administrator", 403),
        ("director", 302),
    ],
)
def test_who_may_ask(client: Client, cedar: Jurisdiction, sign_in: Any, who: str, status: int) -> None:
    sign_in(who)
    assert client.post(f"{HOME}ask/", EVERYTHING).status_code == status
    with jurisdiction_scope(cedar.pk):
        assert DataPack.objects.exists() is (who == "director")


def test_nobody_else_gets_it(client: Client, review: Review, cedar: Jurisdiction, coordinator: User) -> None:
    client.force_login(coordinator)
    url = ask(client)
    write_packs(cedar.pk)
    client.force_login(make_person("second", cedar, Role.COORDINATOR, Role.DIRECTOR))
    assert client.get(url).status_code == 404
    assert client.get(f"{url}download/").status_code == 404
    assert "No data pack yet" in client.get(HOME).content.decode()


def test_who_stepped_back_since_gets_it_no_more(
    client: Client, review: Review, cedar: Jurisdiction, by: Membership
) -> None:
    client.force_login(by.user)
    url = ask(client)
    write_packs(cedar.pk)
    with jurisdiction_scope(cedar.pk):
        step_back(review, who=by, reason="A cousin", by=by)
    gone = client.get(f"{url}download/")
    assert (gone.status_code, gone.streaming) == (410, False)
    assert "holds a review that you may not see any more" in gone.content.decode()
    assert "Get the data pack" not in client.get(url).content.decode()
    assert "Can no longer be had" in client.get(HOME).content.decode()
    with jurisdiction_scope(cedar.pk):
        assert AuditEvent.objects.get(kind="pack.download_refused").ids == {"why": "withheld"}


def test_a_file_that_is_gone_says_so(
    client: Client, review: Review, cedar: Jurisdiction, coordinator: User, store: Path
) -> None:
    client.force_login(coordinator)
    url = ask(client)
    write_packs(cedar.pk)
    next(store.rglob("*.zip")).unlink()
    answer = client.get(f"{url}download/")
    assert answer.status_code == 410
    assert "This data pack is no longer there" in answer.content.decode()


def test_a_pack_that_was_given_up_is_told(
    client: Client, review: Review, cedar: Jurisdiction, coordinator: User
) -> None:
    client.force_login(coordinator)
    url = ask(client)
    with jurisdiction_scope(cedar.pk):
        DataPack.objects.update(dead_at="2026-01-01T00:00Z")
    write_packs(cedar.pk)
    page = client.get(url).content.decode()
    assert "could not be made" in page
    assert 'name="groups" value="approved"' in page
    with jurisdiction_scope(cedar.pk):
        assert Message.objects.get().kind == "pack_failed"
