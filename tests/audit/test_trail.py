"""The trail is written once."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import TestCase

from audit import trail
from audit.models import Event, EventIsFinal
from tests import builders as make


class EventTests(TestCase):
    def setUp(self):
        self.event = trail.record(
            "organization.created",
            make.make_organization("ORG"),
            actor=trail.SYSTEM,
            at=make.at_noon(date(2026, 1, 10)),
            kind="distributor",
        )

    def test_says_who_when_what_and_the_values(self):
        stored = Event.objects.get()
        self.assertEqual(stored.record_type, "partners.organization")
        self.assertEqual(stored.actor_label, "Ninety")
        self.assertEqual(stored.detail, {"kind": "distributor"})

    def test_is_neither_changed_nor_deleted(self):
        for attempt in (
            self.event.save,
            self.event.delete,
            Event.objects.all().delete,
            lambda: Event.objects.update(name="other"),
        ):
            with self.subTest(attempt=attempt), self.assertRaises(EventIsFinal):
                attempt()
        self.assertEqual(Event.objects.get().name, "organization.created")

    @pytest.mark.postgresql
    def test_is_final_for_sql_too(self):
        for sql in ("UPDATE audit_event SET name = 'x'", "DELETE FROM audit_event"):
            with (
                self.subTest(sql=sql),
                self.assertRaisesMessage(DatabaseError, "written once"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(sql)
        self.assertEqual(Event.objects.count(), 1)
