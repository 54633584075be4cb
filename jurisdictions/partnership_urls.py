from django.urls import path

from jurisdictions.views import audit, partnership

app_name = "partnership"

urlpatterns = [
    path("audit/", audit.of_partnership, name="audit"),
    path("agencies/", partnership.agencies, name="agencies"),
    path("agencies/add/", partnership.add_agency, name="add"),
    path("agencies/<slug:agency>/", partnership.agency_page, name="agency"),
    path("agencies/<slug:agency>/change/", partnership.change, name="change"),
    path("agencies/<slug:agency>/agreement/", partnership.agreement, name="agreement"),
    path("agencies/<slug:agency>/invite/", partnership.invite, name="invite"),
    path("agencies/<slug:agency>/invitations/<uuid:invitation>/resend/", partnership.resend, name="resend"),
    path("agencies/<slug:agency>/invitations/<uuid:invitation>/cancel/", partnership.cancel, name="cancel"),
]
