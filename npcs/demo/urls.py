from django.urls import path

from npcs.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.people, name="people"),
    path("become/<int:membership>/", views.become, name="become"),
    path("become/partnership/<int:partnership>/", views.become_partner, name="become_partner"),
    path("sample/<slug:sample>/", views.sample_file, name="sample"),
]
