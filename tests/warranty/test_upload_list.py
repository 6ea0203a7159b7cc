"""The list of uploads: filters, orders, files, and what it costs."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from jobs.enums import JobStatus
from jobs.models import Job
from partners.enums import Role
from tests import builders as make
from tests.entrance import sign_in

pytestmark = pytest.mark.django_db
LIST = "/shipments/uploads/"
LATER = make.SHIPPED_ON + timedelta(days=3)


@pytest.fixture
def holder():
    return make.make_organization("D1", name="Meridian Example")


@pytest.fixture
def reader(client, holder):
    sign_in(client, make.make_user(holder, Role.AGENT))
    return client


@pytest.fixture
def two(holder):
    """One that is saved, and a later one that waits for its preview to be read."""
    first, second = make.make_upload(holder), make.make_upload(holder)
    counts = {"units": 9, "new": 1200, "changed": 0, "unchanged": 0, "rejected": 0}
    Job.unscoped.filter(pk=first.pk).update(
        status=JobStatus.DONE, file_name="week 12.csv", actor_label="Ada Agent", counts=counts
    )
    Job.unscoped.filter(pk=second.pk).update(
        status=JobStatus.PREVIEWED, file_name="=cmd.csv", started_at=make.at_noon(LATER)
    )
    make.make_upload(make.make_organization("D9"))
    return ["week 12.csv", "=cmd.csv"]


def table(client, query=""):
    sent = b"".join(client.get(f"{LIST}uploads.csv{query}").streaming_content)
    return list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"))))


def shown(client, query=""):
    """Return the files that the page names, having held its CSV against them."""
    page = client.get(LIST + query)
    assert page.status_code == 200, page.context["problems"]
    found = [job.file_name for job in page.context["rows"]]
    assert [row["file"].removeprefix("'") for row in table(client, query)] == found
    return found


def test_each_filter_narrows_the_list_and_comes_off_as_a_chip(reader, two):
    saved, waiting = two
    for query, found in (
        ("", [waiting, saved]),
        ("?sort=uploaded", [saved, waiting]),
        ("?sort=file", [waiting, saved]),
        ("?sort=-file", [saved, waiting]),
        ("?q=WEEK", [saved]),
        ("?q=nothing", []),
        ("?status=done", [saved]),
        ("?status=previewed", [waiting]),
        ("?by=ada+agent", [saved]),
        (f"?uploaded_from={LATER}", [waiting]),
        (f"?uploaded_to={LATER - timedelta(days=1)}", [saved]),
    ):
        assert shown(reader, query) == found, query
    page = reader.get(f"{LIST}?status=done&q=week")
    assert {chip.label: chip.url for chip in page.context["chips"]} == {
        "Status": "?q=week",
        "File name contains": "?status=done",
    }


def test_a_file_that_is_not_read_yet_has_no_numbers(reader, two):
    page = reader.get(LIST)
    assert "1,200" in page.text
    assert page.text.count("Not known") == 3
    saved, waiting = table(reader, "?sort=uploaded")
    assert (saved["new"], waiting["new"]) == ("1200", "")
    assert waiting["file"] == "'=cmd.csv"


def test_nobody_reads_the_uploads_of_others(client, two):
    for user, count in (
        (make.make_user(make.make_organization("D7")), 0),
        (make.make_staff(), 0),
    ):
        sign_in(client, user)
        assert len(shown(client)) == count
    sign_in(client, make.make_user(make.make_organization("V1", "vap")))
    for name in ("", "uploads.csv", "uploads.xlsx"):
        assert client.get(LIST + name).status_code == 403


def test_what_cannot_be_read_is_named_and_shows_nothing(reader, two):
    for query, said in (
        ("?status=running", "Choose one of the words in the list."),
        ("?uploaded_from=2026-05-02&uploaded_to=2026-05-01", "on or after the first"),
        ("?page=2", "no filter"),
    ):
        page = reader.get(LIST + query)
        assert page.status_code == 400
        assert said in page.text
        assert two[0] not in page.text
        assert reader.get(f"{LIST}uploads.xlsx{query}").status_code == 400


def test_each_emptiness_says_what_it_means(reader, two):
    assert "No upload matches." in reader.get(f"{LIST}?q=none").text
    Job.unscoped.filter(status=JobStatus.PREVIEWED).update(status=JobStatus.DISCARDED)
    assert "no upload waits to be saved" in reader.get(f"{LIST}?status=previewed").text
    Job.unscoped.all().delete()
    assert "Nothing was uploaded yet." in reader.get(LIST).text


def test_the_workbook_has_what_is_filtered_and_a_full_page_costs_what_one_row_does(reader, two):
    book = load_workbook(io.BytesIO(b"".join(reader.get(f"{LIST}uploads.xlsx?status=done"))))
    assert [cell.value for cell in book.active["A"]] == ["file", "week 12.csv"]
    job, counts = Job.unscoped.get(file_name="week 12.csv"), []
    for number in (2, 3, 51):
        while Job.unscoped.filter(organization=job.organization).count() < number:
            copy = {f.name: getattr(job, f.name) for f in Job._meta.fields}
            del copy["id"], copy["reference"]
            Job.unscoped.create(**copy)
        with CaptureQueriesContext(connection) as queries:
            page = reader.get(LIST)
        counts.append(len(queries))
    assert (len(page.context["rows"]), page.context["count"]) == (50, 51)
    assert len(set(counts)) == 1, "nothing grows, and a count beyond the page costs nothing"
    assert counts[0] <= 7
