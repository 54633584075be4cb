"""A row of components/table.html. Lists are the pages most asked for, so a row is made once, here, and not cell by
cell in the template."""

from dataclasses import dataclass

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True)
class Row:
    """The formatted texts of one row (or safe HTML), in the order of the columns; the first heads the row and carries
    the address, where there is one."""

    cells: tuple[str, ...]
    url: str = ""

    def __str__(self) -> SafeString:
        first, *others = map(conditional_escape, self.cells)
        head = f'<a href="{conditional_escape(self.url)}">{first}</a>' if self.url else first
        told = "".join(f"<td>{cell}</td>" for cell in others)
        return mark_safe(f'<tr><th scope="row">{head}</th>{told}</tr>')  # noqa: S308 - every cell escaped above
