from typing import Any

from django.core.management.base import BaseCommand

from npcs.grants import write_grants


class Command(BaseCommand):
    help = "Write what npcs_app may do to each table. Runs as the owner; repeatable."

    def handle(self, *args: Any, **options: Any) -> None:
        write_grants()
        self.stdout.write("Grants written.")
