"""My work: the home page of everybody in an agency."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from jurisdictions.http import TenantRequest, requires
from jurisdictions.roles import Permission
from reviews.turns import my_work as work_of


@require_GET
@requires(Permission.HOME_VIEW)
def my_work(request: TenantRequest) -> HttpResponse:
    """What waits for me, what I wait for, what is coming up; due first."""
    by = request.membership
    slug = by.jurisdiction.slug
    work = work_of(by)
    return render(
        request,
        "reviews/my_work.html",
        {
            "work": work,
            "groups": [
                ("Waiting for me", work.waiting_for_me),
                ("I am waiting for", work.waiting_for_others),
                ("Coming up", work.coming_up),
            ],
            "notify_url": reverse("incidents:notify", args=[slug])
            if by.allows(Permission.INCIDENT_NOTIFY)
            else "",
            "people_url": reverse("people:list", args=[slug])
            if by.allows(Permission.AGENCY_MANAGE_PEOPLE)
            else "",
        },
    )
