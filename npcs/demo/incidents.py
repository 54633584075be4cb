"""The other incidents: some wait for their decision, a third were not selected, a few were mistakes."""

from collections.abc import Iterator
from itertools import cycle

from npcs.demo import filling
from npcs.demo.plan import STAFF
from npcs.demo.reading import Told
from npcs.demo.wordings import Wordings

# How many of the incidents that are no decided "no" are new, wait for a decision, or were mistakes;
# the others came in with files of past incidents.
NOTIFIED = {"alder-county": 2, "merrowen": 2, "lothmere": 2, "brackwater": 1, "longwater": 1}
TO_BE_SELECTED = {"alder-county": 2, "merrowen": 3, "lothmere": 2, "brackwater": 2, "quillow-county": 1}
WITHDRAWN = {"alder-county": 1, "merrowen": 1, "brackwater": 1}
NOT_SELECTED = {
    "merrowen": 9,
    "lothmere": 8,
    "alder-county": 6,
    "brackwater": 5,
    "quillow-county": 1,
    "longwater": 1,
}
# In these a second child was hurt too, and is counted: the words that say so, and the other ages.
MORE_CHILDREN = {
    "Hot oil, two small children": [(4, "years")],
    "three children after": [(5, "years"), (7, "years")],
}


def each(counts: dict[str, int]) -> Iterator[str]:
    """The agencies in turn, each as often as it is counted."""
    left = dict(counts)
    for slug in cycle(counts):
        if not any(left.values()):
            return
        if left[slug]:
            left[slug] -= 1
            yield slug


class Notifications:
    """Tells the other incidents in the shape of a review that nobody has written in."""

    def __init__(self, phrases: Told, words: Wordings, agencies: dict[str, Told]) -> None:
        self.phrases, self.words, self.agencies = phrases, words, agencies
        self.taken: set[str] = set()  # case numbers
        said = [
            (kind, age, text)
            for kind in phrases["incidents"]
            for age, text in zip(kind["ages"], kind["what_was_reported"], strict=True)
        ]
        self.words.random.shuffle(said)
        self.declined = [each for each in said if "not_selected" in each[0]]
        self.others = [each for each in said if "not_selected" not in each[0]]

    def case_number(self, prefix: str, day: int) -> str:
        """The agency's own number for its file, as that agency writes them: they grow from day to day."""
        number = self.words.random.randrange
        while True:
            made = {
                "MR": lambda: f"MR-{2300 + day // 3 + number(3)}-{number(1, 13):02d}",
                "AC": lambda: f"AC-{72710 + day * 16 + number(90)}",
                "LO": lambda: f"LO-{907 + day // 7}-{number(1000, 9999)}",
                "BW": lambda: f"BW/{48200 + day * 12 + number(70)}",
                "QC": lambda: f"QC-{560 + day // 5 + number(3)}",
                "LW": lambda: f"LW-{326 + day // 6 + number(2):04d}",
            }[prefix]()
            if made not in self.taken:
                self.taken.add(made)
                return made

    def notified(self) -> Iterator[Told]:
        """Told in the last days; the other children are looked after first."""
        for place, slug in enumerate(each(NOTIFIED)):
            yield self._tell(
                slug, self.others.pop(), day=-(place // 2), state="notified", safe=place % 2 == 0
            )

    def to_be_selected(self) -> Iterator[Told]:
        for place, slug in enumerate(each(TO_BE_SELECTED)):
            day = -3 - place - self.words.random.randrange(3)
            told = self._tell(slug, self.others.pop(), day=day, state="to_be_selected")
            told["moves"] = [self._move(told, day, "ask_for_selection")]
            yield told

    def not_selected(self) -> Iterator[Told]:
        for slug in each(NOT_SELECTED):
            kind, age, text = self.declined.pop()
            day = -self.words.random.randint(15, 700)
            told = self._tell(slug, (kind, age, text), day=day, state="not_selected")
            reason, decided = kind["not_selected"], day + self.words.random.randint(1, 9)
            note = self.words.take(self.phrases["selection_notes"]["not_selected"][reason])
            told["moves"] = [
                self._move(told, day, "ask_for_selection"),
                self._move(told, decided, "do_not_select", note),
            ]
            told["selection"] = {"on": decided, "reasons": [reason], "note": note}
            yield told

    def withdrawn(self) -> Iterator[Told]:
        for slug in each(WITHDRAWN):
            day = -self.words.random.randint(8, 120)
            told = self._tell(slug, self.others.pop(), day=day, state="withdrawn", safe=False)
            note = self.words.take(self.phrases["withdraw_notes"])
            told["moves"] = [self._move(told, day + 1, "withdraw", note)]
            yield told

    def past(self, slug: str, count: int) -> list[Told]:
        """Incidents of earlier years, as a file brings them in."""
        days = sorted(-self.words.random.randint(760, 1700) for _ in range(count))
        return [self._tell(slug, self.others.pop(), day=day, state="", safe=False) for day in days]

    def _move(self, told: Told, day: int, action: str, note: str = "") -> Told:
        return {"day": day, "by": told["people"]["coordinator"], "action": action, "note": note}

    def _tell(
        self, slug: str, said: tuple[Told, tuple[int, str], str], *, day: int, state: str, safe: bool = True
    ) -> Told:
        kind, age, text = said
        agency, random = self.agencies[slug], self.words.random
        fatal = kind["incident_type"] == "fatality"
        ages = [age, *next((more for words, more in MORE_CHILDREN.items() if words in text), [])]
        children = [
            {"age_value": value, "age_unit": unit, "sex": random.choice(["female", "male"])}
            | ({"died": day} if fatal else {})
            for value, unit in ages
        ]
        incident = {"what_was_reported": text, "incident_category": kind["incident_category"]}
        incident["place_type"] = kind["place_type"]
        if "near_fatality_basis" in kind:
            incident["near_fatality_basis"] = kind["near_fatality_basis"]
        answers: Told = {"incident": incident, "history": {"prior_contact": kind["prior_contact"]}}
        if safe:
            in_care = kind["place_type"] in {"foster_home", "group_residential"}
            answers["safety"] = filling.safety(
                self.phrases, self.words, others=random.random() < 0.7, day=day, in_care=in_care
            )
        return {
            "agency": slug,
            "incident": {
                "type": kind["incident_type"],
                "occurred": day,
                "aware": day,
                "county": self.words.take(agency["counties"]),
                "case_number": self.case_number(agency["number_prefix"], day),
            },
            "children": children,
            "state": state,
            "people": {"coordinator": STAFF[slug][0]},
            "answers": answers,
            "moves": [],
        }
