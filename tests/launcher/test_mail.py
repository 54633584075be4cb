import smtplib
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from launcher.demo import ROOT, free_port, is_free
from launcher.mail import Folder, body, linked, mail_page
from launcher.processes import start_child, wait_until

NASTY = '"><script>alert(1)</script>'


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[tuple[int, str]]:
    """The catcher as the demo starts it: its SMTP port and its page."""
    page = free_port(0)
    smtp = free_port(page + 1)
    command = [sys.executable, "-m", "launcher.mail", "--smtp-port", str(smtp), "--page-port", str(page)]
    process = start_child([*command, "--folder", tmp_path / "mail"], log=tmp_path / "log", folder=ROOT)
    assert wait_until(lambda: not is_free(smtp), seconds=10)
    yield smtp, f"http://127.0.0.1:{page}"
    process.kill()
    process.wait()


def get(url: str, **headers: str) -> tuple[int, str, str]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.read().decode(), answer.headers["Content-Security-Policy"]
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers["Content-Security-Policy"]


def test_a_mail_is_kept_and_shown_as_text_only(catcher, tmp_path):
    smtp, url = catcher
    assert "No mail yet" in get(f"{url}/")[1]
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "npcs@localhost", "lead@cedar.example", f"Your turn {NASTY}"
    mail.set_content(f"Sign in: http://127.0.0.1:8000/j/cedar/?a=1&b=2. {NASTY}")
    mail.add_alternative(f"<p>{NASTY}</p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", smtp) as server:
        server.send_message(mail)

    (kept,) = (tmp_path / "mail").glob("*.eml")
    status, listed, policy = get(f"{url}/")
    assert status == 200
    assert "lead@cedar.example" in listed
    assert "default-src 'none'" in policy
    shown = get(f"{url}/{kept.name}")[1]
    assert '<a href="http://127.0.0.1:8000/j/cedar/?a=1&amp;b=2" rel="noreferrer">' in shown
    for page in (listed, shown):
        assert "<script" not in page
        assert "&lt;script&gt;" in page


def test_only_mails_of_its_own_folder_are_shown_and_only_to_this_machine(catcher, tmp_path):
    _, url = catcher
    (tmp_path / "secret.eml").write_text("Subject: secret\n\nsecret")
    assert get(f"{url}/..%2fsecret.eml")[0] == 404
    assert get(f"{url}/../secret.eml")[0] == 404
    assert get(f"{url}/", Host="attacker.example")[0] == 403


def test_a_mail_of_html_only_is_shown_as_its_source(tmp_path):
    folder = Folder(tmp_path)
    content = b"Subject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<b>bold</b>"
    path = folder.keep(content, ["someone@cedar.example"])
    mail = folder.read(path.name)
    assert mail is not None
    assert body(mail)[1].startswith("This mail has no plain text")
    assert "&lt;b&gt;bold&lt;/b&gt;" in mail_page(path.name, mail)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "see http://a.example/x.",
            'see <a href="http://a.example/x" rel="noreferrer">http://a.example/x</a>.',
        ),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("<i>&", "&lt;i&gt;&amp;"),
    ],
)
def test_only_web_addresses_become_links(text, html):
    assert linked(text) == html
