"""A whole review in the database, written from one of the demo's files: for tests that read or print one."""

import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from dictionary.models import Edition
from dictionary.schema import LOCAL
from jurisdictions.models import AgencyPolicy, Jurisdiction, Membership
from reviews.models import Answer, Child, Entry, Incident, Review, ReviewHand, ReviewMove, ReviewSeat

FOLDER = Path(__file__).resolve().parents[2] / "npcs" / "demo" / "reviews"
SHOWPIECE = FOLDER / "1-infant-sleep-related.yaml"
TODAY = dt.date(2026, 11, 20)


class Writer:
    """Writes one review; `lead` wrote all of it, `approver` approved it where it is approved."""

    def __init__(self, agency: Jurisdiction, lead: Membership, approver: Membership, today: dt.date) -> None:
        self.agency, self.lead, self.approver, self.today = agency, lead, approver, today
        self.ids: dict[str, int] = {}
        self.answers: list[Answer] = []
        self.now = dt.datetime.combine(today, dt.time(12), tzinfo=dt.UTC)

    def day(self, days: int) -> dt.date:
        return self.today + dt.timedelta(days=days)

    def write(self, told: dict[str, Any], *, state: str = "", number: str = "2026-009") -> Review:
        given = told["incident"]
        self.edition = Edition.objects.in_force()
        incident = Incident.objects.create(
            jurisdiction=self.agency,
            number=number,
            case_number=given["case_number"],
            incident_type=given["type"],
            occurred_on=self.day(given["occurred"]),
            aware_on=self.day(given["aware"]),
            county=given["county"],
            notified_by=self.lead,
        )
        self.incident = incident
        review = self._review(told, state or told["state"])
        self._children(told.get("children", []))
        for items in told.get("answers", {}).values():
            for key, value in items.items():
                self._answer(key, value)
        self._entries(told.get("entries", {}))
        for rating in told.get("ratings", []):
            self._rating(rating)
        Answer.objects.bulk_create(self.answers)
        return review

    def _review(self, told: dict[str, Any], state: str) -> Review:
        own = {"jurisdiction": self.agency}
        is_approved = state == "approved"
        selection = told.get("selection", {})
        review = Review(
            **own,
            incident=self.incident,
            edition=self.edition,
            state="in_review" if is_approved else state,
            state_since=self.now,
            due_on=self.day(told.get("due", 30)),
            # YAML reads the key "on" as true.
            selected_on=self.day(selection.get("on") or selection.get(True, -1)),
            selection_reasons=selection.get("reasons", []),
            selection_note=selection.get("note", ""),
        )
        review.save(force_insert=True)
        ReviewHand.objects.create(**own, review=review, membership=self.lead, hand="author")
        ReviewSeat.objects.create(**own, review=review, membership=self.lead, seat="lead", named_by=self.lead)
        for move in told.get("moves", []):
            at = dt.datetime.combine(self.day(move["day"]), dt.time(12), tzinfo=dt.UTC)
            ReviewMove.objects.create(
                **own, review=review, action=move["action"], from_state="", to_state="", by=self.lead, at=at
            )
        if is_approved:
            ReviewHand.objects.create(**own, review=review, membership=self.approver, hand="approver")
            review.state, review.approver, review.approved_at = "approved", self.approver, self.now
            review.save(update_fields=["state", "approver", "approved_at"])
        return review

    def _children(self, children: list[dict[str, Any]]) -> None:
        columns = {"age_value", "age_unit", "sex"}
        for position, told in enumerate(children, start=1):
            entry = self._entry("child", position)
            Child.objects.create(
                jurisdiction=self.agency,
                incident=self.incident,
                entry=entry,
                position=position,
                died_on=self.day(told["died"]) if "died" in told else None,
                **{key: told[key] for key in columns & set(told)},
            )
            for key in set(told) - columns - {"died"}:
                self._answer(key, told[key], entry.pk)

    def _entries(self, sections: dict[str, list[dict[str, Any]]]) -> None:
        made: list[tuple[Entry, dict[str, Any]]] = []
        for section, entries in sections.items():
            for position, told in enumerate(entries, start=1):
                source = told.get("made_from")
                entry = self._entry(section, position, self.ids[source] if source else None)
                self.ids[told["id"]] = entry.pk
                made.append((entry, told))
        for entry, told in made:
            for key in set(told) - {"id", "by", "made_from"}:
                self._answer(key, told[key], entry.pk)

    def _entry(self, section: str, position: int, made_from: int | None = None) -> Entry:
        return Entry.objects.create(
            jurisdiction=self.agency,
            record=self.incident,
            section=section,
            position=position,
            made_from_id=made_from,
            created_by=self.lead,
        )

    def _rating(self, told: dict[str, Any]) -> None:
        target = None if told["of"] == "review" else self.ids[told["of"]]
        key = told["factor"]
        self._answer(key, {"missing": told["missing"]} if "missing" in told else told["value"], target)
        if "why" in told:
            self._answer(f"{key}_why", told["why"], target)
        if "evidence" in told:
            self._answer(f"{key}_evidence", told["evidence"], target)

    def _answer(self, key: str, told: Any, entry: int | None = None) -> None:
        if key.startswith(LOCAL):
            return  # asked by the agency of the demo alone
        missing = told["missing"] if isinstance(told, dict) and "missing" in told else ""
        value = None if missing else self._value(key, told)
        self.answers.append(
            Answer(
                jurisdiction=self.agency,
                record=self.incident,
                repeat_id=entry,
                item=key,
                value=value,
                missing=missing,
                author=self.lead,
                at=self.now,
            )
        )

    def _value(self, key: str, told: Any) -> Any:
        kind = self.edition.parsed.item(key).type
        if kind == "links":
            return [self.ids[one] for one in told]
        if isinstance(told, dict) and "day" in told:
            iso = self.day(told["day"]).isoformat()
            return iso if kind == "date" else {**{k: v for k, v in told.items() if k != "day"}, "date": iso}
        return told.strip() if isinstance(told, str) else told


def write_review(
    agency: Jurisdiction,
    lead: Membership,
    approver: Membership,
    *,
    path: Path = SHOWPIECE,
    state: str = "",
    today: dt.date = TODAY,
    number: str = "2026-009",
) -> Review:
    """The review of a demo file, in an agency whose scope is open."""
    told = yaml.safe_load(path.read_text())
    return Writer(agency, lead, approver, today).write(told, state=state, number=number)


def set_statement(agency: Jurisdiction) -> AgencyPolicy:
    """A confidentiality statement of the agency's own."""
    return AgencyPolicy.objects.create(
        jurisdiction=agency,
        confidentiality_statement="This review was made for learning. Please do not copy it or forward it.",
        statement_by="County Counsel",
        statement_on=dt.date(2025, 4, 19),
    )
