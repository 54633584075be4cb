"""The review report as frozen values: read inside the agency's scope, rendered outside it."""

from reviews.documents.reading import read_report
from reviews.documents.shape import ReportDocument

__all__ = ["ReportDocument", "read_report"]
