"""What a review report holds, before it becomes a PDF."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from dictionary.schema import Item
from jurisdictions.models import Jurisdiction, Membership
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from reviews import pdf
from reviews.content import read_content
from reviews.documents import ReportDocument, read_report
from reviews.documents.method import read_method
from reviews.documents.reader import Reader, prose
from reviews.models import Review, ReviewReport
from tests.cast import make_person, member
from tests.reviews.situations import add, answer, make_review
from tests.reviews.written_review import set_statement, write_review


def report_of(review: Review, by: Membership, **columns: Any) -> ReviewReport:
    return ReviewReport.objects.create(
        **{
            "jurisdiction": review.jurisdiction,
            "review": review,
            "asked_by": by,
            "sequence": 1,
            "is_draft": True,
            "edition": review.edition,
            "review_version": review.version,
        }
        | columns
    )


@pytest.fixture(scope="module")
def showpiece(django_db_setup: None, django_db_blocker: Any) -> ReportDocument:
    """The approved review of the demo, read once; nothing of it stays in the database."""
    with django_db_blocker.unblock(), transaction.atomic():
        agency = Jurisdiction.objects.create(slug="alder", name="Alder County", kind="county")
        lead = member(make_person("lead", agency, Role.REVIEWER), agency)
        boss = member(make_person("boss", agency, Role.DIRECTOR), agency)
        with jurisdiction_scope(agency.pk):
            set_statement(agency)
            review = write_review(agency, lead, boss)
            document = read_report(report_of(review, lead))
        transaction.set_rollback(True)
    return document


def read(review: Review, lead: Membership) -> ReportDocument:
    return read_report(report_of(review, lead))


def test_the_showpiece_is_read_whole(showpiece: ReportDocument) -> None:
    assert showpiece.mark == ""
    assert len(showpiece.timeline) == 25
    assert [entry.ref for entry in showpiece.timeline] == [f"T{n}" for n in range(1, 26)]
    assert len(showpiece.summary.learned) == 3
    assert showpiece.cover.about == ("Child, 3 months", "Sleep-related")
    assert showpiece.cover.statement_by == "County Counsel, 19 April 2025"


def test_the_timeline_is_in_the_order_of_its_dates(showpiece: ReportDocument) -> None:
    assert [entry.on for entry in showpiece.timeline] == sorted(entry.on for entry in showpiece.timeline)
    incident_day = [entry for entry in showpiece.timeline if entry.before == "the day of the incident"]
    assert [entry.when.split(", ")[1] for entry in incident_day] == ["06:40", "09:25", "11:10"]


def test_a_need_faces_the_conditions_of_what_was_made_from_it(showpiece: ReportDocument) -> None:
    first = showpiece.needs[0]
    assert first.met == "unmet"
    ((ref, conditions),) = first.why
    made = next(one for one in showpiece.opportunities if one.ref == ref)
    assert conditions == made.conditions
    assert made.need_refs == ("N1",)
    assert made.need == ""  # the words are the need's own: not printed twice
    assert "C1" in made.answered_by


def test_ratings_are_counted_apart(showpiece: ReportDocument) -> None:
    factors = showpiece.factors
    assert [rating.value for rating in factors.ratings] == [3, 3, 2, 2, 2, 1, 1, 1]
    assert all(rating.why and rating.evidence for rating in factors.ratings)
    assert factors.not_applicable == ("Courts, police and legal limits",)
    assert factors.not_enough == ("Strain on people",)
    assert not set(factors.not_applicable + factors.not_enough) & set(factors.none)
    assert factors.total == 20


def test_debriefs_are_counts_and_no_talk_is_traced(showpiece: ReportDocument) -> None:
    assert (showpiece.debriefs.total, showpiece.debriefs.held) == (4, 4)
    evidence = [ref for rating in showpiece.factors.ratings for ref in rating.evidence]
    assert "debriefs" in evidence
    assert not [ref for ref in evidence if ref.startswith("D")]


def test_who_declined_is_in_no_report(lead: Membership, in_cedar: Jurisdiction) -> None:
    review = make_review(in_cedar, lead, lead=lead)
    add(review, lead, "debriefs", debrief_role="supervisor", debrief_outcome="declined")
    add(review, lead, "debriefs", debrief_role="medical", debrief_outcome="held", debrief_themes=["strain"])
    html = pdf.to_html(read(review, lead))
    assert "2 invited: 1 held, 1 declined, 0 not reached" in html
    assert "without counts because fewer than three debriefs were held: strain and tiredness" in html


def test_the_case_number_stays_inside(lead: Membership, in_cedar: Jurisdiction) -> None:
    review = make_review(in_cedar, lead, lead=lead)
    assert review.incident.case_number == "CASE-2026-001"
    answer(review, lead, "what_was_reported", "<p>See CASE-2026-001, also written case 2026 001 once.</p>")
    add(review, lead, "needs", need_statement="As in file CASE2026001.")
    html = pdf.to_html(read(review, lead))
    assert "case-2026-001" not in html.lower()
    assert "CASE2026001" not in html
    assert html.count("[case number]") >= 3
    assert review.incident.number == "2026-001"
    assert "2026-001" in html  # our own number is another


def test_an_empty_review_says_so_plainly(lead: Membership, in_cedar: Jurisdiction) -> None:
    document = read(make_review(in_cedar, lead, state=Review.State.NOTIFIED), lead)
    html = pdf.to_html(document)
    assert html.count("Not recorded") > 8
    assert "This agency has not set a confidentiality statement yet" in html
    assert document.mark == "draft"


def test_prose_is_cleaned_again_on_the_way_out(lead: Membership, in_cedar: Jurisdiction) -> None:
    review = make_review(in_cedar, lead, lead=lead)
    hostile = (
        '<p onclick="x()">Text<img src="http://127.0.0.1/a"><link rel=stylesheet href=file:///etc/passwd></p>'
    )
    answer(review, lead, "what_was_reported", hostile)
    answer(review, lead, "support_note", "<script>alert(1)</script>")
    html = pdf.to_html(read(review, lead))
    assert "<img" not in html
    assert "onclick" not in html
    assert "<link" not in html
    assert "<script>" not in html


def test_the_check_code_follows_the_content_alone(showpiece: ReportDocument) -> None:
    again = replace(
        showpiece, cover=replace(showpiece.cover, sequence=7, asked_on="another day", asked_at="x")
    )
    changed = replace(showpiece, occurred_on="2020-01-01")
    assert len(showpiece.check_code) == 12
    assert again.check_code == showpiece.check_code
    assert changed.check_code != showpiece.check_code


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("<h2>A</h2><p>x</p><h3>B</h3>", "<h4>A</h4><p>x</p><h5>B</h5>"),
        ("<h4>Deep first</h4><h2>Then high</h2>", "<h4>Deep first</h4><h4>Then high</h4>"),
        ("<h2>A</h2><h4>skips one</h4>", "<h4>A</h4><h5>skips one</h5>"),
        ("<table><tbody><tr><td>a</td></tr><tr><td>1</td></tr></tbody></table>",
         "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"),
        ("<table><tbody><tr><td>only row</td></tr></tbody></table>",) * 2,
    ],
)  # fmt: skip
def test_rich_text_joins_the_outline_of_the_report(given: str, expected: str) -> None:
    assert prose(given) == expected


@pytest.mark.parametrize(("incident_type", "counted"), [("fatality", 1), ("near_fatality", 0)])
def test_what_is_asked_for_under_a_condition_is_a_gap_where_it_holds(
    in_cedar: Jurisdiction, lead: Membership, incident_type: str, counted: int
) -> None:
    review = make_review(in_cedar, lead)
    edition = review.edition.parsed
    section, item = next(
        (section, item)
        for section in edition.sections
        for item in section.answer_items
        if item.required and item.when is None and not section.repeats and not section.rated
    )

    def unanswered(changed: Item) -> int:
        items = tuple(changed if one is item else one for one in section.items)
        sections = tuple(replace(one, items=items) if one is section else one for one in edition.sections)
        read = Reader(read_content(review.incident, replace(edition, sections=sections)))
        return sum(gap.unanswered for gap in read_method(read, review).gaps)

    without = unanswered(replace(item, required=False))
    under = unanswered(replace(item, required_when={"=": ["incident_type", incident_type]}))
    assert under == without + counted
