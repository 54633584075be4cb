from django.urls import path

from jurisdictions.views import directory

app_name = "directory"

urlpatterns = [
    path("", directory.of_agency, name="list"),
]
