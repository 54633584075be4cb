"""The addresses as npcs.urls writes them in demo mode. Import it before any test changes that setting."""

from django.urls import include, path

from npcs import urls

handler404 = urls.handler404
urlpatterns = [*urls.urlpatterns, path("demo/", include("npcs.demo.urls"))]
