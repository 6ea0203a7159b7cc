"""Workers and web processes killed in the middle of an upload: nothing by halves."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from audit.models import Event
from documents import storage
from documents import workflow as documents
from documents.models import Document
from jobs.enums import JobStatus
from jobs.models import Job
from jobs.tasks import drive_jobs
from partners import clock
from partners.models import Organization
from tests import builders
from tests.conftest import ROOT, process_environment, wait_until
from tests.entrance import sign_in
from tests.servers import free_port
from tests.warranty.shipment_files import ROW, csv_of, make_world
from tests.warranty.uploads import press, preview, the_job, work
from warranty.models import Shipment, Unit

pytestmark = pytest.mark.django_db(transaction=True)

UNITS = 5_000


@pytest.fixture
def staff(client):
    make_world()
    sign_in(client, builders.make_staff())
    return client


def serial(n):
    return f"2102350AAA10K1{n:06}"


def a_large_file():
    return csv_of({"serial_number": serial(n)} for n in range(UNITS))


@contextmanager
def somebody_writing(unit):
    """Hold a unit with this serial number, neither written nor given up, in another connection."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "INSERT INTO warranty_shipment (number, leg, shipped_on, shipped_by_id, "
                "consignee_id, pending) SELECT 'X', 'huawei', %s, h.id, d.id, TRUE FROM "
                "partners_organization h, partners_organization d "
                "WHERE h.code = 'HUAWEI' AND d.code = 'DIST' RETURNING id, consignee_id",
                [date(2026, 1, 10)],
            )
            shipment, consignee = cursor.fetchone()
            cursor.execute(
                "INSERT INTO warranty_unit (serial, part_number_id, huawei_shipment_id, "
                "consignee_id, installation_service, end_customer, site_country, purchase_order) "
                "SELECT %s, id, %s, %s, FALSE, '', '', '' FROM catalog_partnumber "
                "WHERE number = %s",
                [unit, shipment, consignee, ROW["part_number"]],
            )
            yield
            cursor.execute("ROLLBACK")
    finally:
        other.close()


def backends(condition):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "  # noqa: S608
            f"AND pid <> pg_backend_pid() AND {condition}"
        )
        return cursor.fetchone()[0]


def in_the_middle():
    """Tell whether a worker waits for the unit that stands in its way."""
    return backends("wait_event_type = 'Lock' AND query LIKE '%%INSERT INTO warranty_unit%%'")


@pytest.mark.postgresql
def test_a_worker_killed_while_it_saves_leaves_nothing_and_another_saves_once(
    staff, celery_worker_process
):
    preview(staff, a_large_file())
    with somebody_writing(serial(UNITS // 2)):
        press(staff, "save")
        worker = celery_worker_process()
        wait_until(in_the_middle, seconds=60)
        worker.kill()
        assert the_job().status == JobStatus.SAVING
    wait_until(lambda: not backends("state <> 'idle'"))
    assert (Unit.unscoped.count(), Shipment.unscoped.count()) == (0, 0)
    long_ago = clock.now() - timedelta(minutes=5)
    Job.unscoped.update(claimed_until=long_ago, asked_at=long_ago)
    celery_worker_process()
    drive_jobs()
    wait_until(lambda: the_job().status == JobStatus.DONE, seconds=60)
    job = the_job()
    assert (job.attempts, job.counts["new"], Unit.unscoped.count()) == (2, UNITS, UNITS)
    assert Event.objects.filter(name="unit.shipped").count() == UNITS
    assert Event.objects.filter(name="job.done").count() == 1


@pytest.mark.postgresql
def test_others_see_how_far_a_file_is_while_its_transaction_runs(staff, celery_worker_process):
    preview(staff, a_large_file())
    with somebody_writing(serial(UNITS // 2)):
        press(staff, "save")
        celery_worker_process()
        wait_until(lambda: the_job().rows_read == UNITS, seconds=60)
        page = staff.get(reverse("shipment-job", args=[the_job().reference])).content.decode()
        assert "Saving" in page and "5,000 rows read." in page
        assert Unit.unscoped.count() == 0
    wait_until(lambda: the_job().status == JobStatus.DONE, seconds=60)


@contextmanager
def a_web_process(var):
    port = free_port()
    environment = {**process_environment(var), "PORT": str(port), "WEB_CONCURRENCY": "1"}
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
    web = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _answers(port), seconds=60)
        yield port, web
    finally:
        if web.poll() is None:
            os.killpg(web.pid, signal.SIGKILL)
        web.wait()


def _answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def half_an_upload(port, cookie):
    """Send the first four of eight megabytes of an upload, and leave the line open."""
    boundary = b"----half"
    head = b"--" + boundary + b'\r\nContent-Disposition: form-data; name="file"; '
    head += b'filename="large.csv"\r\nContent-Type: text/csv\r\n\r\n'
    line = socket.create_connection(("127.0.0.1", port))
    line.sendall(
        b"POST /shipments/upload/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Cookie: session=" + cookie.encode() + b"; csrf=" + b"a" * 32 + b"\r\n"
        b"Content-Type: multipart/form-data; boundary=" + boundary + b"\r\n"
        b"Content-Length: 8000000\r\n\r\n" + head + b"x,y\n" * 1_000_000
    )
    return line


def test_a_web_process_killed_in_the_middle_of_an_upload_leaves_neither_row_nor_file(
    staff, own_folders
):
    before = set(storage.files())
    cookie = staff.cookies[settings.SESSION_COOKIE_NAME].value
    with a_web_process(own_folders) as (port, web):
        line = half_an_upload(port, cookie)
        wait_until(lambda: set(storage.files()) - before)
        os.killpg(web.pid, signal.SIGKILL)
        line.close()
    assert set(storage.files()) - before, "the kill came too early"
    documents.sweep(at=clock.now() + timedelta(hours=2))
    assert set(storage.files()) <= before
    assert (Document.unscoped.count(), Job.unscoped.count()) == (0, 0)


FIFTY_THOUSAND, EVERY = 50_000, 500


@pytest.mark.postgresql
def test_a_hundred_bad_lines_of_fifty_thousand_are_downloaded_corrected_and_saved(staff):
    rows = (
        {"serial_number": serial(n), "part_number": "235" if n % EVERY == 7 else "02350AAA"}
        for n in range(FIFTY_THOUSAND)
    )
    job = preview(staff, csv_of(rows))
    bad = FIFTY_THOUSAND // EVERY
    assert (job.counts["rejected"], job.counts["new"]) == (bad, FIFTY_THOUSAND - bad)
    assert Unit.unscoped.count() == 0
    press(staff, "save-rest")
    from_here = staff.get(reverse("document", args=[job.bad_rows.reference]))
    assert units_after_saving() == FIFTY_THOUSAND - bad
    corrected = b"".join(from_here.streaming_content).replace(b",235,", b",02350AAA,")
    assert preview(staff, corrected).counts["new"] == bad
    press(staff, "save")
    assert units_after_saving() == FIFTY_THOUSAND
    assert Organization.objects.get(code="DIST").receipts.count() == 1


def units_after_saving():
    """Let the worker save; return how many units there are then."""
    assert work().status == JobStatus.DONE
    return Unit.unscoped.count()
