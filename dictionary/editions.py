"""Editions on disk: edition.yaml and one YAML file for each section, merged into one document."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from dictionary.rules import Json
from dictionary.schema import Edition, EditionError, load

FOLDER = Path(__file__).parent / "editions"


class PlainLoader(yaml.SafeLoader):
    """YAML without its traps: yes and no stay words, dates stay text, and a key written twice is refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _value in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"“{key}” stands twice. Keep one of them.", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), ["t", "f"])


def latest_folder() -> Path:
    """The folder of the newest edition that ships with the project."""
    folders = [folder for folder in FOLDER.iterdir() if (folder / "edition.yaml").is_file()]
    return max(folders, key=lambda folder: [int(figure) for figure in folder.name.split(".")])


def read_folder(folder: Path) -> dict[str, Json]:
    """The one document that a folder's files make; sections in the order of the file names. Only what merging
    needs is checked here: `load` checks the rest."""
    if not (folder / "edition.yaml").is_file():
        raise EditionError(
            [f"{folder.name}: has no edition.yaml. Write its number, title, parts and choices there."]
        )
    top = _read(folder / "edition.yaml")
    files = {path.stem: _read(path) for path in sorted(folder.glob("*.yaml")) if path.name != "edition.yaml"}
    order = top.pop("sections", None) or []
    sections = {str(section.get("section") or stem): section for stem, section in files.items()}
    if len(sections) < len(files):
        raise EditionError([f"{folder.name}: two files describe the same section. Keep one."])
    if missing := [key for key in order if key not in sections]:
        raise EditionError(
            [f"{folder.name}: edition.yaml lists {', '.join(missing)}, which no file describes."]
        )
    ordered = [sections[key] for key in order] + [sections[key] for key in sections if key not in order]
    choices = {name: _codes(codes) for name, codes in (top.get("choices") or {}).items()}
    return {**top, "choices": choices, "sections": ordered}


def load_folder(folder: Path) -> Edition:
    return load(read_folder(folder))


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), PlainLoader)  # noqa: S506 (a SafeLoader, made stricter)
    except yaml.YAMLError as mistake:
        raise EditionError([f"{path.name}: cannot be read. {mistake}"]) from mistake
    if not isinstance(content, dict):
        raise EditionError([f"{path.name}: has to hold keys with values."])
    return {str(key): _plain(value) for key, value in content.items()}


def _plain(value: Any) -> Any:
    """The same in JSON's terms: every key is text, so that 0 and "0" name the same anchor."""
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, list) else value


def _codes(codes: Any) -> Any:
    """A code list may be written short, as `code: label`. Kept as a list: jsonb forgets the order of keys."""
    if not isinstance(codes, dict):
        return codes
    return [
        {"code": code, **entry} if isinstance(entry, dict) else {"code": code, "label": entry}
        for code, entry in codes.items()
    ]
