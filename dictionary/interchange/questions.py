"""What a file of another format asks, in our terms as far as its cells say: between reading it and an edition."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dictionary.interchange.losses import Loss
from dictionary.schema import Choice, Edition


@dataclass
class Question:
    """One question. `condition` and `constraints` (text, message) are in the language of the file."""

    row: int
    name: str
    section: str
    type: str
    label: str
    help: str = ""
    group: str = ""
    codes: list[Choice] = field(default_factory=list)
    required: bool = False
    min: int | None = None
    max: int | None = None
    max_length: int | None = None
    direct: bool = False
    condition: str = ""
    constraints: list[tuple[str, str]] = field(default_factory=list)
    fence: dict[str, Any] | None = None
    key: str = ""  # where the name is no key of ours

    @property
    def our_key(self) -> str:
        return str((self.fence or {}).get("key") or self.key or self.name)


@dataclass(frozen=True)
class Source:
    """All that a file asks: its questions in order, the titles of its forms, and our fence of the whole edition."""

    questions: list[Question]
    titles: Mapping[str, str]
    title: str
    basis: str
    fence: Mapping[str, Any] = field(default_factory=dict)
    repeats: Mapping[str, str] = field(default_factory=dict)
    intros: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Imported:
    """A file as an edition of ours: its document, the same read, and everything that it does not hold."""

    document: dict[str, Any]
    edition: Edition
    losses: tuple[Loss, ...]
