from django.urls import path

from inbox import views

app_name = "inbox"

urlpatterns = [
    path("", views.message_list, name="list"),
    path("<int:message>/", views.open_message, name="open"),
    path("read/", views.all_read, name="all_read"),
    path("<int:message>/read/", views.message_read, name="read"),
    path("undelivered/", views.undelivered, name="undelivered"),
    path("undelivered/try-again/", views.undelivered_try_again, name="try_again"),
]
