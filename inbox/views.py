"""A person's inbox, and for administrators the mails that could not be delivered."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from inbox import actions
from inbox.kinds import KINDS
from inbox.models import Message
from inbox.querysets import InboxKey
from jurisdictions.http import TenantRequest, requires
from jurisdictions.numbers import number_of
from jurisdictions.paging import PAGE, read_key
from jurisdictions.roles import Permission


@dataclass(frozen=True)
class Line:
    """One message as the list shows it."""

    subject: str
    text: str
    action: str
    url: str
    read_url: str
    at: dt.datetime
    unread: bool


@require_GET
@requires(Permission.HOME_VIEW)
def message_list(request: TenantRequest) -> HttpResponse:
    mine = Message.objects.visible_to(request.membership)
    key = _key(request.GET.get("after", ""))
    rows = mine.for_inbox()
    found = list((rows.after(key) if key else rows)[: PAGE + 1])
    slug = request.membership.jurisdiction.slug
    here = reverse("inbox:list", args=[slug])
    last = found[PAGE - 1] if len(found) > PAGE else None
    lines = [_line(message, slug) for message in found[:PAGE]]
    context: dict[str, Any] = {
        "unread": [line for line in lines if line.unread],
        "read": [line for line in lines if not line.unread],
        "unread_count": mine.unread().count(),
        "first_page": key is None,
        "here": here,
        "next_url": f"{here}?{urlencode({'after': _text(last)})}" if last else "",
        "crumbs": [("Inbox", "")],
    }
    return render(request, "inbox/list.html", context)


@require_GET
@requires(Permission.HOME_VIEW)
def open_message(request: TenantRequest, message: int) -> HttpResponse:
    """Lead on to what the message is about. A link, not a form: opening it twice changes nothing more."""
    found = get_object_or_404(Message.objects.visible_to(request.membership), pk=message)
    actions.mark_read(found)
    return redirect(found.path)


@require_POST
@requires(Permission.HOME_VIEW)
def message_read(request: TenantRequest, message: int) -> HttpResponse:
    actions.mark_read(get_object_or_404(Message.objects.visible_to(request.membership), pk=message))
    return redirect("inbox:list", request.membership.jurisdiction.slug)


@require_POST
@requires(Permission.HOME_VIEW)
def all_read(request: TenantRequest) -> HttpResponse:
    actions.mark_all_read(request.membership)
    return redirect("inbox:list", request.membership.jurisdiction.slug)


# What went wrong, in words, by the name of the exception that the row keeps.
TROUBLES = {
    "SMTPRecipientsRefused": "The mail server does not know this address, or refuses it.",
    "ConnectionRefusedError": "The mail server could not be reached.",
    "TimeoutError": "The mail server did not answer in time.",
    "SMTPServerDisconnected": "The mail server broke off.",
}


@require_GET
@requires(Permission.AGENCY_MANAGE_PEOPLE)
def undelivered(request: TenantRequest) -> HttpResponse:
    """Who was not reached and why; not what it was about: an administrator need not know that."""
    slug = request.membership.jurisdiction.slug
    rows = [
        {
            "to": message.to.user.display_name,
            "email": message.to.user.email,
            "at": message.dead_at,
            "trouble": TROUBLES.get(message.trouble, "The mail server did not take it."),
        }
        for message in Message.objects.given_up()[:200]
    ]
    crumbs = [("People", reverse("people:list", args=[slug])), ("Mail that could not be delivered", "")]
    return render(request, "inbox/undelivered.html", {"rows": rows, "slug": slug, "crumbs": crumbs})


@require_POST
@requires(Permission.AGENCY_MANAGE_PEOPLE)
def undelivered_try_again(request: TenantRequest) -> HttpResponse:
    count = actions.try_again(by=request.membership)
    if count:
        sent = number_of(count, "mail is", "mails are")
        messages.success(request, f"{sent} on the way again. What fails once more comes back to this list.")
    return redirect("people:list", request.membership.jurisdiction.slug)


def _line(message: Message, slug: str) -> Line:
    kind = KINDS[message.kind]
    return Line(
        subject=kind.subject_for(message.number),
        text=kind.line_for(message.number, message.count),
        action=kind.action,
        url=reverse("inbox:open", args=[slug, message.pk]),
        read_url=reverse("inbox:read", args=[slug, message.pk]),
        at=message.owed_at,
        unread=message.read_at is None,
    )


def _text(message: Message) -> str:
    """A message's place in the list, as it stands in an address."""
    return f"{'new' if message.read_at is None else 'read'},{message.owed_at.isoformat()},{message.pk}"


def _key(text: str) -> InboxKey | None:
    """The place that an address names; None for the list's beginning and for what nobody wrote by hand."""
    try:
        state, owed_at, pk = text.split(",")
        at, key = dt.datetime.fromisoformat(owed_at), read_key(pk)
        return (state == "new", at, key) if at.tzinfo and key is not None else None
    except ValueError:
        return None
