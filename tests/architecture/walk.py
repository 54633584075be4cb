"""What a walk of every address needs: an agency with one of everything, its keys, and the addresses themselves."""

import datetime as dt
import re
import secrets
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from inbox.models import Message
from jurisdictions import audit, links
from jurisdictions.models import ApiToken, AuditExport, Invitation, Jurisdiction, Membership, User
from npcs.docs import methods_of
from reviews.actions.answer import Place, save_answer
from reviews.actions.remarks import mark_part
from reviews.models import (
    DataPack,
    IncidentExport,
    Remark,
    Review,
    ReviewMove,
    ReviewReport,
)
from tests.architecture.test_urls import ROUTES
from tests.architecture.walk_imports import furnish_imports
from tests.architecture.walk_questions import furnish_questions
from tests.reviews.situations import add, answer, make_review

# What changes from one answer to the next whatever the data: tokens, nonces and times of a session.
PASSING = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|csrftoken=[^;"]+')
# The API is walked by tokens (test_api).
WALKED = [
    (route, pattern)
    for route, pattern in ROUTES
    if not route.startswith(("account/", "api/v1/", "healthz", "readyz"))
]
READABLE = [route for route, pattern in WALKED if "GET" in (methods_of(pattern.callback) or "GET")]
POSTABLE = [route for route, pattern in WALKED if "POST" in methods_of(pattern.callback)]
# Each reading adds a line to it, or moves a day on it, whoever reads.
TELLS_OF_READING = {
    "j/<slug:jurisdiction>/people/audit/",
    "j/<slug:jurisdiction>/reviews/<number:number>/who-can-see/",
    "j/<slug:jurisdiction>/incidents/<number:number>/who-can-see/",
}


def furnish_review(
    agency: Jurisdiction, lead: Membership, mark: str, number: str
) -> tuple[Review, dict[str, Any]]:
    """A review with one of everything, each text carrying the mark; and the keys of its addresses.

    A scope must be open.
    """
    review = make_review(agency, lead, number=number, lead=lead)
    review.incident.county = f"{mark} County"
    review.incident.case_number = f"{mark}-CASE-{number}"
    review.incident.save(update_fields=["county", "case_number"])
    answer(review, lead, "safety_account", f"{mark} safety before")
    place = Place(review, None, "safety_account")
    save_answer(place, value=f"{mark} safety", missing="", version=1, by=lead)
    answer(review, lead, "what_was_reported", f"<p>{mark} reported</p>")
    need = add(review, lead, "needs", need_statement=f"{mark} need", need_met="unmet")
    opportunity = add(review, lead, "opportunities", opportunity_title=f"{mark} opportunity")
    add(review, lead, "timeline", event_text=f"{mark} event")
    now = timezone.now()
    remark = Remark.objects.create(
        jurisdiction=agency, review=review, part="needs", text=f"{mark} remark", by=lead, at=now
    )
    report = ReviewReport.objects.create(
        jurisdiction=agency,
        asked_by=lead,
        done_at=now,
        review=review,
        sequence=1,
        is_draft=True,
        edition=review.edition,
        review_version=1,
        file=_stored(agency, mark, number),
        sha256="0" * 64,
        size=1,
        pages=1,
    )
    ReviewMove.objects.create(
        jurisdiction=agency,
        review=review,
        action="select",
        from_state="to_be_selected",
        to_state="in_review",
        by=lead,
        at=now,
        note=f"{mark} note",
    )
    mark_part(review, "records", done=True, by=lead)
    audit.record("tested", about=review, by=lead)
    return review, {
        "number": number,
        "entry": need.pk,
        "opportunity": opportunity.pk,
        "remark": remark.pk,
        "sequence": report.sequence,
    }


def furnish(agency: Jurisdiction, lead: Membership, mark: str, number: str) -> dict[str, Any]:
    """A review, and one of everything else that an agency holds. Returns the keys that addresses need.

    A scope must be open.
    """
    _, keys = furnish_review(agency, lead, mark, number)
    now = timezone.now()
    # The addresses name the one that was read; opening it again changes nothing.
    message, _unread = (
        Message.objects.create(
            jurisdiction=agency,
            to=lead,
            kind="named_to_review",
            number=number,
            path=f"/j/{agency.slug}/reviews/{number}/",
            occasion=f"{mark}:{number}:{read_at}",
            done_at=now,
            read_at=read_at,
        )
        for read_at in (now, None)
    )
    export = IncidentExport.objects.create(
        jurisdiction=agency,
        asked_by=lead,
        done_at=now,
        file=_stored(agency, mark, number),
        sha256="0" * 64,
        size=1,
        rows=1,
    )
    pack = DataPack.objects.create(
        jurisdiction=agency,
        asked_by=lead,
        done_at=now,
        file=_stored(agency, mark, number),
        sha256="0" * 64,
        size=1,
        reviews=[],
    )
    audit_file = AuditExport.objects.create(
        jurisdiction=agency,
        asked_by=lead,
        done_at=now,
        file=_stored(agency, mark, f"audit-{number}"),
        sha256="0" * 64,
        size=1,
        rows=1,
        named=[],
    )
    invitation = Invitation.objects.create(
        jurisdiction=agency,
        email=f"{mark.lower()}.{number}@example.org",
        roles=["reviewer"],
        invited_by=lead.user,
        expires_at=now + dt.timedelta(days=5),
        done_at=now,
    )
    return (
        keys
        | furnish_imports(agency, lead, mark)
        | furnish_questions(agency, lead, mark)
        | {
            "message": message.pk,
            "export": export.pk,
            "pack": pack.pk,
            "audit_file": audit_file.pk,
            "person": lead.pk,
            "invitation": invitation.pk,
            "token": links.token_for(invitation),
            "api_token": _token(lead, mark).pk,
        }
    )


def _token(lead: Membership, mark: str) -> ApiToken:
    """A token of the lead's, which opens nothing here: nobody knows its secret."""
    token: ApiToken = ApiToken.objects.create(
        membership=lead,
        name=f"{mark} token",
        prefix=secrets.token_hex(8),
        secret_sha256="0" * 64,
        scopes=["read"],
        expires_at=timezone.now() + dt.timedelta(days=30),
    )
    return token


def _stored(agency: Jurisdiction, mark: str, number: str) -> str:
    return default_storage.save(f"{agency.pk}/{mark}-{number}", ContentFile(f"{mark} file".encode()))


def address(route: str, agency: str, keys: dict[str, Any]) -> str:
    """The route filled in with these keys."""
    values = keys | {
        "jurisdiction": agency,
        "agency": agency,
        "part": "needs",
        "section": "needs",
        "action": "send_to_quality_lead",
        "kind": "redcap",
    }
    if route.startswith("codebook"):
        values |= {"number": "1.0", "kind": "codebook" if "/paper/" in route else "redcap"}
    if "factors/of" in route:
        values["entry"] = keys["opportunity"]
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found.group(1)]), route)


def signed_in(user: User) -> Client:
    """A browser of this person's; an error is an answer of 500, as it is to them."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def body_of(response: HttpResponse) -> bytes:
    """What was answered, without what passes."""
    whole = b"".join(response) if response.streaming else response.content
    return PASSING.sub(b"", whole)


type Asked = tuple[str, str, bool]  # who, route, whether a fragment was asked for
type Reading = dict[Asked, tuple[int, bytes]]


def read(people: dict[str, User], keys: dict[str, Any], *, like: Reading | None = None) -> Reading:
    """What each person gets from each address of Cedar, whole and as a fragment.

    `like` is an earlier reading: where it held no difference between the two, the fragment is not asked for again.
    """
    got: Reading = {}
    for who, user in people.items():
        client = signed_in(user)
        for route in READABLE:
            for fragment in (False, True):
                if fragment and like and like[who, route, True] == like[who, route, False]:
                    continue
                headers = {"HX-Request": "true"} if fragment else {}
                response = client.get(address(route, "cedar", keys), headers=headers)
                got[who, route, fragment] = (response.status_code, body_of(response))
    return got


def differing(before: Reading, after: Reading) -> list[Asked]:
    """The answers that are not, byte for byte, what they were."""
    return [
        asked for asked, got in after.items() if got != before[asked] and asked[1] not in TELLS_OF_READING
    ]


def bodies(route: str, keys: dict[str, Any]) -> list[dict[str, Any]]:
    """Arguments of a POST to this route whose body names these keys in every field that takes one."""
    person, entry = str(keys["person"]), str(keys["entry"])
    if route.endswith("answers/"):
        answered = {"item": "need_statement", "entry": keys["entry"], "version": 1, "value": "Words."}
        return [{"data": answered, "content_type": "application/json"}]
    if "parts/<slug:part>" in route or "entries/" in route:
        # A page obeys one button of those that are posted.
        buttons = {"remove": entry, "bring_back": entry, "make_opportunity": entry, "settle": keys["remark"]}
        return [{"data": {button: about}} for button, about in buttons.items()]
    people = dict.fromkeys(("lead", "team", "from_", "to", "person"), person)
    words = {"until": "2099-01-01", "reason": "court", "note": "Words.", "statement": "conflict"}
    form = people | words | {"decision": "select", "reasons": "open_case_at_event"}
    return [{"data": form}] + ([{"data": {"end": person}}] if "approver" in route else [])


def fingerprint(conditions: dict[str, str]) -> dict[str, tuple[int, str]]:
    """For each table, how many rows answer to its condition, and a sum over everything in them."""
    asked = " UNION ALL ".join(
        f"SELECT '{table}', count(*), coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') "
        f'FROM "{table}" row WHERE {condition}'
        for table, condition in conditions.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {table: (count, sum_) for table, count, sum_ in cursor.fetchall()}
