from django.db import models
from guardian.models import UserObjectPermissionBase

from jurisdictions.fields import Within
from jurisdictions.models import Jurisdiction, Membership
from reviews.models.review import Review


class ReviewGrant(UserObjectPermissionBase):
    """The rare individual right: one guest on one review, until a day. Read through `reviews.grants` only."""

    class Privacy:
        open = {
            "id",
            "jurisdiction",
            "permission",
            "user",
            "content_object",
            "ends_on",
            "granted_by",
            "granted_at",
        }

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    content_object = Within(Review, models.CASCADE)
    ends_on = models.DateField()
    granted_by = Within(Membership)
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta(UserObjectPermissionBase.Meta):
        unique_together = [["jurisdiction", "user", "permission", "content_object"]]

    def __str__(self) -> str:
        return f"grant {self.pk}"
