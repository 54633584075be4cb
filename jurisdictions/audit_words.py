"""What each kind of event is in plain words, and what it may be about. A test asks for every kind that is recorded."""

from collections.abc import Callable, Iterable

from jurisdictions.models import Membership

KINDS = {
    # Refusals, written by the doors.
    "door.stranger": "Asked for a page of an agency they are not in",
    "door.role": "Asked for a page that their roles do not open",
    "door.not_visible": "Asked for something that is not there for them",
    "door.rule": "Tried something that is not allowed now",
    "door.token_scope": "Asked with a token that does not reach so far",
    # People and settings.
    "invitation.sent": "Invited somebody",
    "invitations.sent": "Invited a list of people",
    "invitation.resent": "Sent an invitation again",
    "invitation.cancelled": "Cancelled an invitation",
    "invitation.accepted": "Accepted an invitation and joined",
    "membership.roles_changed": "Changed somebody’s roles",
    "membership.ended": "Removed somebody from the agency",
    "policy.set": "Changed the agency’s settings",
    "questions.begun": "Began a draft of own questions",
    "questions.drafted": "Changed the draft of own questions",
    "questions.dropped": "Dropped the draft of own questions",
    "questions.file_read": "Brought in a file of questions",
    "questions.downloaded": "Got what is asked as a file",
    "questions.released": "Released own questions",
    "factor.app_set_up": "Set up an authenticator app for their sign-in",
    "factor.app_replaced": "Set up another authenticator app for their sign-in",
    "factor.passkey_added": "Added a passkey to their sign-in",
    "factor.removed": "Removed a second step of their sign-in",
    "factor.codes_renewed": "Made new recovery codes",
    "factor.all_taken_away": "Let somebody start their sign-in over",
    "token.made": "Made a token for other software",
    "token.ended": "Ended a token of other software",
    "tokens.listed": "Looked at the tokens of other software",
    "messages.tried_again": "Sent undelivered mail again",
    "audit.read": "Read the audit",
    "audit.file_asked": "Asked for the audit as a file",
    "audit.file_written": "The audit was written as a file",
    "audit.file_downloaded": "Downloaded the audit as a file",
    # Incidents.
    "incident.listed": "Looked at the list of incidents",
    "incident.read": "Opened an incident",
    "incident.look_alikes_shown": "Was shown incidents that look alike",
    "incident.notified": "Notified an incident",
    "incident.changed": "Changed the facts of an incident",
    "incident.withdrawn": "Withdrew a notification",
    "incident.selection_opened": "Opened the decision on a past incident",
    "incidents.imported": "Brought in a file of incidents",
    "reviews.imported": "Brought in a workbook of past reviews",
    "figures.imported": "Brought in a file of yearly figures",
    "figures.listed": "Looked at the yearly figures",
    "figure.read": "Opened a yearly figure",
    "figure.added": "Added a yearly figure",
    "figure.corrected": "Corrected a yearly figure",
    "figure.taken_away": "Took a yearly figure away",
    "import.uploaded": "Brought a file in to look at",
    "import.looked_at": "A file was looked at for somebody",
    "import.read": "Opened what a file holds",
    "import.sheet_chosen": "Chose the sheet and headings of a file",
    "import.dictionary_read": "Read a project’s data dictionary for a file",
    "import.mapped": "Said what the columns of a file mean",
    "import.trial_asked": "Asked for a trial of a file",
    "import.keep_asked": "Asked to let the rows of a file in",
    "import.run_read": "Opened what became of the rows of a file",
    "import.downloaded": "Downloaded a file’s rows with remarks",
    "import.taken_away": "Took a file away",
    "import.receipt_read": "Opened what became of a file that came in",
    "import.undo_asked": "Asked to take an import back",
    "import.undone": "Took an import back",
    "imports.listed": "Looked at the files that came in",
    "incidents.export_asked": "Asked for a list as a workbook",
    "incidents.exported": "A list was written as a workbook",
    "incidents.downloaded": "Downloaded a list as a workbook",
    "incidents.download_refused": "Asked for a workbook that they may no longer get, or that is gone",
    "pack.asked": "Asked for the agency’s data as a pack",
    "pack.written": "A data pack was written",
    "pack.downloaded": "Downloaded a data pack",
    "pack.download_refused": "Asked for a data pack that they may no longer get, or that is gone",
    # Reading and writing reviews.
    "review.listed": "Looked at the list of reviews",
    "review.holdings_listed": "Looked at what somebody has on reviews",
    "review.read": "Opened a page of a review",
    "review.read_whole": "Opened the whole review to read",
    "review.answered": "Wrote in a review",
    "entry.added": "Added an entry to a review",
    "entry.removed": "Removed an entry of a review",
    "entry.brought_back": "Brought an entry of a review back",
    "part.done": "Marked a part of a review as done",
    "part.reopened": "Opened a part of a review again",
    "remark.left": "Left a remark in a review",
    "remark.settled": "Settled a remark in a review",
    "report.asked": "Asked for a review report",
    "report.downloaded": "Downloaded a review report",
    "sight.read": "Looked at who can see an incident or a review",
    # The course of reviews.
    "review.ask_for_selection": "Asked for the selection decision",
    "review.select": "Selected an incident for a review",
    "review.do_not_select": "Decided against a review",
    "review.reopen_selection": "Opened a selection decision again",
    "review.withdraw": "Withdrew a review",
    "review.send_to_quality_lead": "Sent a review to the quality lead",
    "review.return_to_team": "Returned a review to its team",
    "review.send_to_director": "Sent a review to the director",
    "review.return_from_director": "Returned a review from the director",
    "review.approve": "Approved a review",
    "review.held": "Put a review on hold",
    "review.released": "Took a review off hold",
    "review.team_named": "Named the team of a review",
    "review.statement_made": "Made a conflict-of-interest statement",
    "review.stepped_back": "Took somebody off a review because of a conflict",
    "review.handed_over": "Handed reviews over",
    "review.approver_named": "Named an approver from outside",
    "review.guest_named": "Named a guest to read a review",
    "review.approver_ended": "Ended a guest’s access",
    # The partnership's own.
    "agency.created": "Brought an agency in",
    "agency.changed": "Changed an agency’s name, kind or place",
    "agency.ceiling_set": "The partnership set which roles people may hold",
    "agency.contacts_named": "Named the agency’s liaison and deputy",
    "agency.agreement_recorded": "Recorded the day of an agreement",
    "partnership.administrator_added": "A partnership administrator was added",
}
# Of the partnership's own events.
IN_PARTNERSHIP = ("door.", "invitation.", "audit.", "agency.", "partnership.", "factor.")

THINGS = {
    "review": "a review",
    "incident": "an incident",
    "reviewreport": "a review report",
    "incidentexport": "a list as a workbook",
    "datapack": "a data pack",
    "incidentimport": "a file that came in",
    "upload": "a file somebody brought",
    "importrun": "a pass of a file",
    "auditexport": "the audit as a file",
    "yearlyfigure": "a yearly figure",
    "membership": "somebody",
    "user": "somebody",
    "partnershipmembership": "a partnership administrator",
    "invitation": "an invitation",
    "apitoken": "a token of other software",
    "tokens": "the tokens of other software",
    "agencypolicy": "the agency’s settings",
    "jurisdiction": "an agency",
    "owndraft": "a draft of own questions",
    "ownedition": "own questions",
    "questionfile": "a file of questions",
    "reviews": "the list of reviews",
    "incidents": "the list of incidents",
    "imports": "the files that came in",
    "figures": "the yearly figures",
    "audit": "this list",
}

type Named = dict[int, tuple[str, str]]  # by primary key: what it is called, and its page
# By the name of a model: which of these its reader may see, and what they are called. An app above adds its own in its
# AppConfig.ready(): this app cannot know what a review is.
NAMED_BY: dict[str, Callable[[Iterable[int], Membership], Named]] = {}
# What its reader calls by these words and may see, as events name it ("review:12"). An app above adds its own there.
FOUND_BY: list[Callable[[str, Membership], Iterable[str]]] = []


def words_for(kind: str) -> str:
    return KINDS.get(kind, kind)


def kinds_in_order(*, of_partnership: bool) -> list[tuple[str, str]]:
    """The choices of the filter, by their words."""
    chosen = [
        (kind, words)
        for kind, words in KINDS.items()
        if kind.startswith(IN_PARTNERSHIP) or not of_partnership
    ]
    return sorted(chosen, key=lambda choice: choice[1])
