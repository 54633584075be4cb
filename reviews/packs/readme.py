"""What a pack says of itself, in plain words, and the files of its codebook."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dictionary.interchange import own_file
from dictionary.values import date_words
from jurisdictions.numbers import number_of
from reviews.case_numbers import SHORTEST
from reviews.packs.chosen import PARTS, Chosen
from reviews.packs.codebook import CODES, VARIABLES, Codebook
from reviews.packs.csv_files import LINE_BREAK, TableFiles, inert, line
from reviews.packs.editions import PackEdition
from reviews.packs.tables import REVIEWS


@dataclass(frozen=True)
class About:
    agency: str
    day: dt.date
    chosen: Chosen
    editions: Sequence[PackEdition]
    files: TableFiles
    withdrawn: int
    left_out: Sequence[str]  # numbers of reviews that changed too much while the pack was made


def write(about: About) -> str:
    """The README, in lines of text."""
    paragraphs = [
        f"Reviews of {about.agency}, as of {date_words(about.day.isoformat())}",
        "These are your agency’s own data, for people of your agency. Row by row they can point to a child, a family "
        "or a colleague, also without free text. Keep them as you keep the reviews themselves.",
        *_what_is_in_it(about),
        *_how_to_read(about),
        *_what_is_not_in_it(about),
    ]
    return "\n\n".join(paragraphs) + "\n"


def _what_is_in_it(about: About) -> Iterator[str]:
    yield f"REVIEWS\n{number_of(about.files.rows[REVIEWS], 'review')}. Chosen: {about.chosen.in_words}."
    parts = [f"- {'With' if key in about.chosen.parts else 'Without'}: {PARTS[key][0]}" for key in PARTS]
    yield "\n".join(parts)
    counts = [
        f"- csv/{table.file}: {table.title}, {number_of(about.files.rows[table.key], 'row')}. {table.about}"
        for table in about.files.tables.values()
    ]
    yield "TABLES\n" + "\n".join(counts)
    yield (
        "reviews.xlsx holds the same tables in one workbook, with labels in place of codes. codebook/ says what each "
        "column and each code means. SHA256SUMS.txt has the check code of every file."
    )


def _how_to_read(about: About) -> Iterator[str]:
    yield (
        "HOW TO READ THE TABLES\n"
        "The column “review” joins the rows of all tables; with “no” it names one entry. Dates are written year-month-"
        "day. Text is UTF-8.\n"
        "A reason for no answer (unknown, not asked, does not apply, withheld) stands in a column of its own that ends "
        "in _missing, never among the values. Where neither has anything, nobody has answered yet, or the question was "
        "not asked.\n"
        "Where several answers may be ticked, the column has all their codes, parted by semicolons, and each code "
        "has a column of 0 and 1 that ends in three underscores and the code. All are empty where nobody answered.\n"
        "What an entry points at is written by name and number, such as “need 2; record 1”.\n"
        f"In csv/ each row is one line: a line break inside a text is written as “{LINE_BREAK.strip()}”. In csv/ and "
        "codebook/ a cell that begins like a formula has an apostrophe before it, so that no spreadsheet program runs "
        "it."
    )
    numbers = ", ".join(edition.number for edition in about.editions)
    yield (
        f"EDITIONS OF THE DICTIONARY\n{numbers}. Each review keeps the edition that it was begun with; the column "
        "“edition” names it. An item is one column in all editions as long as its answers are of one kind; where an "
        "older edition asked for another kind of answer, that has a column of its own, with the edition behind its "
        "name. Labels are those of the newest edition; codebook/ has every edition whole. “1.0-own-2” is edition 1.0 "
        "with the second release of your agency’s own questions."
    )
    yield (
        "AS REPORTED\nReviews that your agency closed before it came here have 1 in the column “as_reported”. Nobody "
        "approved them here. Leave them out where only approved reviews may count."
    )


def _what_is_not_in_it(about: About) -> Iterator[str]:
    lines = [
        f"- Withdrawn reviews: they were opened by mistake ({about.withdrawn} of them).",
        "- Reviews from which whoever asked for this pack stepped back, if there are any.",
        "- Answers to questions that are not asked any more, because another answer has changed.",
        "- Remarks, who wrote what, earlier texts and the audit: they stay in NPCS.",
    ]
    if about.left_out:
        lines.append(
            f"- Reviews that were withdrawn, or given other questions, while this pack was made: "
            f"{', '.join(about.left_out)}. Ask for another pack to have them as they are now."
        )
    if "case_numbers" not in about.chosen.parts:
        lines.append(
            "- Your own case numbers, also where somebody typed that of one of these reviews into a text: “[case "
            f"number]” stands there. Not found in texts are numbers of fewer than {SHORTEST} letters and digits, and "
            "those of incidents whose review is not in this pack."
        )
    yield "WHAT IS NOT IN IT\n" + "\n".join(lines)
    if "redcap" in about.chosen.parts:
        yield _REDCAP
    if "syntax" in about.chosen.parts:
        yield (
            "SYNTAX\nsyntax/ reads the tables in csv/ with every label. Unpack the ZIP, make its folder the working "
            "folder of the program, and run one file. Reasons for no answer become user-missing values in SPSS "
            "(-9991 to -9994), extended missing values in Stata (.a to .d) and an attribute “missing” in R."
        )


_REDCAP = (
    "REDCAP\n"
    "redcap/ has one data dictionary and one file of records for each edition. In a new REDCap project upload the "
    "dictionary, mark the instruments that are named in redcap/repeating.txt as repeating, set the missing data "
    "codes unknown, not_asked, not_applicable and withheld, then import the records. In the instrument “factors” "
    "instance 1 is the rating of the whole review, instance 2 that of opportunity 1, and so on. From which need an "
    "opportunity was made is a column of csv/opportunities.csv only: REDCap has no field for it."
)


def codebook_files(book: Codebook, editions: Sequence[PackEdition]) -> Iterator[tuple[str, str | bytes]]:
    yield "variables.csv", _csv(VARIABLES, book.variables())
    yield "codes.csv", _csv(CODES, book.codes())
    yield "codebook.json", book.as_json()
    for edition in editions:
        yield f"edition-{edition.number}.yaml", own_file.write(edition.source)


def _csv(names: Sequence[str], rows: Iterator[dict[str, str]]) -> str:
    return line(names) + "".join(line([inert(row[name]) for name in names]) for row in rows)
