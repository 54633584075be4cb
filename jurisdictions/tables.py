"""Rows of components/table.html and components/task_list.html. The pages that show them are the ones most asked for,
so a row is made once, here, and not cell by cell in the template."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe


def headings(*labels: str, numeric: Collection[str] = ()) -> list[dict[str, str | bool]]:
    """The columns of components/table.html, for a table that is not sorted."""
    return [{"label": label, "numeric": label in numeric} for label in labels]


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


@dataclass(frozen=True)
class Task:
    """One line of components/task_list.html: what there is to do, where, and how far it is, in words and in a tone of
    components/status.html. Without an address it cannot be begun yet, and the note says why."""

    label: str
    url: str
    state: str
    tone: str
    note: str

    def __str__(self) -> SafeString:
        label, url, note = map(conditional_escape, (self.label, self.url, self.note))
        name = f'<a href="{url}">{label}</a>' if self.url else label
        return mark_safe(  # noqa: S308 - every text escaped above
            f'<li class="npcs-task"><span class="npcs-task-name">{name}</span>'
            f'<span class="npcs-task-state">{status(self.state, self.tone)}</span>'
            f'<span class="npcs-task-note">{note}</span></li>'
        )


def status(words: str, tone: str) -> SafeString:
    """components/status.html, for what is made here: the words stand beside the colour, always."""
    shown = f'<span class="npcs-status npcs-status--{conditional_escape(tone)}">{conditional_escape(words)}</span>'
    return mark_safe(shown)  # noqa: S308 - both escaped above
