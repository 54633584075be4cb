"""Files of past incidents as the tests of imports bring them in."""

from dictionary.models import Edition
from reviews.imports.mapping import FileMapping, read_mapping

PLAIN = """
key: id
items:
  incident_type: {column: kind, codes: {F: fatality, NF: near_fatality}}
  occurred_on: day
  county: county
  what_was_reported: told
children:
  - age_value: age
    age_unit: {constant: months}
"""
HEADER = "id,kind,day,county,told,age\n"


def mapping(text: str = PLAIN) -> FileMapping:
    return read_mapping(text.encode(), Edition.objects.in_force().parsed)
