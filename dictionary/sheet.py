"""The answers of one record as rules see them: which items are asked, and what an item name means where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dictionary.rules import Json, Values, is_answered, missing_value
from dictionary.schema import Edition, Item, Section

type EntryId = int | None
type Answers = Mapping[tuple[EntryId, str], tuple[Json, str]]
type Entries = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class AnswerSheet:
    """`answers` maps (entry or None, item) to (value, missing reason); `entries` lists a section's entries.

    Columns of the models take part in rules when the caller adds them to `answers`. Pure: asks no database.
    """

    edition: Edition
    answers: Answers
    entries: Entries = field(default_factory=dict)

    @cached_property
    def _known(self) -> dict[tuple[str, EntryId], tuple[frozenset[str], Values]]:
        return {}

    @cached_property
    def _given(self) -> dict[EntryId, dict[str, Json]]:
        """What rules read of each entry's answers, and of those answered once (None)."""
        given: dict[EntryId, dict[str, Json]] = {}
        for (entry, key), (value, missing) in self.answers.items():
            given.setdefault(entry, {})[key] = missing_value(missing) if missing else value
        return given

    @cached_property
    def _once(self) -> Values:
        """What is answered once for the whole record, less what is not asked any more."""
        given = self._given.get(None, {})
        once = {item.key: given.get(item.key) for item in self.edition.once}
        return self.edition.branching_once.fold(once)[1]

    def _fact(self, entry: EntryId, key: str) -> Json:
        return self._given.get(entry, {}).get(key)

    def _around(self, section: Section, entry: EntryId) -> dict[str, Json]:
        """What a rule of this section reads: its own items from the same entry, others answered once."""
        given = self._given.get(entry, {})
        return {**self._once, **{key: given.get(key) for key in section.keys}}

    def asked(self, section: Section, entry: EntryId = None) -> frozenset[str]:
        """The items of the section whose `when` holds for this entry."""
        return self._read(section, entry)[0]

    def facts(self, section: Section, entry: EntryId = None) -> Values:
        """The values that rules about this entry read; an item that is not asked counts as not answered."""
        return self._read(section, entry)[1]

    def _read(self, section: Section, entry: EntryId) -> tuple[frozenset[str], Values]:
        """Asked and facts belong together, and a page asks for them once for each of its items."""
        place = (section.key, entry)
        if place not in self._known:
            hidden, facts = section.branching.fold(self._around(section, entry))
            self._known[place] = section.keys - hidden, facts
        return self._known[place]

    def answer(self, key: str, entry: EntryId = None) -> tuple[Json, str]:
        return self.answers.get((entry, key), (None, ""))

    def is_answered(self, key: str, entry: EntryId = None) -> bool:
        return is_answered(self._fact(entry, key))

    def targets(self, section: Section) -> list[EntryId]:
        """Where this section is answered: each entry, or once; ratings also on each entry they are of."""
        if section.repeats:
            return list(self.entries.get(section.key, ()))
        targets: list[EntryId] = [None]
        if section.rated:
            alive = {entry for entries in self.entries.values() for entry in entries}
            targets += sorted(
                entry for entry in alive if not section.keys.isdisjoint(self._given.get(entry, {}))
            )
        return targets

    def entry_title(self, section: Section, entry: int) -> tuple[Item, Json]:
        """The item and the value that name an entry in lists."""
        item = self.edition.item(section.title_item or section.items[0].key)
        return item, self.answer(item.key, entry)[0]
