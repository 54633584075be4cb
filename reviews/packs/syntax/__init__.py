"""Syntax that reads a pack's tables in statistics programs, with every label and the reasons for no answer apart."""

from collections.abc import Iterator

from reviews.packs.csv_files import TableFiles
from reviews.packs.syntax import r, spss, stata
from reviews.packs.syntax.variables import of_table

__all__ = ["write_syntax"]


def write_syntax(files: TableFiles) -> Iterator[tuple[str, str]]:
    """One file for each program, by name."""
    tables = [
        (table, of_table(table, files.widest[table.key]), files.rows[table.key])
        for table in files.tables.values()
    ]
    yield "spss.sps", spss.write(tables)
    yield "stata.do", stata.write(tables)
    yield "r.R", r.write(tables)
