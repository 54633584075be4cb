from django.urls import path

from jurisdictions import addresses  # noqa: F401 - registers <number:…>
from reviews.views import incident_exports, incident_forms, incidents, who_sees

app_name = "incidents"
urlpatterns = [
    path("", incidents.incident_list, name="list"),
    path("notify/", incident_forms.notify, name="notify"),
    path("export/", incident_exports.export, name="export"),
    path("exports/", incident_exports.exports, name="exports"),
    path("exports/<int:export>/", incident_exports.exported, name="exported"),
    path("exports/<int:export>/download/", incident_exports.download, name="download"),
    path("<number:number>/", incidents.incident_detail, name="detail"),
    path("<number:number>/who-can-see/", who_sees.of_incident, name="who_sees"),
    path("<number:number>/edit/", incident_forms.edit, name="edit"),
    path("<number:number>/withdraw/", incident_forms.withdraw, name="withdraw"),
    path("<number:number>/open/", incident_forms.open_decision, name="open"),
]
