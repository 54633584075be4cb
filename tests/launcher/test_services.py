"""Real processes: a service is started, crashed, started again and stopped."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from launcher.services import Postgres, ServiceError, Valkey
from launcher.sockets import LONGEST, socket_folder


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    service = Postgres(tmp_path_factory.mktemp("postgres"))
    service.start()
    service.make_roles()
    yield service
    service.stop()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    service = Valkey(tmp_path)
    service.start()
    yield service
    service.stop()


def test_what_was_committed_survives_a_crash_of_postgresql(postgres):
    with psycopg.connect(postgres.url("npcs_owner"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    postgres.kill()
    assert not postgres.is_alive()
    assert not postgres.is_ready()
    postgres.start()
    with psycopg.connect(postgres.url("npcs_owner")) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_neither_role_is_above_the_row_policies(postgres):
    postgres.make_roles()  # again: changes nothing
    with psycopg.connect(postgres.url("npcs_app")) as connection:
        roles = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'npcs%' "
            "AND NOT rolsuper AND NOT rolbypassrls AND NOT rolcreaterole AND NOT rolcreatedb"
        ).fetchall()
        assert sorted(roles) == [("npcs_app",), ("npcs_owner",)]
        owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'npcs'"
        assert connection.execute(owner).fetchone() == ("npcs_owner",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE public.mine (number int)")


def test_it_listens_on_a_private_socket_only(postgres):
    with psycopg.connect(postgres.superuser_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert (postgres.sockets / ".s.PGSQL.5432").stat().st_mode & 0o077 == 0


def test_a_folder_of_another_version_is_refused_with_a_way_out(tmp_path):
    service = Postgres(tmp_path)
    service.data.mkdir()
    (service.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(ServiceError, match=r"made by PostgreSQL 12.*--reset"):
        service.begin()


def test_what_was_queued_survives_a_crash_of_valkey(valkey):
    with redis.Redis.from_url(valkey.url) as client:
        client.rpush("queue", "work")
    valkey.kill()
    assert not valkey.is_alive()
    valkey.start()
    with redis.Redis.from_url(valkey.url) as client:
        assert client.lrange("queue", 0, -1) == [b"work"]
    valkey.stop()
    assert not valkey.is_alive()


def test_a_long_path_gets_a_short_private_socket_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    short = socket_folder(tmp_path / ("long" * 30))
    assert len(str(short)) <= LONGEST + len(str(tmp_path))
    assert short == socket_folder(tmp_path / ("long" * 30))
    assert short != socket_folder(tmp_path / ("other" * 30))
    short.chmod(0o755)
    with pytest.raises(PermissionError, match="not a private folder"):
        socket_folder(tmp_path / ("long" * 30))
