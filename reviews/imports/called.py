"""What agencies call things in their files: items, instruments, codes and reasons for no answer."""

from collections.abc import Mapping

# Names under which agencies keep an item, beside its own label. [D]
ALSO_CALLED: Mapping[str, tuple[str, ...]] = {
    "incident_type": (
        "type",
        "kind",
        "status",
        "event type",
        "kind of event",
        "incident type",
        "incident kind",
        "kind of incident",
        "classification",
        "fatality type",
    ),
    "occurred_on": (
        "incident date",
        "date of event",
        "event date",
        "date",
        "day",
        "doi",
        "date of incident",
        "date of death",
    ),
    "aware_on": ("date known", "date received", "date reported", "report date", "date of report", "notified"),
    "county": ("county", "county name", "county of incident", "region", "parish", "borough"),
    "case_number": ("case number", "case id", "case no", "file number", "file no", "case"),
    "what_was_reported": (
        "narrative",
        "summary",
        "description",
        "allegation",
        "what was told",
        "notes",
        "synopsis",
    ),
    "prior_contact": (
        "prior contact",
        "known before",
        "prior status",
        "known to agency",
        "prior history",
        "history",
    ),
    "place_type": ("where", "place", "location", "location type", "incident location"),
    "incident_category": ("category", "cause", "cause of death", "circumstance"),
    "manner_of_death": ("manner", "manner of death"),
    "cps_disposition": ("disposition", "finding", "cps finding", "outcome"),
    "prior_reports": ("prior reports", "number of prior reports", "prior referrals"),
    "age_value": ("age", "child age", "age at death", "age at incident"),
    "age_unit": ("unit", "age unit", "unit of age", "age type"),
    "sex": ("sex", "gender", "child sex", "child gender"),
    "race_ethnicity": ("race", "ethnicity", "race ethnicity", "race and ethnicity"),
    "died_on": ("date of death", "death date", "dod"),
}
# Words for a reason instead of a value.
REASONS: Mapping[str, tuple[str, ...]] = {
    "unknown": ("unknown", "unk", "not known", "undetermined", "unable to determine", "?", "99", "dk"),
    "not_asked": ("not asked", "not collected", "missing"),
    "not_applicable": ("n a", "na", "not applicable", "does not apply"),
    "withheld": ("withheld", "refused", "redacted"),
}
YES_NO: Mapping[str, tuple[str, ...]] = {"yes": ("y", "yes", "true", "1"), "no": ("n", "no", "false", "0")}
# What files say of an item that has no code of that name. [D]
ALSO_MEANT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "incident_type": {
        "fatality": ("death", "died", "deceased", "fatal"),
        "near_fatality": ("near death", "near fatal"),
    },
    "prior_contact": {"known_when_unknown": (*YES_NO["yes"], "known", "prior contact")},
}
# The same of what past reviews say beside incidents. [D]
ALSO_CALLED_IN_REVIEWS: Mapping[str, tuple[str, ...]] = {
    "closed_on": ("date closed", "review closed", "closed", "completed on", "date completed", "closing date"),
    "record_kind": ("record", "record type", "type of record", "document"),
    "event_on": ("event date", "date of event", "date"),
    "event_text": ("event", "event description", "description", "what happened"),
    "debrief_role": ("role", "interviewee role", "who was interviewed"),
    "debrief_outcome": ("debrief held", "outcome", "interview held"),
    "debrief_on": ("debrief date", "interview date", "date"),
    "meeting_on": ("meeting date", "date of meeting", "date"),
    "need_statement": (
        "need",
        "need title",
        "need name",
        "need description",
        "family need",
        "description",
        "need text",
    ),
    "need_received": ("service received", "received", "response"),
    "need_met": ("met", "was it met", "need was met", "status"),
    "need_area": ("need type", "type of need", "kind", "domain", "category"),
    "need_whose": ("whose need", "who", "person"),
    "opportunity_title": ("title", "opportunity", "improvement opportunity", "issue", "finding", "name"),
    "opportunity_gap": ("gap", "description", "what was missing"),
    "opportunity_theme": ("theme", "category", "topic", "domain"),
    "opportunity_level": ("level", "system level"),
    "from_need": ("need number", "from need", "related need"),
    "recommendation_statement": ("recommendation", "recommendation text", "action", "text", "description"),
    "recommendation_owner": ("owner", "responsible", "assigned to", "lead agency"),
    "recommendation_due": ("due", "due date", "target date", "deadline"),
    "recommendation_status": ("status", "recommendation status", "progress"),
    "recommendation_kind": ("type", "kind", "recommendation type"),
    "recommendation_from": ("opportunity", "related opportunity", "opportunity number"),
    "recommendation_measure": ("measure", "success measure", "how measured"),
    "summary_story": ("summary", "executive summary", "case summary"),
    "summary_learned_1": ("lesson learned", "lessons learned", "key lesson", "lesson 1"),
    "summary_learned_2": ("lesson 2", "second lesson"),
    "summary_learned_3": ("lesson 3", "third lesson"),
    "summary_strengths": ("strengths", "what went well"),
    "summary_limits": ("limits", "limitations"),
}
# How projects call the instruments whose rows repeat, by section. [D]
INSTRUMENTS_CALLED: Mapping[str, tuple[str, ...]] = {
    "child": ("child", "children", "victim", "victims", "decedent"),
    "records": ("record", "records reviewed", "records", "documents"),
    "timeline": ("timeline", "events", "event", "chronology", "case events"),
    "debriefs": ("debrief", "debriefing", "debriefings", "interviews", "interview"),
    "meeting": ("meeting", "meetings", "team meetings"),
    "needs": ("needs", "need", "family needs", "unmet needs", "needs of the family"),
    "opportunities": (
        "opportunities",
        "opportunity",
        "findings",
        "finding",
        "issues",
        "improvement opportunity",
    ),
    "recommendations": ("recommendations", "recommendation", "recs", "actions", "action items"),
}
