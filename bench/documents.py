"""The review report: our render against the bare library, and a warm worker against a process of its own."""

import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.bars import Pair, bar
from bench.stage import WRITTEN, Stage
from dictionary import paper
from jurisdictions.tenancy import jurisdiction_scope
from reviews import pdf
from reviews.documents import ReportDocument, read_report
from reviews.models import Review, ReviewReport


def _document(stage: Stage) -> ReportDocument:
    """The report of the review that was written by hand; nothing of asking for it stays."""
    stage.enter()
    with jurisdiction_scope(stage.agency.pk):
        review = Review.objects.get(incident__number=WRITTEN)
        asked = ReviewReport(
            pk=1,
            jurisdiction_id=stage.agency.pk,
            review=review,
            asked_by_id=stage.agency.staff[0],
            sequence=1,
            edition=review.edition,
            review_version=review.version,
        )
        return read_report(asked)


def _shortened(document: ReportDocument) -> ReportDocument:
    """The report with fewer entries. The bar for a warm worker was set with one of eleven pages; the longer a report
    is, the less it matters how its process began."""
    return replace(
        document,
        needs=document.needs[:1],
        opportunities=document.opportunities[:1],
        recommendations=(),
        no_recommendation="None in this shorter report.",
        timeline=document.timeline[:4],
    )


def _styles(document: ReportDocument) -> str:
    """What the press parses once for a draft of this paper, as one text."""
    mark = paper._data("image/svg+xml", paper._MARK.read_bytes())
    watermark = paper._data("image/svg+xml", paper._WATERMARK.encode())
    return "\n".join(
        [
            paper._font_faces(),
            paper._STYLES.read_text().replace("MARK", mark),
            f"@page {{ size: {paper._PAPERS[document.paper]} }}",
            f'@page {{ background: url("{watermark}") center / 5.4in no-repeat;'
            ' @top-right { content: "DRAFT, not approved" } }',
        ]
    )


@bar(
    "R1",
    "The review report as tagged PDF/UA-1, from its values",
    against="bare HTML(string).write_pdf() of the same page with the same styles inside",
    must=1.10,
    aim=0.95,
    rounds=5,
    needs_rows=False,
)
def report_against_bare_library(stage: Stage) -> Iterator[Pair]:
    import weasyprint

    document = _document(stage)
    html = pdf.to_html(document).replace("</head>", f"<style>{_styles(document)}</style></head>")
    pages = pdf.render(document).pages
    yield Pair(
        lambda: weasyprint.HTML(string=html).write_pdf(),
        lambda: pdf.render(document),
        remark=f"{pages} pages",
    )


@bar(
    "R2",
    "A report by a worker that has made one before",
    against="a process of its own for the same report",
    must=0.35,
    aim=0.32,
    rounds=5,
    needs_rows=False,
)
def warm_against_cold(stage: Stage) -> Iterator[Pair]:
    document = _shortened(_document(stage))
    pages = pdf.render(document).pages
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "document"
        path.write_bytes(pickle.dumps(document))
        command = [sys.executable, "-m", "bench.cold", str(path)]
        yield Pair(
            lambda: subprocess.run(command, check=True),
            lambda: pdf.render(document),
            remark=f"{pages} pages",
        )
