"""The export of an organization's own data: what is in it, what never is, and who gets it."""

import csv
import io
import zipfile
from datetime import date, timedelta

import pytest
import time_machine

from audit.models import Event
from doa.models import CaseMessage
from documents import workflow as documents
from documents.models import Document
from jobs.models import Job
from partners.enums import Role
from portal.export import work
from tests import builders as make
from tests import builders_cases as cases
from tests.builders import at_noon
from tests.entrance import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

AT = at_noon(date(2026, 5, 4))


@pytest.fixture(autouse=True)
def on_a_day():
    make.load_service_levels()
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def manager(client):
    person = make.make_user(make.make_organization("D1", name="Meridian"), Role.MANAGER)
    sign_in(client, person)
    return person


def export(client):
    """Ask on the page, let a worker do it, and return the job."""
    assert client.post("/organization/export/").url == "/organization/export/"
    job = Job.unscoped.latest("pk")
    work.work_on(job.pk, at=AT)
    return Job.unscoped.get(pk=job.pk)


def tables(response):
    body = io.BytesIO(b"".join(response.streaming_content))
    with zipfile.ZipFile(body) as archive:
        return {
            name: list(csv.DictReader(io.TextIOWrapper(archive.open(name), "utf-8", newline="")))
            for name in archive.namelist()
        }


def address_of(job):
    return f"/organization/export/{job.reference}/"


def world(organization, word):
    """Give an organization one of everything, each with a word to find it by."""
    at = at_noon(date(2026, 4, 20))
    unit = make.make_unit(organization, serial=f"2102{word}UNIT000001", end_customer=f"{word} City")
    make.make_report([unit], signed_on=date(2026, 2, 2), number=f"{word}-REPORT")
    make.make_contract([unit], number=f"{word}-CONTRACT", at=at)
    case = cases.make_case(organization=organization)
    said = {"case": case, "from_staff": True, "written_at": at, "written_by": "Stella"}
    CaseMessage.objects.create(text=f"{word} message", **said)
    CaseMessage.objects.create(text="INTERNAL note", is_internal=True, **said)
    make.make_claim(make.make_unit(organization, serial=f"2102{word}UNIT000002"), organization)
    return case


def test_it_holds_what_is_ones_own_and_nothing_of_a_competitor(client, manager):
    mine = manager.joined_memberships()[0].organization
    case = world(mine, "MINE")
    rival = make.make_organization("D9", name="RIVAL Distribution")
    foreign = world(rival, "RIVAL")
    make.make_user(rival, email="rival@example.test")
    onward = make.make_unit(mine, serial="2102MINEUNIT000003")
    make.pass_on(onward, make.make_organization("V1", "vap"), shipped_on=date(2026, 2, 1))

    found = tables(client.get(address_of(export(client))))
    serials = {row["serial_number"] for row in found["units.csv"]}
    assert {"2102MINEUNIT000001", "2102MINEUNIT000002", "2102MINEUNIT000003"} <= serials
    assert [row["number"] for row in found["reports.csv"]] == ["MINE-REPORT"]
    assert [row["number"] for row in found["contracts.csv"]] == ["MINE-CONTRACT"]
    assert case.reference in {row["reference"] for row in found["cases.csv"]}
    assert [row["text"] for row in found["case_messages.csv"]] == ["MINE message"]
    assert [row["status"] for row in found["claims.csv"]] == ["open"]
    assert manager.email in {row["email"] for row in found["members.csv"]}
    assert all(found[f"{name}.csv"] for name in ("shipments", "report_units", "contract_units"))
    everything = str(found)
    for secret in ("RIVAL", "rival@", "D9", "INTERNAL", foreign.reference):
        assert secret not in everything


def test_it_is_recorded_when_it_is_asked_for_and_fetched(client, manager):
    job = export(client)
    b"".join(client.get(address_of(job)).streaming_content)
    by_manager = Event.objects.filter(actor_id=manager.pk).values_list("name", flat=True)
    assert {"job.queued", "document.kept", "export.fetched"} <= set(by_manager)


def test_only_managers_of_the_organization_are_served(client, manager):
    job = export(client)
    document = Document.unscoped.get()
    mine = manager.joined_memberships()[0].organization
    others = [
        (make.make_user(mine, Role.AGENT), 403),
        (make.make_user(make.make_organization("D9"), Role.MANAGER), 404),
    ]
    for person, status in others:
        visitor = client.__class__()
        sign_in(visitor, person)
        assert visitor.get(address_of(job)).status_code == status
        assert visitor.get(f"/documents/{document.reference}/").status_code == 404


def test_it_is_gone_after_a_day_with_its_file(client, manager, on_a_day):
    job = export(client)
    assert "Download" in client.get("/organization/export/").content.decode()
    later = AT + work.KEPT
    on_a_day.move_to(later)
    sign_in(client, manager)
    assert client.get(address_of(job)).status_code == 404
    documents.sweep(at=later + timedelta(seconds=1))
    assert not Document.unscoped.exists()
    assert "Deleted after a day" in client.get("/organization/export/").content.decode()


def test_a_second_click_asks_nothing_and_the_page_follows_without_a_script(client, manager):
    for _ in range(2):
        client.post("/organization/export/")
    assert Job.unscoped.count() == 1
    page = client.get("/organization/export/").content.decode()
    assert '<meta http-equiv="refresh" content="3">' in page
    assert "http-equiv" not in client.get("/organization/export/?still=yes").content.decode()


def test_there_are_so_many_within_a_day(client, manager):
    for _ in range(work.MOST_A_DAY):
        export(client)
    refused = client.post("/organization/export/")
    assert refused.status_code == 400
    assert "Download one of them" in refused.content.decode()
    assert Job.unscoped.count() == work.MOST_A_DAY
