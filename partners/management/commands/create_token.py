"""manage.py create_token EMAIL [--scope SCOPE] [--organization CODE] [--days N]"""

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.trail import Actor
from partners import clock, workflow
from partners.enums import Scope
from partners.models import Organization, User

OPERATOR = Actor(kind="command", id=None, label="manage.py create_token")
LONGEST_DAYS = 366


class Command(BaseCommand):
    help = "Issue an API token in a person's name and print it. It is shown this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--scope",
            action="append",
            choices=[str(scope) for scope in Scope],
            help=f"May be given again; {Scope.UNITS_READ} when left out.",
        )
        parser.add_argument("--organization", metavar="CODE", help="When there are several.")
        parser.add_argument("--days", type=int, default=90, help="1 to 366; 90 when left out.")
        parser.add_argument("--label", default="")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= LONGEST_DAYS:
            raise CommandError(f"--days is 1 to {LONGEST_DAYS}.", returncode=2)
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None or not user.is_active:
            raise CommandError(f"Nobody signs in as {options['email']}.")
        organization = _organization_of(user, options["organization"])
        scopes = sorted(set(options["scope"] or [Scope.UNITS_READ]))
        lasts, at = timedelta(days=options["days"]), clock.now()
        secret = _token(
            user,
            organization=organization,
            scopes=scopes,
            label=options["label"],
            lasts=lasts,
            at=at,
        )
        if options["json"]:
            facts = {"token": secret, "email": user.email, "organization": organization.code}
            facts |= {"scopes": scopes, "expires_at": (at + lasts).isoformat()}
            self.stdout.write(json.dumps(facts))
            return
        self.stderr.write(
            f"For {organization.name}, in the name of {user.email}: {' '.join(scopes)}, "
            f"until {at + lasts:%Y-%m-%d %H:%M} UTC. It will not be shown again."
        )
        self.stdout.write(secret)


def _token(user: User, **given: Any) -> str:
    try:
        return workflow.create_token(user, actor=OPERATOR, **given)
    except workflow.TooManyTokens as full:
        raise CommandError(str(full)) from full


def _organization_of(user: User, code: str | None) -> Organization:
    """Return the organization that the token is for."""
    mine = {m.organization.code: m.organization for m in user.joined_memberships()}
    if code is None and len(mine) == 1:
        return next(iter(mine.values()))
    if code is None:
        raise CommandError(f"Say which --organization: {', '.join(mine) or 'there is none'}.")
    if code not in mine:
        raise CommandError(f"{user.email} does not belong to {code}.")
    return mine[code]
