"""Delivery: one at a time by lease, later each time, each message for itself."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from notifications import delivery, outbox, rendering
from notifications.content import Content
from notifications.models import Message
from notifications.tasks import deliver_due_messages
from tests.builders import make_organization

pytestmark = pytest.mark.django_db

AT = datetime(2026, 4, 10, 6, 0, tzinfo=UTC)
CONTEXT = {"number": "IR-7", "reason": "The page with <the> stamp & date is missing.\nSend it."}
SECOND = timedelta(seconds=1)


def queue(key="news:1", template="warranty/report_sent_back", to="reader@example.test", **how):
    how = {"organization": None, "context": CONTEXT, "at": AT} | how
    outbox.enqueue(template, key=key, to=to, **how)
    return Message.unscoped.get(key=f"{key}:{to}")


def read(message: Message) -> Message:
    message.refresh_from_db()
    return message


def test_a_due_message_is_sent_once_and_marked():
    message = queue(organization=make_organization("ACME"))
    assert delivery.deliver_next(at=AT) is True
    assert delivery.deliver_next(at=AT) is False
    assert [sent.subject for sent in mail.outbox] == ["Installation report IR-7 sent back"]
    message = read(message)
    assert (message.status, message.sent_at, message.attempts) == ("sent", AT, 1)
    assert message.subject == "Installation report IR-7 sent back"
    assert (message.claimed_until, message.last_error) == (None, "")


@pytest.mark.parametrize(("early", "sent"), [(SECOND, False), (0 * SECOND, True)])
def test_a_message_waits_until_it_is_due(early, sent):
    queue(due_at=AT)
    assert delivery.deliver_next(at=AT - early) is sent


def test_text_is_plain_and_html_is_escaped():
    queue(organization=make_organization("ACME", name="A & <B>"))
    delivery.deliver_next(at=AT)
    sent = mail.outbox[0]
    assert "The page with <the> stamp & date is missing." in sent.body
    assert "Hello A & <B>," in sent.body
    html, kind = sent.alternatives[0]
    assert kind == "text/html"
    assert "The page with &lt;the&gt; stamp &amp; date is missing." in html
    assert "A &amp; &lt;B&gt;" in html


def test_a_line_break_in_the_subject_adds_no_header():
    queue(context=CONTEXT | {"number": "IR-7\r\nBcc: thief@example.test"})
    delivery.deliver_next(at=AT)
    sent = mail.outbox[0]
    assert sent.subject.startswith("Installation report IR-7")
    assert sent.message()["Bcc"] is None
    assert sent.recipients() == ["reader@example.test"]


def test_the_headers_say_that_a_machine_wrote_and_where_to_answer(settings):
    settings.DEFAULT_FROM_EMAIL = "Ninety <service@ninety.example>"
    settings.EMAIL_REPLY_TO = "desk@ninety.example"
    message = queue()
    delivery.deliver_next(at=AT)
    headers = mail.outbox[0].message()
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Reply-To"] == "desk@ninety.example"
    assert headers["Message-ID"] == rendering.message_id(message)
    assert headers["Message-ID"].endswith("@ninety.example>")
    assert message.key not in headers["Message-ID"]


def test_every_message_has_an_id_of_its_own_that_stays():
    first, second = queue(), queue(to="another@example.test")
    assert rendering.message_id(first) == rendering.message_id(read(first))
    assert rendering.message_id(first) != rendering.message_id(second)


def test_a_message_that_can_not_be_rendered_waits_alone():
    broken = queue(key="broken", template="warranty/no_such_mail")
    fine = queue(key="fine")
    assert [delivery.deliver_next(at=AT) for _ in range(3)] == [True, True, False]
    assert (read(fine).status, read(broken).status) == ("sent", "queued")
    assert "no_such_mail" in broken.last_error
    assert broken.due_at > AT


@pytest.mark.parametrize(("attempts", "status"), [(6, "queued"), (7, "failed")])
def test_the_eighth_failure_is_the_last(attempts, status):
    message = queue(template="warranty/no_such_mail")
    Message.unscoped.update(attempts=attempts)
    delivery.deliver_next(at=AT)
    assert (read(message).status, message.attempts) == (status, attempts + 1)
    assert message.claimed_until is None


def test_a_long_reason_is_cut_and_kept_on_one_line():
    queue()
    message = delivery.claim(at=AT)
    delivery.put_off(message, ValueError("x\n" * 400), at=AT)
    assert len(read(message).last_error) == 300
    assert message.last_error.startswith("ValueError: x x")


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (7, 64)])
def test_tries_spread_out_a_fifth_around_the_doubled_delay(attempts, minutes):
    delays = [delivery.delay_after(attempts) for _ in range(200)]
    assert min(delays) >= timedelta(minutes=minutes * 0.8)
    assert max(delays) <= timedelta(minutes=minutes * 1.2)
    assert len(set(delays)) > 1


def test_a_claimed_message_is_left_to_its_sender_until_the_lease_ends():
    queue()
    claimed = delivery.claim(at=AT)
    assert claimed.attempts == 1
    assert delivery.claim(at=AT + delivery.LEASE - SECOND) is None
    assert delivery.claim(at=AT + delivery.LEASE).pk == claimed.pk


def test_a_sender_whose_lease_has_passed_on_marks_nothing():
    queue()
    slow = delivery.claim(at=AT)
    quick = delivery.claim(at=AT + delivery.LEASE)
    delivery.mark_sent(slow, "slow", at=AT)
    delivery.put_off(slow, OSError("slow"), at=AT)
    assert (read(quick).status, quick.last_error) == ("queued", "")
    assert quick.claimed_until == AT + 2 * delivery.LEASE
    delivery.mark_sent(quick, "quick", at=AT + delivery.LEASE)
    assert (read(quick).status, quick.subject) == ("sent", "quick")


def test_nothing_leaves_on_hold(settings):
    message = queue()
    settings.OUTBOX_HOLD = True
    assert delivery.deliver_next(at=AT) is False
    assert (read(message).attempts, mail.outbox) == (0, [])
    settings.OUTBOX_HOLD = False
    assert delivery.deliver_next(at=AT) is True


@pytest.mark.parametrize("status", ["held", "sent", "failed"])
def test_only_queued_messages_are_sent(status):
    message = queue()
    Message.unscoped.update(status=status, sent_at=AT if status == "sent" else None)
    assert delivery.deliver_next(at=AT) is False
    assert (read(message).status, mail.outbox) == (status, [])


def test_the_task_sends_everything_and_a_second_run_nothing():
    for number in range(3):
        queue(key=f"news:{number}")
    deliver_due_messages()
    deliver_due_messages()
    assert len(mail.outbox) == 3
    assert set(Message.unscoped.values_list("status", flat=True)) == {"sent"}


def test_without_a_builder_a_mail_says_its_stored_context():
    message = queue(context={"reason": "Torn."})
    sent = rendering.build(message, Content({"number": "IR-8", "reason": "Torn."}))
    assert sent.subject == "Installation report IR-8 sent back"
    assert sent.attachments == []


def test_answers_go_to_the_asker_where_there_is_one_and_else_to_the_house(settings):
    settings.EMAIL_REPLY_TO = "desk@example.test"
    asked = queue(key="asked", reply_to="customer@example.test")
    told = queue(key="told")
    assert delivery.build(asked, Content(CONTEXT)).reply_to == ["customer@example.test"]
    assert delivery.build(told, Content(CONTEXT)).reply_to == ["desk@example.test"]
    settings.EMAIL_REPLY_TO = ""
    assert delivery.build(told, Content(CONTEXT)).reply_to == []
