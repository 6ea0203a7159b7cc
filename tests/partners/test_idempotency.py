"""A request with an `Idempotency-Key` takes effect once, whatever is lost on the way."""

import json
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client, TestCase
from time_machine import travel

from audit.models import Event
from partners import clock
from partners.enums import Scope
from partners.models import ApiToken, IdempotentRequest, Organization
from partners.tasks import forget_expired_replies
from partners.workflow.replies import REPLIES_KEPT
from tests.api import bearer
from tests.builders import make_unit, make_user
from tests.conftest import ROOT, process_environment, wait_until
from tests.warranty.shipment_files import ROW, make_world
from warranty.imports import postgresql
from warranty.models import Shipment, ShipmentLine

ADDRESS = "/api/v1/shipments"
KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
SCOPES = [Scope.SHIPMENTS_WRITE]


def body_of(number="D-1", shipped_on="2026-02-01"):
    unit = {"serial_number": ROW["serial_number"], "part_number": ROW["part_number"]}
    shipment = {"number": number, "leg": "distributor", "shipped_on": shipped_on}
    shipment |= {"consignee": "VAP", "units": [{**unit, "installation_service": False}]}
    return json.dumps({"shipments": [shipment]})


def post(headers, body=None, *, key=KEY, query="", client=None):
    return (client or Client()).post(
        ADDRESS + query,
        body_of() if body is None else body,
        content_type="application/json",
        headers={**headers, "Idempotency-Key": key},
    )


def make_base():
    """Make the world of shipments, and a unit that DIST can ship on."""
    make_world()
    distributor = Organization.objects.get(code="DIST")
    number = apps.get_model("catalog", "PartNumber").objects.get(number=ROW["part_number"])
    make_unit(distributor, serial=ROW["serial_number"], part_number=number)
    return distributor


def rows():
    """Return how many rows each table has."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def effects():
    recorded = Event.objects.filter(name="shipment.recorded").count()
    return Shipment.unscoped.filter(number="D-1").count(), ShipmentLine.unscoped.count(), recorded


class KeyTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.distributor = make_base()

    def setUp(self):
        self.user = make_user(self.distributor)
        self.headers = bearer(self.distributor, user=self.user, scopes=SCOPES)

    def same(self, answers):
        """Check that all answers are the same, byte for byte."""
        told = {(a.status_code, a.content, a.headers["Content-Type"]) for a in answers}
        self.assertEqual(len(told), 1, told)

    def test_a_repeat_gets_the_same_reply_and_adds_no_row(self):
        first = post(self.headers)
        self.assertEqual(first.status_code, 201)
        before = rows()
        self.same([first, *(post(self.headers) for _ in range(3))])
        self.assertEqual(rows(), before)
        self.assertEqual(effects(), (1, 1, 1))

    def test_a_refusal_is_a_reply_too(self):
        wrong = body_of(shipped_on="2099-01-01")
        first = post(self.headers, wrong)
        self.assertEqual(first.status_code, 400)
        before = rows()
        self.same([first, post(self.headers, wrong)])
        self.assertEqual(rows(), before)

    def test_the_same_key_with_other_content_is_refused(self):
        post(self.headers)
        for other in (
            post(self.headers, body_of(number="D-2")),
            post(self.headers, body_of() + " "),
            post(self.headers, query="?dry_run=true"),
        ):
            self.assertEqual(other.status_code, 422)
            self.assertEqual(other.headers["Content-Type"], "application/problem+json")
        self.assertFalse(Shipment.unscoped.filter(number="D-2").exists())

    def test_keys_belong_to_one_person_in_one_organization(self):
        first = post(self.headers)
        colleague = bearer(self.distributor, scopes=SCOPES)
        again = post(colleague)
        self.assertEqual((again.status_code, again.json()["new"]), (201, 0))
        self.assertNotEqual(first.content, again.content)
        stranger = bearer(Organization.objects.get(code="OTHER"), scopes=SCOPES)
        self.assertEqual(post(stranger).status_code, 400)

    def test_another_token_of_the_same_person_gets_the_same_reply(self):
        first = post(self.headers)
        other = bearer(self.distributor, user=self.user, scopes=SCOPES)
        self.same([first, post(other)])

    def test_a_reply_is_for_those_alone_who_may_still_ask(self):
        post(self.headers)
        ApiToken.objects.update(scopes=Scope.UNITS_READ)
        self.assertEqual(post(self.headers).status_code, 403)
        self.user.is_active = False
        self.user.save()
        self.assertEqual(post(self.headers).status_code, 401)

    def test_a_key_has_1_to_255_printable_characters(self):
        for key in ("k", "k" * 255, "~!a b"):
            self.assertEqual(post(self.headers, key=key).status_code, 201, key)
        for key in ("", " ", "k" * 256, "clé", "tab\tkey", "\x00"):
            answer = post(self.headers, key=key)
            self.assertEqual(answer.status_code, 400, key)
            self.assertEqual(answer.json()["errors"][0]["parameter"], "Idempotency-Key")

    def test_what_can_not_be_read_leaves_the_key_free(self):
        self.assertEqual(post(self.headers, "{").status_code, 400)
        self.assertFalse(IdempotentRequest.objects.exists())
        self.assertEqual(post(self.headers).status_code, 201)

    def test_a_key_is_free_again_after_a_day(self):
        at = clock.now()
        with travel(at, tick=False):
            self.headers = bearer(self.distributor, user=self.user, scopes=SCOPES)
            post(self.headers)
        for later, status in (
            (REPLIES_KEPT - timedelta(seconds=1), 422),
            (REPLIES_KEPT, 201),
        ):
            with travel(at + later, tick=False):
                ApiToken.objects.update(expiry=at + 2 * REPLIES_KEPT)
                answer = post(self.headers, body_of(number="D-2"))
                self.assertEqual(answer.status_code, status, answer.content)

    def test_the_sweep_forgets_what_is_over_and_may_run_twice(self):
        post(self.headers)
        self.assertEqual(forget_expired_replies(), 0)
        with travel(clock.now() + REPLIES_KEPT + timedelta(seconds=1), tick=False):
            self.assertEqual((forget_expired_replies(), forget_expired_replies()), (1, 0))

    def test_a_claim_that_came_to_nothing_stands_in_nobodys_way(self):
        IdempotentRequest.objects.create(
            user=self.user,
            organization=self.distributor,
            key=KEY,
            fingerprint="0" * 64,
            created_at=clock.now(),
            expires_at=clock.now() + REPLIES_KEPT,
        )
        self.assertEqual(post(self.headers).status_code, 201)
        self.assertEqual(effects(), (1, 1, 1))

    def test_a_fault_of_ours_is_told_by_a_reference_and_not_kept(self):
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE warranty_shipmentline RENAME TO away")
        answer = post(self.headers)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO warranty_shipmentline")
        problem = answer.json()
        self.assertIn(answer.status_code, (500, 503))
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertNotIn("away", problem["detail"])
        self.assertEqual(effects(), (0, 0, 0))
        self.assertEqual(post(self.headers).status_code, 201)
        self.assertEqual(effects(), (1, 1, 1))


def at_once(count, work):
    """Run `work` in as many threads as `count` says, all let go together; return the results."""
    gate, found = threading.Barrier(count), []

    def run():
        try:
            gate.wait()
            found.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_and_three_later_have_one_effect_and_one_reply():
    headers = bearer(make_base(), scopes=SCOPES)
    answers = at_once(20, lambda: post(headers))
    replies = [a for a in answers if a.status_code == 201]
    running = [a for a in answers if a.status_code == 409]
    assert len(replies) + len(running) == 20 and replies
    assert all(a.headers["Retry-After"] == "1" for a in running)
    before = rows()
    replies += [post(headers) for _ in range(3)]
    assert {(a.status_code, a.content) for a in replies} == {(201, replies[0].content)}
    assert rows() == before
    assert effects() == (1, 1, 1)
    assert IdempotentRequest.objects.count() == 1


CHILD = f"""
import django; django.setup()
import json, sys
from django.test import Client
headers, body = json.load(sys.stdin)
client = Client(SERVER_NAME="127.0.0.1")
client.post({ADDRESS!r}, body, content_type="application/json", headers=headers)
"""
"""A process of its own that sends one request."""


def waits_for_the_import_lock():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
            "WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted"
        )
        return cursor.fetchone()[0]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_process_killed_at_work_blocks_its_key_no_longer_than_it_lived(tmp_path):
    headers = bearer(make_base(), scopes=SCOPES)
    with transaction.atomic():
        postgresql.lock()  # the child comes as far as this
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD],
            cwd=ROOT,
            env=process_environment(tmp_path),
            stdin=subprocess.PIPE,
        )
        told = [{**headers, "Idempotency-Key": KEY}, body_of()]
        child.stdin.write(json.dumps(told).encode())
        child.stdin.close()
        try:
            wait_until(waits_for_the_import_lock)
            meanwhile = at_once(1, lambda: post(headers))[0]
            assert (meanwhile.status_code, meanwhile.headers["Retry-After"]) == (409, "1")
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
    assert effects() == (0, 0, 0)
    wait_until(lambda: post(headers).status_code == 201)
    assert effects() == (1, 1, 1)
