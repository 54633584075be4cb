"""R without packages: codes become factors; each column has its words as the attribute `label`, and the reasons for no
answer, one for each row, as the attribute `missing`."""

from collections.abc import Iterator, Sequence

from reviews.packs.syntax.variables import Tables, Variable, cut
from reviews.packs.tables import Table

LABEL = 500
_HEAD = """# Reads the tables of this data pack. First make the folder of the pack your working folder, for example:
# setwd("C:/data/reviews")
# Then: source("syntax/r.R", encoding = "UTF-8"). Each table becomes a data frame.

read_table <- function(file) {
  read.csv(file.path("csv", file), colClasses = "character", na.strings = character(0), check.names = FALSE,
    encoding = "UTF-8")
}

described <- function(values, label, reasons = NULL, words = NULL) {
  attr(values, "label") <- label
  if (!is.null(reasons)) {
    attr(values, "missing") <- factor(reasons, levels = names(words), labels = unname(words))
  }
  values
}

coded <- function(values, words) {
  factor(values, levels = names(words), labels = make.unique(unname(words)))
}

or_missing <- function(values) {
  ifelse(values == "", NA, values)
}
"""


def write(tables: Tables) -> str:
    return _HEAD + "".join("\n" + _table(table, variables) for table, variables, _ in tables)


def _table(table: Table, variables: Sequence[Variable]) -> str:
    lines = [
        f"# {table.title}",
        f'raw <- read_table("{table.file}")',
        f"{table.key} <- data.frame(row.names = seq_len(nrow(raw)))",
    ]
    for one in variables:
        if not one.taken_in:
            lines += _column(table, one)
    return "\n".join(lines) + "\n"


def _column(table: Table, one: Variable) -> Iterator[str]:
    raw = f"raw[[{one.at + 1}]]"
    match one.read:
        case "number":
            values = f"as.integer(or_missing({raw}))"
        case "day":
            values = f"as.Date(or_missing({raw}))"
        case "coded":
            values = f"coded({raw}, {_words([(choice.code, choice.label) for _, choice in one.codes])})"
        case _:
            values = f"or_missing({raw})"
    yield f"{table.key}[[{_quoted(one.name)}]] <- described({values},"
    if one.reasons_at is None:
        yield f"  {_quoted(one.label)})"
        return
    words = _words([(reason.code, reason.label) for reason in one.reasons])
    yield f"  {_quoted(one.label)}, raw[[{one.reasons_at + 1}]],"
    yield f"  {words})"


def _words(pairs: Sequence[tuple[str, str]]) -> str:
    named = ",\n    ".join(f"{_quoted(code)} = {_quoted(label)}" for code, label in pairs)
    return f"c({named})"


def _quoted(text: str) -> str:
    plain = cut(text, LABEL).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
