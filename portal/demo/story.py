"""Playing the plan: quarter after quarter through the importers, the workflow and the night."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import IO

from django.conf import settings
from django.db import transaction

from audit import trail
from audit.trail import Actor
from catalog.imports import import_products
from catalog.lifecycle_imports import import_lifecycle
from documents import workflow as documents
from documents.policy import EVIDENCE
from jobs.enums import JobKind
from jobs.imports import Outcome, Refusals, run_import
from jobs.tabular import Layout, Table
from partners import clock, imports, workflow
from partners.models import Organization, User
from portal.demo import cases, contracts, lifecycle, service_papers
from portal.demo.announcements import announce, plan_replacements
from portal.demo.cast import PEOPLE, organization_rows
from portal.demo.claims import claim
from portal.demo.directory import list_distributors
from portal.demo.disputes import dispute
from portal.demo.paper import SIGNER, signed
from portal.demo.plan import CORRECTED, DAYS, VOID, Dispatch, Paper, Plan, Planner
from portal.demo.referrals import REFERRER, refer_units
from portal.seeding import SHIPMENT_COLUMNS
from warranty import nights
from warranty import workflow as warranties
from warranty.imports import import_shipments
from warranty.models import InstallationReport, Shipment, Unit

ACTOR = Actor(kind="command", id=None, label="manage.py load_demo")
EVERY_DAY = 7
"""For how many days before today the night has run day by day; before that, by the quarter."""
PRODUCTS = settings.BASE_DIR / "catalog" / "data" / "huawei_products.csv"
MILESTONES = settings.BASE_DIR / "catalog" / "data" / "huawei_lifecycle.csv"


class DemoRefused(Exception):
    """An importer refused what the demonstration gave it."""


LATE = timedelta(days=30)
"""Reports accepted this long after their signature find the warranty started by day 90."""


def _by_delay(papers: list[Paper]) -> tuple[list[Paper], list[Paper]]:
    """Part the papers into those accepted soon after their signature, and the late ones."""
    late = [p for p in papers if p.accepted_on and p.accepted_on - p.signed_on >= LATE]
    return [p for p in papers if p not in late], late


@transaction.atomic
def play(*, at: datetime) -> bool:
    """Load the demonstration as of `at`, once; tell whether it was loaded now."""
    today = clock.business_day(at)
    is_new = not Shipment.unscoped.filter(number=CORRECTED).exists()
    if is_new:
        _Story(today, at).tell(Planner(today).draw())
    else:
        _add_people(at)
        list_distributors(actor=ACTOR, at=at)
    nights.run_night(as_of=today, today=today, at=at, actor=trail.SYSTEM)
    return is_new


class _Story:
    """The stage: who is there, and which day it is."""

    def __init__(self, today: date, at: datetime) -> None:
        self.today, self.at = today, at
        begin = self._instant(today - timedelta(days=DAYS + 1))
        _add_organizations(begin)
        with PRODUCTS.open("rb") as file:
            _accepted(import_products(file, file_name=PRODUCTS.name, actor=ACTOR, at=begin))
        with MILESTONES.open("rb") as file:
            _accepted(import_lifecycle(file, file_name=MILESTONES.name, actor=ACTOR, at=begin))
        _add_people(begin)
        list_distributors(actor=ACTOR, at=begin)
        self.organizations = {o.code: o for o in Organization.objects.all()}
        self.users = {
            person.code: User.objects.get_by_natural_key(person.email) for person in PEOPLE
        }
        self.staff = self.users["HUAWEI"]

    def tell(self, plan: Plan) -> None:
        before = date.min
        for day in self._days():

            def is_now(happened_on: date | None, since: date = before, until: date = day) -> bool:
                return happened_on is not None and since < happened_on <= until

            self._ship([d for d in plan.dispatches if is_now(d.shipped_on)], day)
            self._submit((p for p in plan.papers if is_now(p.submitted_on)), day)
            on_time, late = _by_delay([p for p in plan.papers if is_now(p.accepted_on)])
            self._accept(on_time, day)
            nights.run_night(as_of=day, today=day, at=self._instant(day), actor=trail.SYSTEM)
            self._accept(late, day)
            before = day
        self._send_back(paper for paper in plan.papers if paper.sent_back)
        self._correct()
        dispute(self.users["COPPERLINE"], self.staff, at=self.at)
        service_papers.publish(
            self.organizations["HUAWEI"], self.staff, today=self.today, instant=self._instant
        )
        contracts.sell(self.users.get(contracts.HOLDER, self.staff), self._instant)
        keeper = self.users[contracts.KEEPER]
        contracts.sell_ending_soon(keeper, self._instant, today=self.today)
        lifecycle.announce(self.staff, self.today, self._instant)
        for code in ("MERIDIAN", "COPPERLINE"):
            cases.tell(self.users[code], self.staff, at=self.at)
        refer_units(self.users[REFERRER], at=self.at)
        claim(self.users["MERIDIAN"], self.staff, at=self.at)
        announce(self.staff, today=self.today, actor=ACTOR, at=self.at)
        plan_replacements(keeper, today=self.today, at=self.at)

    def _days(self) -> Iterator[date]:
        """Yield the last day of each quarter of the plan, then the last days one by one."""
        first = self.today - timedelta(days=DAYS + 1)
        for number in range((self.today - first).days + 1):
            day = first + timedelta(days=number)
            morrow = day + timedelta(days=1)
            is_last_of_quarter = morrow.day == 1 and morrow.month % 3 == 1
            if is_last_of_quarter or self.today - day < timedelta(days=EVERY_DAY):
                yield day

    def _instant(self, day: date) -> datetime:
        """Return when on `day` things are recorded; today it is the moment of loading."""
        return self.at if day == self.today else datetime.combine(day, time(18), tzinfo=UTC)

    def _ship(self, dispatches: list[Dispatch], day: date) -> None:
        if not dispatches:
            return
        rows = [SHIPMENT_COLUMNS, *(row for d in dispatches for row in _rows(d))]
        name = f"shipments-{day}.csv"
        at = self._instant(day)
        _accepted(import_shipments(_file(rows), actor=ACTOR, at=at, today=day, file_name=name))

    def _submit(self, papers: Iterable[Paper], day: date) -> None:
        for paper in papers:
            user = self.users.get(paper.organization, self.staff)
            organization, at = self.organizations[paper.organization], self._instant(day)
            document = documents.keep(
                signed(paper), EVIDENCE, organization=organization, actor=user.actor(), at=at
            )
            warranties.submit_report(
                number=paper.number,
                organization=organization,
                signed_on=paper.signed_on,
                signed_by=SIGNER,
                units=Unit.unscoped.filter(serial__in=paper.serials).order_by("pk"),
                user=user,
                at=at,
                document=document,
            )

    def _accept(self, papers: Iterable[Paper], day: date) -> None:
        numbers = [paper.number for paper in papers]
        reports = InstallationReport.unscoped.filter(number__in=numbers).order_by("pk")
        warranties.accept_reports(reports, user=self.staff, at=self._instant(day))

    def _send_back(self, papers: Iterable[Paper]) -> None:
        for paper in papers:
            report = InstallationReport.unscoped.get(number=paper.number)
            warranties.send_back_report(report, user=self.staff, at=self.at, reason=paper.sent_back)

    def _correct(self) -> None:
        """Let staff correct a date and void a warranty, each with its reason."""
        shipment = Shipment.unscoped.get(number=CORRECTED)
        warranties.correct_shipment_date(
            shipment,
            shipped_on=shipment.shipped_on + timedelta(days=3),
            reason="The carrier's papers show a dispatch three days later.",
            user=self.staff,
            at=self.at,
        )
        for unit in Unit.unscoped.filter(huawei_shipment__number=VOID).order_by("pk"):
            warranties.void_warranty(
                unit, reason="Sold on as scrap by an insurer.", user=self.staff, at=self.at
            )


def _add_organizations(at: datetime) -> None:
    def work(table: Table, refuse: Refusals) -> dict[str, int]:
        return imports.import_organizations(table.rows(refuse), refuse, actor=ACTOR, at=at)

    layout = Layout(imports.REQUIRED, imports.OPTIONAL)
    _accepted(
        run_import(
            JobKind.IMPORT_ORGANIZATIONS,
            _file(organization_rows()),
            layout,
            work,
            actor=ACTOR,
            at=at,
            file_name="organizations.csv",
        )
    )


def _add_people(at: datetime) -> None:
    """Create whoever is missing; a person who is there keeps password and roles."""
    for person in PEOPLE:
        if not User.objects.filter(email=person.email).exists():
            workflow.create_user(
                email=person.email,
                password=person.password,
                organization=Organization.objects.get(code=person.code),
                role=person.role,
                actor=ACTOR,
                at=at,
                name=person.name,
            )


def _rows(dispatch: Dispatch) -> Iterator[tuple[object, ...]]:
    for serial, part_number in dispatch.units:
        yield (
            dispatch.number,
            dispatch.leg,
            dispatch.shipped_on,
            dispatch.shipped_by,
            dispatch.consignee,
            serial,
            part_number,
            "yes" if dispatch.installation else "no",
            dispatch.end_customer,
            "US",
            dispatch.purchase_order,
        )


def _file(rows: Iterable[Iterable[object]]) -> IO[bytes]:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return io.BytesIO(text.getvalue().encode())


def _accepted(outcome: Outcome) -> None:
    """Raises: DemoRefused with the first reasons if the importer refused."""
    if outcome.is_refused:
        raise DemoRefused(" ".join(str(problem) for problem in outcome.problems[:3]))
