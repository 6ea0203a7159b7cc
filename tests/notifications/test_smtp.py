"""A real mail server that refuses one message in ten, and two senders at once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from django.db import connection

from notifications import delivery, outbox
from notifications.models import Message
from tests.servers import free_port

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

AT = datetime(2026, 4, 10, 6, 0, tzinfo=UTC)
MESSAGES = 100


class Grumpy:
    """Refuses every tenth message for now; keeps the ids of the others."""

    def __init__(self):
        self.offered = 0
        self.accepted = []

    async def handle_DATA(self, server, session, envelope):
        self.offered += 1
        if self.offered % 10 == 0:
            return "451 Try again later"
        head = envelope.content.decode().replace("\r\n", "\n").split("\n\n")[0]
        lines = [line for line in head.split("\n") if line.startswith("Message-ID: ")]
        self.accepted += lines
        return "250 OK"


@pytest.fixture
def server(settings):
    handler = Grumpy()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    yield handler
    controller.stop()


def send_all(at):
    try:
        while delivery.deliver_next(at=at):
            pass
    finally:
        connection.close()


def two_senders(at):
    senders = [threading.Thread(target=send_all, args=[at]) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()


def test_every_message_is_accepted_exactly_once(server):
    context = {"number": "IR-7", "reason": "Torn."}
    for number in range(MESSAGES):
        outbox.enqueue(
            "warranty/report_sent_back",
            key=f"news:{number}",
            to=f"reader{number}@example.test",
            organization=None,
            context=context,
            at=AT,
        )
    rounds = 0
    while Message.unscoped.filter(status="queued").exists():
        two_senders(AT + rounds * timedelta(hours=2))
        rounds += 1
    assert rounds > 1, "nothing was refused"
    assert server.offered > MESSAGES
    assert set(Message.unscoped.values_list("status", flat=True)) == {"sent"}
    assert len(server.accepted) == len(set(server.accepted)) == MESSAGES
    refused = Message.unscoped.filter(attempts__gt=1).count()
    assert server.offered - MESSAGES >= refused > 0
