"""One incident with its children and answers, as the files tell it."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dictionary import values
from dictionary.asked import Asked
from dictionary.models import Edition, OwnEdition
from jurisdictions.models import Membership
from npcs.demo.days import Days
from npcs.demo.reading import Told
from npcs.demo.rows import keys_of
from npcs.demo.shelf import Shelf
from npcs.demo.wordings import Wordings
from reviews.facts import CHILD_KEYS
from reviews.models import Answer, Child, Entry, Incident, IncidentImport, ReviewMove


@dataclass
class Keys:
    """Primary keys of the tables whose rows are named by others."""

    incident: Iterator[int] = field(default_factory=lambda: keys_of(Incident))
    entry: Iterator[int] = field(default_factory=lambda: keys_of(Entry))
    move: Iterator[int] = field(default_factory=lambda: keys_of(ReviewMove))


@dataclass
class Press:
    """What every record is written with."""

    days: Days
    words: Wordings
    keys: Keys
    edition: Edition

    def moment(self, day: int) -> dt.datetime:
        """Some time of that working day."""
        return self.days.at(day, self.words.random.randrange(8, 17), self.words.random.randrange(60))


class RecordWriter:
    """Writes one record to the shelf of its agency. `by` wrote it, unless an answer says who."""

    def __init__(
        self,
        press: Press,
        shelf: Shelf,
        *,
        number: str,
        incident: Told,
        by: Membership | None,
        imported: IncidentImport | None = None,
    ) -> None:
        self.press, self.shelf, self.days = press, shelf, press.days
        self.by, self.imported = by, imported
        self.named: dict[str, int] = {}  # entries by the short names that the files give them
        self.notified_at = imported.at if imported else press.days.at(incident["aware"], 9)
        self.asked = _asked(press.edition, shelf.own, self.notified_at)
        self.parsed = self.asked.questions
        self.incident = Incident(
            pk=next(press.keys.incident),
            jurisdiction=shelf.jurisdiction,
            number=number,
            case_number=incident["case_number"],
            incident_type=incident["type"],
            occurred_on=self.days.day(incident["occurred"]),
            aware_on=None if imported else self.days.day(incident["aware"]),
            county=incident["county"],
            notified_at=self.notified_at,
            notified_by=by,
            imported_by=imported,
            source_key=incident.get("source_key", ""),
            source_sha256=incident.get("source_sha256", ""),
        )
        shelf.incidents.append(self.incident)

    def children(self, told: list[Told], by: Membership | None = None) -> None:
        for position, child in enumerate(told, 1):
            entry = self.entry("child", position, by=by or self.by, at=self.notified_at)
            self.shelf.children.append(
                Child(
                    jurisdiction=self.shelf.jurisdiction,
                    incident_id=self.incident.pk,
                    entry_id=entry,
                    position=position,
                    age_value=child["age_value"],
                    age_unit=child["age_unit"],
                    sex=child["sex"],
                    died_on=self.days.day(child["died"]) if "died" in child else None,
                )
            )
            answers = {key: value for key, value in child.items() if key not in {*CHILD_KEYS, "died"}}
            self.answers(answers, at=lambda _: self.notified_at, entry=entry, by=by)

    def entry(
        self,
        section: str,
        position: int,
        *,
        by: Membership | None,
        at: dt.datetime,
        name: str = "",
        made_from: str = "",
    ) -> int:
        """One repeat of a section; `made_from` names the need that an opportunity was made from."""
        entry = Entry(
            pk=next(self.press.keys.entry),
            jurisdiction=self.shelf.jurisdiction,
            record_id=self.incident.pk,
            section=section,
            position=position,
            made_from_id=self.named[made_from] if made_from else None,
            created_by=by,
            created_at=at,
        )
        self.shelf.entries.append(entry)
        if name:
            self.named[name] = entry.pk
        return int(entry.pk)

    def answers(
        self,
        told: Mapping[str, Any],
        *,
        at: Callable[[str], dt.datetime],
        entry: int | None = None,
        by: Membership | None = None,
    ) -> None:
        """Several answers; `at` says when, by the part of the review that an item belongs to."""
        for key, raw in told.items():
            self.answer(key, raw, at=at(self.parsed.item(key).part), entry=entry, by=by)

    def answer(
        self, key: str, raw: Any, *, at: dt.datetime, entry: int | None = None, by: Membership | None = None
    ) -> None:
        """One answer, read as a form would read it: what the dictionary refuses, it refuses here too."""
        item = self.parsed.item(key)
        value, missing, at = None, "", min(at, self.days.now)
        try:
            if isinstance(raw, dict) and "missing" in raw:
                missing = values.parse_missing(item, raw["missing"])
            else:
                value = values.parse(item, self._given(item.type, raw))
        except values.ValueProblem as problem:
            raise ValueError(f"{self.incident.case_number}, {key}: {problem.message}") from problem
        author = None if self.imported else by or self.by
        if author is not None:
            self.shelf.hand(self.incident.pk, author, "author", at)
        self.shelf.answers.append(
            Answer(
                jurisdiction=self.shelf.jurisdiction,
                record_id=self.incident.pk,
                repeat_id=entry,
                item=key,
                value=value,
                missing=missing,
                author=author,
                imported_by=self.imported,
                at=at,
            )
        )

    def _given(self, kind: str, raw: Any) -> Any:
        """Days become dates and short names the keys of entries."""
        if kind == "links":
            return [self.named[name] for name in raw]
        if isinstance(raw, dict) and "day" in raw:
            date = self.days.day(raw["day"]).isoformat()
            if kind != "partial_date":
                return date
            return {"date": date, "precision": raw["precision"], "time": raw.get("time")}
        return raw


def _asked(edition: Edition, own: OwnEdition | None, at: dt.datetime) -> Asked:
    """What a record begun at this time is asked."""
    return Asked(edition, own if own is not None and own.released_at <= at else None)
