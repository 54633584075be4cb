"""The first person of an empty installation: who brings in agencies, and who invites everybody else by pages."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from jurisdictions.actions.partners import add_partnership_administrator


class Command(BaseCommand):
    help = "Let a person administer the partnership. They set their password by the page “Forgot password”."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="where the mail for setting a password goes")
        parser.add_argument("name", help="as colleagues know them, for example “Dana R.”")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an address.") from error
        partnership = add_partnership_administrator(email=email, display_name=name)
        self.stdout.write(
            f"{partnership.user.email} administers the partnership. A new account has no password yet: "
            "set one by /account/reset/."
        )
