"""Every address. An agency's pages carry its short name; the partnership's carry none."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from npcs import health, home

handler400 = "npcs.errors.bad_request"
handler403 = "npcs.errors.permission_denied"
handler404 = "npcs.errors.not_found"
handler500 = "npcs.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("account/", include("npcs.account_urls")),
    path("api/", include("npcs.api_urls")),
    path("codebook/", include("dictionary.urls")),
    path("partnership/", include("jurisdictions.partnership_urls")),
    path("invitation/", include("jurisdictions.invitation_urls")),
    path("j/<slug:jurisdiction>/people/", include("jurisdictions.people_urls")),
    path("j/<slug:jurisdiction>/questions/", include("dictionary.own.urls")),
    path("j/<slug:jurisdiction>/directory/", include("jurisdictions.directory_urls")),
    path("j/<slug:jurisdiction>/inbox/", include("inbox.urls")),
    path("j/<slug:jurisdiction>/incidents/", include("reviews.incident_urls")),
    path("j/<slug:jurisdiction>/imports/", include("reviews.import_urls")),
    path("j/<slug:jurisdiction>/figures/", include("reviews.figure_urls")),
    path("j/<slug:jurisdiction>/reviews/", include("reviews.review_urls")),
    path("j/<slug:jurisdiction>/", include("reviews.work_urls")),
]

if settings.DEMO:
    # Exists in the demo only; a test shows that the address is unknown otherwise.
    urlpatterns.append(path("demo/", include("npcs.demo.urls")))
