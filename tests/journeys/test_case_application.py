"""From a unit page to the sheet for the call, and the paper that goes back with the unit."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from doa.enums import CaseStatus
from doa.models import Case
from partners import clock
from tests import builders as make
from tests import builders_cases as cases
from tests import qr
from tests.entrance import sign_in
from tests.journeys.keyboard import choose, is_led_to_the_problem, press, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SERIAL = "2102JOURNEYAPPLY0001"


def entered(browser, address, user, **more):
    client = Client()
    sign_in(client, user)
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(**more)
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])
    return context.new_page()


@pytest.fixture
def agent():
    make.load_service_levels()
    holder = make.make_organization("VAP1", "vap", name="Copperline Example")
    make.make_unit(holder, serial=SERIAL, shipped_on=clock.business_today() - timedelta(days=9))
    return make.make_user(holder, email="ada@example.test")


def a_photo(folder):
    path = folder / "label.png"
    Image.new("RGB", (9, 9), "white").save(path)
    return path


@pytest.mark.parametrize("has_script", [True, False])
def test_an_agent_applies_by_keyboard_with_scripts_and_without(
    browser, live_server, agent, tmp_path, has_script
):
    """Two of its steps are refused first, and lead to their fields."""
    page = entered(browser, live_server.url, agent, java_script_enabled=has_script)
    page.goto(f"{live_server.url}/units/{SERIAL}/")
    press(page, page.get_by_role("link", name="Report dead on arrival"))
    going_on = page.get_by_role("button", name="Continue")
    press(page, going_on)
    press(page, going_on)
    is_led_to_the_problem(page, "Choose", "#id_symptom_0")
    choose(page, page.get_by_label("Does not power on"))
    write(page, page.get_by_label("Describe it in your words"), "The LEDs stay dark.")
    press(page, page.get_by_role("button", name="Save and finish later"))
    press(page, page.locator("main").get_by_role("link", name=re.compile("DOA-")).first)
    press(page, page.get_by_role("link", name="Go on"))
    choose(page, page.get_by_label("At first boot"))
    press(page, going_on)
    is_led_to_the_problem(page, "First power-on", "#id_powered_day")
    yesterday = clock.business_today() - timedelta(days=1)
    page.keyboard.type(yesterday.strftime("%m%d%Y"))
    write(page, page.get_by_label("First power-on, time"), "1040AM")
    press(page, going_on)
    assert "Looks dead on arrival" in page.inner_text("aside")
    choose(page, page.get_by_label("Yes, this was its first use"))
    press(page, going_on)
    choose(page, page.get_by_label("No", exact=True))
    press(page, going_on)
    page.get_by_label("Photo of the serial number label").set_input_files(a_photo(tmp_path))
    press(page, going_on)
    write(page, page.get_by_label("Ship the replacement to"), "1 Main Street, Dallas TX 75201")
    write(page, page.get_by_label("Country"), "US")
    write(page, page.get_by_label("Where does the equipment stand?"), "Dallas DC 2")
    write(page, page.get_by_label("Telephone"), "+1 214 555 0100")
    press(page, going_on)
    press(page, page.get_by_role("button", name="Send and get the number to call"))
    page.wait_for_url("**/call/**")  # the browser keeps the field that the problem led to
    words = page.inner_text("main")
    assert "1-877-9HUAWEI" in words
    assert SERIAL in words
    assert Case.unscoped.get().status == CaseStatus.SUBMITTED
    page.context.close()


def test_the_return_slip_is_one_page_and_its_code_reads_back(browser, live_server, agent):
    line = cases.make_fulfilling(organization=agent.joined_memberships()[0].organization)
    line.case.refresh_from_db()
    page = entered(browser, live_server.url, agent, device_scale_factor=3)
    page.goto(f"{live_server.url}/cases/{line.case.reference}/return-slip/")
    for paper in ("A4", "Letter"):
        body = page.pdf(format=paper)
        assert len(re.findall(rb"/Type\s*/Page\b", body)) == 1, paper
    page.emulate_media(media="print")
    code = page.locator(".slip-qr")
    size = code.evaluate("node => node.getBoundingClientRect().width / 96 * 25.4")
    squares = int(code.get_attribute("data-squares"))
    assert size * (squares - 8) / squares >= 25  # millimetres, without the white border
    points = page.locator(".rma").first.evaluate(
        "node => parseFloat(getComputedStyle(node).fontSize) * 0.75"
    )
    assert points >= 24
    assert qr.read(qr.squares_of(code.screenshot(), squares)) == (
        f"{settings.BASE_URL}/cases/{line.case.reference}/"
    )
