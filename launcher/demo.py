"""script/demo: everything the site needs, on this machine, from one command."""

import argparse
import os
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from launcher import environment, system
from launcher.data import DataError, DataFolder
from launcher.services import Postgres, ServiceError, Valkey
from launcher.supervisor import Program, StartFailed, Stopped, Supervisor

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"


class Refused(Exception):
    """The demo cannot start as asked; the message says why."""


@dataclass(frozen=True)
class Addresses:
    """Where the demo answers: the site, the page of the mails that it sent, and what takes them."""

    port: int
    mail_port: int
    smtp_port: int

    @property
    def site(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def mail(self) -> str:
        return f"http://{HOST}:{self.mail_port}"


def main(arguments: list[str]) -> int:
    """Start, watch, stop. 2 means it was asked for something impossible, 1 that a part did not start."""
    parser = argparse.ArgumentParser(
        prog="script/demo", description="Start NPCS with invented data on this machine."
    )
    parser.add_argument("--port", type=int, default=8000, help="of the site, on 127.0.0.1 (default 8000)")
    parser.add_argument(
        "--data", type=Path, default=default_data(), help="folder for everything it keeps (default var)"
    )
    parser.add_argument("--reset", action="store_true", help="first delete what an earlier demo kept there")
    options = parser.parse_args(arguments)
    try:
        if not 1 <= options.port <= 65535:
            raise Refused(f"{options.port} is not a port. Try: script/demo --port 8000")
        data = take_folder(options.data, port=options.port)
        try:
            # First the port: a mistyped one must not cost anybody their data.
            refuse_taken_port(options.port)
            return serve(data, port=options.port, reset=options.reset)
        finally:
            data.leave()
    except (Refused, DataError) as refusal:
        print(refusal, file=sys.stderr)
        return 2


def default_data() -> Path:
    """NPCS_DATA, else `var` in the project."""
    return Path(os.environ.get("NPCS_DATA") or ROOT / "var")


def take_folder(path: Path, *, port: int) -> DataFolder:
    """The data folder, for this process alone."""
    data = DataFolder(path)
    if data.take():
        return data
    other = data.running()
    if url := other.get("url"):
        again = "" if url.endswith(f":{port}") else " For a second one choose another --data."
        raise Refused(
            f"The demo of {data.path} is running already at {url} (process {other['process']}).{again}"
        )
    raise Refused(
        f"{data.path} is in use by another script of this project. Wait for it, or choose another --data."
    )


def refuse_taken_port(port: int) -> None:
    """Say so before anything is started."""
    if not is_free(port):
        raise Refused(
            f"Port {port} is taken by another program. Choose another one: script/demo --port {port + 10}"
        )


def is_free(port: int) -> bool:
    """Whether a server could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
        return True


def free_port(wish: int) -> int:
    """The wished port, so that an address stays the same from start to start; else any."""
    if wish and is_free(wish):
        return wish
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def serve(data: DataFolder, *, port: int, reset: bool) -> int:
    """Start everything, keep it running, stop it."""
    supervisor = Supervisor(data.path)
    supervisor.listen()
    try:
        if reset:
            left = data.reset()
            supervisor.say(f"deleted what {data.path} kept" + (f", except {', '.join(left)}" if left else ""))
        start(supervisor, data, port=port)
        supervisor.watch()
        return 0
    except Stopped:
        return 0
    except (StartFailed, ServiceError, OSError) as error:
        supervisor.print(str(error))
        return 1
    finally:
        supervisor.stop()
        supervisor.say("stopped")


def start(supervisor: Supervisor, data: DataFolder, *, port: int) -> None:
    """From an empty folder, or one of an earlier day, to a site that answers."""
    system.ensure_pdf_libraries(supervisor.say)
    postgres, valkey = Postgres(data.path / "postgres"), Valkey(data.path / "valkey")
    supervisor.start_services(postgres, valkey)
    postgres.make_roles()
    supervisor.say(f"PostgreSQL {postgres.version} and Valkey are up")
    addresses = Addresses(port, free_port(port + 1), free_port(port + 2))
    services = environment.of_services(postgres, valkey, mode="demo", folder=data.path)
    settings = services | settings_of(addresses, data)
    prepare(supervisor, data, addresses, settings, owner={"OWNER_DATABASE_URL": postgres.url("npcs_owner")})
    supervisor.start_programs(*programs(data, addresses, environment.clean() | settings))
    supervisor.say(f"mail that the site sends is shown at {addresses.mail}")
    supervisor.say(
        f"site, workers and beat are up; logs are in {data.path / 'logs'}; Ctrl-C stops everything"
    )
    supervisor.print(f"ready {addresses.site}")


def settings_of(addresses: Addresses, data: DataFolder) -> dict[str, str]:
    """What the site is told besides its services."""
    return {
        "SECRET_KEY_FILE": str(data.secret_key_file()),
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "BASE_URL": addresses.site,
        "EMAIL_URL": f"smtp://{HOST}:{addresses.smtp_port}",
        "DEFAULT_FROM_EMAIL": "NPCS demo <npcs@localhost>",
        "DEMO_MAIL_URL": addresses.mail,
        "NPCS_DATA": str(data.path),
    }


def python_for(data: DataFolder) -> list[str | Path]:
    """Every command line shows whose it is."""
    return [sys.executable, "-X", f"npcs={data.path}"]


def prepare(
    supervisor: Supervisor,
    data: DataFolder,
    addresses: Addresses,
    settings: dict[str, str],
    *,
    owner: dict[str, str],
) -> None:
    """Bring the database up to date, as its owner, and put the demo's people and reviews into it."""

    def run(name: str, *command: str | Path, told: dict[str, str]) -> None:
        manage = [*python_for(data), ROOT / "manage.py", *command]
        site = environment.clean() | settings
        supervisor.run(name, manage, log=data.log(name), environment=site | told, folder=ROOT)

    run("prepare", "prepare", "--verbosity", "0", "--skip-checks", told=owner)
    supervisor.say("the database is up to date")
    run("seed", "seed_demo", "--data", data.path, "--skip-checks", told={})
    data.tell(url=addresses.site, mail=addresses.mail, settings=settings, owner=owner)
    supervisor.say(f"the demo's people and reviews are there; sign-ins are in {data.path / 'sign-ins.json'}")


def programs(data: DataFolder, addresses: Addresses, site: dict[str, str]) -> list[Program]:
    """What runs until it is stopped: the mail catcher, the site, its workers and the beat."""

    def program(name: str, *command: str | Path, answers_at: str = "", gently: bool = False) -> Program:
        # The pages come first: on a small machine a worker must not make them wait.
        nice = [shutil.which("nice") or "/usr/bin/nice", "-n", "5"] if gently else []
        return Program(
            name,
            [*nice, *python_for(data), "-m", *command],
            log=data.log(name),
            environment=site,
            folder=ROOT,
            answers_at=answers_at,
        )

    mails: list[str | Path] = [
        "--smtp-port",
        str(addresses.smtp_port),
        "--page-port",
        str(addresses.mail_port),
    ]
    mails += ["--folder", data.path / "mail"]
    granian = ["granian", "--interface", "wsgi", "--host", HOST, "--port", str(addresses.port)]
    granian += ["--no-ws", "--http", "1"]
    granian += ["--workers", "1", "--blocking-threads", "4", "--respawn-failed-workers"]
    worker = ["celery", "-A", "npcs", "worker", "--loglevel", "INFO", "--pool", "prefork"]
    worker += ["--without-gossip", "--without-mingle"]
    pdf = ["-Q", "pdf", "-n", "pdf@%h", "--concurrency", "1", "--max-tasks-per-child", "200"]
    imports = ["-Q", "imports", "-n", "imports@%h", "--concurrency", "1", "--max-tasks-per-child", "20"]
    beat: list[str | Path] = ["celery", "-A", "npcs", "beat", "-s", data.path / "run" / "beat-schedule"]
    return [
        program("mail catcher", "launcher.mail", *mails, answers_at=f"{addresses.mail}/"),
        program("web", *granian, "npcs.wsgi:application", answers_at=f"{addresses.site}/healthz"),
        program("worker", *worker, "-Q", "default", "-n", "default@%h", "--concurrency", "2", gently=True),
        program("pdf worker", *worker, *pdf, gently=True),
        program("imports worker", *worker, *imports, gently=True),
        program("beat", *beat, gently=True),
    ]
