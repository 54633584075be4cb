from django.urls import path

from reviews.views import autosave, factors, home, lists, parts, people, reading, report

app_name = "reviews"
urlpatterns = [
    path("", lists.review_list, name="list"),
    path("hand-over/", people.hand_over_all, name="hand_over"),
    path("<str:number>/", home.review_home, name="home"),
    path("<str:number>/history/", home.review_history, name="history"),
    path("<str:number>/read/", reading.read, name="read"),
    path("<str:number>/answers/", autosave.save, name="save"),
    path("<str:number>/selection/", people.selection, name="selection"),
    path("<str:number>/team/", people.team, name="team"),
    path("<str:number>/statement/", people.statement, name="statement"),
    path("<str:number>/hold/", people.hold, name="hold"),
    path("<str:number>/approver/", people.approver, name="approver"),
    path("<str:number>/move/<slug:action>/", reading.move, name="move"),
    path("<str:number>/parts/factors/", factors.factors, {"entry": None}, name="factors"),
    path("<str:number>/parts/factors/of/<int:entry>/", factors.factors, name="factors_of"),
    path("<str:number>/parts/<slug:part>/", parts.part, name="part"),
    path("<str:number>/entries/<int:entry>/", parts.entry, name="entry"),
    path("<str:number>/report/", report.report_page, name="report"),
    path("<str:number>/report/ask/", report.report_ask, name="report_ask"),
    path("<str:number>/report/<int:sequence>/", report.report_progress, name="report_progress"),
    path("<str:number>/report/<int:sequence>/download/", report.report_download, name="report_download"),
]
