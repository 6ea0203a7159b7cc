"""A dead unit in a real browser: a stranger tells it and confirms it, the distributor adopts."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail

from doa.models import Case
from notifications.tasks import deliver_due_messages
from partners import clock
from tests import builders as make
from tests.journeys.looking import faults_in_view

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SERIAL = "2102JOURNEYREFER0001"


@pytest.fixture
def sold(live_server):
    distributor = make.make_organization("DIST", name="Meridian Example")
    make.make_user(distributor, email="dora@example.test")
    shipped_on = clock.business_today() - timedelta(days=60)
    unit = make.make_unit(distributor, serial=SERIAL, shipped_on=shipped_on)
    buyer = make.make_organization("END1", "end_customer", name="Harbor Example")
    make.pass_on(unit, buyer, shipped_on=shipped_on + timedelta(days=20))
    return live_server.url


def link_to(address):
    """Deliver what waits, and return the path in the last mail to an address."""
    deliver_due_messages()
    body = [m.body for m in mail.outbox if m.to == [address]][-1]
    return urlsplit(re.search(r"https?://\S+/referrals/\S+", body).group()).path


def is_clean(page):
    assert faults_in_view(page) == []


def test_from_a_strangers_phone_to_a_draft_that_is_filled_in(browser, sold):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark", java_script_enabled=True
    )
    phone = context.new_page()
    phone.goto(f"{sold}/check/?sn={SERIAL}")
    phone.get_by_role("link", name="It is dead: tell my distributor").click()
    is_clean(phone)
    phone.get_by_role("button", name="Send it").click()
    assert phone.title().startswith("Error: ")
    is_clean(phone)
    phone.get_by_label("What do you see?").select_option(label="Does not power on")
    phone.get_by_label("What happened").fill("It never lit up.")
    phone.get_by_label("When did it fail?").select_option(label="At first boot")
    phone.get_by_label("Your name").fill("Casey Customer")
    phone.get_by_label("Your e-mail address").fill("casey@customer.example")
    phone.get_by_role("button", name="Send it").click()
    assert "Open the link in your mail" in phone.inner_text("h1")
    is_clean(phone)
    phone.goto(f"{sold}{link_to('casey@customer.example')}")
    is_clean(phone)
    phone.get_by_role("button", name="Confirm and send").click()
    assert "Waiting for an answer" in phone.inner_text("main")
    assert "Meridian" not in phone.content()
    is_clean(phone)
    follow = phone.url

    desk = browser.new_page(viewport={"width": 1280, "height": 900})
    desk.goto(f"{sold}{link_to('dora@example.test')}")
    desk.get_by_label("E-mail address").fill("dora@example.test")
    desk.get_by_label("Password", exact=True).fill(make.PASSWORD)
    desk.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    desk.wait_for_url(re.compile("/referrals/REF-"))
    is_clean(desk)
    desk.get_by_role("button", name="Take it up").click()
    desk.wait_for_url(re.compile("/cases/"))
    case = Case.unscoped.get()
    assert case.reference in desk.inner_text("main")
    (line,) = case.lines.all()
    assert (line.symptom, line.description) == ("no_power", "It never lit up.")
    phone.goto(follow)
    assert "The application is being prepared" in phone.inner_text("main")
    assert case.reference not in phone.content()
    context.close()
