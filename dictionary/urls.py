from django.urls import path

from dictionary import views
from jurisdictions import addresses  # noqa: F401 - registers <number:…>

app_name = "dictionary"
urlpatterns = [
    path("", views.codebook_in_force, name="codebook_in_force"),
    path("<number:number>/", views.codebook, name="codebook"),
    path("<number:number>/paper/<slug:kind>/", views.paper, name="paper"),
    path("<number:number>/paper/<slug:kind>/file/", views.paper_file, name="paper_file"),
    path("<number:number>/<slug:kind>/", views.download, name="download"),
]
