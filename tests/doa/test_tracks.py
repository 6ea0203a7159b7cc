"""The two tracks of a line: the replacement goes out, the faulty unit comes back."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from audit.transitions import IllegalTransition
from doa import workflow
from doa.enums import CaseStatus, Finding, Remedy, ReplacementTrack, ReturnTrack
from doa.workflow import Ruling
from partners import clock
from partners.enums import Role
from tests import builders as make
from tests import builders_cases as cases
from tests.builders_cases import FIRST_BOOT, HOUR
from tests.builders_cases import SUBMITTED_AT as AT

pytestmark = [pytest.mark.django_db, pytest.mark.portable]
LATER = AT + 12 * HOUR
SENT = {"carrier": "UPS", "tracking": "1Z999"}


def fresh(line):
    return next(found for found in cases.lines_of(line.case) if found.pk == line.pk)


def ordered(**case):
    return cases.make_fulfilling(**case)


def shipped():
    line = ordered()
    cases.send(line, staff=make.make_staff(), at=LATER)
    return fresh(line)


def delivered(on=date(2026, 2, 3)):
    line = shipped()
    at = max(LATER, make.at_noon(on))
    workflow.deliver(line, delivered_on=on, user=make.make_staff(), at=at)
    return fresh(line)


def ship(line, unit, **how):
    staff = make.make_staff()
    workflow.ship(line, serial=unit.serial, **SENT | how, user=staff, at=LATER)


def test_an_order_is_for_the_part_of_the_faulty_unit_unless_another_is_named():
    case = cases.make_case(CaseStatus.DECIDED)
    line, staff = cases.lines_of(case)[0], make.make_staff()
    with cases.nothing_changes(), pytest.raises(workflow.CaseRefused, match="not in the catalogue"):
        workflow.order(line, part_number="0000NONE", user=staff, at=LATER)
    workflow.order(line, user=staff, at=LATER)
    assert fresh(line).ordered_part_number == line.unit.part_number.number
    assert cases.fresh(case).status == CaseStatus.FULFILLING


def test_a_successor_is_ordered_and_then_only_it_fits():
    case = cases.make_case(CaseStatus.DECIDED)
    line, part = cases.lines_of(case)[0], make.make_part_number()
    workflow.order(line, part_number=part.number, user=make.make_staff(), at=LATER)
    with pytest.raises(workflow.ReplacementRefused, match=f"a {part.number} was ordered"):
        ship(line, cases.make_replacement(line))
    ship(line, make.make_unit(line.case.organization, part_number=part))
    assert fresh(line).replacement_track == ReplacementTrack.SHIPPED


def test_a_shipped_replacement_is_told_with_its_tracking():
    line = shipped()
    assert (line.replacement_track, line.tracking) == (ReplacementTrack.SHIPPED, "1Z999")
    assert cases.told("shipped") == ["ana@applicant.test"]
    assert line.return_track == ReturnTrack.NOT_DUE


def refused_as(line, unit, why):
    with cases.nothing_changes(), pytest.raises(workflow.ReplacementRefused, match=why):
        ship(line, unit)


def test_a_replacement_is_known_new_unused_and_not_the_faulty_unit():
    line, other = ordered(), shipped()
    with cases.nothing_changes(), pytest.raises(workflow.ReplacementRefused, match="not known"):
        workflow.ship(line, serial="2102NONE", **SENT, user=make.make_staff(), at=LATER)
    refused_as(line, line.unit, "the faulty unit")
    same_part = {"part_number": line.unit.part_number}
    organization = line.case.organization
    sent_already = other.replacement
    sent_already.part_number = line.unit.part_number
    sent_already.save()
    refused_as(line, sent_already, "in another case")
    refused_as(line, make.make_unit(**same_part), "it was shipped to")
    passed_on = make.make_unit(organization, **same_part)
    make.pass_on(passed_on, make.make_organization(), shipped_on=date(2026, 2, 1))
    refused_as(line, passed_on, "shipped it on")
    contracted = make.make_unit(organization, **same_part)
    make.make_contract([contracted], at=AT)
    refused_as(line, contracted, "a contract covers it")
    refused_as(line, make.make_unit(organization), "was ordered")
    ship(line, make.make_unit(organization, **same_part))


def test_what_was_sent_out_once_is_not_sent_again():
    ended = cases.make_case(CaseStatus.CLOSED)
    line = ordered(units=[make.make_unit(ended.organization)])
    sent = cases.lines_of(ended)[0].replacement
    sent.part_number = line.unit.part_number
    sent.save()
    refused_as(line, sent, "in another case")


@pytest.mark.parametrize("lacks", ["carrier", "tracking"])
def test_a_parcel_has_a_carrier_and_a_number(lacks):
    line = ordered()
    unit, agent = cases.make_replacement(line), cases.make_agent(line.case)
    with cases.nothing_changes():
        with pytest.raises(workflow.CaseRefused, match="Write the carrier"):
            ship(line, unit, **{lacks: " "})
        with pytest.raises(workflow.CaseRefused, match="Write the carrier"):
            workflow.send_back(line, **SENT | {lacks: ""}, data_removed=True, user=agent, at=LATER)


@pytest.mark.parametrize(
    ("delivered_on", "due_on"),
    [
        (date(2026, 2, 3), date(2026, 2, 25)),  # Presidents' Day on the 16th is no business day
        (date(2026, 2, 6), date(2026, 3, 2)),
        (date(2026, 2, 7), date(2026, 3, 2)),
        (date(2026, 2, 8), date(2026, 3, 2)),
        (date(2026, 2, 9), date(2026, 3, 3)),
    ],
)
def test_the_faulty_unit_is_due_15_business_days_after_delivery(delivered_on, due_on):
    line = delivered(delivered_on)
    assert (line.return_track, line.return_due_on) == (ReturnTrack.AWAITED, due_on)


def test_a_delivery_lies_between_shipping_and_today():
    line, agent = shipped(), make.make_staff()
    today = clock.business_day(LATER)
    for day in (today - timedelta(days=1), today + timedelta(days=1)):
        with cases.nothing_changes(), pytest.raises(workflow.CaseRefused, match="Write a day"):
            workflow.deliver(line, delivered_on=day, user=agent, at=LATER)
    workflow.deliver(line, delivered_on=today, user=agent, at=LATER)


def test_the_applicant_records_the_delivery_too_and_no_viewer_does():
    line = shipped()
    viewer = make.make_user(line.case.organization, Role.VIEWER)
    today = clock.business_day(LATER)
    with cases.nothing_changes(), pytest.raises(PermissionDenied):
        workflow.deliver(line, delivered_on=today, user=viewer, at=LATER)
    agent = cases.make_agent(line.case)
    workflow.deliver(line, delivered_on=today, signer="Bo", user=agent, at=LATER)
    assert (fresh(line).delivery_signer, fresh(line).return_track) == ("Bo", ReturnTrack.AWAITED)


def test_what_goes_back_has_no_data_on_it():
    line = delivered()
    agent = cases.make_agent(line.case)
    with cases.nothing_changes(), pytest.raises(workflow.CaseRefused, match="Remove your data"):
        workflow.send_back(line, **SENT, data_removed=False, user=agent, at=LATER)
    workflow.send_back(line, **SENT, data_removed=True, user=agent, at=LATER)
    assert (fresh(line).return_track, fresh(line).data_removed) == (ReturnTrack.IN_TRANSIT, True)


def test_partners_neither_ship_nor_receive_nor_waive():
    line = ordered()
    agent, unit = cases.make_agent(line.case), cases.make_replacement(line)
    steps = (
        lambda: workflow.ship(line, serial=unit.serial, **SENT, user=agent, at=LATER),
        lambda: workflow.receive(line, serial=line.unit.serial, user=agent, at=LATER),
        lambda: workflow.waive(line, reason="Lost.", user=agent, at=LATER),
        lambda: workflow.bill(line, reason="Late.", user=agent, at=LATER),
    )
    with cases.nothing_changes():
        for step in steps:
            with pytest.raises(PermissionDenied):
                step()


@pytest.mark.parametrize("status", [s for s in CaseStatus if s not in {"draft", "info_needed"}])
def test_a_unit_that_arrives_is_received_whatever_the_state_of_its_case(status):
    case = cases.make_case("submitted" if status == "cancelled" else status)
    if status == CaseStatus.CANCELLED:
        workflow.cancel(case, reason="Found the fault.", user=case.applicant, at=LATER)
    line = cases.lines_of(case)[0]
    if status == CaseStatus.CLOSED:
        assert cases.told("received") == ["ana@applicant.test"]
        return
    assert workflow.receive(line, serial=line.unit.serial, user=make.make_staff(), at=LATER)
    assert fresh(line).return_track == ReturnTrack.RECEIVED
    assert cases.fresh(case).status == status
    assert cases.told("received") == ["ana@applicant.test"]


def test_another_serial_number_is_an_exception_to_resolve():
    line, staff = delivered(), make.make_staff()
    wrong = make.make_unit()
    assert not workflow.receive(line, serial=wrong.serial, user=staff, at=LATER)
    line = fresh(line)
    assert (line.is_mismatch, line.received_serial) == (True, wrong.serial)
    with cases.nothing_changes():
        with pytest.raises(IllegalTransition):
            workflow.inspect(line, finding=Finding.DAMAGE, user=staff, at=LATER)
        with pytest.raises(workflow.ReasonMissing):
            workflow.resolve_mismatch(line, is_ours=True, reason=" ", user=staff, at=LATER)
    workflow.resolve_mismatch(line, is_ours=False, reason="Sent back.", user=staff, at=LATER)
    assert (fresh(line).return_track, fresh(line).received_at) == (ReturnTrack.AWAITED, None)
    workflow.receive(line, serial=f" {line.unit.serial.lower()} ", user=staff, at=LATER)
    assert fresh(line).is_mismatch is False


def test_a_label_that_was_misread_counts_as_the_unit():
    line, staff = delivered(), make.make_staff()
    workflow.receive(line, serial="21O2TEST", user=staff, at=LATER)
    workflow.resolve_mismatch(line, is_ours=True, reason="O for 0.", user=staff, at=LATER)
    workflow.inspect(line, finding=Finding.FAULT_CONFIRMED, user=staff, at=LATER)
    assert cases.fresh(line.case).status == CaseStatus.CLOSED


def test_what_does_not_belong_here_is_awaited_only_once_it_is_due():
    line, staff = ordered(), make.make_staff()
    workflow.receive(line, serial="2102OTHER", user=staff, at=LATER)
    workflow.resolve_mismatch(line, is_ours=False, reason="Not ours.", user=staff, at=LATER)
    assert fresh(line).return_track == ReturnTrack.NOT_DUE


def test_a_return_is_waived_with_a_reason_and_ends_its_track():
    line, staff = delivered(), make.make_staff()
    with cases.nothing_changes(), pytest.raises(workflow.ReasonMissing):
        workflow.waive(line, reason="  ", user=staff, at=LATER)
    workflow.waive(line, reason="Burnt in a fire.", user=staff, at=LATER)
    assert fresh(line).return_track == ReturnTrack.WAIVED
    assert cases.told("waived") == ["ana@applicant.test"]
    assert cases.fresh(line.case).status == CaseStatus.CLOSED


def test_a_waived_unit_that_arrives_all_the_same_is_recorded_and_stays_waived():
    line, staff = delivered(), make.make_staff()
    workflow.waive(line, reason="Burnt in a fire.", user=staff, at=LATER)
    workflow.receive(line, serial=line.unit.serial, user=staff, at=LATER)
    assert (fresh(line).return_track, fresh(line).received_at) == (ReturnTrack.WAIVED, LATER)
    assert cases.told("received") == ["ana@applicant.test"]
    with cases.nothing_changes(), pytest.raises(IllegalTransition):
        workflow.receive(line, serial=line.unit.serial, user=staff, at=LATER)


def test_staff_decide_to_bill_once_and_the_return_stays_awaited():
    line, staff = delivered(), make.make_staff()
    workflow.bill(line, reason="Not back after 30 business days.", user=staff, at=LATER)
    assert (fresh(line).billing, fresh(line).return_track) != ("", ReturnTrack.WAIVED)
    with cases.nothing_changes(), pytest.raises(IllegalTransition):
        workflow.bill(line, reason="Again.", user=staff, at=LATER)


def test_nothing_is_shipped_for_a_refused_line():
    organization = make.make_organization()
    units = [make.make_unit(organization) for _ in range(2)]
    case = cases.make_case(CaseStatus.IN_REVIEW, units=units)
    granted, refused = cases.lines_of(case)
    rulings = {
        granted.pk: Ruling(remedy=Remedy.DOA_REPLACEMENT),
        refused.pk: Ruling(remedy=Remedy.NONE),
    }
    proposal = workflow.decide(case, rulings, reason="No fault.", user=case.assignee, at=LATER)
    staff = make.make_staff()
    workflow.approve(proposal, user=staff, at=LATER)
    agent = cases.make_agent(case)
    with cases.nothing_changes():
        with pytest.raises(IllegalTransition):
            workflow.order(refused, user=staff, at=LATER)
        with pytest.raises(IllegalTransition):
            workflow.send_back(refused, **SENT, data_removed=True, user=agent, at=LATER)
        with pytest.raises(IllegalTransition):
            workflow.waive(refused, reason="None.", user=staff, at=LATER)
    workflow.order(granted, user=staff, at=LATER)
    cases.ship_and_return(fresh(granted), staff=staff, at=LATER)
    assert cases.fresh(case).closing_code == "partly_replaced"


def test_a_step_is_taken_once_and_the_late_one_learns_by_whom():
    line = shipped()
    unit = cases.make_replacement(line)
    with cases.nothing_changes(), pytest.raises(IllegalTransition, match=r"shipped now\. Person"):
        ship(line, unit)


def test_every_answer_but_the_first_boot_leads_the_same_way():
    line = ordered(answers=FIRST_BOOT | {"is_new": False})
    assert line.remedy == Remedy.WARRANTY_EXCHANGE
    cases.ship_and_return(line, staff=make.make_staff(), at=LATER)
    assert cases.fresh(line.case).status == CaseStatus.CLOSED
