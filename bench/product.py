"""The product's side: each task by its own command, in a process of its own.

    product.py TASK --folder FOLDER --units N --partners N

prints one JSON line like `limits.py`: seconds, count, the memory of this process, and
how long the database was busy. `DATABASE_URL` and `VAR_DIR` say where.
"""

import argparse
import csv
import io
import json
import os
import random
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402 (the path comes first)

django.setup()

from celery import current_app  # noqa: E402
from django.core.management import call_command, get_commands, load_command_class  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from papers import write_papers  # noqa: E402 (it lies beside this file)

from audit.trail import SYSTEM  # noqa: E402
from catalog.enums import MilestoneKind  # noqa: E402
from catalog.milestones import on_day  # noqa: E402
from catalog.models import Product  # noqa: E402
from lifecycle import workflow as announcements  # noqa: E402
from lifecycle.impact import impact_of  # noqa: E402
from lifecycle.models import Announcement  # noqa: E402
from partners import clock, workflow  # noqa: E402
from partners.enums import Role, Scope  # noqa: E402
from partners.models import Organization, User  # noqa: E402
from portal import seeding  # noqa: E402
from portal.seeding_cases import seed_cases  # noqa: E402

LOOKUPS = 100_000
KNOWN = 0.95
"""Which part of the serial numbers asked about exists."""
PRODUCTS = 200
"""How many products the announcement is about."""
ANNOUNCED = "lifecycle_announcement, catalog_milestone"
EMPTIED = (
    "audit_event, warranty_warranty, warranty_startnight, warranty_reportline,"
    " warranty_installationreport, warranty_shipmentline, warranty_sight, warranty_unit,"
    " warranty_shipment, notifications_message, jobs_job"
)


def sql(query: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query)


def count(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


@contextmanager
def database_clock() -> Iterator[list[float]]:
    """Note how long each statement takes, seen from here."""
    spent: list[float] = []

    def timed(execute, query, params, many, context):
        began = time.perf_counter()
        try:
            return execute(query, params, many, context)
        finally:
            spent.append(time.perf_counter() - began)

    with connection.execute_wrapper(timed):
        yield spent


class Side:
    """The files of one folder, and the tasks."""

    def __init__(self, folder: Path, units: int, partners: int, cases: int) -> None:
        self.folder, self.units, self.partners, self.cases = folder, units, partners, cases

    def command(self, name: str, *arguments: str) -> dict:
        printed = io.StringIO()
        call_command(name, *arguments, "--json", stdout=printed)
        return json.loads(printed.getvalue())

    def files(self) -> int:
        """Write the base, and the serial numbers to look up; the same every time."""
        seeding.write_files(self.folder, seeding.Plan(self.units, partners=self.partners))
        with (self.folder / "shipments.csv").open(newline="") as file:
            serials = [row["serial_number"] for row in csv.DictReader(file)]
        draw = random.Random(90)
        asked = [
            draw.choice(serials) if draw.random() < KNOWN else f"2102999999EXNC{n:06d}"
            for n in range(min(LOOKUPS, self.units))
        ]
        (self.folder / "lookup.csv").write_text("serial_number\n" + "\n".join(asked) + "\n")
        (self.folder / "known.txt").write_text("\n".join(draw.sample(serials, 1000)) + "\n")
        return len(asked)

    def base(self) -> int:
        call_command("migrate", verbosity=0)
        call_command("createcachetable")
        self.command("import_organizations", str(self.folder / "organizations.csv"))
        return self.command("import_products", str(self.folder / "products.csv"))["new"]

    def prepare_import(self) -> None:
        sql(f"TRUNCATE {EMPTIED} RESTART IDENTITY CASCADE")
        sql("CHECKPOINT")

    def import_(self) -> int:
        self.command("import_shipments", str(self.folder / "shipments.csv"))
        units = count("SELECT count(*) FROM warranty_unit")
        events = count("SELECT count(*) FROM audit_event WHERE record_type = 'warranty.unit'")
        assert units == events == self.units, (units, events)
        return units

    def prepare_night(self) -> None:
        sql("VACUUM ANALYZE warranty_unit")
        sql("CHECKPOINT")

    def night(self) -> int:
        done = self.command("start_warranties")
        warranties = count("SELECT count(*) FROM warranty_warranty")
        events = count("SELECT count(*) FROM audit_event WHERE name = 'warranty.started'")
        messages = count("SELECT count(*) FROM notifications_message")
        assert warranties == events == done["started"] == self.units, (warranties, events)
        assert messages == done["partners"], (messages, done)
        return warranties

    def nothing(self) -> int:
        """Run the night again, just behind the one that started everything."""
        return self.command("start_warranties")["started"]

    def prepare_check(self) -> None:
        sql("VACUUM ANALYZE")

    def check(self) -> int:
        output = str(self.folder / "product-answer.csv")
        done = self.command("check_serials", str(self.folder / "lookup.csv"), "--output", output)
        return done["answers"]

    def prepare_preview(self) -> None:
        self.draft()
        sql("VACUUM ANALYZE")

    def preview(self) -> int:
        """Say whom a draft concerns, as its authors and approvers see it."""
        impact = impact_of(Announcement.objects.get())
        assert impact.partners == self.partners, impact.partners
        return impact.units

    def prepare_announce(self) -> None:
        self.draft()
        sql("TRUNCATE notifications_message RESTART IDENTITY CASCADE")
        author, approver = self.staff("author"), self.staff("approver")
        announcement, at = Announcement.objects.get(), clock.now()
        announcements.submit(announcement, user=author, at=at)
        announcements.approve(announcement, publish_at=None, user=approver, at=at)
        sql("CHECKPOINT")

    def announce(self) -> int:
        """Let it out and queue a mail for every holder."""
        at = clock.now()
        out = announcements.publish(Announcement.objects.get(), user=self.staff("approver"), at=at)
        announcements.tell(out, at=at)
        messages = count("SELECT count(*) FROM notifications_message")
        assert messages == self.partners, messages
        return count("SELECT sum(units) FROM lifecycle_holding")

    def draft(self) -> None:
        """Write an announcement about the first products, in place of any other."""
        sql(f"TRUNCATE {ANNOUNCED} RESTART IDENTITY CASCADE")
        products = Product.objects.order_by("partnumber__number")[:PRODUCTS]
        draft = announcements.Draft(
            subject="End of marketing of many products",
            text="Orders end.",
            affected=[announcements.Subject(product, None, None) for product in products],
            dates={
                MilestoneKind.EOM: on_day(date(2027, 3, 31)),
                MilestoneKind.EOS: on_day(date(2032, 3, 31)),
            },
        )
        announcements.write_announcement(
            "PN-2026-1", draft, user=self.staff("author"), at=clock.now()
        )

    def staff(self, name: str) -> User:
        """Return one of Huawei's people, made when first asked for."""
        email = f"{name}@huawei.example"
        found = User.objects.filter(email=email).first()
        return found or workflow.create_user(
            email=email,
            password="four-keys-for-one-bench",  # noqa: S106 (of a database that goes away)
            organization=Organization.objects.get(code="HUAWEI"),
            role=Role.STAFF,
            actor=SYSTEM,
            at=clock.now(),
        )

    def seed_cases(self) -> int:
        made = seed_cases(self.cases, last_day=seeding.LAST_DAY)
        sql("VACUUM ANALYZE")
        return made

    def papers(self) -> int:
        """Give every distributor reports, contracts and referrals, and all announcements."""
        made = write_papers(last_day=seeding.LAST_DAY)
        sql("VACUUM ANALYZE")
        return made

    def cookie(self) -> str:
        """Sign the manager of the first distributor in; return the cookie of the session."""
        manager = workflow.create_user(
            email=f"manager-{clock.now():%H%M%S%f}@partner.example",
            password="four-keys-for-one-bench",  # noqa: S106 (of a database that goes away)
            organization=Organization.objects.get(code="D0001"),
            role=Role.MANAGER,
            actor=SYSTEM,
            at=clock.now(),
        )
        client = Client()
        client.force_login(manager)
        (cookie,) = client.cookies.values()
        return f"{cookie.key}={cookie.value}"

    def tokens(self) -> list[str]:
        """Make four keys of one program, one for each client."""
        huawei, at = Organization.objects.get(code="HUAWEI"), clock.now()
        user = self.staff("bench")
        how = {"scopes": [Scope.UNITS_READ], "lasts": timedelta(days=1), "actor": SYSTEM, "at": at}
        return [
            workflow.create_token(user, organization=huawei, label=f"client {n}", **how)
            for n in range(4)
        ]


COMMANDS = ("import_shipments", "start_warranties", "check_serials")


def warm_up() -> None:
    """Import and connect, which happens before the clock runs on both sides."""
    for name in COMMANDS:
        load_command_class(get_commands()[name], name)
    connection.ensure_connection()
    with current_app.connection_for_write() as broker:
        broker.ensure_connection()


TASKS = (
    *("files", "base", "import", "night", "nothing", "check"),
    *("preview", "announce", "tokens", "seed_cases", "papers", "cookie"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("--folder", required=True, type=Path)
    parser.add_argument("--units", type=int, required=True)
    parser.add_argument("--partners", type=int, required=True)
    parser.add_argument("--cases", type=int, default=0)
    given = parser.parse_args()
    warm_up()
    product = Side(given.folder, given.units, given.partners, given.cases)
    getattr(product, f"prepare_{given.task}", lambda: None)()
    task = product.import_ if given.task == "import" else getattr(product, given.task)
    with database_clock() as spent:
        began = time.perf_counter()
        done = task()
        seconds = time.perf_counter() - began
    memory = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    facts = {"seconds": seconds, "count": done, "rss_mib": memory, "database": sum(spent)}
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
