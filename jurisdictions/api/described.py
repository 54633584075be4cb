"""What a door says of itself besides its shapes; the description is written from it (`jurisdictions.api.schema`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers


@dataclass(frozen=True)
class Asked:
    """A question in an address: its name, what it means, and which answers there are."""

    name: str
    words: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Component:
    """A schema that another app writes, by its name among the components."""

    name: str


@dataclass(frozen=True)
class FileOf:
    """A file as it is, of one of these types."""

    types: tuple[str, ...]


class Told(serializers.Field[Any, Any, Any, Any]):
    """A field that a component of another app describes."""

    def __init__(self, component: str, **kwargs: Any) -> None:
        self.component = component
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value
