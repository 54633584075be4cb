"""The demo's texts as they stand in its YAML files."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent

type Told = dict[str, Any]


# yes, no and on stay words, and dates stay text; the C reader is ten times as quick where libyaml is there.
class _Reader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":timestamp"))]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), ["t", "f"])


def read(name: str) -> Told:
    """One file of the folder."""
    told: Told = yaml.load((FOLDER / name).read_text(encoding="utf-8"), _Reader)  # noqa: S506 (a safe reader)
    return told


@cache
def people() -> dict[str, Told]:
    """Everybody, by the short name that the other files use; the first one is the first to become."""
    found: dict[str, Told] = read("people.yaml")["people"]
    return found


def agencies() -> list[Told]:
    found: list[Told] = read("agencies.yaml")["agencies"]
    return found


def phrases() -> Told:
    return read("phrases.yaml")


def hand_written_reviews() -> dict[str, Told]:
    """The six reviews written by hand, by the name of their file."""
    files = sorted((FOLDER / "reviews").glob("*.yaml"))
    return {path.stem: read(f"reviews/{path.name}") for path in files}
