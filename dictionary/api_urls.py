from django.urls import path

from dictionary import api
from jurisdictions import addresses  # noqa: F401 - registers <number:…>

urlpatterns = [
    path("dictionary/", api.EditionList.as_view(), name="editions"),
    path("dictionary/own/", api.OwnEditionList.as_view(), name="own_editions"),
    path("dictionary/own/<int:own>/", api.OwnEditionOne.as_view(), name="own_edition"),
    path("dictionary/<number:number>/", api.EditionOne.as_view(), name="edition"),
]
