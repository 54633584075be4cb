"""Files as people and attackers bring them: read rightly, or refused with a sentence and in bounded memory."""

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from reviews.imports import unpacking
from reviews.imports.days import day_of
from reviews.imports.table import FileRefused, Table, column_names, letter
from reviews.imports.unpacking import Unpacked, unpack

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[bytes | Workbook], Unpacked]:
    """Unpack this content, given as bytes or as a workbook."""

    def go(content: bytes | Workbook) -> Unpacked:
        source, folder = tmp_path / "file", tmp_path / "tables"
        folder.mkdir()
        if isinstance(content, bytes):
            source.write_bytes(content)
        else:
            content.save(source)
        return unpack(source, folder, name="file")

    return go


def rows_of(table: Table) -> list[tuple[int, list[str]]]:
    with table.opened() as (_, rows):
        return [(row.number, row.cells) for row in rows]


def sheet_with(path: Path, xml: str, *, declared: int | None = None) -> bytes:
    """A workbook whose one sheet is this XML, whatever it is; `declared` is the size that the package claims."""
    book = Workbook()
    book.save(path)
    with (
        zipfile.ZipFile(path) as old,
        zipfile.ZipFile(path.with_suffix(".new"), "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for one in old.infolist():
            is_sheet = one.filename == "xl/worksheets/sheet1.xml"
            new.writestr(one.filename, xml if is_sheet else old.read(one))
    content = path.with_suffix(".new").read_bytes()
    if declared is not None:
        real = len(xml.encode()).to_bytes(4, "little")
        content = content.replace(real, declared.to_bytes(4, "little"))
    return content


# -- what is read ---------------------------------------------------------------------------------


def test_a_workbook_keeps_what_its_cells_were_and_where_they_stood(opened: Callable[..., Unpacked]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Past"
    sheet["B1"] = "Incidents of the county"
    sheet.append([None, "Key", "Day", "Age", "Known", "Told"])
    sheet.append([None, "007", dt.date(2019, 3, 4), 3, True, "=HYPERLINK(1)"])
    sheet.append([])
    moment = dt.datetime(2019, 3, 4, 16, 5)  # noqa: DTZ001 (a cell has no zone)
    sheet.append([None, 12.5, moment, 1e20, False, "a\nb"])
    sheet["F3"].data_type = "s"
    book.create_sheet("Nothing")
    book.create_chartsheet("Chart")
    unpacked = opened(book)
    assert [(one.name, one.rows, one.columns) for one in unpacked.sheets] == [("Past", 5, 6)]
    table = unpacked.table("Past", header_row=2)
    with table.opened() as (header, rows):
        assert header == ["", "Key", "Day", "Age", "Known", "Told"]
        found = list(rows)
    assert [(row.number, row.kinds) for row in found] == [(3, "-tdnbt"), (5, "-ndnbt")]
    assert found[0].cells == ["", "007", "2019-03-04", "3", "TRUE", "=HYPERLINK(1)"]
    assert found[1].cells == ["", "12.5", "2019-03-04 16:05", "1e+20", "FALSE", "a\nb"]
    assert [row.cells[1] for row in table.first_rows(2)] == ["Incidents of the county", "Key"]


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        ("kéy,day\n1,2\n".encode(), "utf-8", ","),
        ("\ufeffkéy;day, or month\n1;2\n".encode(), "utf-8", ";"),
        ("kéy\tday\n1\t2\n".encode("utf-16"), "utf-16", "\t"),
        (b"\xfe\xff" + "kéy|day\n1|2\n".encode("utf-16-be"), "utf-16", "|"),
        ("kéy,“day”\r\n1,2\r\n".encode("cp1252"), "windows-1252", ","),
    ],
)
def test_encoding_and_delimiter_are_told_from_the_file(
    opened: Callable[..., Unpacked], content: bytes, encoding: str, delimiter: str
) -> None:
    unpacked = opened(content)
    assert (unpacked.encoding, unpacked.delimiter) == (encoding, delimiter)
    with unpacked.table().opened() as (header, rows):
        assert header[0] == "kéy"
        assert [row.cells for row in rows] == [["1", "2"]]


def test_rows_keep_their_numbers_past_empty_lines_and_long_cells(opened: Callable[..., Unpacked]) -> None:
    table = opened(b'key,told\n1,"two\nlines"\n\n2,x\n').table()
    assert rows_of(table) == [(2, ["1", "two\nlines"]), (4, ["2", "x"])]


def test_columns_of_one_name_are_told_apart_by_their_letters() -> None:
    assert column_names(["Age", "County", " Age ", ""]) == ["Age (column A)", "County", "Age (column C)", ""]
    assert [letter(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2019-03-04", "%m/%d/%Y"),
        ("2019-03-04 16:05", "%m/%d/%Y"),
        ("03/04/2019", "%m/%d/%Y"),
        ("4.3.2019", "%d.%m.%Y"),
        ("4-Mar-2019", "%d-%b-%Y"),
        ("43528", "serial"),
        ("43528.75", "serial"),
    ],
)
def test_a_day_is_the_same_in_every_style(text: str, form: str) -> None:
    assert day_of(text, (form,)) == dt.date(2019, 3, 4)


@pytest.mark.parametrize("text", ["60", "1e9", "nan", "inf", "2019-02-30", "yesterday", ""])
def test_what_is_no_day_is_none(text: str) -> None:
    assert day_of(text, ("serial", "%m/%d/%Y")) is None


# -- what is refused ------------------------------------------------------------------------------


def test_merged_cells_are_named_unless_they_stand_above_the_header(opened: Callable[..., Unpacked]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Title"], ["Key", "County"], ["1", "Alder"], ["2", None]):
        sheet.append(row)
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("B3:B4")
    with pytest.raises(FileRefused, match="merged: B3:B4"):
        opened(book).table(header_row=2)


def test_a_title_over_the_header_may_be_merged(opened: Callable[..., Unpacked]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Title"], ["Key", "County"], ["1", "Alder"]):
        sheet.append(row)
    sheet.merge_cells("A1:B1")
    assert rows_of(opened(book).table(header_row=2)) == [(3, ["1", "Alder"])]


def test_a_sheet_that_is_not_there_is_said_with_those_that_are(opened: Callable[..., Unpacked]) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Key"])
    with pytest.raises(FileRefused, match=r"no sheet “2019”\. It has: “Sheet”"):
        opened(book).table("2019")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0 old", "old workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"\xef\xbb\xbf <html><table>", "web page"),
        (b"{\\rtf1", "text document"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"key\n\x81\x8d\n", "Line 2 of the file is not UTF-8"),
    ],
)
def test_other_files_are_refused_with_what_to_do(
    opened: Callable[..., Unpacked], content: bytes, words: str
) -> None:
    with pytest.raises(FileRefused, match=words):
        opened(content)


def test_an_empty_workbook_is_refused(opened: Callable[..., Unpacked]) -> None:
    with pytest.raises(FileRefused, match="workbook is empty"):
        opened(Workbook())


def test_a_package_that_is_no_workbook_is_refused(opened: Callable[..., Unpacked], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as packed:
        packed.writestr("word/document.xml", "<w/>")
    with pytest.raises(FileRefused, match="damaged, or not a workbook"):
        opened((tmp_path / "other.zip").read_bytes())


def test_a_bomb_is_refused_before_it_is_unpacked(opened: Callable[..., Unpacked], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("a", "b"):
            packed.writestr(f"xl/{name}.xml", b"\0" * (unpacking_limit() - 1))
    with pytest.raises(FileRefused, match="too large when unpacked"):
        opened((tmp_path / "bomb.xlsx").read_bytes())


def unpacking_limit() -> int:
    from dictionary.workbooks.sheets import ENTRY_BYTES

    return ENTRY_BYTES


def test_a_size_that_lies_costs_no_more_than_the_limit(
    opened: Callable[..., Unpacked], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package says a hundred bytes and holds a hundred megabytes of cells."""
    monkeypatch.setattr(unpacking, "MEMORY_BYTES", 256 * 1024 * 1024)
    cell = '<c t="inlineStr"><is><t>' + "x" * 30_000 + "</t></is></c>"
    body = "".join(f"<row>{cell}</row>" for _ in range(6_000))
    content = sheet_with(
        tmp_path / "lies.xlsx",
        f"<worksheet {NAMESPACE}><sheetData>{body}</sheetData></worksheet>",
        declared=100,
    )
    with pytest.raises(FileRefused, match=r"damaged|more memory or time"):
        opened(content)


def test_a_cell_in_the_last_row_of_the_last_column_is_refused(opened: Callable[..., Unpacked]) -> None:
    book = Workbook()
    assert book.active is not None
    book.active["A1"], book.active["XFD1048576"] = "key", "far"
    with pytest.raises(FileRefused, match="cell far away"):
        opened(book)


def test_a_million_rows_are_refused_with_their_number(
    opened: Callable[..., Unpacked], tmp_path: Path
) -> None:
    body = "<row><c><v>1</v></c></row>" * 1_000_000
    content = sheet_with(
        tmp_path / "rows.xlsx", f"<worksheet {NAMESPACE}><sheetData>{body}</sheetData></worksheet>"
    )
    with pytest.raises(FileRefused, match="1,000,000 rows; 200,000 can come in"):
        opened(content)


def test_too_many_rows_of_a_csv_file_are_refused(
    opened: Callable[..., Unpacked], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "FILE_ROWS", 2)
    with pytest.raises(FileRefused, match="more than 2 rows"):
        opened(b"key\n1\n2\n3\n")


def test_entities_are_never_unfolded(opened: Callable[..., Unpacked], tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("do not read")
    xml = (
        f'<!DOCTYPE x [<!ENTITY file SYSTEM "file://{secret}"><!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
        f"<worksheet {NAMESPACE}><sheetData><row><c t='inlineStr'><is><t>key</t></is></c>"
        "<c t='inlineStr'><is><t>&file;&b;</t></is></c></row></sheetData></worksheet>"
    )
    content = sheet_with(tmp_path / "entities.xlsx", xml)
    try:
        cells = opened(content).table().first_rows(1)[0].cells
    except FileRefused:
        return
    assert "do not read" not in "".join(cells)
    assert "aaaa" not in "".join(cells)


def test_reading_that_never_ends_is_ended(
    opened: Callable[..., Unpacked], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(unpacking, "SECONDS", 1)
    body = "<row><c><v>1</v></c></row>" * 3_000_000
    content = sheet_with(
        tmp_path / "long.xlsx", f"<worksheet {NAMESPACE}><sheetData>{body}</sheetData></worksheet>"
    )
    with pytest.raises(FileRefused):
        opened(content)
