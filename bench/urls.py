"""The site's addresses, and the floors beside them."""

from django.urls import path

from bench import floor
from npcs.urls import urlpatterns as site

urlpatterns = [
    path("j/<slug:jurisdiction>/bench/door/", floor.behind_the_door),
    path("j/<slug:jurisdiction>/bench/save/", floor.behind_the_door_to_save),
    path("j/<slug:jurisdiction>/bench/floor/<slug:page>/", floor.same_statements),
    path("api/v1/j/<slug:jurisdiction>/bench/floor/<slug:page>/", floor.SameAsJson.as_view()),
    *site,
]
