from reviews.models.answer import Answer, AnswerVersion, Entry
from reviews.models.data_pack import DataPack
from reviews.models.export import IncidentExport
from reviews.models.figures import YearlyFigure
from reviews.models.grant import ReviewGrant
from reviews.models.imports import (
    ImportRun,
    ImportUndoing,
    ImportUndone,
    IncidentImport,
    SavedMapping,
    Shape,
    UnmappedCode,
    Upload,
)
from reviews.models.incident import Child, Incident
from reviews.models.progress import PartMark, Remark, ReviewMove
from reviews.models.report import ReviewReport
from reviews.models.review import Review
from reviews.models.team import Recusal, ReviewHand, ReviewSeat

__all__ = [
    "Answer",
    "AnswerVersion",
    "Child",
    "DataPack",
    "Entry",
    "ImportRun",
    "ImportUndoing",
    "ImportUndone",
    "Incident",
    "IncidentExport",
    "IncidentImport",
    "PartMark",
    "Recusal",
    "Remark",
    "Review",
    "ReviewGrant",
    "ReviewHand",
    "ReviewMove",
    "ReviewReport",
    "ReviewSeat",
    "SavedMapping",
    "Shape",
    "UnmappedCode",
    "Upload",
    "YearlyFigure",
]
