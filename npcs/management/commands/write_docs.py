from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from npcs.docs import pages


class Command(BaseCommand):
    help = (
        "Write docs/permissions.md, the states of a review and docs/api.yaml from the code. Asks no database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")
        parser.add_argument("--into", type=Path, default=settings.BASE_DIR / "docs", help="default: docs")

    def handle(self, *args: Any, check: bool, into: Path, **options: Any) -> None:
        written = {name: text for name, text in pages().items() if not _holds(into / name, text)}
        if check and written:
            raise CommandError(f"Stale: {', '.join(sorted(written))}. Run script/manage write_docs.")
        for name, text in written.items():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            (into / name).write_text(text, encoding="utf-8")
        self.stdout.write(f"Written: {', '.join(sorted(written))}." if written else "The pages are current.")


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text
