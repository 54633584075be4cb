"""Code lists by name, gathered from the lists that stand in each field's own cell."""

from collections.abc import Mapping
from typing import Any

from dictionary.schema import Choice


class CodeLists:
    """One list for the same codes, by the name that our fence gives it or that of the first field that has it."""

    def __init__(self, fence: Mapping[str, Any]) -> None:
        kept = fence.get("choices")
        self.lists: dict[str, Any] = dict(kept) if isinstance(kept, Mapping) else {}
        helps = fence.get("help")
        self._helps: Mapping[str, Any] = helps if isinstance(helps, Mapping) else {}
        self._names: dict[tuple[Choice, ...], str] = {}
        self._fenced: dict[str, tuple[Choice, ...]] = {}

    def fenced(self, name: str, choices: list[Choice]) -> tuple[str, bool]:
        """The name of the list that our fence names so, and whether it is still the same for all its fields."""
        codes = tuple(choices)
        if self._fenced.setdefault(name, codes) == codes:
            self.lists[name] = [self._entry(name, choice) for choice in codes]
            return name, True
        return self.own(f"{name}_2", choices), False

    def own(self, name: str, choices: list[Choice]) -> str:
        """The name of a list with these choices: an earlier one's, or this."""
        codes = tuple(choices)
        if codes not in self._names:
            free, number = name, 2
            while free in self.lists:
                free, number = f"{name}_{number}", number + 1
            self._names[codes] = free
            self.lists[free] = [{"code": choice.code, "label": choice.label} for choice in codes]
        return self._names[codes]

    def _entry(self, name: str, choice: Choice) -> dict[str, Any]:
        helps = self._helps.get(name)
        help_ = helps.get(choice.code) if isinstance(helps, Mapping) else None
        entry = {"code": choice.code, "label": choice.label}
        return entry | {"help": help_} if help_ else entry
