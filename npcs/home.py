"""Where a person lands after signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from jurisdictions.http import signed_in
from jurisdictions.models import Membership, PartnershipMembership


@require_GET
@signed_in("leads each person to their own agency; shows nothing of any")
def home(request: HttpRequest) -> HttpResponse:
    """One agency: straight to its My work. Several: a choice. None: the partnership's pages, or a word on why."""
    memberships = list(
        Membership.objects.current().filter(user=request.user).with_people()  # type: ignore[misc]
    )
    partnership = PartnershipMembership.objects.filter(user=request.user).exists()  # type: ignore[misc]
    if len(memberships) == 1 and not partnership:
        return redirect("work:home", memberships[0].jurisdiction.slug)
    if partnership and not memberships:
        return redirect("partnership:agencies")
    return render(request, "choose_agency.html", {"memberships": memberships, "partnership": partnership})
