from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from dictionary import editions
from dictionary.actions import CannotRelease, release_edition
from dictionary.interchange import own_file
from dictionary.interchange.losses import Refused
from dictionary.schema import EditionError


class Command(BaseCommand):
    help = "Check an edition of the dictionary and bring it into force. Repeatable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            help="A folder, or one file as the codebook gives it. Default: the newest that ships with the project.",
        )
        parser.add_argument(
            "--database", default=DEFAULT_DB_ALIAS, help="The owner's, where the site may only read."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"] or editions.latest_folder()
        try:
            document = (
                own_file.read(folder.read_bytes()) if folder.is_file() else editions.read_folder(folder)
            )
            edition = release_edition(document, using=options["database"])
        except (EditionError, CannotRelease, Refused) as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["verbosity"]:
            self.stdout.write(f"{edition} is {edition.get_status_display().lower()} ({edition.sha256[:12]}).")
