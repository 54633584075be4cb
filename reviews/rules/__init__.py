"""What may happen when: pure reading, no writes, no clock, no request. An empty list of problems means yes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Something in the way, in words for the person who meets it, and where it is mended.

    `part`, `entry` and `item` name the place; a page turns them into a link.
    """

    code: str
    message: str
    part: str = ""
    entry: int | None = None
    item: str = ""


class Refused(Exception):
    """An act that its rules do not allow now; `problems` says why, one by one."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.code for problem in problems))
