"""manage.py one_time_code EMAIL: what an authenticator app would show, in the demonstration."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from partners import clock
from partners.models import User
from portal.demo.entry import current_code


class Command(BaseCommand):
    help = "Print the code with which somebody of the demonstration passes the second factor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Codes are printed in the demonstration only: set DEMO=true there.")
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        code = current_code(user, at=clock.now()) if user else None
        if code is None:
            raise CommandError(f"{options['email']} has no authenticator app.")
        self.stdout.write(code)
