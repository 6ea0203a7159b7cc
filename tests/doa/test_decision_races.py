"""Two people at one case at once: one wins, and the other learns who and when."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from audit.models import Event
from audit.transitions import IllegalTransition
from doa import workflow
from doa.enums import CaseStatus, Remedy
from doa.models import Case, CaseLine, Decision
from doa.workflow import Ruling
from tests import builders as make
from tests import builders_cases as cases
from tests.builders_cases import HOUR
from tests.builders_cases import SUBMITTED_AT as AT

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
TIMES = 200
BY_VERDICT = Ruling(remedy=Remedy.DOA_REPLACEMENT)


def test_of_two_who_decide_together_one_wins_200_times():
    staff = [make.make_staff("ada@example.test"), make.make_staff("bob@example.test")]
    case = cases.make_case(CaseStatus.IN_REVIEW, staff=staff[0])
    line = cases.lines_of(case)[0]

    def undecide():
        Case.unscoped.filter(pk=case.pk).update(status=CaseStatus.IN_REVIEW)
        CaseLine.unscoped.filter(pk=line.pk).update(remedy="", decided_at=None)

    together = threading.Barrier(2, action=undecide, timeout=60)

    def decide_all(user):
        said = []
        try:
            user.joined_memberships()
            for minute in range(TIMES):
                at = AT + 5 * HOUR + timedelta(minutes=minute)
                together.wait()
                try:
                    workflow.decide(case, {line.pk: BY_VERDICT}, user=user, at=at)
                    said.append("")
                except IllegalTransition as late:
                    said.append(str(late))
        finally:
            connection.close()
        return said

    with ThreadPoolExecutor(2) as pool:
        ada, bob = pool.map(decide_all, staff)
    for one, other in zip(ada, bob, strict=True):
        assert (one == "") is not (other == "")
        winner = "Ada" if one == "" else "Bob"
        assert f"decided now. {winner} changed this on 3 Feb 2026 at " in one + other
    assert Decision.unscoped.count() == TIMES
    assert Event.objects.filter(name="case.decided").count() == TIMES
    assert len(cases.told("decided")) == TIMES


def test_people_who_take_the_next_case_together_get_one_each():
    waiting = [cases.make_case(CaseStatus.REGISTERED) for _ in range(4)]
    staff = [make.make_staff() for _ in range(4)]
    together = threading.Barrier(4, timeout=30)

    def take(user):
        try:
            together.wait()
            return workflow.take_next(user=user, at=AT + 5 * HOUR).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(take, staff))
    assert sorted(taken) == sorted(case.pk for case in waiting)


def test_two_drafts_of_one_unit_handed_in_together_make_one_case():
    unit = make.make_unit()
    drafts = [cases.make_draft([unit]) for _ in range(2)]
    together = threading.Barrier(2, timeout=30)

    def submit(case):
        try:
            together.wait()
            workflow.submit(case, user=case.applicant, at=AT)
        except workflow.AlreadyOpen as refusal:
            return refusal.case
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        refused = list(pool.map(submit, drafts))
    assert sorted(cases.fresh(case).status for case in drafts) == ["draft", "submitted"]
    winner = next(case for case in drafts if cases.fresh(case).status == CaseStatus.SUBMITTED)
    assert [case for case in refused if case] == [winner]


def test_references_of_drafts_begun_together_are_all_different():
    organization = make.make_organization()
    users = [make.make_user(organization) for _ in range(4)]
    together = threading.Barrier(4, timeout=30)

    def start(user):
        try:
            together.wait()
            begun = (
                workflow.start_draft(organization=organization, user=user, at=AT) for _ in range(5)
            )
            return [case.reference for case in begun]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = [reference for own in pool.map(start, users) for reference in own]
    assert sorted(found) == [f"DOA-2026-{n:05}" for n in range(1, 21)]
