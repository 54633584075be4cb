"""script/manage: manage.py against the demo's services, or against services started for the one command."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from launcher import environment, processes
from launcher.data import DataError, DataFolder
from launcher.demo import ROOT, default_data
from launcher.services import Postgres, ServiceError, Valkey


def main(arguments: list[str]) -> int:
    """`script/manage [--data DIR] COMMAND …`; answers with what the command answers."""
    path = default_data()
    if arguments[:1] == ["--data"] and len(arguments) > 1:
        path, arguments = Path(arguments[1]), arguments[2:]
    elif arguments and arguments[0].startswith("--data="):
        path, arguments = Path(arguments[0].removeprefix("--data=")), arguments[1:]
    try:
        data = DataFolder(path)
        told = False
        # Whoever has the folder is the demo, on its way up or up, or another command that will end.
        while True:
            if data.take():
                return _with_own_services(data, arguments)
            if running := data.running():
                break
            if not told:
                print(f"Another script is using {data.path}; waiting for it …", file=sys.stderr)
            told = True
            time.sleep(0.2)
    except (DataError, ServiceError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    command = _command(data, arguments)
    os.execve(command[0], command, _settings(running, arguments))  # noqa: S606


def _command(data: DataFolder, arguments: list[str]) -> list[str]:
    return [sys.executable, "-X", f"npcs={data.path}", str(ROOT / "manage.py"), *arguments]


def _settings(running: dict[str, Any], arguments: list[str]) -> dict[str, str]:
    settings: dict[str, str] = environment.clean() | running["settings"]
    if arguments and arguments[0] in environment.OWNER_COMMANDS:
        settings |= running["owner"]
    return settings


def _with_own_services(data: DataFolder, arguments: list[str]) -> int:
    """Start PostgreSQL and Valkey, run the command, stop them."""
    postgres, valkey = Postgres(data.path / "postgres"), Valkey(data.path / "valkey")
    # Asked to end, the command ends first; the services go down after it.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        postgres.start()
        valkey.start()
        postgres.make_roles()
        settings = environment.of_services(postgres, valkey, mode="demo", folder=data.path)
        settings |= {"SECRET_KEY_FILE": str(data.secret_key_file()), "NPCS_DATA": str(data.path)}
        facts = {"settings": settings, "owner": {"OWNER_DATABASE_URL": postgres.url("npcs_owner")}}
        command = processes.entering(_command(data, arguments), death_signal=signal.SIGTERM)
        # In our own process group, so that it keeps the terminal: a shell or a password prompt must work.
        process = subprocess.Popen(command, env=_settings(facts, arguments))
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(5)
    finally:
        postgres.stop()
        valkey.stop()
        data.leave()
