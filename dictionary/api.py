"""The dictionary for other software: its editions, and what each asks. Questions only, never answers."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers

from dictionary import codebook as book
from dictionary import schema
from dictionary.asked import Asked
from dictionary.models import Edition, OwnEdition
from dictionary.schema import Item
from jurisdictions.api import Api, ApiRequest, Shape, door
from jurisdictions.api.door import Scope
from jurisdictions.roles import Permission


class EditionRow(Shape):
    number = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(Edition.Status.choices)
    sha256 = serializers.CharField()
    released_at = serializers.DateTimeField()


class Editions(Shape):
    results = EditionRow(many=True)


class Code(Shape):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    help = serializers.CharField()


class ItemRow(Shape):
    item = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    help = serializers.CharField()
    type = serializers.CharField()
    part = serializers.CharField()
    section = serializers.CharField()
    privacy = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    is_column = serializers.BooleanField(
        help_text="Stands among the facts of the incident, not among answers."
    )
    choices = Code(many=True)
    missing = Code(many=True, help_text="The reasons that may stand instead of a value.")
    shown_when = serializers.CharField(help_text="In words; empty: always.")
    when = serializers.JSONField(help_text="The same as a rule; null: always.")


class SectionRow(Shape):
    section = serializers.CharField()
    part = serializers.CharField()
    title = serializers.CharField()
    repeats = serializers.CharField(help_text="What one entry is; empty where it is answered once.")


class EditionDetail(EditionRow):
    sections = SectionRow(many=True)
    items = ItemRow(many=True)


class OwnEditionRow(Shape):
    own_questions = serializers.IntegerField(help_text="The nth release: what a review names.")
    edition = serializers.CharField(help_text="The partnership's edition that was in force then.")
    sha256 = serializers.CharField()
    released_at = serializers.DateTimeField()


class OwnEditions(Shape):
    results = OwnEditionRow(many=True)


class OwnEditionDetail(OwnEditionRow):
    items = ItemRow(many=True)


class EditionList(Api):
    @door(
        Permission.HOME_VIEW,
        scope=Scope.READ,
        summary="List the released editions of the dictionary, newest first",
        answers=Editions,
    )
    def get(self, request: ApiRequest) -> dict[str, Any]:
        return {"results": [_edition(one) for one in Edition.objects.released().without_document()]}


class EditionOne(Api):
    @door(
        Permission.HOME_VIEW,
        scope=Scope.READ,
        summary="Read one edition: every item with its label, codes and rules",
        answers=EditionDetail,
    )
    def get(self, request: ApiRequest, number: str) -> dict[str, Any]:
        found = get_object_or_404(Edition.objects.released().without_document(), number=number)
        parsed = found.parsed
        return _edition(found) | {
            "sections": [
                {"section": one.key, "part": one.part, "title": one.title, "repeats": one.repeats}
                for one in parsed.sections
            ],
            "items": [_item(item, parsed) for item in parsed],
        }


class OwnEditionList(Api):
    @door(
        Permission.HOME_VIEW,
        scope=Scope.READ,
        summary="List what your agency has asked besides, newest first",
        answers=OwnEditions,
    )
    def get(self, request: ApiRequest) -> dict[str, Any]:
        released = OwnEdition.objects.select_related("base").defer("questions", "base__document")
        return {"results": [_own(one) for one in released.order_by("-number")]}


class OwnEditionOne(Api):
    @door(
        Permission.HOME_VIEW,
        scope=Scope.READ,
        summary="Read one release of your agency's own questions",
        answers=OwnEditionDetail,
    )
    def get(self, request: ApiRequest, own: int) -> dict[str, Any]:
        found = get_object_or_404(OwnEdition.objects.select_related("base"), number=own)
        asked = Asked(found.base, found).questions
        return _own(found) | {"items": [_item(item, asked) for item in asked.local]}


def _own(one: OwnEdition) -> dict[str, Any]:
    return {
        "own_questions": one.number,
        "edition": one.base.number,
        "sha256": one.sha256,
        "released_at": one.released_at.isoformat(),
    }


def _edition(one: Edition) -> dict[str, Any]:
    return {
        "number": one.number,
        "title": one.title,
        "status": one.status,
        "sha256": one.sha256,
        "released_at": one.released_at.isoformat() if one.released_at else None,
    }


def _item(item: Item, edition: schema.Edition) -> dict[str, Any]:
    return {
        "item": item.key,
        "label": item.label,
        "help": item.help,
        "type": item.type,
        "part": item.part,
        "section": item.section,
        "privacy": item.privacy,
        "required": item.required,
        "is_column": item.is_column,
        "choices": [{"code": one.code, "label": one.label, "help": one.help} for one in item.choices],
        "missing": [{"code": one.code, "label": one.label, "help": ""} for one in item.missing_choices],
        "shown_when": book.in_words(item.when, edition) if item.when else "",
        "when": item.when,
    }
