"""The agency's own clocks and texts."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from jurisdictions.actions.policy import PolicyChanged, set_policy
from jurisdictions.forms import PolicyForm
from jurisdictions.http import TenantRequest, requires
from jurisdictions.models import AgencyPolicy
from jurisdictions.roles import Permission


@require_http_methods(["GET", "POST"])
@requires(Permission.AGENCY_SET_POLICY)
def policy(request: TenantRequest) -> HttpResponse:
    """The settings, and saving them. A save over somebody else's is refused once, with both shown."""
    agency = request.membership.jurisdiction
    form, status = PolicyForm(initial=_shown(AgencyPolicy.objects.of(agency))), 200
    theirs: list[dict[str, str]] | None = None
    if request.method == "POST":
        form = PolicyForm(request.POST)
        if form.is_valid():
            try:
                set_policy(by=request.membership, **form.cleaned_data)
            except PolicyChanged as refusal:
                theirs, status = _differences(form, refusal.theirs), 409
                typed = request.POST.copy()  # stays on the page; saving again is then a decision
                typed["version"] = str(_version(refusal.theirs))
                form = PolicyForm(typed)
            else:
                messages.success(request, "The settings are saved.")
                return redirect("people:policy", agency.slug)
        else:
            status = 422
    context = {"form": form, "theirs": theirs, "crumbs": [("Agency settings", "")]}
    return render(request, "people/policy.html", context, status=status)


def _version(policy: AgencyPolicy) -> int:
    return policy.version if policy.pk else 0


def _shown(policy: AgencyPolicy) -> dict[str, Any]:
    names = [name for name in PolicyForm.base_fields if name != "version"]
    values = {name: getattr(policy, name) for name in names}
    return values | {
        "version": _version(policy),
    }


def _differences(form: PolicyForm, theirs: AgencyPolicy) -> list[dict[str, str]]:
    """Each field in which what was typed differs from what stands there now, both in words."""
    now = _shown(theirs)
    rows = []
    for name, field in form.fields.items():
        mine, other = form.cleaned_data[name], getattr(theirs, name)
        if name != "version" and mine != other:
            choices = dict(getattr(field, "choices", []))
            typed = form.data.get(name, "")
            rows.append(
                {
                    "label": str(field.label),
                    "theirs": str(choices.get(now[name], now[name] or "nothing")),
                    "yours": str(choices.get(typed, typed or "nothing")),
                }
            )
    return rows
