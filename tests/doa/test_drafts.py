"""Drafts: who begins one, what it keeps, and what it leaves when it is thrown away."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import Event
from audit.transitions import IllegalTransition
from doa import workflow
from doa.enums import CaseStatus, FileKind, Intake
from doa.models import Case, CaseFile, CaseLine
from documents.models import Document
from partners.enums import OrganizationKind, Role
from tests import builders as make
from tests import builders_cases as cases
from tests.builders_cases import ARRIVED_AT as AT

pytestmark = pytest.mark.django_db


def start(organization, *units, user=None, **how):
    user = user or make.make_user(organization)
    serials = [unit.serial for unit in units]
    return workflow.start_draft(organization=organization, serials=serials, user=user, at=AT, **how)


@pytest.mark.parametrize("kind", [OrganizationKind.DISTRIBUTOR, OrganizationKind.VAP])
def test_distributors_and_vaps_begin_an_application(kind):
    organization = make.make_organization(kind=kind)
    case = start(organization, make.make_unit(organization))
    assert (case.status, case.organization) == (CaseStatus.DRAFT, organization)
    assert cases.steps_of(case) == ["case.started"]
    assert cases.told("acknowledged") == []


@pytest.mark.parametrize(
    "kind", [OrganizationKind.VAR, OrganizationKind.GAP, OrganizationKind.END_CUSTOMER]
)
def test_others_are_referred_to_their_distributor(kind):
    organization = make.make_organization(kind=kind)
    unit, user = make.make_unit(organization), make.make_user(organization)
    with cases.nothing_changes():
        with pytest.raises(workflow.NotApplicant, match="your distributor applies for you"):
            start(organization, unit, user=user)
        with pytest.raises(workflow.NotApplicant):
            start(organization, unit, user=make.make_staff())


def test_a_viewer_and_a_stranger_begin_nothing():
    unit = make.make_unit()
    viewer = make.make_user(unit.consignee, Role.VIEWER)
    stranger = make.make_user(make.make_organization())
    with cases.nothing_changes():
        for user in (viewer, stranger):
            with pytest.raises(PermissionDenied):
                start(unit.consignee, unit, user=user)


def test_staff_begin_one_for_a_partner_on_the_telephone():
    unit = make.make_unit()
    case = start(unit.consignee, unit, user=make.make_staff(), intake=Intake.PHONE)
    assert (case.applicant, case.intake) == (None, "phone")


def test_a_unit_elsewhere_is_refused_in_the_words_for_one_that_does_not_exist():
    elsewhere, here = make.make_unit(serial="2102ELSEWHERE001"), make.make_organization()
    user = make.make_user(here)
    said = []
    with cases.nothing_changes():
        for serial in (elsewhere.serial, "2102NOWHERE00001"):
            with pytest.raises(workflow.UnknownUnit) as refusal:
                workflow.start_draft(organization=here, serials=[serial], user=user, at=AT)
            said.append(str(refusal.value).replace(serial, "…"))
    assert said[0] == said[1]


def test_a_serial_number_is_read_as_it_is_typed():
    unit = make.make_unit(serial="2102ABC123")
    user = make.make_user(unit.consignee)
    case = workflow.start_draft(
        organization=unit.consignee, serials=[" 2102-abc 123 "], user=user, at=AT
    )
    assert cases.lines_of(case)[0].unit == unit


def test_references_count_within_the_year_of_the_business_day():
    organization = make.make_organization()
    user = make.make_user(organization)
    chicago = ZoneInfo("America/Chicago")
    new_year = datetime(2027, 1, 1, tzinfo=chicago)
    instants = [AT, AT, new_year - timedelta(seconds=1), new_year]
    references = [
        workflow.start_draft(organization=organization, user=user, at=at).reference
        for at in instants
    ]
    assert references == [
        "DOA-2026-00001",
        "DOA-2026-00002",
        "DOA-2026-00003",
        "DOA-2027-00001",
    ]


def test_every_step_of_a_draft_is_saved_at_once():
    unit = make.make_unit()
    user = make.make_user(unit.consignee)
    case = start(unit.consignee, unit, user=user)
    workflow.change_draft(case, {"site": "Dallas DC 2"}, user=user, at=AT)
    line = cases.lines_of(case)[0]
    workflow.save_answers(line, {"failed_on": date(2026, 2, 2)}, user=user, at=AT)
    workflow.save_answers(line, {"failed_at": AT, "symptom": "no_boot"}, user=user, at=AT)
    line = cases.lines_of(case)[0]
    assert cases.fresh(case).site == "Dallas DC 2"
    assert (line.failed_at, line.failed_on, line.symptom) == (AT, None, "no_boot")
    workflow.save_answers(line, {"failed_on": date(2026, 2, 3)}, user=user, at=AT)
    line = cases.lines_of(case)[0]
    assert (line.failed_at, line.failed_on) == (None, date(2026, 2, 3))


def test_a_draft_keeps_nothing_but_what_it_asks():
    case = cases.make_draft()
    line = cases.lines_of(case)[0]
    with cases.nothing_changes():
        with pytest.raises(KeyError):
            workflow.change_draft(case, {"status": "closed"}, user=case.applicant, at=AT)
        with pytest.raises(KeyError):
            workflow.save_answers(line, {"remedy": "none"}, user=case.applicant, at=AT)


def test_units_are_added_and_taken_out_with_their_files():
    case = cases.make_draft()
    first, second = cases.lines_of(case)[0], make.make_unit(case.organization)
    added = workflow.add_unit(case, second.serial, user=case.applicant, at=AT)
    with pytest.raises(workflow.CaseRefused, match="in this case already"):
        workflow.add_unit(case, second.serial, user=case.applicant, at=AT)
    workflow.remove_unit(first, user=case.applicant, at=AT)
    assert list(CaseLine.unscoped.filter(case=case)) == [added]
    assert not CaseFile.unscoped.filter(case=case).exists()
    assert Document.unscoped.unattached().count() == 1


def test_a_file_is_taken_off_again():
    case = cases.make_draft()
    file = CaseFile.unscoped.get(case=case)
    workflow.remove_file(file, user=case.applicant, at=AT)
    assert not CaseFile.unscoped.exists()
    assert file.document in Document.unscoped.unattached()


def test_a_draft_that_is_thrown_away_leaves_its_event_alone():
    case = cases.make_draft()
    workflow.discard(case, user=case.applicant, at=AT)
    assert not Case.unscoped.exists()
    assert not CaseLine.unscoped.exists()
    assert Document.unscoped.unattached().count() == 1
    assert Event.objects.filter(name="case.discarded", record_label=case.reference).exists()


def test_the_clock_throws_a_draft_away_and_no_stranger_does():
    case = cases.make_draft()
    stranger = make.make_user(make.make_organization())
    with cases.nothing_changes(), pytest.raises(PermissionDenied):
        workflow.discard(case, user=stranger, at=AT)
    workflow.discard(case, user=workflow.CLOCK, at=AT)
    assert not Case.unscoped.exists()


def test_what_is_handed_in_is_no_draft_any_more():
    case = cases.make_case()
    line, user = cases.lines_of(case)[0], case.applicant
    photo, unit = cases.make_photo(case.organization), make.make_unit(case.organization)
    steps = (
        lambda: workflow.change_draft(case, {"site": "Elsewhere"}, user=user, at=AT),
        lambda: workflow.save_answers(line, {"is_new": False}, user=user, at=AT),
        lambda: workflow.add_unit(case, unit.serial, user=user, at=AT),
        lambda: workflow.remove_unit(line, user=user, at=AT),
        lambda: workflow.add_file(case, photo, kind=FileKind.LOG, user=user, at=AT),
        lambda: workflow.discard(case, user=user, at=AT),
        lambda: workflow.submit(case, user=user, at=AT),
    )
    with cases.nothing_changes():
        for step in steps:
            with pytest.raises(IllegalTransition, match=f"{user} changed this on 3 Feb 2026"):
                step()


def test_a_unit_that_was_replaced_is_not_applied_for_again():
    case = cases.make_case(CaseStatus.CLOSED)
    old = cases.lines_of(case)[0]
    user = make.make_user(case.organization)
    with cases.nothing_changes(), pytest.raises(workflow.CaseRefused, match="was replaced by"):
        start(case.organization, old.unit, user=user)
    assert start(case.organization, old.replacement, user=user).status == CaseStatus.DRAFT
