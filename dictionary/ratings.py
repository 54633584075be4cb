"""A rating K stands with two more items: why (K_why), and on what evidence (K_evidence).

Both may be told from 1 on, where a factor is an influence, and are required from 2 on.
"""

from dataclasses import replace

from dictionary.schema import RATED_ACTIONABLE, RATED_INFLUENCE, RATING_MISSING, RATINGS, Choice, Item

# What the figures of a rating mean for every factor; each factor says it in words of its own.
SCALE = (
    Choice("0", "Nothing suggests that it played a part"),
    Choice("1", "Present, and did not shape what happened here"),
    Choice("2", "Shaped an opportunity"),
    Choice("3", "Strongly, close to what happened or over a long time"),
)


def expand(item: Item, evidence: tuple[str, ...]) -> tuple[Item, ...]:
    """The rating with its anchors as codes, and its two companions; any other item as it is."""
    if item.type != "rating":
        return (item,)
    rating = replace(
        item,
        choices=tuple(Choice(code, item.anchors[code]) for code in RATINGS),
        missing=tuple(RATING_MISSING),
    )
    companion = Item(
        key="",
        label="",
        type="plain",
        section=item.section,
        part=item.part,
        group=item.group,
        privacy="direct",
        basis=item.basis,
        required=True,
        when={"in": [item.key, list(RATED_INFLUENCE)]},
        required_when={"in": [item.key, list(RATED_ACTIONABLE)]},
        rating_of=item.key,
    )
    why = replace(
        companion,
        key=f"{item.key}_why",
        label=f"{item.label}: why this rating?",
        help="What happened, and how it shaped the work. Name roles, not people.",
    )
    proof = replace(
        companion,
        key=f"{item.key}_evidence",
        label=f"{item.label}: what shows it?",
        help="Tick what the rating rests on.",
        type="links",
        links=evidence,
        privacy="sensitive",
    )
    return rating, why, proof
