"""manage.py create_user EMAIL --organization CODE --role ROLE < password"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from audit.trail import Actor
from partners import clock, workflow
from partners.enums import Role
from partners.models import Organization, User

OPERATOR = Actor(kind="command", id=None, label="manage.py create_user")


class Command(BaseCommand):
    help = (
        "Create a person with a role in an organization; the password is read from standard "
        "input. A known person keeps the password and is given the role."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--organization", required=True, metavar="CODE")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        organization = _organization(options["organization"])
        role, at = Role(options["role"]), clock.now()
        person = User.objects.filter(email=email).first()
        try:
            validate_email(email)
            given = {"organization": organization, "role": role, "actor": OPERATOR, "at": at}
            if person:
                before = workflow.grant_role(person, **given)
            else:
                before = ""
                workflow.create_user(email=email, password=_password(), **given)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        except (workflow.RoleNotAllowed, workflow.LastManager) as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            facts = {"email": email, "organization": organization.code, "role": str(role)}
            facts |= {"role_before": before, "created": person is None}
            self.stdout.write(json.dumps(facts))
        else:
            self.say(email, organization, role, before=before, is_new=person is None)

    def say(
        self, email: str, organization: Organization, role: Role, *, before: str, is_new: bool
    ) -> None:
        place = f"{role.label.lower()} of {organization.name} ({organization.code})"
        if is_new:
            self.stdout.write(f"Created {email}, {place}.")
        elif before == role:
            self.stdout.write(f"{email} is {place} already. Nothing changed.")
        else:
            was = f", was {Role(before).label.lower()}" if before else ""
            self.stdout.write(f"{email} is {place} now{was}. The password was left as it is.")


def _organization(code: str) -> Organization:
    organization = Organization.objects.filter(code=code).first()
    if organization is None:
        raise CommandError(f"There is no organization with the code {code}.")
    return organization


def _password() -> str:
    if sys.stdin.isatty():
        sys.stderr.write("Password, then Enter: ")
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise CommandError("A new person needs a password on standard input.")
    return password
