"""Inviting a list of people: pasted or brought as a file, looked at line by line, mended on the page, then sent."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jurisdictions.actions.invitations import invite_many as invite_lines
from jurisdictions.forms import ListForm
from jurisdictions.http import TenantRequest, requires
from jurisdictions.inviting import (
    LINES,
    Judged,
    Line,
    ListRefused,
    decoded,
    judge,
    read_list,
    renumbered,
    tidy,
)
from jurisdictions.numbers import number_of
from jurisdictions.roles import ROLE_LABELS, Permission, Role

NAMED = 20  # lines that the summary at the top names one by one


@require_http_methods(["GET", "POST"])
@requires(Permission.AGENCY_MANAGE_PEOPLE)
def invite_many(request: TenantRequest) -> HttpResponse:
    """The list; then its lines with what is to be mended; the good ones go out when somebody says so."""
    if request.method == "POST" and "email" in request.POST:
        return _lines_posted(request)
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if form.is_valid():
        try:
            lines = _read(form)
        except ListRefused as refusal:
            form.add_error("file" if form.cleaned_data["file"] else "pasted", str(refusal))
        else:
            return _lines_page(request, judge(lines, request.membership.jurisdiction))
    agency = request.membership.jurisdiction
    context = {
        "form": form,
        "lines": LINES,
        "roles": [ROLE_LABELS[role] for role in Role if role in agency.role_ceiling and role != Role.GUEST],
    }
    return _render(request, "people/invite_list.html", context, status=422 if form.errors else 200)


def _read(form: ListForm) -> list[Line]:
    """Everybody in the field, and everybody in the file. Raises ListRefused."""
    given = form.cleaned_data
    lines = read_list(given["pasted"])
    if given["file"]:
        lines += read_list(decoded(given["file"].read()))
    if not lines:
        raise ListRefused("This list has nobody in it. Write one person a line.")
    if len(lines) > LINES:
        raise ListRefused(f"Field and file have {len(lines):,} people together. Invite {LINES} at a time.")
    return renumbered(lines)


def _lines_posted(request: TenantRequest) -> HttpResponse:
    lines = _typed_lines(request)
    if not lines:
        return redirect("people:invite_many", request.membership.jurisdiction.slug)
    if "send" not in request.POST:
        return _lines_page(request, judge(lines, request.membership.jurisdiction))
    rest = invite_lines(request.membership.jurisdiction, lines, by=request.membership)
    sent = len(lines) - len(rest)
    if sent:
        are = "invitation is" if sent == 1 else "invitations are"
        messages.success(request, f"{sent:,} {are} on the way.")
    if not rest:
        return redirect("people:list", request.membership.jurisdiction.slug)
    left = judge(renumbered(one.line for one in rest), request.membership.jurisdiction)
    return _lines_page(request, left, status=200 if sent else 422)


def _typed_lines(request: TenantRequest) -> list[Line]:
    """What stands in the fields of the page, without the lines that were left out."""
    given = request.POST
    columns = [given.getlist(name)[:LINES] for name in ("name", "email", "roles")]
    left_out = set(given.getlist("leave_out"))
    typed = [
        Line(place, tidy(name), tidy(email), tidy(roles))
        for place, (name, email, roles) in enumerate(zip(*columns, strict=False), start=1)
        if str(place) not in left_out
    ]
    return renumbered(typed)


def _lines_page(request: TenantRequest, judged: list[Judged], *, status: int = 200) -> HttpResponse:
    good = sum(not one.problems for one in judged)
    faulty = [one for one in judged if one.problems]
    context = {
        "lines": [_shown(one) for one in judged],
        "good": good,
        "count": number_of(len(judged), "person", "people"),
        "send": number_of(good, "invitation"),
        "faulty": [
            (
                f"Line {one.line.place}: {one.problems[0].message}",
                f"id_{one.problems[0].item}_{one.line.place}",
            )
            for one in faulty[:NAMED]
        ],
        "further": len(faulty) - NAMED,
    }
    return _render(request, "people/invite_lines.html", context, status=status)


def _shown(one: Judged) -> dict[str, Any]:
    """A line for the template: what stands in each field, and what is to be mended in it."""
    about: dict[str, list[str]] = {}
    for problem in one.problems:
        about.setdefault(problem.item, []).append(problem.message)
    line = one.line
    return {
        "place": line.place,
        "good": not one.problems,
        "fields": [
            {
                "name": name,
                "label": label,
                "id": f"id_{name}_{line.place}",
                "value": value,
                "problems": about.get(name, []),
            }
            for name, label, value in (
                ("name", "Name", line.name),
                ("email", "E-mail address", line.email),
                ("roles", "Roles", line.roles),
            )
        ],
    }


def _render(request: TenantRequest, template: str, context: dict[str, Any], *, status: int) -> HttpResponse:
    slug = request.membership.jurisdiction.slug
    crumbs = [("People", reverse("people:list", args=[slug])), ("Invite a list of people", "")]
    return render(request, template, context | {"slug": slug, "crumbs": crumbs}, status=status)
