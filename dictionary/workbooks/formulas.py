"""What a spreadsheet program might run when it opens a file, and how a CSV file keeps it from that."""

# Where such a program would take text for a formula or a command.
_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠", "−")


def looks_like_a_formula(text: str) -> bool:
    return text.lstrip(" \ufeff").startswith(_BEGINNINGS)


def guarded(text: str) -> str:
    """The text with an apostrophe before whatever begins like a formula; `unguarded` takes it away again."""
    return f"'{text}" if looks_like_a_formula(text.lstrip("'")) else text


def unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and looks_like_a_formula(text.lstrip("'")) else text
