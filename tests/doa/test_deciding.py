"""Deciding line by line: by the verdict, or against it with a reason and a second person."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import Event
from audit.transitions import IllegalTransition
from doa import workflow
from doa.enums import CaseStatus, ClosingCode, DoaRule, Remedy
from doa.models import CasePause, Decision, Proposal
from doa.verdicts import verdict_on
from doa.workflow import Ruling
from tests import builders as make
from tests import builders_cases as cases
from tests.builders_cases import FIRST_BOOT, HOUR
from tests.builders_cases import SUBMITTED_AT as AT
from warranty.models import PolicyVersion

pytestmark = pytest.mark.django_db
DOA = Ruling(remedy=Remedy.DOA_REPLACEMENT, text="It failed at first boot.")
EXCHANGE = Ruling(remedy=Remedy.WARRANTY_EXCHANGE)
REFUSED = Ruling(remedy=Remedy.NONE, text="The label shows another unit.")


def in_review(*, lines=1, **case):
    if lines > 1:
        organization = make.make_organization()
        case["units"] = [make.make_unit(organization) for _ in range(lines)]
    return cases.make_case(CaseStatus.IN_REVIEW, **case)


def decide(case, *rulings, user=None, at=AT + 4 * HOUR, reason=""):
    lines = cases.lines_of(case)
    chosen = {line.pk: r for line, r in zip(lines, rulings, strict=False) if r is not None}
    return workflow.decide(case, chosen, reason=reason, user=user or case.assignee, at=at)


@pytest.mark.parametrize(
    ("answers", "rule"),
    [
        (FIRST_BOOT, DoaRule.D1),
        (cases.failed_after(0), DoaRule.D2),
        (cases.failed_after(24), DoaRule.D2),
        (cases.failed_after(500) | {"delivery_project": True}, DoaRule.D3),
    ],
)
def test_the_verdict_names_the_first_rule_that_holds(answers, rule):
    late = AT + timedelta(days=30)
    case = cases.make_case(answers=answers, at=late)
    verdict = verdict_on(cases.lines_of(case)[0], at=late)
    assert (verdict.remedy, verdict.rule) == (Remedy.DOA_REPLACEMENT, rule)


@pytest.mark.parametrize(("seconds", "rule"), [(0, DoaRule.D2), (1, None)])
def test_48_hours_to_the_second_is_inside_and_one_second_more_is_not(seconds, rule):
    late = AT + timedelta(days=5)
    case = cases.make_case(answers=cases.failed_after(48, seconds), at=late)
    verdict = verdict_on(cases.lines_of(case)[0], at=late)
    assert verdict.rule == rule
    expected = Remedy.DOA_REPLACEMENT if rule else Remedy.WARRANTY_EXCHANGE
    assert verdict.remedy == expected
    if rule is None:
        assert any("48 h 0 min 1 s" in reason.sentence for reason in verdict.reasons)


@pytest.mark.parametrize(
    ("pac", "rule"),
    [(date(2026, 2, 11), None), (date(2026, 2, 12), DoaRule.D3), (None, DoaRule.D3)],
)
def test_before_the_pac_is_inside_and_after_it_is_not(pac, rule):
    answers = cases.failed_after(240) | {"delivery_project": True, "pac_issued_on": pac}
    late = AT + timedelta(days=20)
    case = cases.make_case(answers=answers, at=late)
    assert verdict_on(cases.lines_of(case)[0], at=late).rule == rule


def test_a_contract_covers_what_no_warranty_does_and_the_reasons_say_both():
    unit = make.make_unit(months=1, shipped_on=date(2025, 6, 1))
    make.make_contract([unit], at=AT)
    late = AT + timedelta(days=5)
    answers = cases.failed_after(71)
    case = cases.make_case(units=[unit], answers=answers, at=late)
    verdict = verdict_on(cases.lines_of(case)[0], at=late)
    assert (verdict.remedy, verdict.rule) == (Remedy.SUPPORT_REPLACEMENT, None)
    assert any("71 hours" in reason.sentence for reason in verdict.reasons)
    assert case.level.code == "9x5xNBD"


def test_cover_counts_as_of_the_day_on_which_the_case_was_handed_in():
    unit = make.make_unit()
    case = cases.make_case(CaseStatus.IN_REVIEW, units=[unit], answers=cases.failed_after(23))
    line = cases.lines_of(case)[0]
    later = AT + timedelta(days=3650)
    assert verdict_on(line, at=later) == verdict_on(line, at=AT)


def test_a_spare_part_that_arrives_dead_is_no_doa():
    ended = cases.make_case(CaseStatus.CLOSED, answers=FIRST_BOOT | {"is_new": False})
    line = cases.lines_of(ended)[0]
    assert line.remedy == Remedy.WARRANTY_EXCHANGE
    on = AT + timedelta(days=10)
    answers = FIRST_BOOT | {"powered_on_at": on, "failed_at": on}
    again = cases.make_case(units=[line.replacement], answers=answers, at=on)
    verdict = verdict_on(cases.lines_of(again)[0], at=AT)
    assert verdict.rule is None
    assert [flag.code for flag in verdict.flags] == ["spare_part"]


def test_by_the_verdict_one_person_decides_and_the_applicant_is_told():
    case = in_review()
    assert decide(case, DOA) is None
    case, line = cases.fresh(case), cases.lines_of(case)[0]
    assert case.status == CaseStatus.DECIDED
    assert (line.remedy, line.rule, line.decided_by) == ("doa_replacement", "D1", case.assignee)
    decision = Decision.unscoped.get()
    assert (decision.verdict_remedy, decision.verdict_rule) == ("doa_replacement", "D1")
    assert decision.policy_version == PolicyVersion.objects.get()
    assert decision.inputs["failure"]["first_boot"] is True
    assert {reason["rule"] for reason in decision.reasons} >= {"D1", "warranty_exchange"}
    assert cases.told("decided") == ["ana@applicant.test"]
    event = Event.objects.get(name="case.decided")
    assert event.detail["lines"][0]["verdict"] == "doa_replacement"


def test_against_the_verdict_it_waits_for_a_second_member_of_staff():
    case = in_review()
    with cases.nothing_changes(), pytest.raises(workflow.CaseRefused, match="Write the reason"):
        decide(case, EXCHANGE)
    proposal = decide(case, EXCHANGE, reason="The applicant asks for it.")
    assert cases.fresh(case).status == CaseStatus.IN_REVIEW
    assert not Decision.unscoped.exists()
    assert cases.told("decided") == []
    with cases.nothing_changes():
        with pytest.raises(workflow.CaseRefused, match="A second member of staff"):
            workflow.approve(proposal, user=case.assignee, at=AT + 5 * HOUR)
        with pytest.raises(PermissionDenied):
            workflow.approve(proposal, user=case.applicant, at=AT + 5 * HOUR)
        with pytest.raises(IllegalTransition):
            decide(case, DOA)
    second = make.make_staff()
    workflow.approve(proposal, user=second, at=AT + 5 * HOUR)
    decision = Decision.unscoped.get()
    assert (decision.remedy, decision.verdict_remedy) == ("warranty_exchange", "doa_replacement")
    assert (decision.decided_by, decision.approved_by) == (case.assignee, second)
    assert decision.override_reason == "The applicant asks for it."
    assert cases.fresh(case).status == CaseStatus.DECIDED
    assert len(cases.told("decided")) == 1


def test_a_proposal_is_settled_once():
    case = in_review()
    proposal = decide(case, EXCHANGE, reason="Asked for.")
    workflow.drop(proposal, user=case.assignee, at=AT + 5 * HOUR)
    with cases.nothing_changes():
        with pytest.raises(IllegalTransition):
            workflow.approve(proposal, user=make.make_staff(), at=AT + 6 * HOUR)
        with pytest.raises(IllegalTransition):
            workflow.drop(proposal, user=case.assignee, at=AT + 6 * HOUR)
    assert Proposal.objects.get().is_approved is False
    assert decide(case, DOA) is None


def test_a_doa_replacement_against_the_verdict_names_its_rule():
    case = in_review(answers=FIRST_BOOT | {"is_new": False})
    with cases.nothing_changes(), pytest.raises(workflow.CaseRefused, match="choose the rule"):
        decide(case, DOA, reason="It was new.")
    ruling = Ruling(remedy=Remedy.DOA_REPLACEMENT, rule=DoaRule.D1)
    proposal = decide(case, ruling, reason="It was new.")
    workflow.approve(proposal, user=make.make_staff(), at=AT + 5 * HOUR)
    assert cases.lines_of(case)[0].rule == "D1"


def test_another_rule_for_the_same_remedy_is_against_the_verdict_too():
    ruling = Ruling(remedy=Remedy.DOA_REPLACEMENT, rule=DoaRule.D3)
    assert decide(in_review(), ruling, reason="Delivery project.") is not None


def test_lines_are_decided_one_by_one_and_the_case_with_the_last():
    case = in_review(lines=2)
    decide(case, DOA)
    assert cases.fresh(case).status == CaseStatus.IN_REVIEW
    first, second = cases.lines_of(case)
    workflow.order(first, user=case.assignee, at=AT + 5 * HOUR)
    assert cases.fresh(case).status == CaseStatus.IN_REVIEW
    with cases.nothing_changes(), pytest.raises(IllegalTransition):
        workflow.order(second, user=case.assignee, at=AT + 5 * HOUR)
    decide(case, None, DOA, at=AT + 6 * HOUR)
    assert cases.fresh(case).status == CaseStatus.FULFILLING
    assert len(cases.told("decided")) == 2


def test_a_line_is_decided_once_and_the_late_one_learns_by_whom():
    case = in_review(lines=2, staff=make.make_staff("first@example.test"))
    decide(case, DOA)
    with (
        cases.nothing_changes(),
        pytest.raises(
            IllegalTransition, match=r"DOA replacement now\. First changed this on 3 Feb 2026"
        ),
    ):
        decide(case, DOA, user=make.make_staff())


def test_a_case_of_refused_lines_closes_by_itself():
    case = in_review(lines=2)
    proposal = decide(case, REFUSED, REFUSED, reason="Not the unit of the label.")
    workflow.approve(proposal, user=make.make_staff("second@example.test"), at=AT + 5 * HOUR)
    case = cases.fresh(case)
    assert (case.status, case.closing_code) == (CaseStatus.CLOSED, ClosingCode.REFUSED)
    assert case.resolved_at == AT + 5 * HOUR
    assert cases.told("closed") == ["ana@applicant.test"]
    with pytest.raises(IllegalTransition, match="Second changed this"):
        decide(case, DOA, DOA)


def test_a_unit_without_any_remedy_is_refused_by_one_person():
    unit = make.make_unit(months=1, shipped_on=date(2025, 6, 1))
    case = in_review(units=[unit], answers=cases.failed_after(0) | {"is_new": False})
    assert decide(case, REFUSED) is None
    assert cases.fresh(case).status == CaseStatus.CLOSED


def test_a_decision_while_the_applicant_is_asked_ends_the_question():
    case = cases.make_waiting()
    decide(case, DOA, at=AT + 9 * HOUR)
    case = cases.fresh(case)
    assert (case.status, case.paused_at) == (CaseStatus.DECIDED, None)
    assert CasePause.objects.get().ended_at == AT + 9 * HOUR


def test_nobody_decides_before_the_case_is_taken_or_without_the_right():
    registered, review = cases.make_case(CaseStatus.REGISTERED), in_review()
    with cases.nothing_changes():
        with pytest.raises(IllegalTransition):
            decide(registered, DOA, user=make.make_staff())
        with pytest.raises(PermissionDenied):
            decide(review, DOA, user=review.applicant)
        with pytest.raises(workflow.CaseRefused, match="at least one unit"):
            workflow.decide(review, {}, user=review.assignee, at=AT)
        with pytest.raises(workflow.CaseRefused, match="not in"):
            workflow.decide(review, {10**6: DOA}, user=review.assignee, at=AT)
