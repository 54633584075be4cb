from django.urls import path

from jurisdictions.views import accept

app_name = "invitation"

urlpatterns = [
    path("<str:token>/", accept.invitation, name="open"),
]
