"""What a mail program reads: who wrote, how to answer, how to stop, and no line too many."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from django.core import mail

from notifications import delivery, kinds, links, outbox
from notifications.models import Message
from tests.builders import make_organization

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 4, 10, 18, 0, tzinfo=UTC)
STARRED, PLAIN = "warranty/started", "warranty/report_sent_back"
CONTEXTS = {STARRED: {"day": "2026-04-10"}, PLAIN: {"number": "IR-7", "reason": "Torn."}}
BREAK = "X\r\nBcc: thief@example.test"


def sent(template, *, organization=None, to="reader@example.test", **context):
    """Deliver one mail and return it as its reader's program has it."""
    outbox.enqueue(
        template,
        key="news:1",
        to=to,
        organization=organization,
        context=CONTEXTS[template] | context,
        at=NOON,
    )
    delivery.deliver_next(at=NOON)
    assert Message.unscoped.get().last_error == ""
    raw = mail.outbox[0].message().as_bytes(linesep="\r\n")
    return message_from_bytes(raw, policy=policy.default)


def test_what_can_wait_says_how_to_stop_it(settings):
    settings.EMAIL_REPLY_TO = "Service desk <desk@ninety.example>"
    settings.BASE_URL = "https://ninety.example"
    found = sent(STARRED, to="Reader@Example.test")
    url = links.unsubscribe_url("reader@example.test", kinds.named("warranties-started"))
    assert url.startswith("https://ninety.example/notifications/u/")
    assert found["List-Unsubscribe"].strip() == (
        f"<{url}>, <mailto:desk@ninety.example?subject=Unsubscribe%3A%20Warranties%20started>"
    )
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found["List-Id"] == "Warranties started <warranties-started.ninety.example>"
    assert found["Precedence"] == "bulk"
    for part in (found.get_body(("plain",)), found.get_body(("html",))):
        assert url in part.get_content()
        assert "https://ninety.example/account/notifications/" in part.get_content()


def test_without_a_mailbox_for_answers_the_link_alone_stops_it():
    assert sent(STARRED)["List-Unsubscribe"].count("<") == 1


def test_what_cannot_be_stopped_does_not_offer_it():
    found = sent(PLAIN)
    assert not [name for name in found if name.startswith("List-") or name == "Precedence"]
    assert "/notifications/u/" not in found.get_body(("plain",)).get_content()


@pytest.mark.parametrize("template", [STARRED, PLAIN])
def test_every_mail_says_who_wrote_it_when_and_why(template, settings):
    settings.DEFAULT_FROM_EMAIL = "service@ninety.example"
    settings.EMAIL_REPLY_TO = "desk@ninety.example"
    found = sent(template, organization=make_organization("ACME"))
    assert found["From"] == "Ninety <service@ninety.example>"
    assert found["Reply-To"] == "desk@ninety.example"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Date"] and found["Message-ID"]
    assert len(found["Subject"]) <= 70
    assert [part.get_content_type() for part in found.walk()][-3:-1] != ["text/html", "text/plain"]
    html = found.get_body(("html",)).get_content()
    assert len(html.encode()) <= 30_000
    assert "ACME Example" in html and "You get this because" in html
    assert len(re.findall(r"<a [^>]*background:#12171f", html)) == 1


@pytest.mark.parametrize("template", [STARRED, PLAIN])
def test_no_line_break_in_any_word_adds_a_header(template, settings):
    organization = make_organization("ACME", name=BREAK)
    found = sent(template, organization=organization, number=BREAK, reason=BREAK)
    assert found["Bcc"] is None
    assert mail.outbox[0].recipients() == ["reader@example.test"]
    assert len(found.get_all("Subject")) == len(found.get_all("To")) == 1


@pytest.mark.parametrize("where", ["recipient", "reply_to", "EMAIL_REPLY_TO", "DEFAULT_FROM_EMAIL"])
def test_a_line_break_in_an_address_sends_nothing(where, settings):
    address = "reader@example.test\r\nBcc: thief@example.test"
    if where.isupper():
        setattr(settings, where, address)
    outbox.enqueue(
        STARRED,
        key="news:1",
        to=address if where == "recipient" else "reader@example.test",
        reply_to=address if where == "reply_to" else "",
        organization=None,
        context=CONTEXTS[STARRED],
        at=NOON,
    )
    delivery.deliver_next(at=NOON)
    assert [b"thief" in sent.message().as_bytes() for sent in mail.outbox] in ([], [False])
