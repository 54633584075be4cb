"""Numbers in sentences."""


def number_of(count: int, one: str, many: str = "") -> str:
    """`1 entry`, `1,200 entries`: so many of what `one` names; `many`, where the plural is not `one` with an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
