"""What a spreadsheet program might run when it opens a file, and how a CSV file keeps it from that."""

# Where such a program would take text for a formula or a command (OWASP ASVS 5.0, 1.2.10, and more that some take).
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "|", "＝", "＋", "－", "＠", "−")


def looks_like_a_formula(text: str) -> bool:
    return text.lstrip(" \ufeff").startswith(BEGINNINGS)


def guarded(text: str) -> str:
    """The text with an apostrophe before whatever begins like a formula; `unguarded` takes it away again."""
    return f"'{text}" if looks_like_a_formula(text.lstrip("'")) else text


def unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and looks_like_a_formula(text.lstrip("'")) else text
