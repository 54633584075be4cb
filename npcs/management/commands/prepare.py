from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from npcs.grants import write_grants


class Command(BaseCommand):
    help = "Migrate as the owner, write the grants, release the dictionary edition. Repeatable."

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in settings.DATABASES:
            raise CommandError("Set OWNER_DATABASE_URL: only the owner may migrate and write grants.")
        call_command("migrate", database="owner", verbosity=options["verbosity"], interactive=False)
        write_grants()
        call_command("release_edition", database="owner", verbosity=options["verbosity"])
        self.stdout.write("Prepared: migrated, grants written, dictionary released.")
