"""Mail about one record: it stands together, shows what became of it, and can be muted."""

from datetime import UTC, datetime
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.urls import reverse

from audit.models import Event
from notifications import delivery, following, links, outbox, workflow
from notifications.enums import MessageStatus
from notifications.models import Message
from partners.enums import Role
from partners.models import Membership
from tests.builders import make_organization, make_staff, make_user

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 4, 10, 18, 0, tzinfo=UTC)
CASE = "case:DOA-2026-00318"


def tell(number, to="reader@example.test", **more):
    outbox.enqueue(
        "warranty/report_sent_back",
        key=f"news:{number}",
        to=to,
        organization=None,
        context={"number": "IR-7", "reason": "Torn."},
        at=NOON,
        about=CASE,
        thread="case-DOA-2026-00318",
        **more,
    )


def test_mails_of_a_thread_answer_the_same_root_under_ids_of_their_own(settings):
    settings.DEFAULT_FROM_EMAIL = "Ninety <service@ninety.example>"
    for number in range(3):
        tell(number)
        delivery.deliver_next(at=NOON)
    heads = [sent.message() for sent in mail.outbox]
    root = "<case-DOA-2026-00318@ninety.example>"
    assert {head["References"] for head in heads} == {root}
    assert {head["In-Reply-To"] for head in heads} == {root}
    ids = {head["Message-ID"] for head in heads}
    assert len(ids) == 3 and root not in ids


def test_a_mail_without_a_thread_answers_nothing():
    outbox.enqueue(
        "warranty/report_sent_back",
        key="alone",
        to="reader@example.test",
        organization=None,
        context={"number": "IR-7", "reason": "Torn."},
        at=NOON,
    )
    delivery.deliver_next(at=NOON)
    assert mail.outbox[0].message()["References"] is None


def test_a_record_shows_what_became_of_each_of_its_mails():
    tell(1, to="a@example.test")
    delivery.deliver_next(at=NOON)
    tell(2, to="b@example.test")
    found = Message.unscoped.about(CASE)
    assert [(row.recipient, row.status) for row in found] == [
        ("b@example.test", MessageStatus.QUEUED),
        ("a@example.test", MessageStatus.SENT),
    ]
    assert not Message.unscoped.about("case:DOA-2026-00319").exists()


@pytest.mark.parametrize(
    ("code", "status"), [(499, MessageStatus.QUEUED), (500, MessageStatus.BOUNCED)]
)
def test_a_refusal_for_good_is_not_tried_again(code, status):
    tell(1)
    message = delivery.claim(at=NOON)
    refused = SMTPRecipientsRefused({"reader@example.test": (code, b"No such mailbox")})
    delivery.put_off(message, refused, at=NOON)
    message.refresh_from_db()
    assert message.status == status
    assert "No such mailbox" in message.last_error
    assert Message.unscoped.undelivered().exists() is (status == MessageStatus.BOUNCED)


def test_staff_note_that_a_mail_came_back_and_send_it_again():
    tell(1)
    delivery.deliver_next(at=NOON)
    message, staff = Message.unscoped.get(), make_staff()
    workflow.note_bounce(message, reason="Mailbox full", user=staff, at=NOON)
    workflow.note_bounce(message, reason="Mailbox full", user=staff, at=NOON)
    message.refresh_from_db()
    assert (message.status, message.last_error) == (MessageStatus.BOUNCED, "Mailbox full")
    assert Event.objects.filter(name="mail.bounced").count() == 1
    assert workflow.retry([message], user=staff, at=NOON) == 1
    assert delivery.deliver_next(at=NOON)
    assert len(mail.outbox) == 2


def test_followers_are_told_unless_they_mute_or_leave():
    organization = make_organization("ACME")
    anna = make_user(organization, Role.AGENT, "anna@acme.test")
    ben = make_user(organization, Role.AGENT, "ben@acme.test")
    for user in (anna, ben, anna):
        following.follow_as(user, CASE, organization=organization, at=NOON)
    following.follow(CASE, "Site@acme.test", organization=organization, at=NOON)
    everybody = ["anna@acme.test", "ben@acme.test", "site@acme.test"]
    assert following.addresses_of(CASE) == everybody
    assert following.mute(CASE, "Ben@acme.test", at=NOON)
    assert not following.mute(CASE, "ben@acme.test", at=NOON)
    assert following.addresses_of(CASE) == ["anna@acme.test", "site@acme.test"]
    assert following.addresses_of(CASE, with_muted=True) == everybody
    Membership.objects.filter(user=anna).delete()
    assert following.addresses_of(CASE) == ["site@acme.test"]
    assert following.unmute(CASE, "ben@acme.test", at=NOON)
    assert following.addresses_of(CASE) == ["ben@acme.test", "site@acme.test"]


def test_who_mutes_before_following_stays_muted():
    organization = make_organization("ACME")
    following.mute(CASE, "anna@acme.test", at=NOON)
    assert following.addresses_of(CASE, with_muted=True) == []
    following.follow(CASE, "anna@acme.test", organization=organization, at=NOON)
    assert following.addresses_of(CASE) == []
    assert following.addresses_of(CASE, with_muted=True) == ["anna@acme.test"]


def test_the_link_in_a_mail_asks_before_it_mutes_and_can_undo(client):
    path = links.mute_url("anna@acme.test", CASE).removeprefix("http://127.0.0.1:8000")
    shown = client.get(path)
    assert "Mute the news of DOA-2026-00318" in shown.content.decode()
    assert not following.is_muted(CASE, "anna@acme.test")
    assert "are muted" in client.post(path).content.decode()
    assert following.is_muted(CASE, "anna@acme.test")
    client.post(path, {"undo": "1"})
    assert not following.is_muted(CASE, "anna@acme.test")


def test_a_link_that_we_have_not_signed_mutes_nothing(client):
    response = client.post(reverse("mute", args=["made-up:token"]))
    assert response.status_code == 404
    assert "not one of ours" in response.content.decode()
