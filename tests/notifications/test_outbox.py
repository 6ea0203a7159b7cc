"""The outbox: news is queued once, in the transaction of what happened."""

import contextlib
import re
import socket
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from celery import Celery
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerDown

from config.celery import REDIS, app
from notifications import outbox
from notifications.enums import MessageStatus
from notifications.models import Message
from tests.builders import make_organization, make_user
from tests.servers import free_port

pytestmark = pytest.mark.django_db

AT = datetime(2026, 4, 10, 6, 0, tzinfo=UTC)


def enqueue(key="news:1", to="reader@example.test", **how):
    how = {"organization": None, "context": {}, "at": AT} | how
    outbox.enqueue("warranty/report_accepted", key=key, to=to, **how)


def test_the_same_news_is_queued_once_for_each_recipient():
    for _ in range(2):
        enqueue()
        enqueue(to="another@example.test")
    found = Message.unscoped.order_by("key").values_list("key", "recipient")
    assert list(found) == [
        ("news:1:another@example.test", "another@example.test"),
        ("news:1:reader@example.test", "reader@example.test"),
    ]


def test_a_second_queuing_leaves_the_first_as_it_is():
    enqueue(context={"count": 1})
    enqueue(context={"count": 2}, at=AT + timedelta(days=1))
    message = Message.unscoped.get()
    assert (message.context, message.queued_at, message.due_at) == ({"count": 1}, AT, AT)


def test_a_message_is_due_at_once_unless_said_otherwise():
    enqueue()
    enqueue(key="later", due_at=AT + timedelta(hours=1))
    due = dict(Message.unscoped.values_list("key", "due_at"))
    assert due == {
        "news:1:reader@example.test": AT,
        "later:reader@example.test": AT + timedelta(hours=1),
    }


def test_what_is_rolled_back_was_never_queued():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue()
        raise ZeroDivisionError
    assert Message.unscoped.count() == 0


@pytest.mark.parametrize("length", [1, 240])
def test_a_long_address_makes_a_key_of_its_own_that_fits(length):
    enqueue(key="k" * 60, to=f"{'a' * length}@x.test")
    enqueue(key="k" * 60, to=f"{'a' * length}@y.test")
    enqueue(key="k" * 60, to=f"{'a' * length}@y.test")
    keys = set(Message.unscoped.values_list("key", flat=True))
    assert len(keys) == 2
    assert all(len(key) <= 200 for key in keys)


def test_active_people_are_told_and_the_address_of_the_house_only_without_them():
    peopled, empty, silent = (
        make_organization(),
        make_organization(),
        make_organization(email=""),
    )
    person, gone = make_user(peopled), make_user(peopled)
    gone.is_active = False
    gone.save()
    assert outbox.recipients_of(peopled) == [person.email]
    assert outbox.recipients_of(empty) == [empty.email]
    assert outbox.recipients_of(silent) == []


def test_a_list_is_held_until_it_is_released_and_no_other_goes_with_it():
    partner = make_organization()
    at = AT + timedelta(hours=12)
    for day in ("2026-04-10", "2026-04-11"):
        outbox.tell(
            "warranty/started",
            key=f"list:{day}",
            organization=partner,
            context={"day": day},
            at=at,
            held=True,
        )
    later = at + timedelta(minutes=3)
    released = outbox.release("warranty/started", context={"day": "2026-04-10"}, at=later)
    assert released == 1
    found = Message.unscoped.order_by("key").values_list("status", "due_at")
    assert list(found) == [("queued", later), ("held", at)]


@pytest.mark.parametrize(
    ("template", "statements"),
    [("warranty/corrected", 3), ("warranty/started", 6)],  # two reads, an insert; three choices
)
def test_many_organizations_are_told_in_a_few_statements(
    template, statements, django_assert_num_queries
):
    partners = [make_organization() for _ in range(20)]
    for partner in partners[:10]:
        make_user(partner)
        make_user(partner)
    keys = {partner.pk: f"news:{partner.pk}" for partner in partners}
    with transaction.atomic(), django_assert_num_queries(statements):
        outbox.tell_all(template, keys=keys, context={}, at=AT)
    assert Message.unscoped.count() == 30


def test_one_hint_is_given_after_the_commit_however_much_was_queued(
    django_capture_on_commit_callbacks,
):
    with django_capture_on_commit_callbacks() as callbacks:
        enqueue()
        enqueue(key="news:2")
    assert callbacks == [outbox.hint_delivery]


def test_a_held_message_gives_no_hint(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        enqueue(held=True)
    assert callbacks == []
    assert Message.unscoped.get().status == MessageStatus.HELD


@pytest.fixture
def dead_broker():
    """Send every task to a port where nothing listens."""
    dead = Celery("dead", broker=f"redis://127.0.0.1:{free_port()}/0", set_as_current=False)
    dead.conf.broker_transport_options = REDIS
    dead.set_current()
    yield dead
    app.set_current()
    outbox._broker.avoid_until = 0.0


def test_a_broker_that_is_down_costs_a_line_in_the_log_and_no_mail(
    dead_broker, caplog, django_capture_on_commit_callbacks
):
    with pytest.raises(BrokerDown):
        dead_broker.send_task(outbox.DELIVERY, retry=False)
    with django_capture_on_commit_callbacks(execute=True):
        enqueue()
    assert Message.unscoped.get().status == MessageStatus.QUEUED
    assert "The broker is down" in caplog.text


def test_a_broker_that_did_not_answer_is_left_alone_for_a_while(
    dead_broker, caplog, django_capture_on_commit_callbacks
):
    for key in ("news:1", "news:2", "news:3"):
        with django_capture_on_commit_callbacks(execute=True):
            enqueue(key=key)
    assert Message.unscoped.count() == 3
    assert caplog.text.count("The broker is down") == 1


class Silent:
    """A broker that accepts every connection, answers what greets it or not, then nothing."""

    GREETINGS = {b"PING": b"+PONG\r\n", b"HELLO": b"%1\r\n$5\r\nproto\r\n:3\r\n"}

    def __init__(self, *, greets):
        self.greets = greets
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.taken = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                self.taken.append(self.socket.accept()[0])
                threading.Thread(target=self.listen, args=self.taken[-1:], daemon=True).start()

    def listen(self, connection):
        with contextlib.suppress(OSError):
            while heard := connection.recv(65536):
                for word in re.findall(rb"\r\n(PING|HELLO|CLIENT)\r\n", heard):
                    if self.greets:
                        connection.sendall(self.GREETINGS.get(word, b"+OK\r\n"))

    def close(self):
        for connection in [self.socket, *self.taken]:
            connection.close()


@pytest.fixture(params=[False, True], ids=["never", "after-the-greeting"])
def silent_broker(request):
    server = Silent(greets=request.param)
    celery = Celery("silent", broker=f"redis://127.0.0.1:{server.port}/0", set_as_current=False)
    celery.conf.broker_transport_options = REDIS
    celery.set_current()
    yield server
    app.set_current()
    celery.pool.force_close_all()
    outbox._broker.avoid_until = 0.0
    server.close()


def test_a_broker_that_accepts_and_never_answers_costs_a_second_once(
    silent_broker, django_capture_on_commit_callbacks
):
    spent = []
    for key in ("news:1", "news:2"):
        began = time.monotonic()
        with django_capture_on_commit_callbacks(execute=True):
            enqueue(key=key)
        spent.append(time.monotonic() - began)
    assert silent_broker.taken
    assert spent[0] < 3.0
    assert spent[1] < 0.5
    assert set(Message.unscoped.values_list("status", flat=True)) == {MessageStatus.QUEUED}


def test_a_failed_message_can_be_queued_again():
    enqueue()
    Message.unscoped.update(status=MessageStatus.FAILED, attempts=8)
    outbox.retry(Message.unscoped.get(), at=AT + timedelta(days=1))
    message = Message.unscoped.get()
    assert (message.status, message.attempts) == (MessageStatus.QUEUED, 0)
    assert message.due_at == AT + timedelta(days=1)


def test_a_sent_message_is_never_queued_again():
    enqueue()
    Message.unscoped.update(status=MessageStatus.SENT, sent_at=AT)
    outbox.retry(Message.unscoped.get(), at=AT)
    assert Message.unscoped.get().status == MessageStatus.SENT
