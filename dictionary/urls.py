from django.urls import path

from dictionary import views

app_name = "dictionary"
urlpatterns = [
    path("", views.codebook_in_force, name="codebook_in_force"),
    path("<str:number>/", views.codebook, name="codebook"),
]
