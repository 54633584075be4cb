"""What we write as a workbook does nothing by itself: in its raw parts is no formula, no command, no link elsewhere."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dictionary.models import Edition
from dictionary.workbooks.writing import Cell, Column, Marked, Sheet, write_workbook
from reviews.past.template import write_template
from tests.office import opened_by_libreoffice

RISKY = [
    f"{begins}{rest}"
    for begins in ("=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\ufeff=", "＝", "＋", "－", "＠", "−", "|")
    for rest in ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://example.org")', "WEBSERVICE(A1)", "'x")
]
# A data validation names the cells of our own sheet of lists; nothing else may be computed.
OFFERED = re.compile(rb"<formula1>'Lists'!\$C\$\d+:\$C\$\d+</formula1>")


def parts(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            yield name, book.read(name)


def assert_inert(path: Path) -> int:
    """Every part of a workbook; how many cells hold text."""
    texts = 0
    for name, content in parts(path):
        assert not name.startswith(("xl/externalLinks/", "xl/connections", "xl/macro", "xl/embeddings/")), (
            name
        )
        assert not name.endswith((".bin", ".vml.rels")), name
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            left = OFFERED.sub(b"", content)
            for tag in (b"<f>", b"<f ", b"<formula", b"<hyperlink", b"ddeLink", b"<oleObject", b"<control"):
                assert tag not in left, (name, tag)
            assert not re.search(rb'<c [^>]*t="(?!inlineStr|n|b|d|s")', content), name
            texts += content.count(b't="inlineStr"') + content.count(b't="s"')
        if name.endswith(".rels"):
            assert b'TargetMode="External"' not in content, name
        if name == "xl/workbook.xml":
            assert b"<definedName " not in content
            assert b"externalReference" not in content
    return texts


@pytest.mark.parametrize("wraps", [False, True])
@pytest.mark.parametrize("marked", [False, True])
def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path, wraps: bool, marked: bool) -> None:
    path = tmp_path / "risky.xlsx"
    rows: list[list[Cell]] = [[Marked(text) if marked else text, text, 1, None] for text in RISKY]
    columns = [
        Column(RISKY[0], wraps=wraps, note=RISKY[1]),
        *(Column(text, wraps=wraps) for text in RISKY[1:4]),
    ]
    write_workbook(path, [Sheet("=1+1", columns, rows, above=[RISKY[:4]])])
    assert assert_inert(path) >= 2 * len(RISKY)


def test_libreoffice_computes_nothing_and_shows_each_text_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "risky.xlsx"
    rows: list[list[Cell]] = [[Marked(text), text] for text in RISKY]
    write_workbook(path, [Sheet("Rows", [Column("Marked"), Column("Plain")], rows)])
    opened = opened_by_libreoffice(path)
    assert (opened.formulas, opened.links) == ([], 0)
    texts = [text for text, _ in opened.cells("Rows").values()]
    for text in RISKY:
        assert sum(text.strip() in one for one in texts) >= 2, text


@pytest.mark.django_db
def test_the_empty_workbook_of_past_reviews_is_inert(tmp_path: Path) -> None:
    write_template(tmp_path / "empty.xlsx", Edition.objects.in_force().parsed)
    assert assert_inert(tmp_path / "empty.xlsx") > 500
    assert opened_by_libreoffice(tmp_path / "empty.xlsx").formulas == []


def test_a_formula_would_be_found(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    assert book.active is not None
    book.active["A1"] = "=1+1"
    book.save(tmp_path / "live.xlsx")
    with pytest.raises(AssertionError):
        assert_inert(tmp_path / "live.xlsx")
