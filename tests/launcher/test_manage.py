import subprocess
import sys

import pytest

from launcher import manage
from launcher.data import DataFolder
from launcher.demo import ROOT

RUNNING = {
    "settings": {"DATABASE_URL": "postgresql://npcs_app@/npcs"},
    "owner": {"OWNER_DATABASE_URL": "postgresql://npcs_owner@/npcs"},
}


@pytest.mark.parametrize(
    ("arguments", "is_owner"),
    [
        (["migrate"], True),
        (["prepare"], True),
        (["import_incidents", "cedar", "file.csv"], False),
        (["shell"], False),
        (["runserver", "migrate"], False),
        ([], False),
    ],
)
def test_only_commands_that_change_tables_are_the_owner(arguments, is_owner):
    assert ("OWNER_DATABASE_URL" in manage._settings(RUNNING, arguments)) is is_owner


def test_a_command_gets_services_of_its_own_when_the_demo_is_down(tmp_path):
    data = DataFolder(tmp_path)
    data.tell(url="http://127.0.0.1:9", settings={}, owner={})  # left by one that was killed
    code = "from django.db import connection as c; print(c.cursor().execute('SELECT current_user').fetchone()[0])"
    command = [sys.executable, ROOT / "launcher" / "__main__.py", "manage", "--data", tmp_path]
    answer = subprocess.run(
        [*command, "shell", "--no-imports", "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert answer.stdout.strip() == "npcs_app", answer.stderr
    assert answer.returncode == 0
    assert subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, text=True).stdout == ""
    assert data.take()


def test_a_command_that_fails_says_so_with_its_own_code(tmp_path):
    command = [sys.executable, ROOT / "launcher" / "__main__.py", "manage", "--data", tmp_path]
    answer = subprocess.run([*command, "no_such_command"], capture_output=True, text=True)
    assert answer.returncode == 1
    assert "Unknown command" in answer.stderr
