"""Shapes of what comes in and goes out. They check and describe; they never write."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from rest_framework import serializers

from jurisdictions.api.problems import ApiProblem, Kind


class Shape(serializers.Serializer[Any]):
    """An object of the API. What is sent and is no field of it is refused, never passed over."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := [name for name in data if name not in self.fields]):
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                {name: [f"This is no field here. There are: {known}."] for name in unknown[:5]}
            )
        return super().to_internal_value(data)


def take(shape: type[Shape], sent: Any) -> dict[str, Any]:
    """What was sent, in this shape. Raises ApiProblem with a pointer to each thing to mend."""
    given = shape(data=sent)
    if not given.is_valid():
        raise invalid(_errors(given.errors, ""))
    return dict(given.validated_data)


def filled[F: forms.Form](form: F, **called: str) -> F:
    """A form of the pages, when there is nothing to mend. Raises ApiProblem otherwise, with the labels of its fields;
    `called` says what a field's name is in the body, where it is another one."""
    if form.is_valid():
        return form
    raise invalid(
        mend(
            f"/{called.get(name, name)}" if name in form.fields else "",
            str(message),
            str(form.fields[name].label) if name in form.fields else "",
        )
        for name, messages in form.errors.items()
        for message in messages
    )


def invalid(errors: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> ApiProblem:
    return ApiProblem(Kind.INVALID, errors=list(errors))


def mend(pointer: str, detail: str, label: str = "") -> dict[str, Any]:
    """One thing to mend: where (RFC 6901), what to do, and what people call the field."""
    return {"pointer": pointer, "label": label or None, "detail": detail}


def _errors(found: Any, pointer: str) -> Iterator[dict[str, Any]]:
    if isinstance(found, Mapping):
        for name, inner in found.items():
            at = pointer if name == "non_field_errors" else f"{pointer}/{_escaped(str(name))}"
            yield from _errors(inner, at)
    elif isinstance(found, list) and any(isinstance(one, Mapping | list) for one in found):
        for place, inner in enumerate(found):
            yield from _errors(inner, f"{pointer}/{place}")
    else:
        for message in found if isinstance(found, list) else [found]:
            yield mend(pointer, str(message))


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
