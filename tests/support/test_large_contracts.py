"""A contract of many units is registered by a worker, once, whatever becomes of the worker."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse

from jobs import progress
from jobs import workflow as jobs
from jobs.enums import JobKind, JobStatus
from jobs.models import Job
from notifications.models import Message
from support.models import ContractLine, SupportContract
from support.orders import MOST_AT_ONCE
from support.tasks import register_contract
from tests.builders import (
    at_noon,
    make_contract,
    make_level,
    make_organization,
    make_unit,
    make_user,
    pass_on,
)
from tests.entrance import sign_in
from warranty.models import ShipmentLine, Unit

TODAY = date(2026, 3, 1)
SHIPPED_ON = date(2026, 2, 19)
NOON = at_noon(TODAY)


def clones(unit, count):
    """Let `count` more units take the way of `unit`."""
    fields = {f.attname: getattr(unit, f.attname) for f in Unit._meta.concrete_fields}
    fields.pop("id")
    fields.pop("serial")
    units = Unit.unscoped.bulk_create(
        [Unit(**fields, serial=f"2102LARGE{n:011d}") for n in range(count)]
    )
    lines = ShipmentLine.unscoped.filter(unit=unit)
    ShipmentLine.unscoped.bulk_create(
        [ShipmentLine(unit=u, shipment_id=line.shipment_id) for u in units for line in lines]
    )
    return units


class LargeCase(TestCase):
    def setUp(self):
        self.vap = make_organization("VAP1", "vap", name="Copperline Example")
        self.user = make_user(self.vap)
        self.unit = make_unit(make_organization())
        pass_on(self.unit, self.vap, shipped_on=SHIPPED_ON)
        self.unit.refresh_from_db()

    def send(self, method, address, given=None, *, at=NOON):
        with time_machine.travel(at, tick=False):
            sign_in(self.client, self.user)
            return getattr(self.client, method)(address, given or {})

    def show(self, count, **more):
        """Ask what a contract of that many units would cover."""
        serials = [unit.serial for unit in clones(self.unit, count)]
        given = {
            "number": "HC-1",
            "level": make_level().pk,
            "term_months": "12",
            "serials": "\n".join(serials),
            "start": "shipment",
            "starts_on": "",
        }
        return self.send("post", "/contracts/register/", given | more)

    def confirm(self, page):
        return self.send(
            "post", "/contracts/register/", dict(page.context["carried"]) | {"confirm": "yes"}
        )

    def asked(self, count=MOST_AT_ONCE + 1):
        """Ask for a contract of many units and return its job."""
        answer = self.confirm(self.show(count))
        job = Job.unscoped.get(kind=JobKind.REGISTER_CONTRACT)
        self.assertRedirects(
            answer, reverse("contract-job", args=[job.reference]), fetch_redirect_response=False
        )
        return job

    def work(self, job, *, at=NOON):
        with time_machine.travel(at, tick=False):
            register_contract(job_id=job.pk)
        job.refresh_from_db()

    def look(self, job, *, at=NOON):
        return self.send("get", reverse("contract-job", args=[job.reference]), at=at)


class LargeContractTests(LargeCase):
    def test_as_many_as_a_person_waits_for_are_registered_at_once(self):
        self.confirm(self.show(MOST_AT_ONCE))
        self.assertEqual(ContractLine.unscoped.count(), MOST_AT_ONCE)
        self.assertFalse(Job.unscoped.exists())

    def test_one_more_is_registered_by_a_worker_and_found_again_meanwhile(self):
        job = self.asked()
        self.assertFalse(SupportContract.unscoped.exists())
        self.assertContains(self.look(job), "Waiting for its turn")
        listed = self.send("get", "/contracts/")
        self.assertContains(listed, reverse("contract-job", args=[job.reference]))
        self.work(job)
        self.assertEqual(job.status, JobStatus.DONE)
        contract = SupportContract.unscoped.get()
        self.assertEqual(contract.lines.count(), MOST_AT_ONCE + 1)
        self.assertContains(self.look(job), reverse("contract", args=[contract.reference]))
        self.assertNotContains(self.send("get", "/contracts/"), "In the background")

    def test_the_page_of_a_job_at_work_says_how_far_it_is(self):
        job = jobs.claim(self.asked().pk, at=NOON)
        sign = progress.signs.Sign(1000, 2000, NOON + progress.LEASE)
        progress.telling.twin().tell(job, sign)
        self.assertContains(self.look(job), "1,000 of 2,000 units written.")
        progress.telling.twin().forget(job)

    def test_a_second_click_and_a_second_run_make_no_second_contract(self):
        page = self.show(MOST_AT_ONCE + 1)
        first, second = self.confirm(page), self.confirm(page)
        self.assertEqual(first.url, second.url)
        job = Job.unscoped.get()
        for _ in range(2):
            self.work(job)
        self.assertEqual(SupportContract.unscoped.count(), 1)
        self.assertContains(self.confirm(page), "Write another number", status_code=409)
        self.assertEqual(Job.unscoped.count(), 1)

    def test_a_worker_that_dies_is_replaced_and_one_contract_comes_of_it(self):
        job = self.asked()
        dead = jobs.claim(job.pk, at=NOON)
        self.work(job)
        self.assertFalse(SupportContract.unscoped.exists())
        later = NOON + progress.LEASE
        waiting = jobs.waiting_for_a_worker(at=later)
        self.assertEqual([found.pk for found in waiting], [dead.pk])
        self.work(job, at=later)
        self.assertEqual((job.status, job.attempts), (JobStatus.DONE, 2))
        self.assertEqual(ContractLine.unscoped.count(), MOST_AT_ONCE + 1)
        with pytest.raises(jobs.Overtaken):
            jobs.conclude(dead, JobStatus.DONE, at=later)

    def test_what_kills_three_workers_fails_and_nothing_is_stored(self):
        job = self.asked()
        for n in range(jobs.MAX_ATTEMPTS):
            self.assertIsNotNone(jobs.claim(job.pk, at=NOON + n * progress.LEASE))
        self.work(job, at=NOON + timedelta(hours=1))
        self.assertEqual(job.status, JobStatus.FAILED)
        self.assertContains(self.look(job), "Split the units between several contracts")
        self.assertFalse(SupportContract.unscoped.exists())

    def test_what_came_in_between_is_named_and_nothing_is_stored(self):
        job = self.asked()
        unit = Unit.unscoped.filter(serial__startswith="2102LARGE").first()
        make_contract([unit], at=NOON, organization=self.vap, number="HC-0")
        self.work(job)
        self.assertEqual(job.status, JobStatus.REFUSED)
        self.assertContains(self.look(job), unit.serial)
        self.assertEqual(SupportContract.unscoped.get().number, "HC-0")
        mail = Message.unscoped.get(template="jobs/contract_not_registered")
        self.assertEqual(mail.recipient, self.user.email)
        self.assertContains(self.send("get", "/contracts/"), "In the background")

    def test_who_may_not_register_any_more_registers_nothing(self):
        job = self.asked()
        self.user.membership_set.all().delete()
        self.work(job)
        self.assertEqual(job.status, JobStatus.REFUSED)
        self.assertFalse(SupportContract.unscoped.exists())

    def test_more_starts_of_their_own_than_a_form_has_fields(self):
        units = clones(self.unit, 1_100)
        rows = "".join(f"{unit.serial},2026-03-05\n" for unit in units)
        file = SimpleUploadedFile("units.csv", f"serial_number,starts_on\n{rows}".encode())
        page = self.send(
            "post",
            "/contracts/register/",
            {
                "number": "HC-1",
                "level": make_level().pk,
                "term_months": "12",
                "start": "shipment",
                "file": file,
            },
        )
        self.confirm(page)
        self.work(Job.unscoped.get())
        starts = ContractLine.unscoped.values_list("starts_on", flat=True).distinct()
        self.assertEqual(list(starts), [date(2026, 3, 5)])
