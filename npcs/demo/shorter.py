"""The shorter reviews: from a scenario with its wordings to a review in the shape of those written by hand."""

from collections.abc import Callable, Set
from typing import Any

from npcs.demo import filling
from npcs.demo.plan import DEBRIEFERS, RETURNS, STAFF, WHOLE, Plan
from npcs.demo.reading import Told
from npcs.demo.wordings import Wordings

# The manner of death that others decided on, where a review is far enough to know it.
MANNERS = {
    "sleep_related": "undetermined",
    "fire": "accident",
    "firearm": "accident",
    "motor_vehicle": "accident",
    "medical_natural": "natural",
}
STAGES_WITH: dict[str, tuple[str, ...]] = {
    "records": ("records", "needs", "factors", *WHOLE),
    "needs": ("needs", "factors", *WHOLE),
    "opportunities": ("factors", *WHOLE),
    "conclusions": WHOLE,
}
# Which parts somebody has marked as done, by how far the review is.
DONE = {
    "named": [],
    "records": ["facts", "safety"],
    "needs": ["facts", "history", "safety", "records", "timeline"],
    "factors": ["facts", "history", "safety", "records", "timeline", "debriefs", "needs"],
}
ALL_PARTS = ["facts", "history", "safety", "records", "timeline", "debriefs", "meeting", "needs"]
ALL_PARTS += ["opportunities", "factors", "recommendations", "summary"]


class Composer:
    """Makes reviews of plans; each wording serves once before it serves again."""

    def __init__(
        self, phrases: Told, words: Wordings, factors: list[str], case_number: Callable[[str, int], str]
    ) -> None:
        self.phrases, self.words, self.factors, self.case_number = phrases, words, factors, case_number
        self.scenarios = {scenario["key"]: scenario for scenario in phrases["scenarios"]}

    def compose(self, plan: Plan, agency: Told) -> Told:
        scenario = self.scenarios[plan.scenario]
        aware = plan.due - agency["review_due_days"]
        selected = aware + self.words.random.randint(2, 6)
        coordinator, quality_lead, director = STAFF[plan.agency]
        moves, ends = self._moves(plan, aware, selected)
        told: Told = {
            "agency": plan.agency,
            "incident": {
                "type": scenario["incident"]["incident_type"],
                "occurred": aware,
                "aware": aware,
                "county": self.words.take(agency["counties"]),
                "case_number": self.case_number(agency["number_prefix"], aware),
            },
            "children": [self._child(scenario, aware, agency)],
            "state": plan.stage if plan.stage in WHOLE[1:] else "in_review",
            "due": plan.due,
            "selection": self._selection(scenario, selected, coordinator),
            "people": {
                "lead": plan.lead,
                "team": list(plan.team),
                "coordinator": coordinator,
                "quality_lead": quality_lead,
                "director": director,
            },
            "statements": {who: "no_conflict" for who in (plan.lead, *plan.team) if who not in plan.unstated},
            "answers": self._answers(plan, scenario, aware),
            "entries": {},
            "ratings": [],
            "moves": moves,
            "remarks": self._remarks(plan, moves),
            "parts_done": DONE.get(plan.stage, ALL_PARTS),
        }
        if plan.hold:
            reason, since, until = plan.hold
            note = self.words.take(self.phrases["hold_notes"][reason])
            told["hold"] = {"reason": reason, "since": since, "until": until, "note": note}
        self._entries(told, plan, scenario, aware=aware, selected=selected, ends=ends)
        return told

    def _said(self, told: Told, codes: Set[str] = frozenset()) -> Told:
        """An entry of the scenario with one wording of each list; lists of codes stay lists."""
        return {
            key: self.words.take(value) if isinstance(value, list) and key not in codes else value
            for key, value in told.items()
        }

    def _child(self, scenario: Told, occurred: int, agency: Told) -> Told:
        told = dict(scenario["child"])
        value, unit = self.words.take(told.pop("ages"))
        told |= {"age_value": value, "age_unit": unit}
        told["race_ethnicity"] = self.words.take(told["race_ethnicity"])
        if isinstance(told.get("special_needs"), list):
            told["special_needs"] = self.words.take(told["special_needs"])
        if agency["kind"] == "tribe":
            told |= {"race_ethnicity": ["american_indian_alaska_native"], "tribal_affiliation": "enrolled"}
            told |= {"custody_status": "tribal_custody"} if "placement_type" in told else {}
        if scenario["incident"]["incident_type"] == "fatality":
            told["died"] = occurred
        return told

    def _selection(self, scenario: Told, selected: int, coordinator: str) -> Told:
        child, history, kind = scenario["child"], scenario["history"], scenario["incident"]["incident_type"]
        reasons = []
        if child["custody_status"] == "agency_custody" and kind == "fatality":
            reasons.append("custody_death")
        if history["prior_contact"] == "open_at_event":
            reasons.append("open_case_at_event")
        elif history["prior_contact"] == "within_12_months":
            reasons.append("prior_contact_in_window")
        if kind == "near_fatality":
            reasons.append("near_fatality_certified")
        if kind in {"serious_injury", "other_critical"}:
            reasons.append("learning_value")
        note = self.words.take(self.phrases["selection_notes"]["selected"][reasons[0]])
        return {"on": selected, "by": coordinator, "reasons": reasons, "note": note}

    def _answers(self, plan: Plan, scenario: Told, aware: int) -> Told:
        incident = dict(scenario["incident"])
        incident.pop("incident_type")
        incident["what_was_reported"] = self.words.take(scenario["what_was_reported"])
        answers: Told = {
            "incident": incident,
            "safety": filling.safety(
                self.phrases,
                self.words,
                others=incident["other_children_affected"] > 0,
                day=aware,
                in_care=scenario["child"]["custody_status"] == "agency_custody",
            ),
        }
        if plan.stage != "named":
            answers |= {"household": dict(scenario["household"]), "history": dict(scenario["history"])}
            answers["official"] = self._official(plan, scenario, aware)
        if plan.stage in STAGES_WITH["conclusions"]:
            summary = scenario["summary"]
            story = " ".join(self.words.take(sentence) for sentence in summary["story"])
            others = {key: self.words.take(value) for key, value in summary.items() if key != "story"}
            answers["summary"] = {"summary_story": f"<p>{story}</p>"} | others
            if "no_recommendation_reason" in scenario:
                reason = self.words.take(scenario["no_recommendation_reason"])
                answers["no_recommendation"] = {"no_recommendation_reason": reason}
        return answers

    def _official(self, plan: Plan, scenario: Told, aware: int) -> Told:
        """What others decided; while a review is young they are still at it."""
        kind, category = scenario["incident"]["incident_type"], scenario["incident"]["incident_category"]
        told: Told
        if plan.stage not in WHOLE:
            told = {"cps_disposition": "pending", "police_status": "open"}
            return told | ({"manner_of_death": "pending"} if kind == "fatality" else {})
        if kind == "other_critical":
            return {"cps_disposition": "no_allegation", "police_status": "none"}
        hurt = category in {"physical_abuse", "abusive_head_trauma"}
        told = {
            "cps_disposition": "substantiated" if hurt else "unsubstantiated",
            "cps_disposition_on": {"day": aware + self.words.random.randint(30, 44)},
            "police_status": "charged" if hurt else "closed",
        }
        return told | ({"manner_of_death": MANNERS[category]} if kind == "fatality" else {})

    def _moves(self, plan: Plan, aware: int, selected: int) -> tuple[list[Told], int]:
        """The history up to the plan's stage, and the day on which the writing ended."""
        coordinator, quality_lead, director = STAFF[plan.agency]
        moves: list[Told] = [
            {"day": aware, "by": coordinator, "action": "ask_for_selection"},
            {"day": selected, "by": coordinator, "action": "select"},
        ]
        if plan.stage not in WHOLE:
            return moves, 0

        def step(day: int, by: str, action: str, notes: str = "") -> None:
            note = self.words.take(self.phrases[notes]) if notes else ""
            moves.append({"day": day, "by": by, "action": action, "note": note})

        sent = -plan.sent
        if plan.stage == "approved":
            approved = plan.due - self.words.random.randint(2, 9)
            sent = approved - 18
            if self.words.random.random() < 0.5:
                step(sent, plan.lead, "send_to_quality_lead")
                step(sent + 3, quality_lead, "return_to_team", "return_notes")
                step(sent + 7, plan.lead, "send_to_quality_lead")
            else:
                step(sent + 4, plan.lead, "send_to_quality_lead")
            step(approved - 6, quality_lead, "send_to_director", "send_on_notes")
            step(approved, director, "approve", "approve_notes")
            return moves, sent
        step(sent, plan.lead, "send_to_quality_lead")
        if plan.stage == "with_director" or plan.by_director:
            step(sent + 3, quality_lead, "send_to_director", "send_on_notes")
        if plan.stage == "returned":
            by, action = (
                (director, "return_from_director") if plan.by_director else (quality_lead, "return_to_team")
            )
            step(-3, by, action, "return_notes")
        return moves, sent

    def _remarks(self, plan: Plan, moves: list[Told]) -> list[Told]:
        """What a reader asked for when the review was returned; settled where it has gone on since."""
        returned = next((move for move in moves if move["action"] in RETURNS), None)
        if returned is None:
            return []
        return [
            {
                "part": part,
                "by": returned["by"],
                "day": returned["day"],
                "settled": plan.stage != "returned",
                "text": self.words.take(self.phrases["remarks"][part]),
            }
            for part in plan.remarks or ("needs",)
        ]

    def _entries(
        self, told: Told, plan: Plan, scenario: Told, *, aware: int, selected: int, ends: int
    ) -> None:
        entries: dict[str, list[Told]] = told["entries"]
        if plan.stage not in STAGES_WITH["records"]:
            return
        writers = [plan.lead, *[who for who in plan.team if who != DEBRIEFERS[plan.agency]]]
        span = (selected, ends)
        entries["records"] = filling.records(self.phrases, self.words, scenario, plan, span, writers)
        entries["timeline"] = self._timeline(plan, scenario, aware, entries["records"], writers)
        if plan.stage not in STAGES_WITH["needs"]:
            return
        entries["debriefs"] = filling.debriefs(self.words, scenario, plan, span)
        entries["needs"] = [
            {"by": self.words.take(writers), **self._said(need, {"need_sources"})}
            for need in scenario["needs"]
        ]
        if plan.stage not in STAGES_WITH["opportunities"]:
            return
        entries["meeting"] = filling.meeting(self.phrases, self.words, scenario, plan, span)
        entries["opportunities"] = self._opportunities(scenario, entries["needs"], plan.lead)
        whole = plan.stage in STAGES_WITH["conclusions"]
        told["ratings"] = self._ratings(scenario, whole)
        if whole:
            entries["recommendations"] = self._recommendations(scenario, plan)

    def _timeline(
        self, plan: Plan, scenario: Told, aware: int, records: list[Told], writers: list[str]
    ) -> list[Told]:
        found = []
        for entry in scenario["timeline"]:
            said = self._said(entry)
            said["event_on"] = {"day": aware + said.pop("day"), "precision": said.pop("precision")}
            said |= filling.source(self.phrases, self.words, said, records)
            found.append({"by": self.words.take(writers), **said})
        # While records are still read the timeline is half there, and its beginning comes first.
        return found[: (len(found) + 1) // 2] if plan.stage == "records" else found

    def _opportunities(self, scenario: Told, needs: list[Told], lead: str) -> list[Told]:
        by_name = {need["id"]: need for need in needs}
        found = []
        for opportunity in scenario["opportunities"]:
            need = by_name[opportunity["made_from"]]
            said: dict[str, Any] = self._said(opportunity, {"opportunity_partners"})
            said |= {
                "by": lead,
                "opportunity_need": need["need_statement"],
                "opportunity_received": need["need_received"],
                "opportunity_sources": [*need["need_sources"], need["id"]],
            }
            found.append(said)
        return found

    def _ratings(self, scenario: Told, whole: bool) -> list[Told]:
        told = [self._said(rating, {"evidence"}) for rating in scenario["ratings"]]
        if not whole:
            return told
        rated = {rating["factor"] for rating in told}
        return told + filling.other_ratings(self.words, [key for key in self.factors if key not in rated])

    def _recommendations(self, scenario: Told, plan: Plan) -> list[Told]:
        found = []
        for told in scenario["recommendations"]:
            said = self._said(told, {"recommendation_from", "recommendation_checks"})
            due = said.pop("recommendation_due_in", None)
            if due is not None:
                said["recommendation_due"] = {"day": due}
            if plan.stage == "approved" and said["recommendation_status"] == "proposed":
                said["recommendation_status"] = "accepted"
            found.append({"by": plan.lead, **said})
        return found
