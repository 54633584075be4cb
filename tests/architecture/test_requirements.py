"""The three requirement files: pinned, free of addresses, and enough."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import redis

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = {name: (ROOT / "requirements" / f"{name}.txt").read_text() for name in ("app", "demo", "test")}


def pins(name: str) -> set[str]:
    return set(re.findall(r"^([\w.\[\]-]+==[\w.+]+)", FILES[name], re.M))


@pytest.mark.parametrize("name", FILES)
def test_every_package_is_pinned_with_hashes_and_without_an_address(name):
    requirements = re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", FILES[name], flags=re.M).strip())
    for requirement in requirements:
        assert "==" in requirement
        assert "--hash=sha256:" in requirement
    assert "://" not in FILES[name]


def test_each_file_holds_the_one_before_at_the_same_versions():
    assert pins("app") < pins("demo") < pins("test")


@pytest.mark.slow
def test_what_production_installs_is_enough_to_publish_a_task(tmp_path):
    uv = Path(sys.executable).with_name("uv")
    if not uv.exists():
        pytest.skip("uv is not in this environment; script/test installs it")
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run(
        [uv, "venv", "-q", "--no-project", "--python", sys.executable, tmp_path / "venv"], check=True
    )
    install = [uv, "pip", "install", "-q", "--python", python, "--require-hashes"]
    told = os.environ | {"UV_SYSTEM_CERTS": "1"}
    installed = subprocess.run(
        [*install, "-r", ROOT / "requirements" / "app.txt"], env=told, capture_output=True, text=True
    )
    if installed.returncode:
        pytest.skip(f"the packages cannot be fetched here: {installed.stderr.strip()[-200:]}")
    publish = "from npcs.celery import app; app.send_task('npcs.tasks.heartbeat', queue='of-this-test')"
    subprocess.run([python, "-c", publish], cwd=ROOT, check=True, env=told)
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as broker:
        assert broker.llen("of-this-test") == 1
        broker.delete("of-this-test")
