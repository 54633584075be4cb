from django.urls import path

from reviews.views import incident_exports, incident_forms, incidents

app_name = "incidents"
urlpatterns = [
    path("", incidents.incident_list, name="list"),
    path("notify/", incident_forms.notify, name="notify"),
    path("export/", incident_exports.export, name="export"),
    path("exports/", incident_exports.exports, name="exports"),
    path("exports/<int:export>/", incident_exports.exported, name="exported"),
    path("exports/<int:export>/download/", incident_exports.download, name="download"),
    path("imports/", incidents.imports, name="imports"),
    path("<str:number>/", incidents.incident_detail, name="detail"),
    path("<str:number>/edit/", incident_forms.edit, name="edit"),
    path("<str:number>/withdraw/", incident_forms.withdraw, name="withdraw"),
    path("<str:number>/open/", incident_forms.open_decision, name="open"),
]
