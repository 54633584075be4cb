"""The codebook of a pack: what each column of each table means, and the words of each code."""

import json
from collections.abc import Iterator, Sequence

from dictionary.codebook import describe
from dictionary.schema import Edition
from reviews.packs.columns import Column
from reviews.packs.tables import RATED, Table

VARIABLES = (
    *("table", "name", "label", "kind", "item", "editions", "privacy", "limits", "shown_when", "asked_for"),
    *("help", "basis", "note"),
)
CODES = ("table", "name", "code", "label", "help", "of")
_KIND_WORDS = {
    "text": "text",
    "links": "numbers of entries",
    "integer": "whole number",
    "date": "date (year-month-day)",
    "time": "time (hours:minutes)",
    "code": "one code",
    "codes": "codes, parted by semicolons",
    "flag": "0 or 1",
    "reason": "reason for no answer",
}


class Codebook:
    """What the columns mean under the editions of a pack, the newest first."""

    def __init__(self, tables: Sequence[Table], editions: Sequence[Edition]) -> None:
        self.tables = tables
        self._editions = {edition.number: edition for edition in editions}

    def variables(self) -> Iterator[dict[str, str]]:
        for table in self.tables:
            for column in table.columns:
                yield {"table": table.key, **self._variable(column)}

    def codes(self) -> Iterator[dict[str, str]]:
        """Each code of each column; of ratings also what the figure means for each factor (`of`)."""
        for table in self.tables:
            for column in table.columns:
                for choice in column.codes:
                    yield _code(table, column.name, choice.code, choice.label, choice.help)
        yield from self._anchors()

    def as_json(self) -> str:
        codes: dict[tuple[str, str], list[dict[str, str]]] = {}
        for code in self.codes():
            kept = {name: code[name] for name in ("code", "label", "help", "of") if code[name]}
            codes.setdefault((code["table"], code["name"]), []).append(kept)
        tables = [
            {
                "file": table.file,
                "title": table.title,
                "about": table.about,
                "columns": [
                    {name: text for name, text in self._variable(column).items() if text}
                    | ({"codes": found} if (found := codes.get((table.key, column.name))) else {})
                    for column in table.columns
                ],
            }
            for table in self.tables
        ]
        return json.dumps({"tables": tables}, ensure_ascii=False, indent=1) + "\n"

    def _variable(self, column: Column) -> dict[str, str]:
        found = {
            "name": column.name,
            "label": column.label,
            "kind": _KIND_WORDS[column.kind],
            "editions": ", ".join(column.editions),
            "note": column.note,
        }
        if column.item is not None:
            said = describe(self._editions[column.editions[0]], column.item)
            found |= {
                "item": column.item.key,
                "privacy": said.privacy_title,
                "limits": said.limits,
                "shown_when": said.shown_when,
                "asked_for": said.asked_for,
                "help": column.item.help,
                "basis": said.basis,
            }
        return {name: found.get(name, "") for name in VARIABLES if name != "table"}

    def _anchors(self) -> Iterator[dict[str, str]]:
        rated = next((table for table in self.tables if table.key == RATED), None)
        for edition in self._editions.values() if rated else ():
            for item in edition:
                for choice in item.choices if item.type == "rating" else ():
                    yield _code(
                        rated, "rating", choice.code, choice.label, "", f"{item.key}, {edition.number}"
                    )


def _code(table: Table | None, name: str, code: str, label: str, help_: str, of: str = "") -> dict[str, str]:
    key = table.key if table else ""
    return {"table": key, "name": name, "code": code, "label": label, "help": help_, "of": of}
