"""The figures that every agency may keep under one name, with what they mean; an agency adds its own names.

A denominator says among how many; an indicator says how the system is doing. The name of a figure is the key here, or
the agency's own words.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reviews.imports.proposing import plain

COUNT, SHARE = "count", "share"
# How each unit is said: behind a list of choices, and over a column of values.
UNITS: Mapping[str, str] = {
    COUNT: "number",
    SHARE: "percent",
    "per_thousand": "per 1,000",
    "per_hundred_thousand": "per 100,000",
    "average": "average",
    "hours": "hours",
    "days": "days",
    "index": "ratio",
}
DENOMINATOR, INDICATOR = "Denominators", "Indicators"
OWN = "Our own names"


@dataclass(frozen=True)
class Known:
    """One figure of the list. `basis` says where its meaning comes from, as in the glossary."""

    key: str
    label: str
    group: str
    unit: str
    meaning: str
    basis: str
    also_called: tuple[str, ...] = ()
    may_exceed_all: bool = False  # a share above 100 percent can be: it is asked about, and comes in


_LISTED = (
    Known("children", "Children", DENOMINATOR, COUNT,
          "Children under 18 who live in the agency’s area.", "ours",
          ("child population", "children under 18", "population under 18", "chpop")),
    Known("children_in_poverty", "Children in poverty", DENOMINATOR, COUNT,
          "Children under 18 in households below the federal poverty line.",
          "public source: Edwards and Wildeman 2018", ("chpov", "child poverty", "poor children")),
    Known("cps_reports", "CPS reports", DENOMINATOR, COUNT,
          "All CPS reports that the agency received in the year.", "public source: NCANDS",
          ("referrals", "reports received", "total reports")),
    Known("cps_reports_screened_in", "CPS reports screened in", DENOMINATOR, COUNT,
          "CPS reports that got a response of their own.", "public source: NCANDS",
          ("screened in reports", "screened in", "screened in referrals")),
    Known("children_in_care", "Children in foster care", DENOMINATOR, COUNT,
          "Children in foster care on the last day of the year.", "ours",
          ("foster care", "in care", "children in foster care")),
    Known("caseworkers", "Caseworkers", DENOMINATOR, COUNT,
          "Caseworkers of the agency; say in the source whether heads or full-time places are counted.",
          "public source: Edwards and Wildeman 2018", ("case workers", "workers", "frontline workers")),
    Known("supervisors", "Supervisors", DENOMINATOR, COUNT,
          "Supervisors of caseworkers.", "public source: Edwards and Wildeman 2018"),
    Known("maltreatment_deaths", "Deaths from maltreatment", INDICATOR, COUNT,
          "Children who died of abuse or neglect, as the agency reports them for the year.",
          "public source: NCANDS", ("fatalities", "maltreatment fatalities", "child fatalities", "deaths")),
    Known("maltreatment_death_rate", "Deaths from maltreatment per 100,000 children", INDICATOR,
          "per_hundred_thousand", "Deaths from maltreatment in the year, per 100,000 children who live in the area.",
          "public source: NCANDS", ("fatality rate", "child fatality rate")),
    Known("deaths_in_care", "Deaths in foster care", INDICATOR, COUNT,
          "Children in the agency’s custody who died of maltreatment.", "public source: CAPTA"),
    Known("repeat_maltreatment", "Repeat maltreatment within 12 months", INDICATOR, SHARE,
          "Of the children with a substantiated CPS report in a year, those with another within 12 months of it.",
          "public source: CFSR", ("recurrence", "recurrence of maltreatment", "repeat maltreatment", "s2")),
    Known("maltreatment_in_care", "Maltreatment in care", INDICATOR, "per_hundred_thousand",
          "Substantiated maltreatment of children in care, per 100,000 days in care.", "recalled: CFSR",
          ("maltreatment in foster care", "s1")),
    Known("caseworker_turnover", "Caseworker turnover", INDICATOR, SHARE,
          "Caseworkers who left in the year, of the average number who worked there.", "recalled",
          ("turnover caseworker", "turnover", "worker turnover", "staff turnover"), True),
    Known("caseworker_turnover_lowest", "Caseworker turnover, at least", INDICATOR, SHARE,
          "The lower bound, where a source can only say between what turnover lies.",
          "public source: Edwards and Wildeman 2018", ("lower turnover caseworker",), True),
    Known("caseworker_turnover_highest", "Caseworker turnover, at most", INDICATOR, SHARE,
          "The upper bound, where a source can only say between what turnover lies.",
          "public source: Edwards and Wildeman 2018", ("upper turnover caseworker",), True),
    Known("supervisor_turnover", "Supervisor turnover", INDICATOR, SHARE,
          "Supervisors who left in the year, of the average number who worked there.", "recalled",
          ("turnover supervisor",), True),
    Known("caseworkers_to_poverty", "Caseworkers per 1,000 children in poverty", INDICATOR, "per_thousand",
          "Caseworkers of the agency for every 1,000 children in poverty.",
          "public source: Edwards and Wildeman 2018", ("caseworker capacity",)),
    Known("supervisors_to_poverty", "Supervisors per 1,000 children in poverty", INDICATOR, "per_thousand",
          "Supervisors of the agency for every 1,000 children in poverty.",
          "public source: Edwards and Wildeman 2018", ("supervisor capacity",)),
    Known("vacant_positions", "Vacant positions", INDICATOR, SHARE,
          "Positions that nobody holds, of all that the agency was given.", "public source: CAPTA",
          ("vacancy", "vacancy rate", "vacancies")),
    Known("caseload", "Cases per caseworker", INDICATOR, "average",
          "Open cases for each caseworker, on average over the year.", "public source: CAPTA",
          ("caseload", "average caseload")),
    Known("response_hours", "Hours to first contact", INDICATOR, "hours",
          "Hours from a CPS report to the first contact with the family, on average.", "public source: CAPTA",
          ("response time", "time to first contact", "hours to response")),
)  # fmt: skip
KNOWN: Mapping[str, Known] = {one.key: one for one in _LISTED}


def label_of(name: str) -> str:
    """A figure's name for people: of the list, or the agency's own words."""
    return KNOWN[name].label if name in KNOWN else name


def listed_as(text: str) -> Known | None:
    """The figure of the list whose key or label this is, and none that only may be meant: a name of an agency's own is
    never that of the list."""
    return next((one for one in _LISTED if plain(text) in (plain(one.label), plain(one.key))), None)


def known_as(text: str) -> Known | None:
    """The figure of the list that a heading or a cell names, by its label, its key or another usual name."""
    said = plain(text)
    for one in _LISTED:
        if said in (plain(one.label), plain(one.key), *one.also_called):
            return one
    return None
