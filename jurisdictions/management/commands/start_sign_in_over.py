"""For a lost phone where no agency's administrator can help: their own, a partnership's, somebody's of two agencies."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jurisdictions.actions.factors import take_factors_away_by_command
from jurisdictions.models import User


class Command(BaseCommand):
    help = "Take a person's second step and password away and end their sessions; they start over by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address they sign in with; speak to them before you do this")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            raise CommandError(f"No account has the address {email}.")
        take_factors_away_by_command(user)
        self.stdout.write(
            f"{user.email} chooses a new password by /account/reset/, then sets up a second step."
        )
