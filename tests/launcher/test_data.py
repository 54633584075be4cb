import socket

import pytest

from launcher import demo
from launcher.data import DataError, DataFolder


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(DataError, match="was not made by script/demo"):
        DataFolder(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_reset_deletes_what_the_demo_keeps_and_nothing_else(tmp_path):
    data = DataFolder(tmp_path)
    key = data.secret_key_file().read_text()
    (tmp_path / "mail" / "one.eml").write_text("mail")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(DataError, match="is not taken"):
        data.reset()
    assert data.take()
    assert data.reset() == ["notes.txt"]
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert list((tmp_path / "mail").iterdir()) == []
    assert data.secret_key_file().read_text() != key


def test_the_key_is_kept_and_nobody_else_reads_it(tmp_path):
    path = DataFolder(tmp_path).secret_key_file()
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_text().strip()) >= 50
    assert DataFolder(tmp_path).secret_key_file().read_text() == path.read_text()
    assert tmp_path.stat().st_mode & 0o077 == 0


def test_one_launcher_at_a_time_has_the_folder(tmp_path, capsys):
    first = DataFolder(tmp_path)
    assert first.take()
    first.tell(url="http://127.0.0.1:8000")
    assert not DataFolder(tmp_path).take()
    assert demo.main(["--data", str(tmp_path), "--port", "8010"]) == 2
    assert "is running already at http://127.0.0.1:8000" in capsys.readouterr().err
    first.leave()
    assert DataFolder(tmp_path).take()


def test_a_taken_port_is_said_plainly_and_costs_nothing(tmp_path, capsys):
    data = DataFolder(tmp_path)
    key = data.secret_key_file().read_text()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert demo.main(["--data", str(tmp_path), "--port", str(port), "--reset"]) == 2
    assert f"Port {port} is taken by another program" in capsys.readouterr().err
    assert data.secret_key_file().read_text() == key


def test_an_impossible_port_is_said_plainly(tmp_path, capsys):
    assert demo.main(["--data", str(tmp_path), "--port", "70000"]) == 2
    assert "70000 is not a port" in capsys.readouterr().err
