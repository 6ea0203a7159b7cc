"""Handing in: all that is missing at once, one open case per unit, the right to apply."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from doa import workflow
from doa.enums import CaseStatus, FailureKind
from doa.models import CaseFile, CaseLine
from partners.enums import OrganizationKind, Role
from tests import builders as make
from tests import builders_cases as cases
from tests.builders_cases import ARRIVED_AT, FIRST_BOOT, HOUR
from tests.builders_cases import SUBMITTED_AT as AT

pytestmark = pytest.mark.django_db


def missing_of(case):
    with cases.nothing_changes(), pytest.raises(workflow.NotReady) as refusal:
        workflow.submit(case, user=case.applicant, at=AT)
    return refusal.value


def fields(refusal):
    return [missing.field for missing in refusal.missing]


def submit(case):
    workflow.submit(case, user=case.applicant, at=AT)
    return cases.fresh(case)


def test_a_whole_application_waits_for_the_call_and_is_acknowledged():
    case = submit(cases.make_draft())
    assert (case.status, case.submitted_at) == (CaseStatus.SUBMITTED, AT)
    assert cases.told("acknowledged") == ["ana@applicant.test"]
    assert cases.lines_of(case)[0].is_open
    assert case.title.endswith(": powers on but does not boot")


def test_an_empty_application_is_told_all_that_is_missing_at_once():
    unit = make.make_unit()
    user = make.make_user(unit.consignee)
    case = workflow.start_draft(
        organization=unit.consignee, serials=[unit.serial], user=user, at=AT
    )
    refusal = missing_of(case)
    assert fields(refusal) == [
        "contact_phone",
        "site",
        "ship_to",
        "ship_to_country",
        "symptom",
        "description",
        "failure_kind",
        "is_new",
        "delivery_project",
        "failed",
        "label_photo",
    ]
    assert str(refusal).endswith("And 8 more.")


def test_an_application_without_units_is_told_so():
    case = workflow.start_draft(
        organization=(organization := make.make_organization()),
        user=make.make_user(organization),
        at=AT,
        details=cases.DETAILS,
    )
    assert fields(missing_of(case)) == ["units"]


def test_each_unit_is_told_what_it_lacks():
    case = cases.make_draft([make.make_unit(o := make.make_organization()), make.make_unit(o)])
    second = cases.lines_of(case)[1]
    workflow.save_answers(second, {"symptom": ""}, user=case.applicant, at=AT)
    CaseFile.unscoped.filter(line=second).delete()
    refusal = missing_of(case)
    assert fields(refusal) == ["symptom", "label_photo"]
    assert {missing.line.pk for missing in refusal.missing} == {second.pk}


def test_a_unit_that_ran_needs_its_power_on_and_one_at_first_boot_does_not():
    later = FIRST_BOOT | {"powered_on_at": None, "failure_kind": FailureKind.LATER}
    assert fields(missing_of(cases.make_draft(answers=later))) == ["powered_on"]
    assert submit(cases.make_draft(answers=FIRST_BOOT | {"powered_on_at": None})).status


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"failed_at": AT + timedelta(seconds=1)}, "failed"),
        ({"failed_at": ARRIVED_AT - timedelta(seconds=1)}, "failed"),
        ({"failed_at": None, "failed_on": date(2026, 2, 4)}, "failed"),
        ({"failed_at": None, "failed_on": date(2026, 2, 1)}, "failed"),
        ({"time_zone": ""}, "time_zone"),
        ({"pac_issued_on": date(2026, 2, 4)}, "pac_issued_on"),
        ({"powered_on_at": datetime(2026, 1, 10, 5, tzinfo=UTC)}, "powered_on"),
    ],
)
def test_times_that_cannot_be_are_named(answers, field):
    assert fields(missing_of(cases.make_draft(answers=FIRST_BOOT | answers))) == [field]


@pytest.mark.parametrize(
    "answers",
    [
        {"failed_at": AT},
        {"failed_at": ARRIVED_AT},
        {"failed_at": None, "failed_on": date(2026, 2, 3)},
        {"failed_at": None, "failed_on": date(2026, 2, 2)},
        {"pac_issued_on": date(2026, 2, 3)},
        {"powered_on_at": datetime(2026, 1, 10, 6, tzinfo=UTC)},
    ],
)
def test_times_that_can_just_be_are_taken(answers):
    assert submit(cases.make_draft(answers=FIRST_BOOT | answers)).status == CaseStatus.SUBMITTED


def test_a_failure_before_power_on_is_led_to_a_claim():
    answers = FIRST_BOOT | {"failure_kind": FailureKind.NEVER_ON, "powered_on_at": None}
    case = cases.make_draft(answers=answers)
    refusal = missing_of(case)
    assert fields(refusal) == ["failure_kind"]
    assert [line.pk for line in refusal.claims] == [cases.lines_of(case)[0].pk]
    assert "cargo claim" in str(refusal)


def test_a_second_open_case_of_a_unit_is_refused_and_linked():
    first = cases.make_case()
    unit = cases.lines_of(first)[0].unit
    user = make.make_user(first.organization)
    with cases.nothing_changes(), pytest.raises(workflow.AlreadyOpen) as refusal:
        workflow.start_draft(
            organization=first.organization, serials=[unit.serial], user=user, at=AT
        )
    assert refusal.value.case == first
    assert first.reference in str(refusal.value)


def test_of_two_drafts_of_a_unit_the_second_to_be_handed_in_is_refused():
    unit = make.make_unit()
    first, second = cases.make_draft([unit]), cases.make_draft([unit])
    submit(first)
    with cases.nothing_changes(), pytest.raises(workflow.AlreadyOpen) as refusal:
        submit(second)
    assert refusal.value.case == first
    assert cases.fresh(first).status == CaseStatus.SUBMITTED


def test_another_organization_learns_of_an_open_case_and_not_of_whose():
    distributor, vap = make.make_organization(), make.make_organization(kind="vap")
    unit = make.make_unit(distributor)
    make.pass_on(unit, vap, shipped_on=date(2026, 1, 20))
    first = submit(cases.make_draft([unit], organization=distributor))
    with pytest.raises(workflow.AlreadyOpen) as refusal:
        cases.make_draft([unit], organization=vap)
    assert refusal.value.case is None
    assert first.reference not in str(refusal.value)


def test_a_unit_is_free_again_once_its_case_is_cancelled():
    first = cases.make_case()
    unit = cases.lines_of(first)[0].unit
    workflow.cancel(first, reason="Wrong unit.", user=first.applicant, at=AT + HOUR)
    assert cases.make_case(units=[unit]).status == CaseStatus.SUBMITTED


def test_the_right_to_apply_is_checked_when_it_is_handed_in():
    case = cases.make_draft()
    case.organization.kind = OrganizationKind.VAR
    case.organization.save()
    with cases.nothing_changes(), pytest.raises(workflow.NotApplicant):
        workflow.submit(case, user=make.make_user(case.organization), at=AT)


def test_a_viewer_hands_nothing_in_and_staff_do_on_behalf():
    case = cases.make_draft()
    viewer = make.make_user(case.organization, Role.VIEWER)
    with cases.nothing_changes(), pytest.raises(PermissionDenied):
        workflow.submit(case, user=viewer, at=AT)
    workflow.submit(case, user=make.make_staff(), at=AT)
    assert cases.fresh(case).status == CaseStatus.SUBMITTED


def test_a_unit_that_has_left_the_chain_meanwhile_is_refused():
    case = cases.make_draft()
    unit = cases.lines_of(case)[0].unit
    other = make.make_shipment()
    unit.huawei_shipment, unit.consignee = other, other.consignee
    unit.save()
    with cases.nothing_changes(), pytest.raises(workflow.UnknownUnit):
        submit(case)
    assert not CaseLine.unscoped.filter(is_open=True).exists()
