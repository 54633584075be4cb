"""Every address of the API. It stands beside the pages, behind a door of its own."""

from django.urls import URLPattern, URLResolver, include, path

from npcs import api_docs

app_name = "api"

of_an_agency: list[URLPattern | URLResolver] = [
    path("schema/", api_docs.SchemaByToken.as_view(), name="schema_by_token"),
    path("", include("dictionary.api_urls")),
    path("", include("reviews.api_urls")),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", api_docs.schema, name="schema"),
    path("docs/", api_docs.docs, name="docs"),
    path("v1/j/<slug:jurisdiction>/", include(of_an_agency)),
]
# As the site includes them: what the description is written from.
at_their_place = [path("api/", include(urlpatterns))]
