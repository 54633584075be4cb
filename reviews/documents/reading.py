"""Reading a whole report inside the scope of its agency."""

import datetime as dt

from django.conf import settings
from django.utils import timezone

from dictionary.paper import Mark
from dictionary.values import date_words
from jurisdictions.models import AgencyPolicy
from reviews.content import read_content
from reviews.documents import analysis, method
from reviews.documents.reader import Reader
from reviews.documents.shape import Cover, Fact, FactGroup, ReportDocument, Summary
from reviews.models import Review, ReviewReport
from reviews.rules.moves import FINAL


def read_report(report: ReviewReport) -> ReportDocument:
    """Everything the report says, as it stands now. The scope of its agency must be open."""
    review = Review.objects.for_acting().get(pk=report.review_id)
    content = read_content(review.incident, review.asked.questions)
    policy = AgencyPolicy.objects.of(review.jurisdiction)
    read = Reader(content)
    occurred_on = review.incident.occurred_on
    return ReportDocument(
        paper=policy.paper,
        mark=_mark(review),
        is_demo=settings.DEMO,
        cover=_cover(report, review, read, policy),
        summary=_summary(read),
        facts=_facts(read),
        history=tuple(read.groups(read.edition.section("history"), heading="Contact before the incident")),
        occurred_on=occurred_on.isoformat() if occurred_on else "",
        timeline=analysis.read_timeline(read, occurred_on),
        needs=analysis.read_needs(read),
        factors=analysis.read_factors(read),
        opportunities=analysis.read_opportunities(read),
        recommendations=analysis.read_recommendations(read),
        no_recommendation=read.text("no_recommendation_reason"),
        debriefs=method.read_debriefs(read),
        method=method.read_method(read, review),
        glossary=method.read_glossary(read),
        own=tuple(read.own()),
    )


def _mark(review: Review) -> Mark:
    if review.state == Review.State.AS_REPORTED:
        return "as_reported"
    return "" if review.state in FINAL else "draft"


def _cover(report: ReviewReport, review: Review, read: Reader, policy: AgencyPolicy) -> Cover:
    asked_at = timezone.localtime(report.owed_at)
    by = policy.statement_by
    if by and policy.statement_on:
        by = f"{by}, {date_words(policy.statement_on.isoformat())}"
    return Cover(
        agency=review.jurisdiction.name,
        number=review.incident.number,
        incident_type=review.incident.get_incident_type_display(),
        about=_about(read),
        stage=review.get_state_display(),
        dates=_dates(review),
        statement=policy.confidentiality_statement.strip(),
        statement_by=by,
        edition=review.asked.name,
        version=review.version,
        sequence=report.sequence,
        asked_on=date_words(asked_at.date().isoformat()),
        asked_at=asked_at.isoformat(timespec="seconds"),
    )


def _about(read: Reader) -> tuple[str, ...]:
    """Age and category: what tells a reader at once which review lies here."""
    ages = [child.age for child in read.content.children]
    words = f"Child, {ages[0]}" if len(ages) == 1 else f"{len(ages)} children: {', '.join(ages)}"
    category = read.text("incident_category") if read.code("incident_category") else ""
    return tuple(text for text in (words if ages else "", category) if text)


_STAGES = {
    "select": "Selected for review",
    "send_to_quality_lead": "Sent to the quality lead",
    "send_to_director": "Sent to the director",
    "approve": "Approved",
}


def _dates(review: Review) -> tuple[tuple[str, str], ...]:
    """The days of the stages behind us, each as it happened last, and the day ahead."""
    incident = review.incident
    found: list[tuple[str, dt.date | None]] = [
        ("Incident", incident.occurred_on),
        ("Agency learned of it", incident.aware_on),
        ("Selected for review", review.selected_on),
    ]
    if review.reported_by is not None:
        brought_in = timezone.localtime(review.reported_by.at).date()
        found += [("Closed by the agency", review.reported_closed_on), ("Brought in as reported", brought_in)]
    last = {move.action: timezone.localtime(move.at).date() for move in review.moves.all()}
    found += [(words, last.get(action)) for action, words in _STAGES.items() if action != "select"]
    rows = [(words, date_words(day.isoformat())) for words, day in found if day]
    if review.due_on and not review.approved_at:
        rows.append(("Due", date_words(review.due_on.isoformat())))
    if review.held_until and review.on_hold:
        until = date_words(review.held_until.isoformat())
        rows.append(("On hold", f"{review.get_hold_reason_display()}, until {until}"))
    return tuple(rows)


def _summary(read: Reader) -> Summary:
    learned = (read.text(f"summary_learned_{number}") for number in (1, 2, 3))
    return Summary(
        story=read.text("summary_story"),
        learned=tuple(words for words in learned if words),
        strengths=read.text("summary_strengths"),
        limits=read.text("summary_limits"),
    )


def _facts(read: Reader) -> tuple[FactGroup, ...]:
    """The incident, each child, the family's situation, what others decided, safety and support."""
    edition, children = read.edition, read.content.children
    found = read.groups(edition.section("incident"))
    for place, child in enumerate(children, start=1):
        name = "The child" if len(children) == 1 else f"Child {place}"
        asked = read.groups(edition.section("child"), child.entry_id, heading=name)
        found.append(_with_age(asked[0], child.age))
        found += asked[1:]
    for section in ("household", "official", "safety"):
        found += read.groups(edition.section(section))
    return tuple(found)


def _with_age(group: FactGroup, age: str) -> FactGroup:
    """Age in one line in place of a figure and its unit."""
    units = {"Age of the child", "Unit of age"}
    facts = [fact for fact in group.facts if fact.label not in units]
    return FactGroup(group.heading, (Fact("Age", age), *facts), group.is_first)
