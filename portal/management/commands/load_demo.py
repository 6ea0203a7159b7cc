"""manage.py load_demo [--json]: the demonstration, once, and who may sign in to it."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from partners import clock
from partners.models import Organization
from portal import demo
from portal.demo.entry import staff_codes
from portal.demo.plan import LANDMARKS, TWINS
from warranty.models import Shipment, Unit


class Command(BaseCommand):
    help = (
        "Load invented partners with two years of shipments of real products, up to today. "
        "A second time it adds nothing; it starts what has become due."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        began = monotonic()
        try:
            is_new = demo.play(at=clock.now())
        except demo.DemoRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        counts = {
            "loaded": is_new,
            "organizations": Organization.objects.count(),
            "shipments": Shipment.unscoped.count(),
            "units": Unit.unscoped.count(),
            "seconds": round(monotonic() - began, 1),
        }
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        for line in _story(counts):
            self.stdout.write(line)


def _story(counts: dict[str, Any]) -> Iterator[str]:
    verb = "Loaded" if counts["loaded"] else "Nothing was added to"
    yield (
        f"{verb} the demonstration: {counts['units']:,} units in {counts['shipments']:,} "
        f"shipments of {counts['organizations']} organizations ({counts['seconds']} s)."
    )
    yield "Its companies, people and serial numbers are invented; the products are Huawei's."
    yield ""
    yield "Who may sign in"
    for person in demo.PEOPLE:
        yield f"  {person.email:<26} {person.password:<20} {person.role.label}: {person.may}"
    yield from _second_factor()
    yield ""
    yield "Serial numbers worth a look"
    for serial, story in _landmarks():
        yield f"  {serial:<26} {story}"


def _second_factor() -> Iterator[str]:
    """Say how staff pass the second step; nothing is printed outside the demonstration."""
    if not settings.DEMO:
        return
    yield ""
    yield "Staff pass a second step after the password"
    for email, codes in staff_codes().items():
        yield f"  Type one of these codes, each works once:  {'  '.join(codes)}"
        yield f"  or what this prints:  DEMO=true .venv/bin/python manage.py one_time_code {email}"


def _landmarks() -> Iterator[tuple[str, str]]:
    stories = {number: landmark.story for number, landmark in LANDMARKS.items()}
    stories[next(iter(TWINS))] = "two part numbers share this serial number"
    units = Unit.unscoped.filter(huawei_shipment__number__in=stories).order_by("pk")
    latest = dict(units.values_list("huawei_shipment__number", "serial"))
    for number, story in stories.items():
        if number in latest:
            yield latest[number], story
