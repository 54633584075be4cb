"""What became of each item from edition to edition."""

from collections.abc import Iterable, Mapping, Sequence

from dictionary.schema import Edition, Item

# What a reader looks for, and the parts of an item that make it up.
_ASPECTS: dict[str, Sequence[str]] = {
    "question": ("label",),
    "help": ("help",),
    "kind of answer": ("type", "links"),
    "answers": ("choices", "anchors"),
    "limits": ("min", "max", "max_length"),
    "reasons for no answer": ("missing",),
    "when it is asked": ("when",),
    "whether it is required": ("required", "required_when"),
    "checks": ("checks", "warnings"),
    "privacy class": ("privacy", "coarsen"),
    "place": ("section", "part"),
}


def history_of(editions: Iterable[Edition]) -> Mapping[str, str]:
    """For each item of any edition, the oldest first, one or more sentences."""
    told: dict[str, list[str]] = {}
    before: Edition | None = None
    for edition in editions:
        for item in edition:
            if before is None or item.key not in before:
                words = "Asked again since" if item.key in told else "Since"
                told.setdefault(item.key, []).append(f"{words} edition {edition.number}.")
            elif changed := changes(before.item(item.key), item):
                told[item.key].append(f"Changed in edition {edition.number}: {', '.join(changed)}.")
        for item in before or ():
            if item.key not in edition:
                told[item.key].append(f"Not asked since edition {edition.number}.")
        before = edition
    return {key: " ".join(sentences) for key, sentences in told.items()}


def changes(old: Item, new: Item) -> list[str]:
    """What differs between two wordings of an item, in words."""
    return [
        words
        for words, parts in _ASPECTS.items()
        if any(getattr(old, part) != getattr(new, part) for part in parts)
    ]
