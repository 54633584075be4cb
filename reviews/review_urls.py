from django.urls import path

from jurisdictions import addresses  # noqa: F401 - registers <number:…>
from reviews.views import (
    autosave,
    data_packs,
    factors,
    handing_over,
    home,
    lists,
    parts,
    people,
    reading,
    report,
    who_sees,
)

app_name = "reviews"
urlpatterns = [
    path("", lists.review_list, name="list"),
    path("hand-over/", handing_over.hand_over_all, name="hand_over"),
    path("data/", data_packs.packs, name="packs"),
    path("data/ask/", data_packs.ask, name="pack_ask"),
    path("data/<int:pack>/", data_packs.pack, name="pack"),
    path("data/<int:pack>/download/", data_packs.download, name="pack_download"),
    path("<number:number>/", home.review_home, name="home"),
    path("<number:number>/history/", home.review_history, name="history"),
    path("<number:number>/who-can-see/", who_sees.of_review, name="who_sees"),
    path("<number:number>/read/", reading.read, name="read"),
    path("<number:number>/answers/", autosave.save, name="save"),
    path("<number:number>/selection/", people.selection, name="selection"),
    path("<number:number>/team/", people.team, name="team"),
    path("<number:number>/statement/", people.statement, name="statement"),
    path("<number:number>/hold/", people.hold, name="hold"),
    path("<number:number>/approver/", people.approver, name="approver"),
    path("<number:number>/move/<slug:action>/", reading.move, name="move"),
    path("<number:number>/parts/factors/", factors.factors, {"entry": None}, name="factors"),
    path("<number:number>/parts/factors/of/<int:entry>/", factors.factors, name="factors_of"),
    path("<number:number>/parts/<slug:part>/", parts.part, name="part"),
    path("<number:number>/entries/<int:entry>/", parts.entry, name="entry"),
    path("<number:number>/report/", report.report_page, name="report"),
    path("<number:number>/report/ask/", report.report_ask, name="report_ask"),
    path("<number:number>/report/<int:sequence>/", report.report_progress, name="report_progress"),
    path("<number:number>/report/<int:sequence>/download/", report.report_download, name="report_download"),
]
