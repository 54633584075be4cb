"""An edition as one file of our own: the whole document, for people to read and for us to load unchanged."""

from collections.abc import Mapping
from typing import Any

import yaml

from dictionary.editions import PlainLoader
from dictionary.interchange.losses import Problem, Refused
from dictionary.rules import Json
from dictionary.schema import EditionError, load

FILE_BYTES = 5 * 1024 * 1024
# The order in which people read; what stands nowhere comes last.
_ORDER = (
    *("number", "title", "about", "parts", "choices", "sections", "section", "part", "key", "code", "label"),
    *("help", "group", "intro", "repeats", "title_item", "type", "links", "required", "store", "privacy"),
    *("coarsen", "when", "missing", "min", "max", "max_length", "anchors", "checks", "warnings", "rule"),
    *("message", "basis", "items"),
)
_PLACES = {key: at for at, key in enumerate(_ORDER)}


class _Loader(PlainLoader):
    """Refuses references: a few lines of them can mean more than any machine holds."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "References (*name) are not read here.", mark)
        return super().compose_node(parent, index)


class _Dumper(yaml.SafeDumper):
    """Indents lists, and never writes an anchor for what stands twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)


def write(document: Mapping[str, Json]) -> bytes:
    """The document as YAML. The same edition gives the same bytes, in whatever order its keys were kept."""
    text: str = yaml.dump(_ordered(document), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return text.encode()


def read(data: bytes) -> dict[str, Json]:
    """The document of the file, which is YAML or JSON. Raises Refused where it is no edition."""
    if len(data) > FILE_BYTES:
        raise Refused([Problem(0, "", f"The file is larger than {FILE_BYTES // 1024 // 1024} MiB.")])
    try:
        document = yaml.load(data.decode("utf-8-sig"), _Loader)  # noqa: S506 (a SafeLoader, made stricter)
        load(document if isinstance(document, dict) else {})
    except UnicodeDecodeError:
        raise Refused([Problem(0, "", "The file is not UTF-8. Download it anew.")]) from None
    except (yaml.YAMLError, RecursionError) as mistake:
        raise Refused([Problem(0, "", f"The file cannot be read. {mistake}")]) from mistake
    except EditionError as mistake:
        raise Refused([Problem(0, "", problem) for problem in mistake.problems]) from mistake
    return {str(key): value for key, value in document.items()}


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (_PLACES.get(key, len(_PLACES)), key))
        return {key: _ordered(value[key]) for key in keys}
    return [_ordered(one) for one in value] if isinstance(value, list) else value
