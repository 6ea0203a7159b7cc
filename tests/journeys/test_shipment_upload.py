"""A distributor hands in a file: by keyboard, without JavaScript, on any screen."""

import pytest

from jobs.models import Job
from partners.models import Organization
from tests import builders as make
from tests.journeys.looking import faults
from tests.warranty.shipment_files import SECOND, csv_of, load, make_world, onward
from warranty.models import Shipment, Unit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PATIENCE = 90_000
"""Milliseconds a worker may take, with its start."""


@pytest.fixture
def told(live_server):
    """Two units at a distributor, an agent of it, and the address of the house."""
    make_world()
    load([{"installation_service": "yes"}, SECOND])
    make.make_user(Organization.objects.get(code="DIST"), email="ada@example.test")
    return live_server.url


def sign_in(page, address):
    page.goto(f"{address}/accounts/sign-in/")
    page.get_by_label("E-mail address").fill("ada@example.test")
    page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/home/")


def tab_to(page, words):
    """Press Tab until what has the focus says `words`; every stop on the way shows its focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("getComputedStyle(document.activeElement).outlineWidth") != "3px":
            continue
        if words in page.evaluate("document.activeElement.innerText || ''"):
            return
    raise AssertionError(f"Tab does not reach {words!r} with its focus shown.")


def test_from_the_file_to_saved_units_by_keyboard_alone(page, told, celery_worker_process):
    celery_worker_process()
    sign_in(page, told)
    tab_to(page, "Shipments")
    page.keyboard.press("Enter")
    page.wait_for_url("**/shipments/")
    tab_to(page, "Upload shipments")
    page.keyboard.press("Enter")
    page.wait_for_url("**/shipments/upload/")
    file = csv_of([onward(), onward(**SECOND, end_customer="Harbor Lamp")])
    chosen = {"name": "week 9.csv", "mimeType": "text/csv", "buffer": file}
    page.get_by_label("Shipments file").set_input_files(chosen)
    tab_to(page, "Upload and check")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing is saved yet").wait_for(timeout=PATIENCE)
    assert Shipment.unscoped.filter(number="D-1").count() == 0
    assert "Harbor Lamp" in page.inner_text("main")
    tab_to(page, "Save 2 units")
    page.keyboard.press("Enter")
    page.get_by_text("2 units saved").wait_for(timeout=PATIENCE)
    assert Unit.unscoped.filter(distributor_shipment__number="D-1").count() == 2


def test_the_page_goes_on_by_itself_where_javascript_is_off(browser, told, celery_worker_process):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, told)
    page.goto(f"{told}/shipments/upload/")
    file = {"name": "week 9.csv", "mimeType": "text/csv", "buffer": csv_of([onward()])}
    page.get_by_label("Shipments file").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()
    assert "Waiting for its turn" in page.inner_text("main")
    celery_worker_process()
    page.get_by_role("button", name="Save 1 unit").wait_for(timeout=PATIENCE)
    context.close()


def test_no_page_of_shipments_has_a_violation_or_scrolls_sideways(page, told):
    upload = make.make_upload(Organization.objects.get(code="DIST"))
    Job.unscoped.filter(pk=upload.pk).update(
        status="previewed",
        counts={"new": 1, "units": 1, "rejected": 1},
        problems=[{"line": 3, "field": "leg", "message": "Write huawei or distributor."}],
    )
    waiting = make.make_upload(Organization.objects.get(code="DIST"))
    shipment = Shipment.unscoped.get().reference
    paths = ["", "?q=nothing", "upload/", "uploads/", "new/", f"{shipment}/", f"{shipment}/site/"]
    paths += [f"upload/{upload.reference}/", f"upload/{waiting.reference}/"]
    sign_in(page, told)
    wrong = [fault for path in paths for fault in faults(page, f"{told}/shipments/{path}")]
    assert not wrong, "\n".join(wrong)
