"""Bring a file of past incidents into one agency."""

import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dictionary.asked import asked_now
from jurisdictions.models import Jurisdiction
from jurisdictions.numbers import number_of
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.import_incidents import Receipt, import_incidents
from reviews.imports.mapping import FileMapping, MappingError, read_mapping
from reviews.imports.marked import write_marked
from reviews.imports.table import FileRefused
from reviews.imports.unpacking import unpack


class Command(BaseCommand):
    help = (
        "Bring a file of past incidents into an agency, under a mapping. The same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("agency", help="the agency's short name, as in its addresses")
        parser.add_argument("file", type=Path, help="CSV or a workbook (XLSX), of at most 25 MiB")
        parser.add_argument(
            "--mapping", type=Path, required=True, help="a YAML file: which column is which item"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and keep nothing")
        parser.add_argument(
            "--report", type=Path, help="write the rows back as a workbook (XLSX), with remarks"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        agency = Jurisdiction.objects.filter(slug=options["agency"]).first()
        if agency is None:
            raise CommandError(f"There is no agency {options['agency']}.")
        if not options["mapping"].is_file():
            raise CommandError(f"There is no mapping {options['mapping'].name}.")
        try:
            with jurisdiction_scope(agency.pk):
                questions = asked_now().questions
            mapping = read_mapping(options["mapping"].read_bytes(), questions)
            with tempfile.TemporaryDirectory() as folder:
                receipt = self._bring_in(options, mapping, agency, Path(folder))
        except MappingError as error:
            lines = "\n".join(f"  {problem}" for problem in error.problems)
            raise CommandError(f"The mapping needs mending:\n{lines}") from None
        except FileRefused as refusal:
            raise CommandError(f"Nothing came in. {refusal}") from None
        self.stdout.write("\n".join(summary(receipt)))
        if options["report"]:
            self.stdout.write(f"The rows, with remarks, are in {options['report'].name}.")

    def _bring_in(
        self, options: dict[str, Any], mapping: FileMapping, agency: Jurisdiction, folder: Path
    ) -> Receipt:
        file = unpack(options["file"], folder, encoding=mapping.encoding, delimiter=mapping.delimiter)
        with jurisdiction_scope(agency.pk):
            receipt = import_incidents(file, mapping, jurisdiction=agency, dry_run=options["dry_run"])
        if options["report"]:
            write_marked(receipt, options["report"])
        return receipt


def summary(receipt: Receipt) -> list[str]:
    """The receipt in words and numbers."""
    lines = ["A dry run: nothing was kept."] if receipt.dry_run else []
    lines += [
        f"File      {receipt.file.name}, SHA-256 {receipt.file.sha256}",
        f"Mapping   SHA-256 {receipt.mapping.sha256}",
        f"Rows      {receipt.rows} = {receipt.accepted} accepted + {receipt.with_warnings} with warnings "
        f"+ {receipt.returned} returned",
        f"Incidents {receipt.count('created')} new, {receipt.count('changed')} changed, "
        f"{receipt.count('unchanged')} unchanged",
    ]
    if receipt.unmapped:
        lines.append("Codes that the mapping does not know, queued until it does:")
        lines += [
            f"  {column} “{code}”: {number_of(rows, 'row')}"
            for (column, code), rows in sorted(receipt.unmapped.items())
        ]
    if receipt.unread:
        lines.append(
            f"Columns that nobody reads: {', '.join(receipt.unread)}. Map them, or list them under `ignore`."
        )
    return lines
