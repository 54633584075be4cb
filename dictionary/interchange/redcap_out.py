"""An edition as the fields of a REDCap data dictionary."""

from collections.abc import Iterator, Mapping
from typing import Any

from dictionary.interchange import code_cells, fence, logic_writing
from dictionary.interchange.layout import RECORD, Laid, Layout, lay_out
from dictionary.interchange.redcap_file import Field
from dictionary.interchange.wording import marked_up
from dictionary.values import PRECISIONS

RECORD_ID = "record_id"
HOW_EXACT, WHAT_TIME = "How exact is the date?", "At what time?"
LONG_LIST = 8  # a list of more is a menu
_KINDS = {
    "text": ("text", ""),
    "plain": ("notes", ""),
    "prose": ("notes", ""),
    "integer": ("text", "integer"),
    "date": ("text", "date_ymd"),
    "partial_date": ("text", "date_ymd"),
    "rating": ("radio", ""),
    "choices": ("checkbox", ""),
    "links": ("text", ""),
}


def fields_of(document: Mapping[str, Any]) -> list[Field]:
    """The record's ID, then each section as a form of its own. Raises schema.EditionError."""
    layout = lay_out(document)
    record = Field(RECORD_ID, RECORD, label="Record ID", annotation=fence.write(layout.fence))
    return [
        record,
        *(
            field
            for form in layout.forms
            for laid in form.fields
            for field in _fields(layout, form.name, laid)
        ),
    ]


def condition_of(layout: Layout, laid: Laid) -> str:
    """The item's branching as REDCap logic; empty also where REDCap has no words for it (our fence has them)."""
    try:
        return logic_writing.write(laid.item.when, layout.known, logic_writing.REDCAP)
    except logic_writing.CannotWrite:
        return ""


def _fields(layout: Layout, form: str, laid: Laid) -> Iterator[Field]:
    item = laid.item
    kind, validation = _KINDS.get(item.type) or ("dropdown" if len(laid.codes) > LONG_LIST else "radio", "")
    condition = condition_of(layout, laid)
    yield Field(
        name=laid.name,
        form=form,
        header=marked_up(laid.heading),
        type=kind,
        label=marked_up(item.label),
        choices=code_cells.write(laid.codes),
        note=marked_up(item.help),
        validation=validation,
        min="" if item.min is None else str(item.min),
        max="" if item.max is None else str(item.max),
        identifier="y" if item.privacy == "direct" else "",
        branching=condition,
        required="y" if item.required and item.required_when is None else "",
        annotation=" ".join([*_tags(laid), fence.write(laid.fence)]),
    )
    if item.type == "partial_date":
        yield from _beside(form, laid, condition)


def _tags(laid: Laid) -> Iterator[str]:
    if laid.item.max_length is not None:
        yield f"@CHARLIMIT='{laid.item.max_length}'"
    if laid.item.type == "choices" and laid.reasons:
        yield f"@NONEOFTHEABOVE='{','.join(laid.reasons)}'"


def _beside(form: str, laid: Laid, condition: str) -> Iterator[Field]:
    """How exact a date is, and its time."""
    of = fence.write({"of": laid.item.key})
    label = marked_up(laid.item.label)
    precision, time = laid.beside
    yield Field(
        name=precision,
        form=form,
        type="radio",
        label=f"{label} {HOW_EXACT}",
        choices=code_cells.write(PRECISIONS),
        branching=condition,
        annotation=of,
    )
    exact = f"[{precision}] = 'exact'"
    yield Field(
        name=time,
        form=form,
        label=f"{label} {WHAT_TIME}",
        validation="time",
        branching=f"({condition}) and {exact}" if condition else exact,
        annotation=of,
    )
