"""What may stand in an address where a number does."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class Number(StringConverter):
    """An incident's number (2026-014) or an edition's (1.0): anything else is no address, and asks no table."""

    regex = "[0-9][0-9.-]{0,19}"


register_converter(Number, "number")
