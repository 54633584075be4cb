from django.urls import path

from dictionary.own.views import draft, editions, files, release

app_name = "questions"
urlpatterns = [
    path("", editions.own_list, name="list"),
    path("editions/<int:own>/", editions.edition, name="edition"),
    path("editions/<int:own>/<slug:kind>/", editions.download, name="download"),
    path("draft/start/", draft.start, name="start"),
    path("draft/", draft.draft, name="draft"),
    path("draft/add/", draft.add, name="add"),
    path("draft/preview/", release.preview, name="preview"),
    path("draft/release/", release.release, name="release"),
    path("draft/drop/", draft.drop, name="drop"),
    path("draft/upload/", files.upload, name="upload"),
    path("draft/file/", files.file, name="file"),
    path("draft/file/losses/", files.losses, name="losses"),
    path("draft/questions/<slug:question>/", draft.change, name="change"),
    path("draft/questions/<slug:question>/move/", draft.move, name="move"),
    path("draft/questions/<slug:question>/remove/", draft.remove, name="remove"),
]
