"""What a file says that we cannot hold, and what makes it impossible to read at all."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Loss:
    """One thing of one field that we cannot hold as it is, and what becomes of it. Row 1 is the header; a thing
    of the whole file stands in row 0."""

    row: int
    field: str
    what: str
    becomes: str

    def __str__(self) -> str:
        place = f"Row {self.row}, {self.field}" if self.row else self.field
        return f"{place}: {self.what} {self.becomes}"


@dataclass(frozen=True, order=True)
class Problem:
    """One place that has to be mended before the file can be read, and how."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (f"Row {self.row}" if self.row else "", self.column) if part)
        return f"{where}: {self.message}" if where else self.message


def not_more(count: int, most: int | None) -> None:
    """Raises Refused where a file has more questions than its reader has time for; None: as many as it likes."""
    if most is not None and count > most:
        raise Refused(
            [
                Problem(
                    0,
                    "",
                    f"The file has {count:,} questions; {most:,} is the most. Bring fewer forms at a time.",
                )
            ]
        )


class Refused(ValueError):
    """The file cannot be read. `problems` names each place and how to mend it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))
