"""Turning the key of second factors: after this, only the first key of MFA_KEY is needed."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from jurisdictions.factors import reseal

# Where the two kinds that have a secret keep it.
SECRETS = ("secret", "seed")


class Command(BaseCommand):
    help = "Encrypt the secrets of all second factors under the first key of MFA_KEY; safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for pk in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).values_list(
            "pk", flat=True
        ):
            with transaction.atomic():
                # Under lock: a recovery code that is used meanwhile writes the same row.
                factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
                if factor is None:
                    continue
                for name in SECRETS:
                    if name in factor.data:
                        factor.data[name] = reseal(factor.data[name])
                factor.save(update_fields=["data"])
                count += 1
        self.stdout.write(f"{count} lie under the first key now. The others may go from MFA_KEY.")
