from django.urls import path

from jurisdictions import addresses  # noqa: F401 - registers <number:…>
from reviews.api import answers, deciding, documents, imports, incidents, receipts, reviews

urlpatterns = [
    path("people/", deciding.People.as_view(), name="people"),
    path("incidents/", incidents.IncidentList.as_view(), name="incidents"),
    path("incidents/<number:number>/", incidents.IncidentDetail.as_view(), name="incident"),
    path("incidents/<number:number>/facts/", incidents.IncidentFacts.as_view(), name="facts"),
    path("incidents/<number:number>/withdraw/", incidents.IncidentWithdrawn.as_view(), name="withdraw"),
    path("incidents/<number:number>/open/", incidents.IncidentOpened.as_view(), name="open"),
    path("reviews/", reviews.ReviewList.as_view(), name="reviews"),
    path("reviews/<number:number>/", reviews.ReviewOverview.as_view(), name="review"),
    path("reviews/<number:number>/moves/", reviews.ReviewMoves.as_view(), name="moves"),
    path("reviews/<number:number>/selection/", deciding.Selection.as_view(), name="selection"),
    path("reviews/<number:number>/team/", deciding.Team.as_view(), name="team"),
    path("reviews/<number:number>/hold/", deciding.HoldOnReview.as_view(), name="hold"),
    path("reviews/<number:number>/answers/", answers.AnswerList.as_view(), name="answers"),
    path("reviews/<number:number>/entries/", answers.Entries.as_view(), name="entries"),
    path("reviews/<number:number>/entries/<int:entry>/", answers.EntryOne.as_view(), name="entry"),
    path(
        "reviews/<number:number>/entries/<int:entry>/opportunity/",
        answers.OpportunityMade.as_view(),
        name="opportunity",
    ),
    path("reviews/<number:number>/parts/<slug:part>/", answers.PartDone.as_view(), name="part"),
    path("reviews/<number:number>/remarks/", answers.RemarkList.as_view(), name="remarks"),
    path(
        "reviews/<number:number>/remarks/<int:remark>/settle/",
        answers.RemarkSettled.as_view(),
        name="settle",
    ),
    path("reviews/<number:number>/reports/", documents.ReportList.as_view(), name="reports"),
    path("reviews/<number:number>/reports/<int:sequence>/", documents.ReportOne.as_view(), name="report"),
    path(
        "reviews/<number:number>/reports/<int:sequence>/file/",
        documents.ReportFile.as_view(),
        name="report_file",
    ),
    path("imports/receipts/", receipts.ReceiptList.as_view(), name="receipts"),
    path("imports/receipts/<int:receipt>/", receipts.ReceiptOne.as_view(), name="receipt"),
    path("imports/receipts/<int:receipt>/undo/", receipts.ReceiptUndo.as_view(), name="undo"),
    path("imports/uploads/", imports.UploadList.as_view(), name="uploads"),
    path("imports/uploads/<int:upload>/", imports.UploadOne.as_view(), name="upload"),
    path("imports/uploads/<int:upload>/sheet/", imports.UploadSheet.as_view(), name="sheet"),
    path("imports/uploads/<int:upload>/mapping/", imports.UploadMapping.as_view(), name="mapping"),
    path("imports/uploads/<int:upload>/runs/", imports.RunList.as_view(), name="runs"),
    path("imports/uploads/<int:upload>/runs/<int:run>/", imports.RunOne.as_view(), name="run"),
    path(
        "imports/uploads/<int:upload>/runs/<int:run>/workbook/",
        imports.RunWorkbook.as_view(),
        name="workbook",
    ),
]
