"""Asking and answering: in part or wholly, with the clocks standing still between."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from audit.transitions import IllegalTransition
from doa import workflow
from doa.enums import CaseStatus, FileKind
from doa.models import CasePause, InfoItem
from doa.workflow import Wanted
from partners.enums import Role
from tests import builders as make
from tests import builders_cases as cases
from tests.builders_cases import HOUR
from tests.builders_cases import SUBMITTED_AT as AT

pytestmark = pytest.mark.django_db
ASKED_AT = AT + 5 * HOUR
LOG = Wanted("Console log", FileKind.LOG)
PHOTO = Wanted("Photo of the LEDs", FileKind.LED_PHOTO)
WORDS = Wanted("Which cable was used")


def asked(*items, text=""):
    staff = make.make_staff()
    case = cases.make_case(CaseStatus.IN_REVIEW, staff=staff)
    reply_by = ASKED_AT + timedelta(days=14)
    workflow.ask(case, items=items, text=text, reply_by=reply_by, user=staff, at=ASKED_AT)
    return cases.fresh(case)


def answer(case, *, at=ASKED_AT + HOUR, user=None, **what):
    return workflow.answer(case, user=user or case.applicant, at=at, **what)


def files_for(case, *kinds):
    items = InfoItem.objects.filter(request__case=case, kind__in=kinds)
    return {item.pk: cases.make_photo(case.organization) for item in items}


def test_a_question_stops_the_clocks_and_is_mailed():
    case = asked(LOG)
    assert (case.status, case.paused_at) == (CaseStatus.INFO_NEEDED, ASKED_AT)
    assert CasePause.objects.get().ended_at is None
    assert cases.told("asked") == ["ana@applicant.test"]


def test_a_question_names_what_is_needed_and_leaves_time():
    staff = make.make_staff()
    case = cases.make_case(CaseStatus.IN_REVIEW, staff=staff)
    with cases.nothing_changes():
        with pytest.raises(workflow.CaseRefused, match="Name what you need"):
            workflow.ask(case, reply_by=AT + 9 * HOUR, user=staff, at=ASKED_AT)
        with pytest.raises(workflow.CaseRefused, match="still to come"):
            workflow.ask(case, items=[LOG], reply_by=ASKED_AT, user=staff, at=ASKED_AT)
        with pytest.raises(PermissionDenied):
            workflow.ask(
                case, items=[LOG], reply_by=AT + 9 * HOUR, user=case.applicant, at=ASKED_AT
            )


def test_an_answer_with_all_that_was_asked_lets_the_clocks_go_on():
    case = asked(LOG, WORDS)
    assert answer(case, text="The blue one.", files=files_for(case, "log"))
    case = cases.fresh(case)
    assert (case.status, case.paused_at) == (CaseStatus.IN_REVIEW, None)
    assert CasePause.objects.get().ended_at == ASKED_AT + HOUR
    assert cases.told("answered") == [case.assignee.email]
    assert case.files.filter(item__isnull=False).get().kind == FileKind.LOG


def test_an_answer_in_part_is_kept_and_the_case_waits_on():
    case = asked(LOG, PHOTO, WORDS)
    assert not answer(case, files=files_for(case, "log"))
    case = cases.fresh(case)
    assert (case.status, case.is_paused) == (CaseStatus.INFO_NEEDED, True)
    assert not answer(case, text="The blue one.", at=ASKED_AT + 2 * HOUR)
    assert answer(case, files=files_for(case, "led_photo"), at=ASKED_AT + 3 * HOUR)
    assert cases.fresh(case).status == CaseStatus.IN_REVIEW
    assert len(cases.told("answered")) == 3


def test_who_has_no_more_says_so_and_the_case_goes_on():
    case = asked(LOG, PHOTO)
    assert answer(case, text="There is no log.", is_all=True)
    assert cases.fresh(case).status == CaseStatus.IN_REVIEW
    assert InfoItem.objects.filter(answered_at=None).count() == 2


def test_words_answer_a_question_in_words_and_no_file():
    case = asked(LOG)
    assert not answer(case, text="It says nothing.")
    words = asked(text="Which cable was used?")
    assert answer(words, text="The blue one.")


def test_an_empty_answer_and_one_to_another_question_are_refused():
    case, other = asked(LOG), asked(LOG)
    with cases.nothing_changes(), pytest.raises(workflow.CaseRefused, match="Write an answer"):
        answer(case)
    files = files_for(other, "log")
    with cases.nothing_changes(), pytest.raises(workflow.CaseRefused, match="answer nothing"):
        answer(case, files=files)


def test_the_applicant_answers_and_no_viewer_or_stranger():
    case = asked(LOG)
    viewer = make.make_user(case.organization, Role.VIEWER)
    stranger = make.make_user(make.make_organization())
    with cases.nothing_changes():
        for user in (viewer, stranger):
            with pytest.raises(PermissionDenied):
                answer(case, text="Here.", user=user)
    assert answer(case, text="There is none.", is_all=True, user=make.make_user(case.organization))


def test_nothing_is_answered_that_was_not_asked():
    case = cases.make_case(CaseStatus.IN_REVIEW)
    with cases.nothing_changes(), pytest.raises(IllegalTransition):
        answer(case, text="By the way.")


def test_a_second_question_stops_the_clocks_a_second_time():
    case = asked(LOG)
    answer(case, is_all=True)
    later = ASKED_AT + 3 * HOUR
    staff = case.assignee
    workflow.ask(case, items=[PHOTO], reply_by=later + HOUR, user=staff, at=later)
    assert CasePause.objects.filter(ended_at=None).count() == 1
    assert CasePause.objects.count() == 2
