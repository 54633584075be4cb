"""The addresses that the frame and the sign-in pages name; nothing answers there."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("", nothing, name="home"),
    path("codebook/", include(([path("", nothing, name="codebook_in_force")], "dictionary"))),
    path("account/sign-in/", nothing, name="account_login"),
    path("account/sign-out/", nothing, name="account_logout"),
    path("account/password/", nothing, name="account_change_password"),
    path("account/security/", nothing, name="account_security"),
    path("account/reset/", nothing, name="account_reset_password"),
    path("account/reauthenticate/", nothing, name="account_reauthenticate"),
]
