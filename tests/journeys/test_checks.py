"""A list of serial numbers and a camera: by keyboard, without JavaScript, on any screen."""

import csv
from pathlib import Path

import pytest

from documents.models import Document
from tests import builders as make
from tests.journeys.keyboard import is_led_to_the_problem, press, tab_to
from tests.journeys.looking import faults_in_view

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SERIAL = "2102JOURNEYCHECK0001"
SLIP = "2102JOURNEYCHECK001"
PATIENCE = 90_000
"""Milliseconds a worker may take, with its start."""
CAMERA = f"""
navigator.mediaDevices.getUserMedia = async () => {{
  const canvas = document.createElement("canvas");
  const drawn = canvas.getContext("2d");
  setInterval(() => drawn.fillRect(0, 0, Math.random() * 300, 150), 50);
  window.stream = canvas.captureStream(20);
  return window.stream;
}};
window.BarcodeDetector = class {{
  async detect() {{ return [{{ rawValue: "{SERIAL}" }}]; }}
}};
"""
"""A browser that reads bar codes, and a camera that looks at one."""


@pytest.fixture
def held(live_server):
    """A unit of a partner, a viewer of it, and the address of the house."""
    partner = make.make_organization("VAP1", "vap", name="Copperline Example")
    make.make_unit(partner, serial=SERIAL)
    make.make_user(partner, "viewer", email="ada@example.test")
    return live_server.url


def sign_in(page, address):
    page.goto(f"{address}/accounts/sign-in/")
    page.get_by_label("E-mail address").fill("ada@example.test")
    page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/home/")


def rows_of(download):
    with Path(download.path()).open(newline="", encoding="utf-8") as file:
        return [(row["serial_as_typed"], row["status"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize("has_script", [True, False])
def test_from_a_scanned_list_to_its_table_by_keyboard_alone(browser, held, has_script):
    page = browser.new_context(java_script_enabled=has_script).new_page()
    sign_in(page, held)
    press(page, page.get_by_role("link", name="Check many").first)
    page.wait_for_url("**/checks/")
    assert page.get_by_role("button", name="Scan with camera").count() == 0
    check = page.get_by_role("button", name="Check serial numbers")
    press(page, check)
    is_led_to_the_problem(page, "Paste", "#id_serials")
    for code in (SERIAL, SLIP):  # as a hand scanner types
        page.keyboard.type(code)
        page.keyboard.press("Enter")
    press(page, check)
    page.wait_for_url("**/checks/*/**")  # the browser keeps the field that the problem led to
    assert not has_script or faults_in_view(page) == []
    assert "Did you mean" in page.inner_text("main")
    csv_file = page.get_by_role("link", name="Save as CSV")
    tab_to(page, csv_file)
    with page.expect_download() as told:
        page.keyboard.press("Enter")
    assert [serial for serial, _ in rows_of(told.value)] == [SERIAL, SLIP]
    tab_to(page, page.get_by_role("link", name="Looks mistyped"), key="Shift+Tab")
    page.keyboard.press("Enter")
    page.get_by_text("One unit of yours nearly has").wait_for()
    assert page.locator("tbody tr").count() == 1
    page.context.close()


def test_a_long_list_goes_on_by_itself_where_javascript_is_off(
    browser, held, celery_worker_process
):
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}, color_scheme="dark"
    )
    page = context.new_page()
    sign_in(page, held)
    page.goto(f"{held}/checks/")
    text = "\n".join([SERIAL, *(f"NOTHERE{n:06d}" for n in range(600))])
    page.get_by_role("textbox", name="Serial numbers").fill(text)
    page.get_by_role("button", name="Check serial numbers").click()
    assert "Waiting for its turn" in page.inner_text("main")
    page.goto(f"{held}/checks/")
    page.get_by_role("link", name="pasted list.txt").click()
    celery_worker_process()
    page.get_by_role("link", name="Save as CSV").wait_for(timeout=PATIENCE)
    with page.expect_download() as told:
        page.get_by_role("link", name="Save as CSV").click()
    assert len(rows_of(told.value)) == 601
    assert Document.unscoped.count() == 2
    context.close()


def test_a_camera_fills_the_list_and_finds_a_unit_and_is_let_go(browser, held):
    context = browser.new_context()
    context.add_init_script(CAMERA)
    page = context.new_page()
    sign_in(page, held)
    page.goto(f"{held}/checks/")
    tab_to(page, "#id_serials")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text(f"{SERIAL} added. The list has 1.").wait_for()
    page.keyboard.press("Escape")
    page.wait_for_function("window.stream.getTracks().every(t => t.readyState === 'ended')")
    assert page.get_by_role("textbox", name="Serial numbers").input_value() == f"{SERIAL}\n"
    assert page.evaluate("document.activeElement.dataset.scan") == "id_serials"
    page.get_by_role("search").get_by_role("button", name="Scan").click()
    page.wait_for_url(f"**/units/{SERIAL}/")
    context.close()
