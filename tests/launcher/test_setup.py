"""script/lib/setup.sh in a cleaned environment, as a stranger's machine would run it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ["cat", "cmp", "cp", "dirname", "flock", "grep", "mkdir", "mktemp", "rm", "rmdir", "sh", "sleep"]


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine with the ordinary tools and no Python: its bin folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        if found := shutil.which(tool):
            (folder / tool).symlink_to(found)
    return folder


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def real_python(path: Path) -> None:
    program(path, f'exec {getattr(sys, "_base_executable", sys.executable)} "$@"')


def sh(machine: Path, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    shell = shutil.which("dash") or "/bin/sh"
    script = f'set -eu; . "{ROOT}/script/lib/setup.sh"; {command}'
    told = {"HOME": str(machine.parent), "PATH": str(machine), **environment}
    # $0 is what tells the script where the project is.
    command_line = [shell, "-c", script, str(ROOT / "script" / "demo")]
    return subprocess.run(command_line, env=told, capture_output=True, text=True, cwd="/")


def test_a_shim_that_is_there_but_does_not_run_is_passed_over(machine):
    program(machine / "python3.13", "echo 'command not found' >&2; exit 127")
    program(machine / "python3", "exit 1")  # an old one answers no
    real_python(machine.parent / ".pyenv" / "versions" / "3.12.9" / "bin" / "python3")
    found = sh(machine, "find_python")
    assert found.returncode == 0, found.stderr
    assert Path(found.stdout.strip()).name.startswith("python")


def test_the_one_that_is_named_comes_first(machine, tmp_path):
    program(machine / "python3.13", "echo wrong")
    real_python(tmp_path / "mine")
    found = sh(machine, "find_python", PYTHON=str(tmp_path / "mine"))
    assert "wrong" not in found.stdout
    assert found.returncode == 0


def test_without_any_python_it_says_what_to_install(machine, tmp_path):
    told = sh(machine, "build_environment", NPCS_VENV=str(tmp_path / "venv"))
    assert told.returncode == 1
    assert "needs Python 3.12 or newer" in told.stderr
    assert "apt-get install python3 python3-venv" in told.stderr
    assert not (tmp_path / "venv").exists()


def test_a_folder_that_is_no_environment_is_not_deleted(machine, tmp_path):
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "thesis.txt").write_text("years of work")
    told = sh(machine, "build_environment", NPCS_VENV=str(tmp_path / "venv"))
    assert told.returncode == 1
    assert "is no Python environment" in told.stderr
    assert (tmp_path / "venv" / "thesis.txt").exists()


def test_an_installed_environment_is_used_as_it_is_until_its_list_changes(machine, tmp_path):
    venv = tmp_path / "venv"
    real_python(venv / "bin" / "python")
    shutil.copy(ROOT / "requirements" / "demo.txt", venv / ".npcs-demo.txt")
    assert sh(machine, "is_installed demo", NPCS_VENV=str(venv)).returncode == 0
    with (venv / ".npcs-demo.txt").open("a") as kept:
        kept.write("# changed\n")
    assert sh(machine, "is_installed demo", NPCS_VENV=str(venv)).returncode == 1


@pytest.mark.parametrize("without", [[], ["flock"]])
def test_two_scripts_do_not_set_up_at_once(machine, tmp_path, without):
    for tool in without:
        (machine / tool).unlink()
    venv, trace = tmp_path / "venv", tmp_path / "trace"
    work = f"lock; echo in >>{trace}; sleep 0.3; echo out >>{trace}; unlock"
    processes = [
        subprocess.Popen(
            [
                "/bin/sh",
                "-c",
                f'set -eu; . "{ROOT}/script/lib/setup.sh"; {work}',
                str(ROOT / "script" / "demo"),
            ],
            env={"HOME": str(tmp_path), "PATH": str(machine), "NPCS_VENV": str(venv)},
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    said = b"".join(process.communicate(timeout=10)[1] for process in processes)
    assert trace.read_text().split() == ["in", "out", "in", "out"]
    assert b"Another script is setting up" in said


@pytest.mark.parametrize(
    "script", [*sorted((ROOT / "script").glob("*")), ROOT / ".ci" / "run"], ids=lambda p: p.name
)
def test_scripts_are_executable_posix_shell(script):
    if script.is_dir():
        assert script.name in {"lib", "vendor"}
        return
    assert script.stat().st_mode & 0o111
    if script.read_text().startswith("#!/bin/sh"):
        assert subprocess.run([shutil.which("dash") or "/bin/sh", "-n", script]).returncode == 0
