import pytest

from launcher import system


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A machine of an ordinary user that lacks everything; what it is told."""
    monkeypatch.setattr(system, "_can_load", lambda library: False)
    monkeypatch.setattr(system, "find_browser", lambda: "")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    return []


def test_missing_libraries_are_named_to_an_ordinary_user(said):
    system.ensure_pdf_libraries(said.append)
    assert len(said) == 1
    for package in system.missing_pdf_packages():
        assert package in said[0]


def test_a_missing_browser_is_said_with_a_way_forward(said):
    system.ensure_browser(said.append)
    assert "browser tests are skipped" in said[0]
    assert "chromium" in said[0]


def test_nothing_is_said_when_everything_is_there(said, monkeypatch):
    monkeypatch.setattr(system, "_can_load", lambda library: True)
    monkeypatch.setattr(system, "find_browser", lambda: "/usr/bin/chromium")
    system.ensure_pdf_libraries(said.append)
    system.ensure_browser(said.append)
    assert said == []
