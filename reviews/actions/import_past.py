"""Bringing in reviews that an agency closed before it came here: as reported, not approved here, whole or not at all.

A workbook of some dozens of reviews comes in review by review; the same again changes nothing, and what has changed
goes back: what came in as reported stays as it was, until its import is taken back as a whole.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import timezone

from dictionary.asked import Asked, asked_now
from jurisdictions import audit
from jurisdictions.models import Jurisdiction, Membership
from reviews.actions.import_incidents import known_codes
from reviews.facts import CHILD_KEYS, INCIDENT_KEYS
from reviews.imports.keeping import kept_unless, next_receipt_key, weigh
from reviews.imports.rows import WHOLE_ROW, Remark
from reviews.imports.unpacking import FileFacts, Unpacked
from reviews.imports.waiting import queue_unmapped
from reviews.locks import lock_imports
from reviews.models import Answer, Child, Entry, Incident, IncidentImport, Review, Shape
from reviews.numbers import next_number
from reviews.past.mapping import PastMapping
from reviews.past.reading import Given, PastEntry, PastFile, PastReview, read_past
from reviews.past.redcap import read_redcap
from reviews.past.translating import read_mapped
from reviews.past.words import NO_WORDS, Words


@dataclass
class PastReceipt:
    """What became of the reviews of a workbook: rows = accepted + with_warnings + returned, a row for each review."""

    file: FileFacts
    edition: str
    past: PastFile
    dry_run: bool
    mapping: PastMapping | Words | None = None
    outcomes: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # by key: created or unchanged, and its number
    record: IncidentImport | None = None

    @property
    def rows(self) -> int:
        return len(self.past.reviews) + self.strays

    @property
    def returned(self) -> int:
        return sum(self.past.returned(review) for review in self.past.reviews.values()) + self.strays

    @property
    def with_warnings(self) -> int:
        """Reviews that come in with something to look at."""
        looked_at = [review for review in self.past.reviews.values() if self.past.remarks_on(review)]
        return sum(not self.past.returned(review) for review in looked_at)

    @property
    def accepted(self) -> int:
        return self.rows - self.returned - self.with_warnings

    def count(self, what: str) -> int:
        return sum(outcome == what for outcome, _ in self.outcomes.values())

    @property
    def strays(self) -> int:
        """Rows with a remark that belong to no review of the file."""
        known = {place for review in self.past.reviews.values() for place in review.places}
        return sum(place not in known for place in self.past.remarks)


def import_past_reviews(
    file: Unpacked,
    *,
    jurisdiction: Jurisdiction,
    by: Membership,
    mapping: PastMapping | Words | None = None,
    dry_run: bool = False,
    now: dt.datetime | None = None,
    progress: Callable[[int], None] | None = None,
) -> PastReceipt:
    """Bring the reviews of a file into the open agency; a dry run does the same and takes it back.

    Without a mapping of its columns it has to be laid out as one of ours, else FileRefused is raised; the agency's own
    words in it may have been given a meaning. A review with anything wrong in any of its rows does not come in; its
    rows say what to mend.
    """
    asked = asked_now()
    if isinstance(mapping, PastMapping):
        past = read_mapped(file, mapping, asked.questions)
    else:
        past = read_past_file(file, asked, mapping or NO_WORDS)
    receipt = PastReceipt(file.facts, asked.name, past, dry_run, mapping)
    with kept_unless(dry_run):
        lock_imports(jurisdiction.pk)  # its moment comes after whatever others were still at
        intake = _Intake(receipt, asked, jurisdiction, by, now or timezone.now())
        intake.bring_in(progress)
        weigh(intake.written)
    if dry_run:
        receipt.record = None
    return receipt


def read_past_file(file: Unpacked, asked: Asked, words: Words = NO_WORDS) -> PastFile:
    """Our workbook, or the records (CSV) of a REDCap project of our make. Raises NotOurLayout when it is neither."""
    return read_redcap(file, asked.document) if file.encoding else read_past(file, asked.questions, words)


@dataclass
class _Intake:
    receipt: PastReceipt
    asked: Asked
    jurisdiction: Jurisdiction
    by: Membership
    now: dt.datetime
    written: int = 0  # entries and answers

    def bring_in(self, progress: Callable[[int], None] | None) -> None:
        record = IncidentImport(pk=next_receipt_key(), jurisdiction=self.jurisdiction, at=self.now)
        # This year's come last: who notifies an incident meanwhile waits only while its year is numbered.
        for count, review in enumerate(sorted(self.receipt.past.reviews.values(), key=self._year), 1):
            if not self.receipt.past.returned(review):
                self._one(review, record)
            if progress is not None:
                progress(count)
        self._keep(record)

    def _one(self, past: PastReview, record: IncidentImport) -> None:
        sha256 = _fingerprint(past)
        incident = self._standing(past)
        review = Review.objects.filter(incident=incident).first() if incident is not None else None
        seen = incident is not None and Incident.objects.visible_to(self.by).filter(pk=incident.pk).exists()
        if past.ours and not seen:  # also where somebody stepped back: nothing tells that it is there
            message = f"There is no incident {past.ours} that you may see."
            self._return(past, message, "Correct the number, or leave it empty.")
        elif incident is not None and not seen:
            message = "This review is of an incident from which you stepped back."
            self._return(past, message, "Nothing was changed. Leave the row to somebody else.")
        elif review is not None and review.source_sha256 == sha256:
            self.receipt.outcomes[past.key] = ("unchanged", incident.number if incident else "")
        elif review is not None and review.state == Review.State.AS_REPORTED:
            self._return(
                past,
                "This review is here already, and its rows say something else now.",
                "Nothing was changed. Take its import back first, if the new rows are right.",
            )
        elif review is not None or (incident is not None and incident.withdrawn_at is not None):
            message = "Its incident has a review here already, or was withdrawn."
            self._return(past, message, "Nothing was changed. Give the row another number, or take it out.")
        else:
            self._write(past, incident, record, sha256)

    def _standing(self, past: PastReview) -> Incident | None:
        """The incident that is here already: the one that the row names, else the one that came in under its key."""
        known = {"number": past.ours} if past.ours else {"source_key": past.key}
        return Incident.objects.filter(jurisdiction=self.jurisdiction, **known).first()

    def _write(
        self, past: PastReview, incident: Incident | None, record: IncidentImport, sha256: str
    ) -> None:
        record_of = incident or self._incident(past, record)
        Review.objects.create(
            incident=record_of,
            jurisdiction=self.jurisdiction,
            edition=self.asked.edition,
            own_edition=self.asked.own,
            state=Review.State.AS_REPORTED,
            state_since=self.now,
            reported_by=record,
            reported_closed_on=past.closed_on,
            source_sha256=sha256,
        )
        entries = self._entries(past, record_of, with_children=incident is None)
        standing = set(Answer.objects.filter(record=record_of, repeat=None).values_list("item", flat=True))
        answers = {
            item: given
            for item, given in (past.answers | past.ratings | _links(past, past, entries)).items()
            if item not in standing
        }
        written = Answer.objects.bulk_create(
            [
                *(self._answer(record_of, None, item, given, record) for item, given in answers.items()),
                *(
                    self._answer(record_of, entries[id(entry)], item, given, record)
                    for entry in past.every_entry
                    if id(entry) in entries
                    for item, given in (entry.answers | entry.ratings | _links(entry, past, entries)).items()
                ),
            ]
        )
        self.written += len(entries) + len(written)
        if incident is not None and self._says_more(past, standing):
            message = f"Incident {incident.number} is here already. Its facts, children and answers stay as they are."
            fix = "Change them on the incident’s own page, where the file is right."
            self.receipt.past.remark(past.at, Remark(WHOLE_ROW, "The whole row", message, fix))
        self.receipt.outcomes[past.key] = ("created", record_of.number)

    @staticmethod
    def _says_more(past: PastReview, standing: set[str]) -> bool:
        """Whether the rows say something of an incident that is here already, which stands as it is here."""
        return bool(past.incident or past.entries.get("child") or standing & set(past.answers))

    def _incident(self, past: PastReview, record: IncidentImport) -> Incident:
        facts = {key: past.incident.get(key) for key in INCIDENT_KEYS}
        return Incident.objects.create(
            jurisdiction=self.jurisdiction,
            number=next_number(self.jurisdiction.pk, self._year(past)),
            imported_by=record,
            source_key=past.key,
            source_sha256="",
            **facts | {key: facts[key] or "" for key in ("county", "case_number")},
        )

    def _year(self, past: PastReview) -> int:
        day = past.incident.get("occurred_on") or past.closed_on
        return int(day[:4]) if day else timezone.localtime(self.now).year

    def _entries(self, past: PastReview, incident: Incident, *, with_children: bool) -> dict[int, Entry]:
        """The entries of the review as rows, by the identity of what they were read as. The children of an incident
        that is here already are those that are here."""
        written: dict[int, Entry] = {}
        if with_children and not past.entries.get("child"):
            past.entries["child"] = [PastEntry("child", 1, past.at)]
        for section in sorted(
            past.entries, key=lambda key: key == "opportunities"
        ):  # after the needs they came from
            if section == "child" and not with_children:
                continue
            for position, one in enumerate(past.entries[section], 1):
                need = past.entry("needs", one.from_need) if one.from_need is not None else None
                written[id(one)] = Entry.objects.create(
                    jurisdiction=self.jurisdiction,
                    record=incident,
                    section=section,
                    position=position,
                    made_from=written.get(id(need)) if need is not None else None,
                )
                if section == "child":
                    self._child(incident, written[id(one)], one, position)
        # The import's own moment, as on everything that it writes.
        Entry.objects.filter(pk__in=[entry.pk for entry in written.values()]).update(created_at=self.now)
        return written

    def _child(self, incident: Incident, entry: Entry, said: PastEntry, position: int) -> None:
        facts = {key: said.columns.get(key) for key in CHILD_KEYS}
        facts |= {"age_unit": facts["age_unit"] or "", "sex": facts["sex"] or "unknown"}
        Child.objects.create(
            jurisdiction=self.jurisdiction, incident=incident, entry=entry, position=position, **facts
        )

    def _answer(
        self, incident: Incident, entry: Entry | None, item: str, given: Given, record: IncidentImport
    ) -> Answer:
        value, missing = given
        return Answer(
            jurisdiction=self.jurisdiction,
            record=incident,
            repeat=entry,
            item=item,
            value=value,
            missing=missing,
            imported_by=record,
            at=self.now,
        )

    def _return(self, past: PastReview, message: str, fix: str) -> None:
        remark = Remark(WHOLE_ROW, "The whole row", message, fix, returned=True)
        self.receipt.past.remark(past.at, remark)

    def _keep(self, record: IncidentImport) -> None:
        receipt = self.receipt
        record.shape, record.file_name, record.sha256 = (
            Shape.REVIEWS,
            receipt.file.name[:200],
            receipt.file.sha256,
        )
        record.by, record.rows = self.by, receipt.rows
        record.accepted, record.with_warnings = receipt.accepted, receipt.with_warnings
        record.returned = receipt.returned
        record.created, record.changed, record.unchanged = (
            receipt.count("created"),
            0,
            receipt.count("unchanged"),
        )
        record.mapping_sha256 = receipt.mapping.sha256 if receipt.mapping else ""
        record.save(force_insert=True)
        receipt.record = record
        if isinstance(receipt.mapping, PastMapping):
            queue_unmapped(record, receipt.past.unmapped, known_codes(receipt.mapping))
        audit.record(
            "reviews.imported",
            about=record,
            by=self.by,
            import_id=record.pk,
            rows=record.rows,
            returned=record.returned,
            created=record.created,
        )


def _links(entry: PastEntry | PastReview, past: PastReview, entries: dict[int, Entry]) -> dict[str, Given]:
    found: dict[str, Given] = {}
    for item, named in entry.points_at.items():
        targets = [past.entry(section, number) for section, number in named]
        found[item] = ([entries[id(target)].pk for target in targets if target is not None], "")
    return found


def _fingerprint(past: PastReview) -> str:
    """What the rows of a review say, as one number: the same number means that there is nothing to do."""
    entries = [
        [
            entry.section,
            entry.number,
            entry.columns,
            entry.answers,
            entry.points_at,
            entry.from_need,
            entry.ratings,
        ]
        for entry in past.every_entry
    ]
    said = [past.ours, past.closed_on, past.incident, past.answers, past.ratings, entries]
    said += [past.points_at] if past.points_at else []
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
