"""Cases of the demonstration, each brought to its state by the steps that people take."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from doa import workflow
from doa.enums import FailureKind, FileKind, Finding, Symptom
from doa.models import Case, CaseLine
from doa.verdicts import verdict_on
from doa.workflow import Ruling, Wanted
from documents.models import Document
from documents.policy import LOG, PHOTO, Accepted
from documents.workflow import keep
from partners import clock
from partners.models import Organization, User
from portal.demo.paper import PaperFile
from portal.demo.pictures import label_photo
from warranty.models import Unit

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NEWEST = 75
"""How many days before the day of loading a unit may have been shipped to be in a case."""
SHIP_TO = "Copperline Example Networks\n410 Sample Street\nDes Moines, IA 50309"
LOG_TEXT = b"BootROM 2.31\nDDR test ... ok\nSelf-test: port chip 2 ... FAILED (0x31)\nReset\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A failure to tell of, and how many days ago it came in."""

    symptom: Symptom
    text: str
    days: int
    hours_on: float | None = None
    """Hours from power-on to the failure; None: at first boot."""


WAITING_FOR_CALL = Story(
    symptom=Symptom.NO_POWER,
    text="The LEDs stay dark with either power cord. A sister unit runs on the same socket.",
    days=0,
    hours_on=31,
)
WITH_TAC = Story(
    symptom=Symptom.RESTARTS,
    text="Restarts every four to six minutes under load, with no message on the console.",
    days=2,
    hours_on=9,
)
ASKED = Story(
    symptom=Symptom.SELF_TEST,
    text="No link lights, restarts during the self-test.",
    days=3,
)
RETURN_DUE = Story(
    symptom=Symptom.NO_BOOT, text="The console stops after the memory test.", days=12
)
CLOSED = Story(
    symptom=Symptom.FAN_OR_POWER,
    text="Fan tray 2 reports a failure from the first minute on. Reseated twice.",
    days=30,
)


def tell(agent: User, staff: User, *, at: datetime) -> None:
    """Let `agent` apply for units that failed, and staff take them as far as each story goes."""
    stage = _Stage(agent, staff, at)
    stage.draft()
    stage.submitted(WAITING_FOR_CALL)
    stage.taken(WITH_TAC)
    stage.asked(ASKED)
    stage.delivered(RETURN_DUE)
    stage.closed(CLOSED)


class _Stage:
    """Who plays, and which units are left for the next story."""

    def __init__(self, agent: User, staff: User, at: datetime) -> None:
        self.agent, self.staff, self.at = agent, staff, at
        self.holder: Organization = agent.joined_memberships()[0].organization
        self.used: set[int] = set()

    def draft(self) -> None:
        """Leave an application where somebody was called away."""
        unit = self._unit(before=self.at - DAY)
        case = workflow.start_draft(
            organization=self.holder, serials=[unit], user=self.agent, at=self.at - 5 * HOUR
        )
        (line,) = CaseLine.unscoped.filter(case=case)
        answers = {
            "symptom": Symptom.NO_LINK,
            "description": "Ports 1 to 8 show no link with any cable.",
        }
        workflow.save_answers(line, answers, user=self.agent, at=self.at - 5 * HOUR)

    def submitted(self, story: Story) -> Case:
        began = self.at - story.days * DAY - 4 * HOUR
        unit = self._unit(before=began - 3 * DAY)
        case = workflow.start_draft(
            organization=self.holder,
            serials=[unit],
            user=self.agent,
            at=began,
            details={
                "site": "Harbor Lamp Example Hospital, rack B4",
                "ship_to": SHIP_TO,
                "ship_to_country": "US",
                "contact_phone": "+1 515 555 0142",
            },
        )
        (line,) = CaseLine.unscoped.filter(case=case)
        workflow.save_answers(line, self._answers(story, began), user=self.agent, at=began)
        photo = self._keep("label.png", label_photo(unit.serial), PHOTO, self.agent, began)
        workflow.add_file(
            case, photo, kind=FileKind.LABEL_PHOTO, line=line, user=self.agent, at=began
        )
        workflow.submit(case, user=self.agent, at=began + HOUR)
        return case

    def _answers(self, story: Story, began: datetime) -> dict[str, Any]:
        is_first = story.hours_on is None
        failed_at = began - 2 * HOUR
        return {
            "symptom": story.symptom,
            "description": story.text,
            "failure_kind": FailureKind.FIRST_BOOT if is_first else FailureKind.LATER,
            "powered_on_at": failed_at - HOUR * (story.hours_on or 0),
            "failed_at": failed_at,
            "time_zone": self.holder.time_zone,
            "is_new": True,
            "delivery_project": False,
        }

    def taken(self, story: Story) -> Case:
        case = self.submitted(story)
        called = self._submitted_at(case) + HOUR / 2
        number = f"SR-{7_700_000 + case.pk}"
        by: dict[str, Any] = {"user": self.staff}
        workflow.register_call(case, sr_number=number, called_at=called, at=called + HOUR / 6, **by)
        workflow.take(case, at=called + HOUR, **by)
        return case

    def asked(self, story: Story) -> None:
        """Let the TAC ask for two things of which one has come."""
        case = self.taken(story)
        at = self._submitted_at(case) + 3 * HOUR
        request = workflow.ask(
            case,
            items=[
                Wanted("Console log from power-on to the restart", FileKind.LOG),
                Wanted("Photo of the LEDs while it restarts", FileKind.LED_PHOTO),
            ],
            text="The pattern points to the self-test. Both items tell which board it is.",
            reply_by=self.at + 6 * DAY,
            user=self.staff,
            at=at,
        )
        log = self._keep("boot.log", LOG_TEXT, LOG, self.agent, at + DAY)
        item = request.items.get(kind=FileKind.LOG)
        workflow.answer(
            case,
            text="The log is here. The photo follows when somebody is on site.",
            files={item.pk: log},
            user=self.agent,
            at=at + DAY,
        )

    def delivered(self, story: Story) -> CaseLine:
        case = self.taken(story)
        at = self._submitted_at(case) + DAY
        (line,) = CaseLine.unscoped.filter(case=case).for_page().select_related("case")
        ruling = Ruling(remedy=verdict_on(line, at=at).remedy, text="The log shows it.")
        workflow.decide(case, {line.pk: ruling}, user=self.staff, at=at)
        line = self._fresh(line)
        workflow.order(line, user=self.staff, at=at + HOUR)
        line = self._fresh(line)
        workflow.ship(
            line,
            serial=self._unit(before=at, like=line.unit).serial,
            carrier="Example Freight",
            tracking=f"EX{case.pk:08}",
            expected_on=clock.business_day(at + 2 * DAY),
            user=self.staff,
            at=at + 5 * HOUR,
        )
        line = self._fresh(line)
        workflow.deliver(
            line,
            delivered_on=clock.business_day(at + 3 * DAY),
            signer="D. Dock, goods in",
            user=self.agent,
            at=at + 3 * DAY,
        )
        return self._fresh(line)

    def closed(self, story: Story) -> None:
        line = self.delivered(story)
        at = self._submitted_at(line.case) + 6 * DAY
        workflow.send_back(
            line, carrier="Example Freight", tracking="EX90001234", data_removed=True,
            user=self.agent, at=at,
        )  # fmt: skip
        by: dict[str, Any] = {"user": self.staff}
        workflow.receive(self._fresh(line), serial=line.unit.serial, at=at + 3 * DAY, **by)
        workflow.inspect(self._fresh(line), finding=Finding.FAULT_CONFIRMED, at=at + 4 * DAY, **by)

    def _unit(self, *, before: datetime, like: Unit | None = None) -> Unit:
        """Return a unit that the company holds, new, shipped early enough, in no other story."""
        units = Unit.objects.for_organization(self.holder).filter(
            huawei_shipment__consignee__in=[self.holder, self.holder.buys_from],
            huawei_shipment__shipped_on__lt=clock.business_day(before),
            huawei_shipment__shipped_on__gte=clock.business_day(self.at - NEWEST * DAY),
        )
        if like is None:
            units = units.filter(warranty=None)
        else:
            units = Unit.unscoped.filter(
                part_number=like.part_number,
                warranty=None,
                distributor_shipment=None,
                consignee__in=[self.holder, like.huawei_shipment.consignee],
            )
        found = units.exclude(pk__in=self.used).select_related("part_number__product")
        unit: Unit = found.order_by("-huawei_shipment__shipped_on", "pk")[0]
        self.used.add(unit.pk)
        return unit

    def _submitted_at(self, case: Case) -> datetime:
        case.refresh_from_db(fields=["submitted_at"])
        return case.submitted_at or self.at

    def _fresh(self, line: CaseLine) -> CaseLine:
        found: CaseLine = CaseLine.unscoped.for_page().select_related("case").get(pk=line.pk)
        return found

    def _keep(
        self, name: str, body: bytes, accepted: Accepted, user: User, at: datetime
    ) -> Document:
        return keep(
            PaperFile(name, body),
            accepted,
            organization=self.holder,
            actor=user.actor(),
            at=at,
        )
