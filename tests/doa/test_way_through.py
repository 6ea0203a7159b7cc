"""One case on its whole way, step by step, as its people take them."""

import pytest

from audit.models import Event
from doa import workflow
from doa.enums import CaseStatus, ClosingCode, Finding, ReplacementTrack, ReturnTrack
from notifications.models import Message
from partners import clock
from tests import builders as make
from tests import builders_cases as cases
from tests.builders_cases import SUBMITTED_AT as AT

pytestmark = pytest.mark.django_db


def test_a_unit_that_fails_at_first_boot_is_replaced_from_draft_to_closing():
    case = cases.make_case(CaseStatus.CLOSED)
    line = cases.lines_of(case)[0]
    assert case.closing_code == ClosingCode.REPLACED
    assert case.reference.startswith("DOA-2026-")
    assert (line.remedy, line.rule) == ("doa_replacement", "D1")
    assert line.replacement_track == ReplacementTrack.DELIVERED
    assert line.return_track == ReturnTrack.INSPECTED
    assert not line.is_open
    to_contact = Message.unscoped.filter(recipient=case.contact_email)
    told = to_contact.order_by("pk").values_list("template", flat=True)
    assert list(dict.fromkeys(told)) == [
        "doa/acknowledged",
        "doa/registered",
        "doa/decided",
        "doa/shipped",
        "doa/received",
        "doa/closed",
    ]
    steps = Event.objects.about("doa.case", case.pk).order_by("pk").values_list("name", flat=True)
    assert [name for name in steps if name != "case.changed"] == [
        "case.started",
        "case.submitted",
        "case.registered",
        "case.taken",
        "case.decided",
        "line.ordered",
        "line.shipped",
        "line.delivered",
        "line.received",
        "line.inspected",
        "case.closed",
    ]


@pytest.mark.parametrize("status", [s for s in CaseStatus if s not in {"info_needed", "cancelled"}])
def test_builders_bring_a_case_to_each_state(status):
    assert cases.make_case(status).status == status


def test_the_faulty_unit_may_come_back_before_the_replacement_leaves():
    line = cases.make_fulfilling()
    staff, agent = make.make_staff(), cases.make_agent(line.case)
    back = {"carrier": "UPS", "tracking": "1Z1", "data_removed": True}
    workflow.send_back(line, **back, user=agent, at=AT)
    workflow.receive(line, serial=line.unit.serial, user=staff, at=AT)
    workflow.inspect(line, finding=Finding.NO_FAULT_FOUND, user=staff, at=AT)
    assert cases.fresh(line.case).status == CaseStatus.FULFILLING
    later = AT + 10 * cases.HOUR
    cases.send(line, staff=staff, at=later)
    workflow.deliver(line, delivered_on=clock.business_day(later), user=staff, at=later)
    assert cases.fresh(line.case).status == CaseStatus.CLOSED
