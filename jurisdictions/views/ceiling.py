"""Which roles the partnership opens to an agency: what a lower ceiling comes down on is shown before it is set."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from jurisdictions.actions.agencies import AgencyChanged, ceiling_as_read, set_role_ceiling
from jurisdictions.ceiling import Exceeding, who_exceeds
from jurisdictions.forms import CeilingForm
from jurisdictions.http import PartnershipRequest
from jurisdictions.models import Jurisdiction
from jurisdictions.roles import ROLE_LABELS, Role
from jurisdictions.views.partnership import agency_or_404, crumbs_to, manages_agencies


@require_http_methods(["GET", "POST"])
@manages_agencies
def role_ceiling(request: PartnershipRequest, agency: str) -> HttpResponse:
    """The roles to tick. One that somebody holds is closed only after the page has said how many lose by it."""
    found = agency_or_404(agency)
    standing = {"roles": found.role_ceiling, "stood": ceiling_as_read(found)}
    form = CeilingForm(request.POST if request.method == "POST" else None, initial=standing)
    theirs: list[dict[str, str]] | None = None
    losing = None
    if form.is_valid():
        losing = _who_loses(found, form.cleaned_data["roles"])
        if not losing or request.POST.get("agreed") == losing.mark:
            try:
                set_role_ceiling(found, by=request.user, **form.cleaned_data)
            except AgencyChanged as refusal:
                theirs = _differences(form, refusal.theirs)
                typed = request.POST.copy()  # stays on the page; saving again is then a decision
                typed["stood"] = ceiling_as_read(refusal.theirs)
                form, losing = CeilingForm(typed), None
            else:
                messages.success(request, f"The roles that people of {found.name} may hold are saved.")
                return redirect("partnership:agency", found.slug)
    return _page(request, found, form, losing=losing, theirs=theirs)


def _who_loses(agency: Jurisdiction, roles: list[str]) -> Exceeding:
    """Who holds a role that is open now and would be closed; whoever held more before has lost it already."""
    closing = set(agency.role_ceiling) - {*roles, Role.ADMINISTRATOR}
    return who_exceeds(agency, [role for role in Role if role not in closing])


def _differences(form: CeilingForm, theirs: Jurisdiction) -> list[dict[str, str]]:
    yours = [*form.cleaned_data["roles"], Role.ADMINISTRATOR]
    if set(yours) == set(theirs.role_ceiling):
        return []
    label = str(form.fields["roles"].label)
    return [{"label": label, "theirs": _words(theirs.role_ceiling), "yours": _words(yours)}]


def _words(roles: list[str]) -> str:
    return ", ".join(ROLE_LABELS[role] for role in Role if role in roles)


def _page(
    request: PartnershipRequest,
    agency: Jurisdiction,
    form: CeilingForm,
    *,
    losing: Exceeding | None,
    theirs: list[dict[str, str]] | None,
) -> HttpResponse:
    context = {
        "agency": agency,
        "form": form,
        "to_agree": losing,
        "over_now": who_exceeds(agency, agency.role_ceiling),
        "theirs": theirs,
        "crumbs": crumbs_to(f"Roles of {agency.name}"),
    }
    status = 409 if theirs is not None else 422 if form.errors else 200
    return render(request, "partnership/ceiling.html", context, status=status)
