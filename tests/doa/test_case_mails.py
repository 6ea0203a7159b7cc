"""What the parties of a case read: one thread, the next step, one link, no mail too many."""

from datetime import date, timedelta

import pytest
from django.core import mail
from icalendar import Calendar

from doa import workflow
from doa.enums import CaseStatus, Remedy
from doa.models import Case, CaseLine, InfoRequest
from doa.workflow import telling
from notifications import delivery, following
from notifications.enums import MessageStatus
from notifications.models import Message
from tests import builders as make
from tests import builders_cases as cases
from tests.builders_cases import HOUR, SUBMITTED_AT

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LATER = SUBMITTED_AT + 60 * DAY
CONTACT = "ana@applicant.test"


def deliver(at=LATER):
    """Send all that waits and return it by template, to the contact where there are several."""
    first = len(mail.outbox)
    while delivery.deliver_next(at=at):
        pass
    assert not Message.unscoped.exclude(last_error="").exclude(status=MessageStatus.SKIPPED)
    return mail.outbox[first:]


def to_contact(found):
    return [sent for sent in found if sent.to == [CONTACT]]


def test_a_case_is_one_thread_under_one_subject_from_handing_in_to_closing():
    case = cases.make_case(CaseStatus.CLOSED)
    Message.unscoped.filter(template="doa/acknowledged").delete()
    sent = to_contact(deliver())
    assert len(sent) == 5
    subject = f"[{case.reference}] {case.title}"
    assert {found.subject for found in sent} == {subject}
    heads = [found.message() for found in sent]
    assert {head["References"].partition("@")[0] for head in heads} == {f"<case-{case.reference}"}
    assert len({head["Message-ID"] for head in heads}) == 5
    for found in sent:
        html = found.alternatives[0][0]
        assert found.body.count("http://127.0.0.1:8000/") == (2 if "Mute" in found.body else 1)
        assert f"/cases/{case.reference}/" in found.body and f"/cases/{case.reference}/" in html
        assert len(html.encode()) <= 30_000
        assert "{{" not in found.body and "None" not in found.body


def test_who_applied_and_the_contact_are_told_and_a_mute_stops_news_alone():
    case = cases.make_case(CaseStatus.SUBMITTED)
    told = Message.unscoped.about(telling.record_of(case)).values_list("recipient", flat=True)
    assert set(told) == {case.applicant.email, CONTACT}
    following.mute(telling.record_of(case), CONTACT, at=SUBMITTED_AT)
    staff = make.make_staff()
    workflow.register_call(
        case, sr_number="SR-9", called_at=SUBMITTED_AT, user=staff, at=SUBMITTED_AT + HOUR
    )
    case = cases.fresh(case)
    workflow.take(case, user=staff, at=SUBMITTED_AT + 2 * HOUR)
    cases.ask_for_log(cases.fresh(case), staff, SUBMITTED_AT + 3 * HOUR)
    by_template = Message.unscoped.values_list("template", "recipient")
    assert ("doa/registered", CONTACT) not in by_template
    assert ("doa/registered", case.applicant.email) in by_template
    assert ("doa/asked", CONTACT) in by_template


def test_the_call_sheet_names_number_hours_and_units_and_is_not_sent_after_the_call():
    case = cases.make_case(CaseStatus.SUBMITTED)
    sheet = to_contact(deliver(at=SUBMITTED_AT + 2 * HOUR))[0].body
    line = cases.lines_of(case)[0]
    assert "1-877-9HUAWEI" in sheet and line.unit.serial in sheet
    assert "America/Chicago" in sheet and "does not boot" in sheet
    telling.nudged_to_call(case, at=LATER)
    staff = make.make_staff()
    workflow.register_call(case, sr_number="SR-1", called_at=LATER, user=staff, at=LATER)
    Message.unscoped.filter(template="doa/registered").delete()
    assert deliver() == []


def test_a_question_lists_what_is_asked_and_falls_silent_once_answered():
    case = cases.make_case(CaseStatus.IN_REVIEW)
    staff = make.make_staff()
    Message.unscoped.all().delete()
    request = cases.ask_for_log(case, staff, SUBMITTED_AT + 5 * HOUR)
    asked = to_contact(deliver(at=SUBMITTED_AT + 5 * HOUR))[0].body
    assert "- Console log of the boot (a file)" in asked
    assert "17 Feb 2026, 14:00 CST" in asked or "CST" in asked
    assert f"/cases/{case.reference}/reply/" in asked
    telling.reminded(cases.fresh(case), request, at=LATER)
    InfoRequest.objects.filter(pk=request.pk).update(answered_at=LATER)
    assert deliver() == []
    skipped = Message.unscoped.filter(status=MessageStatus.SKIPPED)
    assert skipped.count() == 2


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (cases.FIRST_BOOT, ("Approved: dead on arrival", "D1: failed at first boot")),
        (
            cases.failed_after(71),
            ("Not dead on arrival: replaced all the same", "exchanged under its warranty"),
        ),
    ],
)
def test_a_decision_says_rule_reasons_and_the_next_step(answers, says):
    case = cases.make_case(CaseStatus.IN_REVIEW, answers=answers, at=SUBMITTED_AT + 3 * DAY)
    Message.unscoped.all().delete()
    cases.decide_all(case, make.make_staff(), SUBMITTED_AT + 4 * DAY)
    body = to_contact(deliver())[0].body
    for words in says:
        assert words in body
    assert "Next step:" in body and "Policy version" in body
    assert "15 business days" in body
    for reason in cases.lines_of(case)[0].decisions.get().reasons:
        assert reason["sentence"] in body


def test_a_refusal_names_what_is_left():
    case = cases.make_case(CaseStatus.IN_REVIEW)
    Message.unscoped.all().delete()
    cases.decide_all(case, make.make_staff(), SUBMITTED_AT + 5 * HOUR, Remedy.NONE)
    decided, closed = (sent.body for sent in to_contact(deliver()))
    assert decided.startswith("Decided: not replaced")
    assert ": refused" in decided and "ask for a quote for repair" in decided
    assert closed.startswith("Closed: refused")


def test_the_goods_are_followed_with_tracking_return_and_new_serial():
    case = cases.make_case(CaseStatus.CLOSED)
    line = cases.lines_of(case)[0]
    by_event = {sent.body.splitlines()[0]: sent.body for sent in to_contact(deliver())}
    shipped = by_event[f"The replacement of {line.unit} is on its way"]
    assert (
        line.tracking in shipped and line.carrier in shipped and line.replacement.serial in shipped
    )
    assert "remove your data" in shipped and "15 business days" in shipped
    assert f"The faulty unit {line.unit} has arrived" in by_event
    closed = by_event["Closed: replaced"]
    assert f"replaced by {line.replacement}" in closed


def events_of(sent):
    """Return the events of the one calendar file beside a mail, by the end of their names."""
    ((name, body, kind),) = sent.attachments
    assert (name.endswith(".ics"), kind) == (True, "text/calendar")
    assert all(len(row.encode()) <= 75 for row in body.split("\r\n"))
    found = Calendar.from_ical(body).walk("VEVENT")
    return {str(event["uid"]).split("-")[-1].partition("@")[0]: event for event in found}


def test_a_shipped_replacement_and_a_return_carry_their_day_for_the_calendar():
    line = cases.lines_of(cases.make_case(CaseStatus.FULFILLING))[0]
    CaseLine.unscoped.filter(pk=line.pk).update(
        carrier="Fast; Ways, Inc", tracking="1Z", expected_on=date(2026, 2, 12)
    )
    Case.unscoped.update(ship_to="1 Long Road, Suite 7\nAustin, TX")
    Message.unscoped.all().delete()
    line.refresh_from_db()
    telling.shipped(line, at=SUBMITTED_AT)
    event = events_of(to_contact(deliver())[0])["arrival"]
    assert event.decoded("dtstart") == date(2026, 2, 12)
    assert str(event["description"]) == "Fast; Ways, Inc, tracking number 1Z"
    assert str(event["location"]) == "1 Long Road, Suite 7, Austin, TX"
    again = SUBMITTED_AT + DAY
    CaseLine.unscoped.filter(pk=line.pk).update(expected_on=None)
    line.refresh_from_db()
    Message.unscoped.all().delete()
    telling.shipped(line, at=again)
    (sent,) = to_contact(deliver())
    assert sent.attachments == [] and "into your calendar" not in sent.body


def test_a_message_goes_to_the_other_side_and_a_note_to_nobody():
    case = cases.make_case(CaseStatus.IN_REVIEW)
    Message.unscoped.all().delete()
    staff = case.assignee
    workflow.note(case, text="Looks dropped.", user=staff, at=LATER)
    assert not Message.unscoped.exists()
    workflow.message(case, text="When were you there?", user=staff, at=LATER)
    assert "When were you there?" in to_contact(deliver())[0].body
    workflow.message(case, text="On Monday <b>.", user=case.applicant, at=LATER)
    answer = deliver()
    assert [sent.to for sent in answer] == [[staff.email]]
    assert "On Monday <b>." in answer[0].body
    assert "On Monday &lt;b&gt;." in answer[0].alternatives[0][0]
    assert f"/admin/doa/case/{case.pk}/" in answer[0].body


def test_what_became_of_each_mail_is_found_by_its_case():
    case = cases.make_case(CaseStatus.SUBMITTED)
    Message.unscoped.filter(recipient=CONTACT).update(status=MessageStatus.BOUNCED)
    found = {message.recipient: message.status for message in telling.mails_of(case)}
    assert found[CONTACT] == MessageStatus.BOUNCED
    assert found[case.applicant.email] == MessageStatus.QUEUED
