"""What every shorter review has besides its scenario: records, safety, debriefs, the meeting, plain ratings."""

from typing import Any

from npcs.demo.plan import DEBRIEFERS, Plan
from npcs.demo.reading import Told
from npcs.demo.wordings import Wordings

MEETING_ROLES = {
    "hotline_worker": "frontline",
    "assessment_worker": "frontline",
    "ongoing_worker": "frontline",
    "placement_worker": "frontline",
    "on_call_worker": "frontline",
    "supervisor": "supervisor",
    "manager": "manager",
    "agency_attorney": "agency_attorney",
    "tribal_worker": "tribe",
    "home_visitor": "home_visiting",
    "service_provider": "service_provider",
    "medical": "medical",
    "behavioral_health": "behavioral_health",
    "police": "police",
    "school": "school",
    "court": "court",
    "advocate": "advocate",
    "family_member": "family_voice",
    "kin_foster_caregiver": "lived_experience",
}
# How a team leaves a factor open, where it cannot be rated.
UNRATED = {"factor_legal_partners": "not_applicable", "factor_stress": "unknown"}


def safety(phrases: Told, words: Wordings, *, others: bool, day: int, in_care: bool) -> Told:
    """That the other children were looked after, and the people who grieve."""
    told: Told = {
        "other_children_in_home": "yes" if others else "no",
        "household_support": words.take(["accepted", "declined", "accepted"]),
        "staff_support": words.take(["accepted", "accepted", "declined"]),
        "support_note": words.take(phrases["support_notes"]),
    }
    if others:
        accounts = phrases["safety_accounts_in_care" if in_care else "safety_accounts"]
        told |= {
            "safety_checked": "yes",
            "safety_checked_on": {"day": day},
            "safety_account": words.take(accounts),
            "sibling_support": words.take(["accepted", "accepted", "not_needed"]),
        }
    return told


def _texts(told: Any) -> str:
    """Everything that a scenario says, to see which records it speaks of."""
    if isinstance(told, dict):
        return " ".join(_texts(value) for value in told.values())
    if isinstance(told, list):
        return " ".join(_texts(value) for value in told)
    return str(told)


def records(
    phrases: Told, words: Wordings, scenario: Told, plan: Plan, span: tuple[int, int], writers: list[str]
) -> list[Told]:
    """The records that the scenario speaks of; while a review is young some are still awaited."""
    selected, ends = span
    said = _texts([scenario["timeline"], scenario["what_was_reported"]])
    found: list[Told] = []
    for kind in phrases["records"]:
        if "needed_by" in kind and not any(word in said for word in kind["needed_by"]):
            continue
        asked = selected + words.random.randint(1, 3)
        wait = 0 if kind["holder"] == "this_agency" else words.random.randint(6, 24)
        received = asked + wait + words.random.randint(0, 3)
        told: Told = {
            "id": f"r{len(found) + 1}",
            "by": words.take(writers),
            "record_kind": kind["kind"],
            "record_holder": kind["holder"],
            "record_asked_on": {"day": asked},
            "record_location": words.take(kind["location"]),
            "record_note": words.take(kind["note"]),
        }
        awaited = plan.stage == "records" and len(found) % 3 == 2
        if not awaited and received < min(ends, 0):
            told["record_received_on"] = {"day": received}
            told["record_read_on"] = {"day": min(received + words.random.randint(1, 4), ends, 0)}
        found.append(told)
    return found


def source(phrases: Told, words: Wordings, event: Told, held: list[Told]) -> Told:
    """What one entry of the timeline rests on."""
    ids = {record["record_kind"]: record["id"] for record in held}
    named = [
        ids[kind["kind"]]
        for kind in phrases["records"]
        if kind["kind"] in ids and any(word in event["event_text"] for word in kind.get("needed_by", []))
    ]
    if "911" in event["event_text"]:
        named.append(ids["ems"])
    if not named and event["event_lane"] == "system":
        named = [ids["agency_file"]]
    if named:
        return {"event_source": named}
    return {
        "event_source": {"missing": "not_applicable"},
        "event_source_note": words.take(phrases["told_by_family"]),
    }


def debriefs(words: Wordings, scenario: Told, plan: Plan, span: tuple[int, int]) -> list[Told]:
    """The conversations, spread over the middle of the review."""
    selected, ends = span
    first, last = selected + (ends - selected) // 3, selected + (ends - selected) * 2 // 3
    step = max((last - first) // len(scenario["debriefs"]), 1)
    found = []
    for place, told in enumerate(scenario["debriefs"]):
        debrief = {"id": f"d{place + 1}", "by": _debriefer(plan), **told}
        if told["debrief_outcome"] == "held":
            debrief["debrief_on"] = {"day": min(first + place * step, 0)}
            debrief["debrief_support_offered"] = words.take(["offered", "accepted", "declined", "accepted"])
        found.append(debrief)
    return found


def _debriefer(plan: Plan) -> str:
    debriefer = DEBRIEFERS[plan.agency]
    return debriefer if debriefer in plan.team else plan.lead


def meeting(phrases: Told, words: Wordings, scenario: Told, plan: Plan, span: tuple[int, int]) -> list[Told]:
    """One team meeting, after the conversations, with those who took part in them."""
    selected, ends = span
    roles = [MEETING_ROLES.get(debrief["debrief_role"], "other") for debrief in scenario["debriefs"]]
    told = {
        "id": "m1",
        "by": plan.lead,
        "meeting_on": {"day": min(selected + (ends - selected) * 3 // 4, 0)},
        "meeting_roles": ["lead_reviewer", "facilitator", "manager", *roles],
        "meeting_changed": words.take(phrases["meetings"]),
        "meeting_open": words.take(phrases["meeting_open"]),
    }
    return [told]


def other_ratings(words: Wordings, factors: list[str]) -> list[Told]:
    """The factors that played no part here, and now and then one that nobody could tell."""
    told: list[Told] = []
    for factor in factors:
        if factor in UNRATED and words.random.random() < 0.6:
            told.append({"of": "review", "factor": factor, "missing": UNRATED[factor]})
        else:
            told.append({"of": "review", "factor": factor, "value": "0"})
    return told
