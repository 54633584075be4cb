from django.urls import path

from reviews.views import figures

app_name = "figures"
urlpatterns = [
    path("", figures.listed, name="list"),
    path("add/", figures.add, name="add"),
    path("<int:figure>/", figures.figure, name="figure"),
    path("<int:figure>/correct/", figures.correct, name="correct"),
]
