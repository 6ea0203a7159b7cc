"""The public check in a real browser: by keyboard, on a phone, without a script or a cookie."""

from datetime import timedelta

import pytest

from partners import clock
from tests import builders as make
from tests.journeys.looking import faults_in_view

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SERIAL = "2102JOURNEYCHECK0001"
UNKNOWN = "2102NOSUCHUNIT000001"


@pytest.fixture
def sold(live_server):
    """A unit that a distributor has shipped on, 60 days after Huawei's shipment."""
    distributor = make.make_organization("DIST", name="Meridian Example")
    shipped_on = clock.business_today() - timedelta(days=60)
    unit = make.make_unit(distributor, serial=SERIAL, shipped_on=shipped_on)
    buyer = make.make_organization("VAP1", "vap", name="Copperline Example")
    make.pass_on(unit, buyer, shipped_on=shipped_on + timedelta(days=20))
    return live_server.url


@pytest.fixture
def phone(browser):
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    yield context.new_page()
    context.close()


def tab_to(page, condition):
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
        if page.evaluate(f"(e => {condition})(document.activeElement)"):
            return
    raise AssertionError(f"The keyboard never gets to {condition}.")


def is_clean(page):
    assert faults_in_view(page) == []


def test_from_the_start_to_a_sent_message_by_keyboard_on_a_phone(phone, sold):
    phone.goto(f"{sold}/")
    is_clean(phone)
    tab_to(phone, "e.id == 'sn'")
    phone.keyboard.type("2102 journey-check 0001")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/check/?sn=*")
    assert "Warranty has not started" in phone.inner_text("h2 >> nth=0")
    is_clean(phone)
    tab_to(phone, "e.textContent == 'E-mail my distributor'")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/check/contact/*")
    is_clean(phone)
    for field, words in [
        ("id_name", "Casey Customer"),
        ("id_email", "casey@customer.example"),
        ("id_message", "It is dead."),
    ]:
        tab_to(phone, f"e.id == '{field}'")
        phone.keyboard.type(words)
    tab_to(phone, "e.textContent == 'Send the message'")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/check/contact/sent/")
    assert "We have your message" in phone.inner_text("h1")
    is_clean(phone)
    assert phone.context.cookies() == []


def test_every_answer_is_clean_and_needs_no_script(browser, phone, sold):
    for typed in (SERIAL, UNKNOWN, "21/02"):
        phone.goto(f"{sold}/check/?sn={typed}")
        is_clean(phone)
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{sold}/check/")
    plain.get_by_role("textbox", name="Serial number").fill(UNKNOWN)
    plain.get_by_role("button", name="Check", exact=True).click()
    assert "We do not know this serial number" in plain.inner_text("main")


def test_a_refused_message_leads_to_its_fields(phone, sold):
    phone.goto(f"{sold}/check/contact/?sn={SERIAL}")
    phone.get_by_role("button", name="Send the message").click()
    assert phone.title().startswith("Error: ")
    is_clean(phone)
    phone.get_by_role("link", name="Your e-mail address").click()
    assert phone.evaluate("document.activeElement.id") == "id_email"
