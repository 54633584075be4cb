"""The report's middle: timeline, needs, influences, opportunities and recommendations."""

import datetime as dt
from collections.abc import Sequence

from jurisdictions.numbers import number_of
from reviews.content import Repeat
from reviews.documents.reader import NOT_RECORDED, Reader
from reviews.documents.shape import (
    FactGroup,
    Factors,
    Need,
    Opportunity,
    Rating,
    Recommendation,
    Refs,
    TimelineEntry,
)


def read_timeline(read: Reader, occurred_on: dt.date | None) -> tuple[TimelineEntry, ...]:
    return tuple(_timeline_entry(read, entry.pk, occurred_on) for entry in read.entries("timeline"))


def _timeline_entry(read: Reader, entry: int, occurred_on: dt.date | None) -> TimelineEntry:
    on = read.code("event_on", entry)
    on = on if isinstance(on, dict) else {}
    iso, is_exact = str(on.get("date") or ""), on.get("precision") in {"day", "exact"}
    return TimelineEntry(
        ref=read.ref(entry),
        on=iso,
        when=read.text("event_on", entry),
        is_exact=is_exact,
        before=_distance(iso, occurred_on) if is_exact else "",
        lane="system" if read.code("event_lane", entry) == "system" else "family",
        text=read.text("event_text", entry),
        is_decision=read.code("event_decision", entry) == "yes",
        known_then=read.text("event_known_then", entry),
        sources=read.refs("event_source", entry),
        source_note=read.text("event_source_note", entry),
    )


def _distance(iso: str, occurred_on: dt.date | None) -> str:
    if not iso or occurred_on is None:
        return ""
    days = (occurred_on - dt.date.fromisoformat(iso)).days
    if days == 0:
        return "the day of the incident"
    number, unit = (abs(days), "day") if abs(days) < 100 else (round(abs(days) / 30.44), "month")
    return f"{number_of(number, unit)} {'before' if days > 0 else 'after'}"


def read_needs(read: Reader) -> tuple[Need, ...]:
    led_to = _made_from(read)
    return tuple(_need(read, entry.pk, led_to.get(entry.pk, [])) for entry in read.entries("needs"))


def _made_from(read: Reader) -> dict[int, list[Repeat]]:
    """The opportunities that were made from each need."""
    found: dict[int, list[Repeat]] = {}
    for entry in read.entries("opportunities"):
        if entry.made_from_id is not None:
            found.setdefault(entry.made_from_id, []).append(entry)
    return found


def _need(read: Reader, entry: int, opportunities: Sequence[Repeat]) -> Need:
    others = (
        read.fact_of("need_lens", "What may have colored our view", entry),
        read.fact_of("need_strengths", "What was there to build on", entry),
        read.fact_of("need_helped", "What helped, even a little", entry),
    )
    return Need(
        ref=read.ref(entry),
        whose=read.text("need_whose", entry),
        area=read.text("need_area", entry),
        statement=read.text("need_statement", entry),
        received=read.text("need_received", entry),
        met=str(read.code("need_met", entry) or ""),
        met_words=read.text("need_met", entry),
        why=tuple(
            (read.ref(opportunity.pk), read.text("opportunity_conditions", opportunity.pk))
            for opportunity in opportunities
        ),
        family_view=read.fact_of("need_family_view", "How the family would put it", entry),
        others=FactGroup("", tuple(fact for fact in others if fact.text)),
        sources=read.refs("need_sources", entry),
    )


def read_factors(read: Reader) -> Factors:
    """The ratings, each group counted apart. A factor counts by its ratings first: it stands under 0, does not
    apply or not enough information only where nobody rated it 1 or higher."""
    section = read.edition.section("factors")
    ratings: list[Rating] = []
    groups: dict[str, list[str]] = {"0": [], "not_applicable": [], "unknown": [], "": []}
    targets = read.content.sheet.targets(section)
    for item in section.items:
        if item.type != "rating":
            continue
        given = [(target, read.code(item.key, target)) for target in targets]
        named = [_rating(read, item.key, target, str(value)) for target, value in given if value in _NAMED]
        ratings += named
        if not named:
            groups[_group_of(read, item.key, given)].append(item.label)
    ratings.sort(key=lambda rating: -rating.value)
    return Factors(
        tuple(ratings),
        tuple(groups["0"]),
        tuple(groups["not_applicable"]),
        tuple(groups["unknown"]),
        tuple(groups[""]),
    )


_NAMED = ("1", "2", "3")


def _rating(read: Reader, key: str, target: int | None, value: str) -> Rating:
    item = read.edition.item(key)
    return Rating(
        factor=item.label,
        group=item.group,
        of="Whole review" if target is None else read.ref(target),
        value=int(value),
        anchor=item.anchors.get(value, ""),
        why=read.text(f"{key}_why", target),
        evidence=read.refs(f"{key}_evidence", target),
    )


def _group_of(read: Reader, key: str, given: Sequence[tuple[int | None, object]]) -> str:
    if any(value == "0" for _, value in given):
        return "0"
    reasons = {read.missing(key, target) for target, _ in given}
    return next((reason for reason in ("unknown", "not_applicable") if reason in reasons), "")


def read_opportunities(read: Reader) -> tuple[Opportunity, ...]:
    answered: dict[str, list[str]] = {}
    for entry in read.entries("recommendations"):
        for ref in read.refs("recommendation_from", entry.pk):
            answered.setdefault(ref, []).append(read.ref(entry.pk))
    return tuple(_opportunity(read, entry, answered) for entry in read.entries("opportunities"))


def _opportunity(read: Reader, entry: Repeat, answered: dict[str, list[str]]) -> Opportunity:
    needs = {need.pk for need in read.entries("needs")}
    from_needs: Refs = (read.ref(entry.made_from_id),) if entry.made_from_id in needs else ()
    pk, ref = entry.pk, read.ref(entry.pk)
    kept_words = bool(from_needs) and all(
        read.text(f"opportunity_{key}", pk) == read.text(need_key, entry.made_from_id)
        for key, need_key in (("need", "need_statement"), ("received", "need_received"))
    )
    equity = read.text("opportunity_equity", pk)
    note = read.text("opportunity_equity_note", pk)
    return Opportunity(
        ref=ref,
        title=read.text("opportunity_title", pk) or f"Opportunity {ref[1:]}",
        need_refs=from_needs,
        need="" if kept_words else read.text("opportunity_need", pk) or NOT_RECORDED,
        received="" if kept_words else read.text("opportunity_received", pk) or NOT_RECORDED,
        gap=read.text("opportunity_gap", pk),
        conditions=read.text("opportunity_conditions", pk),
        strengths=read.text("opportunity_strengths", pk),
        theme=read.text("opportunity_theme", pk),
        level=read.text("opportunity_level", pk),
        partners=read.text("opportunity_partners", pk),
        proximity=read.text("opportunity_proximity", pk),
        equity=f"{equity}. {note}" if note else equity,
        sources=read.refs("opportunity_sources", pk),
        answered_by=tuple(answered.get(ref, ())),
    )


def read_recommendations(read: Reader) -> tuple[Recommendation, ...]:
    return tuple(_recommendation(read, entry.pk) for entry in read.entries("recommendations"))


def _recommendation(read: Reader, entry: int) -> Recommendation:
    notes = (read.text("recommendation_note", entry), read.text("recommendation_result", entry))
    return Recommendation(
        ref=read.ref(entry),
        statement=read.text("recommendation_statement", entry),
        answers=read.refs("recommendation_from", entry),
        kind=read.text("recommendation_kind", entry),
        level=read.text("recommendation_level", entry),
        strength=str(read.code("recommendation_strength", entry) or ""),
        strength_words=read.text("recommendation_strength", entry),
        owner=read.text("recommendation_owner", entry),
        due=read.text("recommendation_due", entry),
        measure=read.text("recommendation_measure", entry),
        checks=read.text("recommendation_checks", entry),
        status=str(read.code("recommendation_status", entry) or ""),
        status_words=read.text("recommendation_status", entry),
        note="\n".join(note for note in notes if note),
    )
