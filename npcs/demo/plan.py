"""Which shorter reviews there are: where, from which scenario, how far, due when, and whose.

Days count from the day of seeding. The first person to become is maren: her My work has one line that is late,
one due tomorrow (a hand-written review), one that waits for somebody else, and one on hold.
"""

from dataclasses import dataclass
from typing import Literal

type Stage = Literal[
    "named", "records", "needs", "factors", "returned", "with_quality_lead", "with_director", "approved"
]
RETURNS = {"return_to_team", "return_from_director"}
# What the stages have in common: everything is written.
WHOLE = ("returned", "with_quality_lead", "with_director", "approved")


@dataclass(frozen=True)
class Plan:
    """One shorter review."""

    agency: str
    scenario: str
    stage: Stage
    due: int
    lead: str
    team: tuple[str, ...] = ()
    sent: int = 0  # days since it was last sent on
    unstated: tuple[str, ...] = ()
    hold: tuple[str, int, int] | None = None  # who asked, since, until
    remarks: tuple[str, ...] = ()  # parts with an open remark
    by_director: bool = False  # who returned it


# Coordinator, quality lead and director of each agency.
STAFF = {
    "alder-county": ("priya", "hollis", "corinne"),
    "merrowen": ("garrett", "odile", "ruben"),
    "lothmere": ("sunita", "peter", "renata"),
    "brackwater": ("bea", "bea", "teresa"),
    "quillow-county": ("nell", "owen", "owen"),
    "longwater": ("dawn", "elias", "rosalind"),
}
DEBRIEFERS = {
    "alder-county": "ines",
    "merrowen": "lena",
    "lothmere": "felix",
    "brackwater": "jonah",
    "quillow-county": "nell",
    "longwater": "elias",
}

_ALDER, _QUILLOW = "alder-county", "quillow-county"
SHORTER = [
    Plan(_ALDER, "child_firearm", "factors", -6, "maren", ("tobias", "ines")),
    Plan(_ALDER, "tube_fed_child", "needs", 9, "maren", ("ines",)),
    Plan(_ALDER, "newborn_couch", "named", 91, "maren", ("tobias",), unstated=("maren", "tobias")),
    Plan(_ALDER, "bathtub", "with_quality_lead", 5, "maren", ("ines",), sent=3),
    Plan(_ALDER, "preschool_partner_injury", "records", 41, "tobias", ("maren",), hold=("court", -12, 18)),
    Plan(_ALDER, "heater_fire", "needs", 30, "tobias", ("maren", "ines")),
    Plan(_ALDER, "infant_weight", "with_director", 14, "tobias", ("ines",), sent=9),
    Plan(_ALDER, "window_fall", "approved", -75, "tobias", ("ines",)),
    Plan("merrowen", "newborn_couch", "approved", -70, "yusuf", ("lena",)),
    Plan("merrowen", "youth_away_from_placement", "approved", -190, "lena", ("yusuf",)),
    Plan("merrowen", "heater_fire", "with_quality_lead", 10, "yusuf", ("lena",), sent=2),
    Plan("merrowen", "infant_head_injury", "needs", 25, "lena", ("yusuf",)),
    Plan(
        "merrowen",
        "adolescent_waiting_list",
        "returned",
        6,
        "yusuf",
        ("lena",),
        sent=9,
        remarks=("needs", "recommendations"),
    ),
    Plan("lothmere", "bathtub", "approved", -120, "amara", ("felix",)),
    Plan("lothmere", "preschool_partner_injury", "approved", -44, "felix", ("amara",)),
    Plan("lothmere", "infant_weight", "with_director", 8, "amara", ("felix",), sent=7),
    Plan("lothmere", "foster_home_full", "records", 60, "felix", ("amara",)),
    Plan("lothmere", "window_fall", "with_quality_lead", 18, "amara", ("felix",), sent=2),
    Plan("brackwater", "infant_head_injury", "approved", -33, "jonah"),
    Plan("brackwater", "tube_fed_child", "with_director", 4, "jonah", sent=6),
    Plan(
        "brackwater",
        "adolescent_waiting_list",
        "returned",
        3,
        "jonah",
        sent=12,
        remarks=("summary", "factors"),
        by_director=True,
    ),
    Plan(_QUILLOW, "child_firearm", "approved", -150, "nell"),
    Plan(_QUILLOW, "foster_home_full", "with_quality_lead", 24, "nell", sent=1),
    Plan("longwater", "youth_away_from_placement", "with_director", 20, "dawn", ("nell", "elias"), sent=8),
]
