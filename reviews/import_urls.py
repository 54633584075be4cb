from django.urls import path

from reviews.views import import_runs, mapping, meanings, receipts, uploads

app_name = "imports"
urlpatterns = [
    path("", uploads.received, name="list"),
    path("new/", uploads.new, name="new"),
    path("template/", uploads.template, name="template"),
    path("receipts/<int:receipt>/", receipts.receipt, name="receipt"),
    path("receipts/<int:receipt>/undo/", receipts.undo, name="undo"),
    path("<int:upload>/", uploads.upload, name="upload"),
    path("<int:upload>/sheet/", uploads.sheet, name="sheet"),
    path("<int:upload>/columns/", mapping.columns, name="mapping"),
    path("<int:upload>/values/", meanings.values, name="values"),
    path("<int:upload>/take-away/", uploads.take_away, name="take_away"),
    path("<int:upload>/runs/", import_runs.ask, name="ask"),
    path("<int:upload>/runs/<int:run>/", import_runs.run, name="run"),
    path("<int:upload>/runs/<int:run>/workbook/", import_runs.workbook, name="workbook"),
]
