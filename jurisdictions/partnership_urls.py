from django.urls import path

from jurisdictions.views import audit, board, ceiling, directory, partnership

app_name = "partnership"

urlpatterns = [
    path("audit/", audit.of_partnership, name="audit"),
    path("directory/", directory.of_partnership, name="directory"),
    path("agencies/", board.agencies, name="agencies"),
    path("agencies/add/", partnership.add_agency, name="add"),
    path("agencies/<slug:agency>/", partnership.agency_page, name="agency"),
    path("agencies/<slug:agency>/change/", partnership.change, name="change"),
    path("agencies/<slug:agency>/agreement/", partnership.agreement, name="agreement"),
    path("agencies/<slug:agency>/roles/", ceiling.role_ceiling, name="ceiling"),
    path("agencies/<slug:agency>/invite/", partnership.invite, name="invite"),
    path("agencies/<slug:agency>/invitations/<uuid:invitation>/resend/", partnership.resend, name="resend"),
    path("agencies/<slug:agency>/invitations/<uuid:invitation>/cancel/", partnership.cancel, name="cancel"),
]
