"""The ends of a case, what follows for its units, and opening it again."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import Event
from audit.transitions import IllegalTransition
from doa import workflow
from doa.enums import CaseStatus, ClosingCode, Remedy
from doa.models import Decision
from doa.workflow import Ruling
from support.models import ContractLine
from tests import builders as make
from tests import builders_cases as cases
from tests.builders_cases import FIRST_BOOT, HOUR
from tests.builders_cases import SUBMITTED_AT as AT
from warranty.models import UnitReplacement, Warranty

pytestmark = pytest.mark.django_db
LATER = AT + 12 * HOUR
MONTH = timedelta(days=30)


def test_a_doa_replacement_starts_afresh_and_takes_the_contract_with_its_end():
    unit = make.make_unit(installation_service=True)
    make.make_contract([unit], at=AT)
    ends_on = ContractLine.unscoped.get().ends_on
    case = cases.make_case(CaseStatus.CLOSED, units=[unit])
    line = cases.lines_of(case)[0]
    link = UnitReplacement.unscoped.get()
    assert (link.old, link.new, link.kind) == (unit, line.replacement, "doa_replacement")
    assert (link.cause, link.replaced_on) == (case.reference, line.delivered_on)
    assert cases.fresh(line.replacement).installation_service
    assert not Warranty.unscoped.exists()
    moved = ContractLine.unscoped.get()
    assert (moved.unit, moved.ends_on) == (line.replacement, ends_on)


def test_an_exchanged_unit_goes_on_with_the_term_of_the_old_one():
    case = cases.make_case(CaseStatus.CLOSED, answers=FIRST_BOOT | {"is_new": False})
    line = cases.lines_of(case)[0]
    inherited = Warranty.unscoped.get(unit=line.replacement)
    assert (inherited.inherited_from, inherited.starts_on) == (line.unit, date(2026, 4, 10))


def test_nothing_follows_for_units_before_the_case_is_closed():
    line = cases.make_fulfilling()
    staff = make.make_staff()
    cases.send(line, staff=staff, at=LATER)
    workflow.deliver(line, delivered_on=date(2026, 2, 3), user=staff, at=LATER)
    assert not UnitReplacement.unscoped.exists()
    assert cases.fresh(line.case).status == CaseStatus.FULFILLING


def test_a_case_of_two_units_closes_with_the_last_of_them():
    organization = make.make_organization()
    units = [make.make_unit(organization) for _ in range(2)]
    case = cases.make_case(CaseStatus.FULFILLING, units=units)
    first, second = cases.lines_of(case)
    staff = make.make_staff()
    cases.ship_and_return(first, staff=staff, at=LATER)
    assert cases.fresh(case).status == CaseStatus.FULFILLING
    assert not cases.lines_of(case)[0].is_open
    cases.ship_and_return(second, staff=staff, at=LATER)
    assert cases.fresh(case).status == CaseStatus.CLOSED
    assert Event.objects.get(name="case.closed").actor_kind == "system"


def test_staff_close_what_was_resolved_on_the_telephone():
    case = cases.make_case(CaseStatus.REGISTERED)
    staff = make.make_staff()
    code = ClosingCode.RESOLVED_OTHERWISE
    with cases.nothing_changes(), pytest.raises(PermissionDenied):
        workflow.close(case, code=code, user=case.applicant, at=LATER)
    workflow.close(case, code=code, reason="A wrong setting.", user=staff, at=LATER)
    assert cases.fresh(case).closing_code == code
    assert cases.told("closed") == ["ana@applicant.test"]
    assert not cases.lines_of(case)[0].is_open


def test_nobody_closes_a_case_with_a_track_under_way():
    line = cases.make_fulfilling()
    staff = make.make_staff()
    with (
        cases.nothing_changes(),
        pytest.raises(
            workflow.CaseRefused, match="the replacement is ordered, the return is not due"
        ),
    ):
        workflow.close(line.case, code=ClosingCode.REPLACED, user=staff, at=LATER)


def test_a_closed_case_keeps_its_question_shut():
    case = cases.make_waiting()
    workflow.close(case, code=ClosingCode.RESOLVED_OTHERWISE, user=case.assignee, at=LATER)
    assert cases.fresh(case).paused_at is None
    assert not case.requests.filter(answered_at=None).exists()


def test_the_applicant_cancels_until_the_call_is_registered():
    case = cases.make_case()
    with cases.nothing_changes(), pytest.raises(workflow.ReasonMissing):
        workflow.cancel(case, reason="", user=case.applicant, at=LATER)
    workflow.cancel(case, reason="Found the fault.", user=case.applicant, at=LATER)
    assert cases.fresh(case).cancel_reason == "Found the fault."
    assert cases.told("cancelled") == ["ana@applicant.test"]
    late = cases.make_case(CaseStatus.REGISTERED)
    with cases.nothing_changes(), pytest.raises(IllegalTransition, match="registered now"):
        workflow.cancel(late, reason="Found it.", user=late.applicant, at=LATER)


@pytest.mark.parametrize(
    "status", [CaseStatus.SUBMITTED, CaseStatus.REGISTERED, CaseStatus.IN_REVIEW, "decided"]
)
def test_staff_cancel_until_a_replacement_is_ordered(status):
    case = cases.make_case(status)
    workflow.cancel(case, reason="Sent twice.", user=make.make_staff(), at=LATER)
    assert cases.fresh(case).status == CaseStatus.CANCELLED


def test_what_is_ordered_is_not_cancelled_by_anybody():
    line = cases.make_fulfilling()
    with cases.nothing_changes():
        with pytest.raises(workflow.CaseRefused, match="A replacement is ordered"):
            workflow.cancel(line.case, reason="Late.", user=make.make_staff(), at=LATER)
        with pytest.raises(IllegalTransition):
            workflow.cancel(line.case, reason="Late.", user=workflow.CLOCK, at=LATER)


def test_both_sides_are_told_of_a_cancelled_case_and_its_question_ends():
    case = cases.make_waiting()
    workflow.cancel(case, reason="No answer.", user=workflow.CLOCK, at=LATER)
    case = cases.fresh(case)
    assert (case.status, case.paused_at) == (CaseStatus.CANCELLED, None)
    assert cases.told("cancelled") == ["ana@applicant.test", case.assignee.email]
    assert Event.objects.get(name="case.cancelled").actor_label == "Ninety"


def refused_case():
    case = cases.make_case(CaseStatus.IN_REVIEW)
    line = cases.lines_of(case)[0]
    rulings = {line.pk: Ruling(remedy=Remedy.NONE)}
    proposal = workflow.decide(case, rulings, reason="No fault.", user=case.assignee, at=LATER)
    workflow.approve(proposal, user=make.make_staff(), at=LATER)
    return cases.fresh(case)


def test_a_refused_case_is_opened_again_within_30_days_and_decided_anew():
    case = refused_case()
    staff = case.assignee
    with cases.nothing_changes():
        with pytest.raises(workflow.ReasonMissing):
            workflow.reopen(case, reason="", user=staff, at=LATER)
        with pytest.raises(PermissionDenied):
            workflow.reopen(case, reason="A log.", user=case.applicant, at=LATER)
        with pytest.raises(workflow.CaseRefused, match="within 30 days"):
            late = LATER + MONTH + timedelta(seconds=1)
            workflow.reopen(case, reason="A log.", user=staff, at=late)
    workflow.reopen(case, reason="A log came.", user=staff, at=LATER + MONTH)
    case, line = cases.fresh(case), cases.lines_of(case)[0]
    assert (case.status, line.remedy, line.is_open) == (CaseStatus.IN_REVIEW, "", True)
    rulings = {line.pk: Ruling(remedy=Remedy.DOA_REPLACEMENT)}
    workflow.decide(case, rulings, user=staff, at=LATER + MONTH + HOUR)
    assert Decision.unscoped.filter(line=line).count() == 2


def test_a_case_is_not_opened_again_while_its_unit_has_another():
    case = refused_case()
    unit = cases.lines_of(case)[0].unit
    other = cases.make_case(units=[unit])
    with cases.nothing_changes(), pytest.raises(workflow.AlreadyOpen) as refusal:
        workflow.reopen(case, reason="A log came.", user=case.assignee, at=LATER)
    assert refusal.value.case == other


def test_what_was_replaced_stays_replaced_when_its_case_is_opened_again():
    case = cases.make_case(CaseStatus.CLOSED)
    staff = case.assignee
    workflow.reopen(case, reason="A question of the invoice.", user=staff, at=LATER)
    line = cases.lines_of(case)[0]
    assert (line.remedy, line.is_open) == ("doa_replacement", False)
    workflow.close(case, code=ClosingCode.REPLACED, user=staff, at=LATER + HOUR)
    assert UnitReplacement.unscoped.count() == 1
    assert len(cases.told("closed")) == 2


def test_messages_go_to_the_other_side_and_notes_to_nobody():
    case = cases.make_case(CaseStatus.IN_REVIEW)
    agent, staff = cases.make_agent(case), case.assignee
    photo = cases.make_photo(case.organization)
    workflow.message(case, text="When?", files=[photo], user=agent, at=LATER)
    workflow.message(case, text="Tomorrow.", user=staff, at=LATER + HOUR)
    assert cases.told("message") == [staff.email, "ana@applicant.test"]
    mails = cases.make_case()
    with cases.nothing_changes():
        with pytest.raises(PermissionDenied):
            workflow.note(mails, text="Odd.", user=mails.applicant, at=LATER)
        with pytest.raises(workflow.CaseRefused, match="Write what"):
            workflow.message(case, text=" \n", user=agent, at=LATER)
        with pytest.raises(PermissionDenied):
            workflow.message(case, text="Hi.", user=make.make_user(), at=LATER)
    workflow.message(mails, text="Hello?", user=mails.applicant, at=LATER)
    assert cases.told("message")[2:] == [make.make_huawei().email]
    note = workflow.note(case, text="Odd.", files=[photo_of(staff)], user=staff, at=LATER)
    assert note.is_internal
    assert note.files.get().is_internal
    assert len(cases.told("message")) == 3


def photo_of(staff):
    return cases.make_photo(staff.joined_memberships()[0].organization)


def test_a_page_offers_only_what_will_work():
    case = cases.make_case()
    agent, staff = cases.make_agent(case), make.make_staff()
    stranger = make.make_user(make.make_organization())
    assert workflow.edges_for(case, agent, at=AT) == {"cancel", "message"}
    assert workflow.edges_for(case, staff, at=AT) == {"register", "cancel", "message", "note"}
    assert workflow.edges_for(case, stranger, at=AT) == frozenset()
    closed = cases.make_case(CaseStatus.CLOSED)
    assert "reopen" in workflow.edges_for(closed, staff, at=closed.closed_at + MONTH)
    late = closed.closed_at + MONTH + timedelta(seconds=1)
    assert "reopen" not in workflow.edges_for(closed, staff, at=late)
    line = cases.make_fulfilling()
    assert workflow.line_edges_for(line, staff) == {"ship", "send-back", "receive", "waive"}
    assert workflow.line_edges_for(line, cases.make_agent(line.case)) == {"send-back"}
