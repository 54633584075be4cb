import json
import os
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jurisdictions.models import Jurisdiction
from npcs.demo.people import invented, sign_ins
from npcs.demo.second_step import give_apps


class Command(BaseCommand):
    help = (
        "Fill an empty database with the demo's invented agencies, people and reviews; else change nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--data",
            type=Path,
            default=Path(os.environ.get("NPCS_DATA") or settings.BASE_DIR / "var"),
            help="the demo's folder, where sign-ins.json is written",
        )
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="what it does in any case, said aloud: a database that holds an agency is left as it is",
        )

    def handle(self, *args: Any, data: Path, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Invented people with a known password: this is for NPCS_MODE=demo only.")
        if not Jurisdiction.objects.exists():
            from npcs.demo.seeding import (
                seed,
            )  # the texts and the clockwork are wanted at the first start only

            began = time.perf_counter()
            there = seed()
            self.stdout.write(
                f"Seeded {there.agencies} agencies, {there.people} people, {there.incidents} incidents "
                f"and {there.reviews} reviews in {time.perf_counter() - began:.1f} s."
            )
        else:
            give_apps(invented())  # to those of a demo that is older than second steps
            self.stdout.write("There are agencies already; nothing was changed.")
        self._write_sign_ins(data)

    def _write_sign_ins(self, data: Path) -> None:
        """Written anew each time: somebody may have deleted it. For its owner only."""
        data.mkdir(parents=True, exist_ok=True)
        path = data / "sign-ins.json"
        path.touch(mode=0o600, exist_ok=True)
        path.write_text(json.dumps(sign_ins(), indent=2) + "\n", encoding="utf-8")
