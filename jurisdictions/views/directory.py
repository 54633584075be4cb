"""The partnership's directory, for its own people and for everybody in an agency; and naming one's own contacts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from jurisdictions import directory
from jurisdictions.actions.contacts import ContactsChanged, as_read, name_contacts
from jurisdictions.contact_forms import ContactsForm
from jurisdictions.http import PartnershipRequest, TenantRequest, requires, requires_partnership
from jurisdictions.roles import PartnershipPermission, Permission


@require_GET
@requires(Permission.HOME_VIEW)
def of_agency(request: TenantRequest) -> HttpResponse:
    by = request.membership
    names = by.allows(Permission.AGENCY_MANAGE_PEOPLE)
    return _page(request, reverse("people:contacts", args=[by.jurisdiction.slug]) if names else "")


@require_GET
@requires_partnership(PartnershipPermission.DIRECTORY_READ)
def of_partnership(request: PartnershipRequest) -> HttpResponse:
    return _page(request, "")


def _page(request: HttpRequest, name_url: str) -> HttpResponse:
    context = {
        "rows": directory.rows(),
        "columns": directory.COLUMNS,
        "name_url": name_url,
        "crumbs": [("Directory of the partnership", "")],
    }
    return render(request, "partnership/directory.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.AGENCY_MANAGE_PEOPLE)
def contacts(request: TenantRequest) -> HttpResponse:
    """Who is liaison and deputy, and the office contact that every agency sees. A save over somebody else's is refused
    once, with what stands there now."""
    agency, stands = request.membership.jurisdiction, None
    form = ContactsForm(request.POST if request.method == "POST" else None, agency=agency)
    if form.is_valid():
        try:
            name_contacts(form.named, stood=form.cleaned_data["stood"], by=request.membership)
        except ContactsChanged as refusal:
            stands = refusal.theirs
            typed = request.POST.copy()  # stays on the page; saving again is then a decision
            typed["stood"] = as_read(stands)
            form = ContactsForm(typed, agency=agency)
        else:
            messages.success(request, "The directory says so now.")
            return redirect("directory:list", agency.slug)
    crumbs = [("People", reverse("people:list", args=[agency.slug])), ("Liaison and deputy", "")]
    context = {"form": form, "stands": stands, "slug": agency.slug, "crumbs": crumbs}
    status = 409 if stands is not None else 422 if form.errors else 200
    return render(request, "people/contacts.html", context, status=status)
