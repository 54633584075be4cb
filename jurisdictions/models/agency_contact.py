from django.db import models
from django.db.models import Q

from jurisdictions.fields import Within
from jurisdictions.models.jurisdiction import Jurisdiction
from jurisdictions.models.membership import Membership


class AgencyContact(models.Model):
    """Whom other agencies turn to in one agency: its liaison or deputy, with the office contact they made public.

    Lies before the wall, as the directory that it belongs to: every agency reads it. It holds no case content.
    """

    class Part(models.TextChoices):
        LIAISON = "liaison", "Liaison"
        DEPUTY = "deputy", "Deputy liaison"

    class Privacy:
        direct = {"email", "phone"}
        open = {"id", "jurisdiction", "part", "membership", "office"}

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="contacts")
    part = models.CharField(max_length=10, choices=Part)
    membership = Within(Membership)
    office = models.CharField("office or position", max_length=120, blank=True)
    email = models.EmailField("public e-mail address", blank=True)
    phone = models.CharField("public telephone", max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("jurisdiction", "part", name="contact_once_per_part"),
            models.UniqueConstraint(
                "jurisdiction",
                "membership",
                name="liaison_and_deputy_are_two_people",
                violation_error_message="Choose two different people.",
            ),
            models.CheckConstraint(name="contact_part_is_known", condition=Q(part__in=["liaison", "deputy"])),
            models.CheckConstraint(
                name="contact_can_be_reached",
                condition=~Q(email="") | ~Q(phone=""),
                violation_error_message="Give a public e-mail address or telephone.",
            ),
        ]

    @property
    def in_words(self) -> str:
        """`Dana R., Office of Reviews, dana.r@agency.gov, 555 0100`."""
        return ", ".join(filter(None, [str(self.membership), self.office, self.email, self.phone]))

    def __str__(self) -> str:
        return f"{self.part} of jurisdiction {self.jurisdiction_id}"
