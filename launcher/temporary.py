"""Services of one's own for the time of a test run, a check or a benchmark, gone afterwards."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from launcher import environment
from launcher.services import Postgres, ServiceError, Valkey

PREFIX = "npcs-test-"


class TemporaryServices:
    """PostgreSQL and Valkey in a folder that is deleted at the end."""

    def __init__(self, *, durable: bool = False) -> None:
        """Nothing is started yet."""
        _sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        for name in ("files", "static"):
            (self.folder / name).mkdir()
        self.postgres = Postgres(self.folder / "postgres", durable=durable)
        self.valkey = Valkey(self.folder / "valkey", durable=durable)

    def start(self) -> None:
        """Start both, and make the roles and the database."""
        self.valkey.begin()
        self.postgres.start()
        self.valkey.wait()
        self.postgres.make_roles(owner_makes_databases=True)

    def stop(self) -> None:
        """Stop both and delete what they kept."""
        self.postgres.stop()
        self.valkey.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        """The settings of the project against these services, and the superuser's address for tests."""
        return environment.of_services(self.postgres, self.valkey, mode="test", folder=self.folder) | {
            "OWNER_DATABASE_URL": self.postgres.url("npcs_owner"),
            "SECRET_KEY": secrets.token_urlsafe(64),
            "NPCS_TEST_SUPERUSER_URL": self.postgres.superuser_url,
        }


def _sweep() -> None:
    """Delete what runs left behind that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        process = folder.name.removeprefix(PREFIX).partition("-")[0]
        if process.isdigit() and folder.stat().st_uid == os.getuid():
            try:
                os.kill(int(process), 0)
            except ProcessLookupError:
                shutil.rmtree(folder, ignore_errors=True)
            except PermissionError:
                continue


def main(arguments: list[str]) -> int:
    """`launcher with-services COMMAND …`: durable, so that a benchmark measures what production does."""
    try:
        services = TemporaryServices(durable=True)
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        services.start()
        return subprocess.run(arguments, env=environment.clean() | services.environment()).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        services.stop()
