"""Webhooks as a receiver and a manager see them: a real server, and nothing inside our walls."""

import hashlib
import hmac
import json
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core import mail
from django.urls import reverse

from doa.enums import CaseStatus
from notifications.delivery import deliver_next as deliver_mail
from partners.enums import Role
from tests import builders_cases as cases
from tests.builders import make_organization, make_user
from tests.entrance import sign_in
from webhooks import delivery, wire, workflow
from webhooks.enums import DeliveryStatus, Event
from webhooks.models import Delivery, Endpoint
from webhooks.policy import DELAYS, AddressRefused, is_public, require_url
from webhooks.queueing import queue

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 4, 10, 18, 0, tzinfo=UTC)


@contextmanager
def receiver(settings, *answers):
    """Run a real server that answers so, one status a request, and yield it with its requests."""
    got, waiting = [], list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((dict(self.headers), body))
            self.send_response(waiting.pop(0) if waiting else 200)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments):
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    settings.WEBHOOK_LOCAL_RECEIVERS = [f"127.0.0.1:{server.server_port}"]
    try:
        yield f"http://127.0.0.1:{server.server_port}/hooks?a=1", got
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def add(url, organization=None, events=(Event.CASE_CLOSED,)):
    organization = organization or make_organization()
    user = make_user(organization, Role.MANAGER)
    return workflow.add(organization, url, list(events), user=user, at=NOON)


def tell(endpoint, key="closed:1", at=NOON):
    queue(endpoint.organization, Event.CASE_CLOSED, {"reference": "DOA-1"}, key=key, at=at)


def verified(secret, headers, body):
    """Check the signature as docs/webhooks.md says, with nothing of ours."""
    parts = [part.split("=", 1) for part in headers["Ninety-Signature"].split(",")]
    sent_at = dict(parts)["t"]
    digest = hmac.new(secret.encode(), f"{sent_at}.".encode() + body, hashlib.sha256).hexdigest()
    return digest in [value for name, value in parts if name == "v1"]


def test_an_event_arrives_once_signed_and_a_second_run_sends_nothing(settings):
    with receiver(settings) as (url, got):
        endpoint, secret = add(url)
        tell(endpoint)
        tell(endpoint)
        assert Delivery.unscoped.count() == 1
        assert delivery.deliver_next(at=NOON)
        assert not delivery.deliver_next(at=NOON)
        ((headers, body),) = got
    told = json.loads(body)
    assert (told["event"], told["data"]) == ("case.closed", {"reference": "DOA-1"})
    assert headers["Ninety-Delivery"] == told["id"]
    assert verified(secret, headers, body)
    assert not verified(secret, headers, body + b" ")
    assert not verified("whsec_other", headers, body)
    assert secret not in Endpoint.unscoped.get().secret
    assert Delivery.unscoped.get().status == DeliveryStatus.DELIVERED


def test_what_fails_is_tried_later_and_later_and_then_given_up(settings):
    with receiver(settings, 500, 302, *[503] * 20) as (url, got):
        endpoint, _ = add(url)
        tell(endpoint)
        at = NOON
        for delay in DELAYS:
            assert delivery.deliver_next(at=at)
            row = Delivery.unscoped.get()
            assert (row.status, row.due_at) == (DeliveryStatus.QUEUED, at + delay)
            assert not delivery.deliver_next(at=at + delay - timedelta(seconds=1))
            at += delay
        assert delivery.deliver_next(at=at)
        assert Delivery.unscoped.get().status == DeliveryStatus.FAILED
        assert len(got) == len(DELAYS) + 1


def test_a_receiver_that_is_not_there_holds_up_no_other(settings):
    with receiver(settings) as (url, got), socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        settings.WEBHOOK_LOCAL_RECEIVERS += [f"127.0.0.1:{port}"]
        organization = make_organization()
        add(f"http://127.0.0.1:{port}/", organization)
        endpoint, _ = add(url, organization)
        tell(endpoint)
        while delivery.deliver_next(at=NOON):
            pass
        assert len(got) == 1
    states = Delivery.unscoped.order_by("pk").values_list("status", flat=True)
    assert sorted(states) == [DeliveryStatus.DELIVERED, DeliveryStatus.QUEUED]


def test_three_days_without_an_answer_switch_it_off_with_a_mail(settings):
    with receiver(settings, *[500] * 9) as (url, _):
        endpoint, _ = add(url)
        tell(endpoint)
        delivery.deliver_next(at=NOON)
        tell(endpoint, key="closed:2", at=NOON + timedelta(days=3, seconds=-1))
        delivery.deliver_next(at=NOON + timedelta(days=3, seconds=-1))
        assert Endpoint.unscoped.get().is_on
        delivery.deliver_next(at=NOON + timedelta(days=3))
    endpoint.refresh_from_db()
    assert not endpoint.is_on
    deliver_mail(at=NOON + timedelta(days=4))
    assert "switched off" in mail.outbox[0].subject
    assert not delivery.deliver_next(at=NOON + timedelta(days=9))


def test_for_a_day_after_a_rotation_both_secrets_sign(settings):
    with receiver(settings) as (url, got):
        endpoint, old = add(url)
        new = workflow.rotate(endpoint, user=make_user(), at=NOON)
        for number, hours in enumerate((23, 24)):
            at = NOON + timedelta(hours=hours)
            tell(endpoint, key=str(number), at=at)
            delivery.deliver_next(at=at)
        assert [verified(new, *each) for each in got] == [True, True]
        assert [verified(old, *each) for each in got] == [True, False]


def test_nothing_leaves_on_hold_and_replay_keeps_the_reference(settings):
    with receiver(settings) as (url, got):
        endpoint, _ = add(url)
        tell(endpoint)
        settings.OUTBOX_HOLD = True
        assert not delivery.deliver_next(at=NOON)
        settings.OUTBOX_HOLD = False
        delivery.deliver_next(at=NOON)
        workflow.replay(Delivery.unscoped.get(), user=make_user(), at=NOON)
        delivery.deliver_next(at=NOON)
        assert len({headers["Ninety-Delivery"] for headers, _ in got}) == 1
        assert len(got) == 2


def test_a_case_tells_the_programs_of_who_applied_in_the_transaction_of_the_step(settings):
    organization = make_organization()
    settings.WEBHOOK_LOCAL_RECEIVERS = ["127.0.0.1:9"]
    add("http://127.0.0.1:9/", organization, events=list(Event))
    add("http://127.0.0.1:9/", events=list(Event))
    cases.make_case(CaseStatus.CLOSED, organization=organization)
    told = Delivery.unscoped.order_by("pk")
    assert [row.event for row in told] == [
        "case.submitted",
        "case.registered",
        "case.decided",
        "case.shipped",
        "case.received",
        "case.closed",
    ]
    assert {row.endpoint.organization for row in told} == {organization}
    assert told[2].payload["lines"][0]["rule"] == "D1"


NOWHERE = "0.0.0.0"  # noqa: S104 (an address that is refused)
HOSTILE = [
    "127.0.0.1", "127.8.9.1", NOWHERE, "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1",
    "::",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd12::1", "ff02::1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "2001::1",
]  # fmt: skip


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_inside_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700::6810:84e5"])
def test_an_address_of_the_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "https://", "https://u:p@example.com/",
        "https://example.com:22/", "https://example.com:99999/", "https://example.com/a b",
        "//example.com/", "https://exämple.com/", "gopher://127.0.0.1:70/",
    ],
)  # fmt: skip
def test_an_address_that_is_no_receiver_is_refused_with_what_to_do(url):
    with pytest.raises(AddressRefused, match=r"^(Write|Leave|Choose)"):
        require_url(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "169.254.169.254", NOWHERE, "[::]",
    ],
)  # fmt: skip
def test_no_spelling_of_a_place_inside_is_connected_to(host):
    with socket.socket() as inside:
        inside.bind(("127.0.0.1", 0))
        inside.listen()
        inside.settimeout(0.05)
        url = f"https://{host}:{inside.getsockname()[1]}/"
        with pytest.raises(AddressRefused):
            wire.post(url, b"{}", {})
        with pytest.raises(TimeoutError):
            inside.accept()


def test_the_address_that_was_checked_is_the_one_that_is_used(monkeypatch):
    """A name that turns inside between check and connection leads nowhere."""
    asked, connected = [], []

    def resolver(host, port, **kind):
        asked.append(host)
        address = "93.184.215.14" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(where, timeout):
        connected.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ConnectionRefusedError):
        wire.post("https://rebind.example/", b"{}", {})
    assert (asked, connected) == (["rebind.example"], [("93.184.215.14", 443)])


def test_a_name_with_one_address_inside_is_refused(monkeypatch):
    both = [(2, 1, 6, "", (address, 443)) for address in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **kind: both)
    with pytest.raises(AddressRefused, match="not a public address"):
        wire.post("https://mixed.example/", b"{}", {})


def test_a_manager_adds_one_sees_its_secret_once_pings_and_sends_again(client, settings):
    with receiver(settings) as (url, got):
        manager = make_user(make_organization(), Role.MANAGER)
        sign_in(client, manager)
        page = client.post(reverse("webhooks"), {"url": url, "events": ["case.closed"]})
        secret = page.content.decode().partition("<code>whsec_")[2].partition("<")[0]
        endpoint = Endpoint.unscoped.get()
        here = reverse("webhook", args=[endpoint.reference])
        assert secret and secret not in client.get(here).content.decode()
        client.post(here, {"step": "ping"})
        delivery.deliver_next(at=datetime.now(UTC) + timedelta(minutes=1))
        assert verified(f"whsec_{secret}", *got[0])
        log = client.get(here).content.decode()
        assert "Delivered" in log and "ping" in log
        client.post(reverse("webhook-replay", args=[Delivery.unscoped.get().reference]))
        assert Delivery.unscoped.get().status == DeliveryStatus.QUEUED
        client.post(here, {"step": "off"})
        assert not Endpoint.unscoped.get().is_on
        client.post(here, {"step": "delete"})
        assert not Endpoint.unscoped.exists()


def test_a_place_inside_is_refused_on_the_form_and_nothing_is_kept(client):
    sign_in(client, make_user(make_organization(), Role.MANAGER))
    sent = {"url": "http://127.0.0.1:8000/", "events": ["case.closed"]}
    page = client.post(reverse("webhooks"), sent)
    assert page.status_code == 400
    assert "Write an address that begins with https://." in page.content.decode()
    assert not Endpoint.unscoped.exists()


def test_another_organizations_webhook_is_unknown(client, settings):
    settings.WEBHOOK_LOCAL_RECEIVERS = ["127.0.0.1:9"]
    endpoint, _ = add("http://127.0.0.1:9/")
    tell(endpoint)
    sign_in(client, make_user(make_organization(), Role.MANAGER))
    here = reverse("webhook", args=[endpoint.reference])
    again = reverse("webhook-replay", args=[Delivery.unscoped.get().reference])
    assert client.get(here).status_code == 404
    assert client.post(here, {"step": "delete"}).status_code == 404
    assert client.post(again).status_code == 404
    assert Endpoint.unscoped.exists()
