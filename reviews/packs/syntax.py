"""Syntax that reads the tables of a pack in statistics programs."""

from collections.abc import Iterator

from reviews.packs.csv_files import TableFiles


def write_syntax(files: TableFiles) -> Iterator[tuple[str, str]]:
    """One file for each program."""
    yield from ()
