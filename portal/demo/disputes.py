"""What a partner of the demonstration reports as wrong: one to decide, one answered."""

from datetime import datetime, timedelta

from documents.policy import EVIDENCE
from documents.workflow import keep
from partners.models import User
from portal.demo.paper import PaperFile, pdf
from warranty import workflow as warranties
from warranty.enums import DisputeSubject
from warranty.models import Dispute, Unit

TO_DECIDE, TO_ANSWER = "DEMO-LM-02", "DEMO-LM-07"
"""The shipments of whose first unit the partner says that the date is wrong."""


def dispute(agent: User, staff: User, *, at: datetime) -> None:
    """Let `agent` report two dates as wrong, and staff answer the second."""
    _report(TO_DECIDE, "The carrier collected the goods two days later.", agent, days=2, at=at)
    answered = _report(TO_ANSWER, "Our goods-in stamp is of the week after.", agent, days=6, at=at)
    warranties.answer_dispute(
        answered,
        reason="The stamp shows when the goods arrived. Day 0 is the day on which they left.",
        user=staff,
        at=at,
    )


def _report(number: str, words: str, agent: User, *, days: int, at: datetime) -> Dispute:
    units = Unit.unscoped.filter(huawei_shipment__number=number)
    unit = units.select_related("huawei_shipment", "consignee", "part_number").earliest("pk")
    claimed = unit.huawei_shipment.shipped_on + timedelta(days=days)
    document = keep(
        PaperFile("delivery-note.pdf", pdf([f"Delivery note {number}", f"Collected {claimed}"])),
        EVIDENCE,
        organization=unit.consignee,
        actor=agent.actor(),
        at=at,
    )
    return warranties.open_dispute(
        unit,
        organization=unit.consignee,
        subject=DisputeSubject.HUAWEI_SHIPMENT,
        claimed=claimed.isoformat(),
        explanation=words,
        document=document,
        user=agent,
        at=at,
    )
