"""The demo's mail catcher: takes every mail the site sends and shows it on a page of this machine.

`python -m launcher.mail --smtp-port N --page-port N --folder DIR`. Each mail is kept as it came, one file
each. Nothing is sent on, and nothing in a mail is trusted: the page shows text, never a mail's own markup.
"""

import argparse
import asyncio
import base64
import hashlib
import re
import secrets
import sys
import threading
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
LARGEST_BYTES = 30 * 1024 * 1024
SHOWN = 200
NAME = re.compile(r"[\w.-]+\.eml")
ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
STYLE = """
body{font:1.06rem/1.5 system-ui,sans-serif;color:#1b1b1b;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.5rem .75rem .5rem 0;vertical-align:top;border-bottom:1px solid #dfe1e2}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;background:#f7f7f7;padding:1rem}
a{color:#005ea2}a:focus{outline:4px solid #2491ff}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}
@media(max-width:40rem){tr,td{display:block}th{display:none}td{padding:0;border:0}
tr{padding:.6rem 0;border-bottom:1px solid #dfe1e2}}
dt{font-weight:700}dd{margin:0;overflow-wrap:anywhere}.note{color:#565c65}
"""
NOTE = "Mail that the demo sends ends here; nothing leaves this machine. Reload to see new mail."
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


class Folder:
    """The mails that came, newest first by name."""

    def __init__(self, path: Path) -> None:
        """The folder is there already."""
        self.path = path

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a mail; aiosmtpd calls this by its name."""
        content = envelope.content
        self.keep(content if isinstance(content, bytes) else str(content or "").encode(), envelope.rcpt_tos)
        return "250 Kept for the demo"

    def keep(self, content: bytes, recipients: list[str]) -> Path:
        """Write one mail, whole or not at all."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        path = self.path / f"{stamp}-{secrets.token_hex(3)}.eml"
        half = path.with_suffix(".new")
        # Whom it was for may differ from what its header says.
        to = ", ".join(re.sub(r"[^\x21-\x7e]", "", recipient) for recipient in recipients)
        half.write_bytes(b"X-Delivered-To: " + to.encode() + b"\r\n" + content)
        half.rename(path)
        return path

    def names(self) -> list[str]:
        """The newest mails."""
        return sorted((path.name for path in self.path.glob("*.eml")), reverse=True)[:SHOWN]

    def read(self, name: str) -> EmailMessage | None:
        """One mail; None when there is none of that name."""
        if not NAME.fullmatch(name):
            return None
        try:
            return message_from_bytes((self.path / name).read_bytes(), policy=policy.default)
        except OSError:
            return None


def header(mail: EmailMessage, name: str) -> str:
    """A header as text, whatever a sender made of it."""
    try:
        return str(mail.get(name, ""))
    except (ValueError, IndexError, AttributeError):
        return "(unreadable)"


def when(name: str) -> str:
    """The time in a file's name, as people write it."""
    try:
        return (
            datetime.strptime(name[:15] + "+0000", "%Y%m%dT%H%M%S%z").astimezone().strftime("%d %b %Y, %H:%M")
        )
    except ValueError:
        return ""


def body(mail: EmailMessage) -> tuple[str, str]:
    """The text of a mail and a note on what is not shown."""
    part = mail.get_body(("plain", "html"))
    if part is None:
        return "", "This mail has no text."
    try:
        text = str(part.get_content())
    except (LookupError, ValueError, KeyError):
        text = part.as_string()
    notes = []
    if part.get_content_subtype() == "html":
        notes.append("This mail has no plain text; below is the source of its HTML.")
    if files := [attachment.get_filename() or "unnamed" for attachment in mail.iter_attachments()]:
        notes.append(f"Attached: {', '.join(files)}.")
    return text, " ".join(notes)


def linked(text: str) -> str:
    """Text made safe, its web addresses made links."""
    pieces, end = [], 0
    for found in ADDRESS.finditer(text):
        address = escape(found[0], quote=True)
        pieces += [escape(text[end : found.start()]), f'<a href="{address}" rel="noreferrer">{address}</a>']
        end = found.end()
    return "".join([*pieces, escape(text[end:])])


def page(title: str, content: str) -> str:
    """One whole page."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )


def list_page(folder: Folder) -> str:
    """All mails in a table, the newest first."""
    rows = []
    for name in folder.names():
        if mail := folder.read(name):
            subject = header(mail, "Subject") or "(no subject)"
            cells = f"<td>{escape(when(name))}</td><td>{escape(header(mail, 'To'))}</td>"
            rows.append(f'<tr>{cells}<td><a href="/{escape(name)}">{escape(subject)}</a></td></tr>')
    note = f'<p class="note">{NOTE}</p>'
    if not rows:
        return page(
            "Demo mail",
            note + "<p>No mail yet. It comes when it is somebody’s turn, or when you invite somebody.</p>",
        )
    head = '<tr><th scope="col">Received</th><th scope="col">To</th><th scope="col">Subject</th></tr>'
    return page("Demo mail", f"{note}<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>")


def mail_page(name: str, mail: EmailMessage) -> str:
    """One mail as text."""
    text, note = body(mail)
    facts = [("From", header(mail, "From")), ("To", header(mail, "To"))]
    if (delivered := header(mail, "X-Delivered-To")) not in facts[1][1]:
        facts.append(("Delivered to", delivered))
    facts.append(("Received", when(name)))
    terms = "".join(f"<dt>{term}</dt><dd>{escape(value)}</dd>" for term, value in facts)
    note = f'<p class="note">{escape(note)}</p>' if note else ""
    back = '<p><a href="/">All demo mail</a></p>'
    source = f'<p><a href="/{escape(name)}?source">The mail as it was sent</a></p>'
    title = header(mail, "Subject") or "(no subject)"
    return page(title, f"{back}<dl>{terms}</dl>{note}<pre>{linked(text)}</pre>{source}")


class Page(BaseHTTPRequestHandler):
    """Answers the browser of this machine, and nobody who only borrows its name."""

    folder: Folder

    def do_GET(self) -> None:
        """The list, one mail, or its source."""
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if host not in {HOST, "localhost"}:
            return self._answer(
                HTTPStatus.FORBIDDEN, "Open this page at its address on 127.0.0.1.", kind="plain"
            )
        path, _, query = self.path.partition("?")
        name = path.removeprefix("/")
        if not name:
            return self._answer(HTTPStatus.OK, list_page(self.folder))
        mail = self.folder.read(name)
        if mail is None:
            missing = page(
                "No such mail", '<p>It may be from an earlier demo. <a href="/">All demo mail</a></p>'
            )
            return self._answer(HTTPStatus.NOT_FOUND, missing)
        if query == "source":
            return self._answer(HTTPStatus.OK, mail.as_bytes().decode(errors="replace"), kind="plain")
        return self._answer(HTTPStatus.OK, mail_page(name, mail))

    def _answer(self, status: HTTPStatus, text: str, kind: str = "html") -> None:
        content = text.encode(errors="replace")
        self.send_response(status)
        self.send_header("Content-Type", f"text/{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        policy_of_page = f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; frame-ancestors 'none'"
        self.send_header("Content-Security-Policy", policy_of_page)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: the page is looked at by one person."""


async def serve(folder: Folder, *, smtp_port: int, page_port: int) -> None:
    """Take mail and show it until this process is ended."""
    handler = type("DemoPage", (Page,), {"folder": folder})
    pages = ThreadingHTTPServer((HOST, page_port), handler)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(
            folder, hostname="localhost", data_size_limit=LARGEST_BYTES, enable_SMTPUTF8=True, loop=loop
        )

    server = await loop.create_server(session, HOST, smtp_port)
    async with server:
        await server.serve_forever()


def main(arguments: list[str]) -> int:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="launcher.mail")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--page-port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args(arguments)
    options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    serving = serve(Folder(options.folder), smtp_port=options.smtp_port, page_port=options.page_port)
    try:
        asyncio.run(serving)
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
