"""The malformed shipments files, handed in on the page: lines are named, nothing is stored."""

import pytest
from django.utils.html import escape

from audit.models import Event
from jobs.enums import JobStatus
from tests import builders
from tests.entrance import sign_in
from tests.warranty.shipment_files import make_world
from tests.warranty.test_import_malformed import HEADERS, ONE_CELL, WHOLE_ROWS
from tests.warranty.uploads import address, hand_in, press, the_job, work
from warranty.models import Shipment, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

FILES = [
    *(pytest.param(*file.values[:2], id=f"cell-{file.id}") for file in ONE_CELL),
    *(pytest.param(*file.values, id=file.id) for file in WHOLE_ROWS),
]


@pytest.fixture
def staff(client):
    make_world()
    sign_in(client, builders.make_staff())
    return client


def assert_nothing_stored():
    assert (Unit.unscoped.count(), Shipment.unscoped.count()) == (0, 0)
    assert not Event.objects.filter(record_type__startswith="warranty.").exists()


@pytest.mark.parametrize(("content", "lines"), FILES)
def test_bad_lines_are_named_on_the_page_and_nothing_is_stored(staff, content, lines):
    answer = hand_in(staff, content)
    if answer.status_code == 400:
        assert "Choose" in answer.content.decode() or "choose" in answer.content.decode()
        assert the_job() is None
    else:
        job = work()
        page = staff.get(address()).content.decode()
        assert sorted({p["line"] for p in job.problems if p["line"]}) == lines
        assert all(f"Line {line}<" in page for line in lines)
        assert all(escape(p["message"]) in page for p in job.problems)
        press(staff, "save")
        work()
    assert_nothing_stored()


@pytest.mark.parametrize("content", HEADERS)
def test_a_file_without_a_usable_header_is_refused_as_a_whole(staff, content):
    if hand_in(staff, content).status_code == 302:
        job = work()
        assert (job.status, [p["line"] for p in job.problems]) == (JobStatus.REFUSED, [None])
        assert escape(job.problems[0]["message"]) in staff.get(address()).content.decode()
    else:
        assert the_job() is None
    assert_nothing_stored()
