from django.urls import path

from reviews.views import work

app_name = "work"
urlpatterns = [
    path("", work.my_work, name="home"),
]
