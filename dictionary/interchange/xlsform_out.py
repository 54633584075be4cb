"""An edition as the sheets of an XLSForm: survey, choices, settings, and one of ours that other software ignores."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dictionary.interchange import fence, logic_writing
from dictionary.interchange.layout import Form, Laid, Layout, lay_out
from dictionary.interchange.redcap_out import HOW_EXACT, WHAT_TIME
from dictionary.schema import Choice
from dictionary.values import PRECISIONS

SURVEY = (
    *("type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message"),
    *("calculation", "appearance"),
)
CHOICES = ("list_name", "name", "label")
SETTINGS = ("form_title", "form_id", "version")
OWN_SHEET, OWN = "npcs", ("name", "npcs")
EDITION = "#edition"  # no field can have this name
CHUNK = 30_000  # a cell holds a little more
_KINDS = {
    "text": ("text", ""),
    "plain": ("text", "multiline"),
    "prose": ("text", "multiline"),
    "integer": ("integer", ""),
    "date": ("date", ""),
    "partial_date": ("date", ""),
    "links": ("text", ""),
    "choice": ("select_one", ""),
    "rating": ("select_one", ""),
    "choices": ("select_multiple", ""),
}
type Row = Sequence[str]


def sheets_of(document: Mapping[str, Any]) -> dict[str, list[Row]]:
    """The rows of each sheet below its header. Raises schema.EditionError."""
    return _Writer(lay_out(document)).sheets()


class _Writer:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._fences: list[Row] = []
        self._lists: dict[str, tuple[Choice, ...]] = {}
        self._names = {known.name for known in layout.known.values()}

    def sheets(self) -> dict[str, list[Row]]:
        edition = self._layout.edition
        self._fence(EDITION, self._layout.fence)
        survey = [row for form in self._layout.forms for row in self._section(form)]
        return {
            "survey": survey,
            "choices": [
                (name, one.code, one.label) for name, choices in self._lists.items() for one in choices
            ],
            "settings": [(edition.title, "npcs_dictionary", edition.number)],
            OWN_SHEET: self._fences,
        }

    def _fence(self, name: str, held: Mapping[str, Any]) -> None:
        """In as many cells as it takes: the next row goes on where one ends."""
        text = fence.dump(held)
        while text:
            end = CHUNK
            while end < len(text) and text[end - 1 : end + 1].strip() != text[end - 1 : end + 1]:
                end -= 1  # no cell begins or ends in a blank: some programs drop it
            self._fences.append((name, text[:end]))
            text = text[end:]

    def _free(self, name: str) -> str:
        free, number = name, 2
        while free in self._names:
            free, number = f"{name}_{number}", number + 1
        self._names.add(free)
        return free

    def _section(self, form: Form) -> Iterator[Row]:
        kind = "repeat" if form.section.repeats else "group"
        name = self._free(form.name)
        self._fence(name, {"section": form.section.key})
        yield _row(type=f"begin_{kind}", name=name, label=form.section.title)
        group = ""
        for laid in form.fields:
            if laid.item.group != group:
                if group:
                    yield _row(type="end_group")
                group = laid.item.group
                if group:
                    yield _row(type="begin_group", name=self._free(f"{form.name}_group"), label=group)
            yield from self._item(laid)
        if group:
            yield _row(type="end_group")
        yield _row(type=f"end_{kind}")

    def _item(self, laid: Laid) -> Iterator[Row]:
        item = laid.item
        kind, appearance = _KINDS[item.type]
        relevant = self._condition(laid)
        rules = [check.rule for check in item.checks]
        constraint = logic_writing.constraint(
            rules, self._layout.known[item.key], self._layout.known, item.min, item.max
        )
        bounds = {name: getattr(item, name) for name in ("min", "max", "max_length")}
        self._fence(laid.name, {**laid.fence, **{k: v for k, v in bounds.items() if v is not None}})
        yield _row(
            type=f"{kind} {self._list(laid)}" if item.choices else kind,
            name=laid.name,
            label=item.label,
            hint=item.help,
            required="yes" if item.required and item.required_when is None else "",
            relevant=relevant,
            constraint=constraint,
            constraint_message=" ".join(check.message for check in item.checks),
            appearance=appearance,
        )
        if laid.beside:
            yield from self._beside(laid, relevant)

    def _condition(self, laid: Laid) -> str:
        try:
            return logic_writing.write(laid.item.when, self._layout.known, logic_writing.XLSFORM)
        except logic_writing.CannotWrite:
            return ""

    def _list(self, laid: Laid) -> str:
        """A list of its own wherever codes or reasons for no answer differ."""
        stem = laid.item.choices_key or laid.name
        if laid.item.choices_key and laid.reasons:
            stem = "_or_".join([stem, *laid.reasons])
        return self._listed(stem, laid.codes)

    def _listed(self, stem: str, choices: tuple[Choice, ...]) -> str:
        name, number = stem, 2
        while self._lists.setdefault(name, choices) != choices:
            name, number = f"{stem}_{number}", number + 1
        return name

    def _beside(self, laid: Laid, relevant: str) -> Iterator[Row]:
        precision, time = laid.beside
        for name in laid.beside:
            self._fence(name, {"of": laid.item.key})
        kind = f"select_one {self._listed('npcs_precisions', PRECISIONS)}"
        yield _row(type=kind, name=precision, label=f"{laid.item.label} {HOW_EXACT}", relevant=relevant)
        exact = f"${{{precision}}} = 'exact'"
        yield _row(
            type="time",
            name=time,
            label=f"{laid.item.label} {WHAT_TIME}",
            relevant=f"({relevant}) and {exact}" if relevant else exact,
        )


def _row(**cells: str) -> Row:
    return [cells.get(column, "") for column in SURVEY]
