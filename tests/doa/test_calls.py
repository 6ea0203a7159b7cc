"""The TAC's first steps: the call is registered, somebody takes the case."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from audit.transitions import IllegalTransition
from doa import workflow
from doa.enums import CaseStatus
from tests import builders as make
from tests import builders_cases as cases
from tests.builders_cases import HOUR
from tests.builders_cases import SUBMITTED_AT as AT

pytestmark = pytest.mark.django_db


def register(case, number="SR-1", *, user=None, at=AT + HOUR, called_at=None):
    user = user or make.make_staff()
    workflow.register_call(case, sr_number=number, called_at=called_at or at, user=user, at=at)


def test_a_registered_call_has_its_number_and_the_applicant_is_told():
    case = cases.make_case()
    register(case, " sr-2026 0042 ", called_at=AT)
    case = cases.fresh(case)
    assert (case.status, case.sr_number) == (CaseStatus.REGISTERED, "SR-20260042")
    assert (case.called_at, case.registered_at) == (AT, AT + HOUR)
    assert cases.told("registered") == ["ana@applicant.test"]


def test_a_number_names_one_case():
    first, second = cases.make_case(), cases.make_case()
    register(first)
    with (
        cases.nothing_changes(),
        pytest.raises(workflow.NumberTaken, match=f"{first.reference} has the number SR-1"),
    ):
        register(second)
    register(second, "SR-2")


def test_a_call_has_a_number_and_is_not_in_the_future():
    case = cases.make_case()
    with cases.nothing_changes():
        with pytest.raises(workflow.CaseRefused, match="Write the service-request number"):
            register(case, "  ")
        with pytest.raises(workflow.CaseRefused, match="not in the future"):
            register(case, called_at=AT + HOUR + timedelta(seconds=1))


def test_only_the_tac_registers_takes_and_assigns():
    case = cases.make_case()
    staff = make.make_staff()
    with cases.nothing_changes(), pytest.raises(PermissionDenied):
        register(case, user=case.applicant)
    register(case, user=staff)
    with cases.nothing_changes():
        with pytest.raises(PermissionDenied):
            workflow.take(case, user=case.applicant, at=AT)
        with pytest.raises(PermissionDenied):
            workflow.assign(case, staff, user=case.applicant, at=AT)
        with pytest.raises(workflow.CaseRefused, match="does not handle cases"):
            workflow.assign(case, case.applicant, user=staff, at=AT)


def test_a_case_is_taken_after_its_call_and_once():
    first, second = make.make_staff("first@example.test"), make.make_staff()
    case = cases.make_case()
    with cases.nothing_changes(), pytest.raises(IllegalTransition):
        workflow.take(case, user=first, at=AT)
    register(case)
    workflow.take(case, user=first, at=AT + 2 * HOUR)
    with (
        cases.nothing_changes(),
        pytest.raises(
            IllegalTransition, match=r"with TAC now\. First changed this on 3 Feb 2026 at 17:00:00"
        ),
    ):
        workflow.take(case, user=second, at=AT + 3 * HOUR)
    case = cases.fresh(case)
    assert (case.status, case.assignee) == (CaseStatus.IN_REVIEW, first)
    assert case.taken_at == AT + 2 * HOUR


def test_the_next_case_is_the_one_that_is_due_first():
    staff = make.make_staff()
    waiting = [cases.make_case(CaseStatus.REGISTERED) for _ in range(3)]
    for case, hours in zip(waiting, (3, 1, 2), strict=True):
        case.response_due_at = AT + hours * HOUR
        case.save()
    taken = [workflow.take_next(user=staff, at=AT + 2 * HOUR) for _ in range(4)]
    assert taken == [waiting[1], waiting[2], waiting[0], None]


def test_several_cases_are_handed_to_a_colleague_all_or_none():
    staff, colleague = make.make_staff(), make.make_staff()
    mine = [cases.make_case(CaseStatus.REGISTERED), cases.make_case(CaseStatus.IN_REVIEW)]
    draft = cases.make_draft()
    with cases.nothing_changes(), pytest.raises(IllegalTransition):
        workflow.assign_all([*mine, draft], colleague, user=staff, at=AT)
    assert workflow.assign_all(mine, colleague, user=staff, at=AT) == 2
    assert {cases.fresh(case).assignee for case in mine} == {colleague}
    assert [cases.fresh(case).status for case in mine] == ["registered", "in_review"]
