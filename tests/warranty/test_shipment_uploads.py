"""Uploading a shipments file: preview, correct, save; what happens twice happens once."""

import csv
import io
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from openpyxl import load_workbook

from audit.models import Event
from documents import storage
from documents.models import Document
from jobs.enums import JobStatus
from jobs.models import Job
from notifications import delivery
from notifications.models import Message
from partners import clock
from partners.enums import OrganizationKind, Role
from partners.models import Organization
from tests import builders
from tests.entrance import sign_in
from tests.warranty.shipment_files import ROW, SECOND, csv_of, load, make_world, onward
from tests.warranty.uploads import address, hand_in, press, preview, save, the_job, work
from warranty.models import Shipment, ShipmentLine, Unit

pytestmark = pytest.mark.django_db

BAD = {**SECOND, "installation_service": "maybe"}


@pytest.fixture(autouse=True)
def world(db):
    make_world()


@pytest.fixture
def staff(client):
    sign_in(client, builders.make_staff())
    return client


@pytest.fixture
def distributor(client):
    sign_in(client, builders.make_user(Organization.objects.get(code="DIST")))
    return client


def rows_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def warranty_events():
    return Event.objects.filter(record_type__startswith="warranty.").count()


def test_nothing_is_stored_before_save_and_everything_after(staff):
    job = preview(staff, csv_of([{"installation_service": "yes"}, SECOND]))
    page = staff.get(address())
    assert (job.status, Unit.unscoped.count(), warranty_events()) == ("previewed", 0, 0)
    for words in ("Nothing is saved yet", "Save 2 units", "H-1", "DIST Example", "10 Apr 2026"):
        assert words in page.content.decode()
    assert press(staff, "save").status_code == 302
    job = work()
    assert (job.status, Unit.unscoped.count(), Shipment.unscoped.count()) == ("done", 2, 1)
    assert "2 units saved" in staff.get(address()).content.decode()
    shipped = Event.objects.filter(name="unit.shipped")
    assert {event.actor_label for event in shipped} == {str(job.asked_by)}


def test_the_page_says_what_changes_field_by_field(staff):
    load([{"end_customer": "Bank"}])
    preview(staff, csv_of([{"end_customer": "Museum", "installation_service": "no"}]))
    page = staff.get(address()).content.decode()
    for words in ("What changes", ROW["serial_number"], "End customer", "Bank", "Museum"):
        assert words in page
    assert Unit.unscoped.get().end_customer == "Bank"


def test_rejected_lines_come_back_as_a_file_that_saves_once_corrected(staff):
    content = csv_of([{}, BAD])
    preview(staff, content)
    page = staff.get(address()).content.decode()
    assert "Line 3" in page and "Write yes or no." in page
    assert press(staff, "save").status_code == 400
    file = staff.get(reverse("document", args=[the_job().bad_rows.reference]))
    assert [(r["serial_number"], r["error"]) for r in rows_of(file)] == [
        (SECOND["serial_number"], "installation_service: Write yes or no.")
    ]
    file = staff.get(reverse("document", args=[the_job().bad_rows.reference]))
    corrected = b"".join(file.streaming_content).replace(b",maybe,", b",no,")
    assert save(staff, corrected).counts["new"] == 1
    assert Unit.unscoped.get().serial == SECOND["serial_number"]


def test_the_good_rows_are_saved_without_the_rejected_ones_when_asked(staff):
    job = save(staff, csv_of([{}, BAD, {**SECOND, "shipped_by": "NOBODY"}]), step="save-rest")
    assert (job.status, job.counts["new"], job.counts["left_out"]) == ("done", 1, 2)
    assert Unit.unscoped.get().serial == ROW["serial_number"]


def test_what_rests_on_a_rejected_line_is_rejected_with_it(staff):
    job = preview(staff, csv_of([{**SECOND}, {"installation_service": "?"}, onward()]))
    assert (job.counts["new"], job.counts["rejected"]) == (1, 2)
    press(staff, "save-rest")
    assert work().status == JobStatus.DONE
    assert ShipmentLine.unscoped.count() == 0


def test_a_preview_gone_stale_is_refused_with_the_reasons_and_leaves_nothing(staff):
    preview(staff, csv_of([{}, SECOND]))
    load([{"shipment_number": "H-2"}])
    press(staff, "save")
    job = work()
    assert (job.status, Unit.unscoped.count()) == (JobStatus.REFUSED, 1)
    page = staff.get(address()).content.decode()
    assert "Nothing was saved" in page and "was shipped by Huawei in H-2" in page


def test_save_pressed_twice_saves_once(staff):
    preview(staff, csv_of([{}, SECOND]))
    assert [press(staff, "save").status_code for _ in range(2)] == [302, 302]
    work()
    before = (list(Unit.unscoped.values()), Event.objects.count())
    assert press(staff, "save").status_code == 302
    work()
    assert (list(Unit.unscoped.values()), Event.objects.count()) == before
    assert Event.objects.filter(name="job.done").count() == 1


def test_the_same_file_again_has_nothing_new_and_says_so(staff):
    save(staff, csv_of([{}, SECOND]))
    job = preview(staff, csv_of([{}, SECOND]))
    assert (job.counts["new"], job.counts["unchanged"]) == (0, 2)
    page = staff.get(address()).content.decode()
    assert "Nothing new in this file" in page and 'value="save"' not in page


def test_discarding_saves_nothing_and_ends_it(staff):
    preview(staff, csv_of([{}]))
    press(staff, "discard")
    press(staff, "save")
    assert (work().status, Unit.unscoped.count()) == (JobStatus.DISCARDED, 0)


def test_what_was_discarded_while_a_worker_was_at_it_stays_discarded(staff):
    hand_in(staff, csv_of([{}]))
    Job.unscoped.update(status=JobStatus.PREVIEWING, attempts=1)
    press(staff, "discard")
    assert work().status == JobStatus.DISCARDED


def test_a_distributor_uploads_its_own_shipments_and_no_others(distributor):
    load([{}, {**SECOND, "consignee": "OTHER", "shipment_number": "H-2"}])
    job = preview(distributor, csv_of([onward(), onward(**SECOND), {"serial_number": "X"}]))
    assert (job.counts["new"], job.counts["rejected"]) == (1, 2)
    press(distributor, "save-rest")
    assert work().status == JobStatus.DONE
    assert Unit.unscoped.get(serial=ROW["serial_number"]).consignee.code == "VAP"


def test_a_line_may_be_odd_and_rejected_and_is_not_called_accepted(distributor):
    job = preview(distributor, csv_of([onward(serial_number="SHORT-1")]))
    assert (job.counts["rejected"], len(job.preview["notes"])) == (1, 1)
    page = distributor.get(address()).text
    assert "No line is rejected for these" in page and "ccepted" not in page
    assert "has to be recorded first" in page, "whose shipment that is: not the distributor's"


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (OrganizationKind.DISTRIBUTOR, Role.VIEWER),
        (OrganizationKind.VAP, Role.MANAGER),
        (OrganizationKind.VAR, Role.MANAGER),
    ],
)
def test_who_may_not_upload_is_told_so_and_leaves_nothing(client, kind, role):
    sign_in(client, builders.make_user(builders.make_organization(kind=kind), role))
    assert client.get(reverse("shipment-upload")).status_code == 403
    assert hand_in(client, csv_of([{}])).status_code == 403
    assert (Job.unscoped.count(), Document.unscoped.count()) == (0, 0)


def test_another_organizations_upload_is_not_found_even_by_huawei(distributor, client):
    hand_in(distributor, csv_of([onward()]))
    for person in (
        builders.make_user(Organization.objects.get(code="OTHER"), Role.MANAGER),
        builders.make_staff(),
    ):
        sign_in(client, person)
        assert client.get(address()).status_code == 404
        assert press(client, "discard").status_code == 404
        assert "shipments.csv" not in client.get(reverse("shipment-uploads")).content.decode()


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"\x89PNG\r\n\x1a\n", b"GIF89a"])
def test_what_is_no_table_is_refused_at_once_and_leaves_nothing(staff, content):
    before = set(storage.files())
    answer = hand_in(staff, content)
    assert (answer.status_code, Job.unscoped.count()) == (400, 0)
    assert "Choose" in answer.content.decode() or "choose" in answer.content.decode()
    assert (Document.unscoped.count(), set(storage.files())) == (0, before)


def test_the_templates_are_files_that_the_import_reads(distributor):
    load([{"serial_number": "2102350AAA10K1000001"}])
    builders.make_organization("COPPERLINE", "vap")
    answer = distributor.get(reverse("shipment-template-csv"))
    example = answer.content.replace(b"MERIDIAN", b"DIST")
    assert preview(distributor, example).counts["new"] == 1
    book = distributor.get(reverse("shipment-template-xlsx"))
    (header, row) = load_workbook(io.BytesIO(book.content)).active.iter_rows(values_only=True)
    assert (header[0], row[6]) == ("shipment_number", "02350AAA")


def test_a_workbook_is_previewed_like_a_file_of_text(distributor):
    load([{"serial_number": "2102350AAA10K1000001"}])
    builders.make_organization("COPPERLINE", "vap")
    Organization.objects.filter(code="DIST").update(code="MERIDIAN")
    book = distributor.get(reverse("shipment-template-xlsx")).content
    assert preview(distributor, book, name="shipments.xlsx").counts["new"] == 1


def test_the_list_finds_an_upload_again(staff):
    hand_in(staff, csv_of([{}]), name="week 12.csv")
    page = staff.get(reverse("shipment-uploads")).content.decode()
    assert "week 12.csv" in page and address() in page and "Waiting" in page


def test_a_page_of_work_in_progress_asks_again_by_itself_and_a_finished_one_does_not(staff):
    hand_in(staff, csv_of([{}]))
    waiting = staff.get(address()).content.decode()
    assert '<meta http-equiv="refresh"' in waiting and "<progress" in waiting
    work()
    assert "http-equiv" not in staff.get(address()).content.decode()


def test_the_list_costs_the_same_for_one_upload_and_for_three(staff, django_assert_max_num_queries):
    counts = []
    for n in range(3):
        preview(staff, csv_of([{"serial_number": f"S{n}"}]))
        with django_assert_max_num_queries(20) as asked:
            staff.get(reverse("shipment-uploads"))
        counts.append(len(asked))
    assert counts[0] == counts[2]


def mails():
    while delivery.deliver_next(at=clock.now()):
        pass
    assert set(Message.unscoped.values_list("last_error", flat=True)) <= {""}
    return mail.outbox


def test_a_refused_file_is_told_by_mail_with_its_lines_and_one_link(staff):
    job = preview(staff, csv_of([{**BAD, "serial_number": f"S{n}"} for n in range(7)]))
    assert job.status == JobStatus.REFUSED
    (message,) = mails()
    assert message.to == [job.asked_by.email]
    assert message.subject == "Shipment upload shipments.csv: nothing saved, 7 lines rejected"
    for part in (message.body, message.alternatives[0][0]):
        assert f"http://127.0.0.1:8000{address()}" in part
        assert "Line 6: installation_service: Write yes or no." in part
        assert "Line 7" not in part


@pytest.mark.parametrize(("seconds", "told"), [(50, 0), (90, 1)])
def test_a_save_is_told_by_mail_only_when_it_took_more_than_a_minute(staff, seconds, told):
    preview(staff, csv_of([{}]))
    press(staff, "save")
    Job.unscoped.update(asked_at=clock.now() - timedelta(seconds=seconds))
    work()
    assert [message.subject for message in mails()] == [
        "Shipment upload shipments.csv: 1 unit saved"
    ][:told]
