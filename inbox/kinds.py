"""What a message may say: fixed texts that hold an incident's number, a count, and nothing else of it."""

from dataclasses import dataclass

from jurisdictions.numbers import number_of


@dataclass(frozen=True)
class Kind:
    """The texts of one kind of message; only `{number}`, and in the line `{remarks}`, are filled in."""

    subject: str  # the mail's subject and the inbox's line
    line: str  # one sentence more
    action: str  # the button
    why: str  # ends the sentence "You get this mail because …"
    mail_asks: str = "Sign in to read it:"  # stands above the mail's link
    mail_leads_to: str = ""  # the name of another address than the message's, for whom cannot sign in

    def subject_for(self, number: str) -> str:
        return self.subject.format(number=number)

    def line_for(self, number: str, count: int | None = None) -> str:
        return self.line.format(number=number, remarks=_where_remarks_are(count))


def remarks_in_words(count: int) -> str:
    """How many remarks a review comes back with: what its message says, and the button that sends it."""
    return number_of(count, "open remark")


def _where_remarks_are(count: int | None) -> str:
    """Of a message that was made before remarks were counted, the number is not known."""
    if not count:
        return "Open remarks are next to the part they are about."
    place = (
        "It is next to the part it is about." if count == 1 else "They are next to the parts they are about."
    )
    return f"You have {remarks_in_words(count)}. {place}"


KINDS: dict[str, Kind] = {
    "selection_needed": Kind(
        "Incident {number}: a selection decision is needed",
        "Incident {number} waits for the decision whether your agency reviews it.",
        "Decide on selection",
        "you coordinate reviews in this agency",
    ),
    "named_to_review": Kind(
        "Review {number}: you are on the team",
        "You were named to the team of review {number}. Your statement on conflicts of interest comes first.",
        "Open the review",
        "you were named to this review",
    ),
    "turn_quality_lead": Kind(
        "Review {number} is ready for you to read",
        "The team has sent review {number}. You can read all of it on one page, leave remarks, "
        "and return it or send it on.",
        "Read the review",
        "you are a quality lead in this agency",
    ),
    "turn_returned": Kind(
        "Review {number} came back with remarks",
        "Review {number} was returned to its team. {remarks}",
        "See the remarks",
        "you are on the team of this review",
    ),
    "turn_director": Kind(
        "Review {number} is ready for your decision",
        "The quality lead has sent review {number} on to you. You can read all of it on one page.",
        "Read and decide",
        "you may approve this review",
    ),
    "review_approved": Kind(
        "Review {number} is approved",
        "Review {number} was approved. The review report can be made from it now.",
        "Open the review",
        "you worked on this review or watch its dates",
    ),
    "turn_again_on_hold_end": Kind(
        "Review {number} can go on",
        "The hold on review {number} has ended. Its due date was moved by the days it waited.",
        "Open the review",
        "you are on the team of this review",
    ),
    "hold_passed": Kind(
        "Review {number}: the day to wait for has passed",
        "Review {number} is on hold, and the day until which it waits has passed. "
        "Ask whether the hold goes on; then give it a new day, or take it off hold.",
        "Decide on the hold",
        "you coordinate reviews in this agency",
    ),
    "stepped_back": Kind(
        "Review {number}: somebody stepped back",
        "A person stepped back from review {number} because of a conflict of interest. Its team may need a new name.",
        "Look at the team",
        "you coordinate reviews in this agency",
    ),
    "handed_over": Kind(
        "Review {number} was handed over to you",
        "What a colleague had open in review {number} is now with you.",
        "See what is with you",
        "a colleague’s work was handed over to you",
    ),
    "due_soon": Kind(
        "Review {number} is due soon",
        "The due date of review {number} is near. The review shows the day and what is still open.",
        "Open the review",
        "you are on the team of this review or watch its dates",
    ),
    "due_tomorrow": Kind(
        "Review {number} is due tomorrow",
        "Review {number} is due tomorrow. If it needs longer, tell your coordinator today.",
        "Open the review",
        "you are on the team of this review or watch its dates",
    ),
    "overdue": Kind(
        "Review {number} is past its due date",
        "The due date of review {number} has passed. The review shows what is still open.",
        "Open the review",
        "you are on the team of this review or watch its dates",
    ),
    "report_ready": Kind(
        "The review report of {number} is ready",
        "The review report of {number} that you asked for has been made.",
        "Get the review report",
        "you asked for it",
    ),
    "report_failed": Kind(
        "The review report of {number} could not be made",
        "Making the review report of {number} did not work. Nothing is lost: the review is as you left it. "
        "Its page says what you can do.",
        "See what to do",
        "you asked for it",
    ),
    "export_ready": Kind(
        "Your list is ready",
        "The list of incidents that you asked for has been made.",
        "Get the list",
        "you asked for it",
    ),
    "import_done": Kind(
        "Your file has come in",
        "The file that you brought has been read, and each of its rows is accounted for.",
        "See what became of the rows",
        "you brought the file in",
    ),
    "import_failed": Kind(
        "Your file could not be brought in",
        "Bringing your file in did not work. Nothing was changed. Its page says what you can do.",
        "See what to do",
        "you brought the file in",
    ),
    "pack_ready": Kind(
        "Your data pack is ready",
        "The data pack that you asked for has been made.",
        "Get the data pack",
        "you asked for it",
    ),
    "pack_failed": Kind(
        "Your data pack could not be made",
        "Making the data pack did not work. Nothing is lost. Its page says what you can do.",
        "See what to do",
        "you asked for it",
    ),
    "undo_done": Kind(
        "Your import was taken back",
        "The import that you asked to undo was taken back as a whole. Its receipt says what became of it.",
        "See the receipt",
        "you asked for it",
    ),
    "undo_failed": Kind(
        "Your import could not be taken back",
        "Undoing the import did not work. Nothing was changed. Its receipt says why, and what you can do.",
        "See the receipt",
        "you asked for it",
    ),
    "export_failed": Kind(
        "Your list could not be made",
        "Making the list of incidents did not work. Nothing is lost. Its page says what you can do.",
        "See what to do",
        "you asked for it",
    ),
    "ceiling_set": Kind(
        "Which roles people of your agency may hold has changed",
        "The partnership has set anew which roles people of your agency may hold. What somebody holds beyond it gives "
        "no rights from now on. The page People names whom it concerns.",
        "Look at the people",
        "you administer this agency",
    ),
    "role_closed": Kind(
        "A role of yours no longer gives you rights",
        "The partnership no longer opens one of your roles to your agency, so what you could do by it has ended. "
        "What you wrote stays. Your agency’s administrator can tell you more.",
        "Open your inbox",
        "you hold this role",
    ),
    "sign_in_started_over": Kind(
        "Your NPCS sign-in starts over",
        "The second step of your sign-in was taken away, and your password with it; every session of yours has ended. "
        "Choose a new password, then you set up a new second step. "
        "If you did not ask for this, tell your agency’s administrator today.",
        "See how you sign in",
        "your sign-in was changed",
        mail_asks="Ask for a link to choose a new password:",
        mail_leads_to="account_reset_password",
    ),
    "guest_named": Kind(
        "Review {number}: you were asked to read it",
        "You were named as a guest on review {number}. You can read all of it on one page, until the day it says.",
        "Open the review",
        "you were named as a guest on this review",
    ),
    "approver_named": Kind(
        "Review {number}: you were asked to approve",
        "You were named as the approver of review {number}. You can read all of it on one page.",
        "Open the review",
        "you were named as the approver of this review",
    ),
}
