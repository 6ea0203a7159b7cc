"""A dead switch, from the application to a working one, as four people live it.

An agent applies and calls; the TAC registers the call, asks for the console log and
decides; a manager sends the log, confirms the delivery and sends the faulty unit back;
logistics ships, receives and inspects. Web, worker, broker and database are real, and
every mail is read where it was delivered.
"""

import re
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from PIL import Image

from doa.enums import CaseStatus, ReturnTrack
from doa.models import Case, CaseLine
from partners import clock
from partners.enums import Role
from partners.models import User
from tests import builders as make
from tests.conftest import wait_until
from tests.entrance import sign_in
from tests.journeys.test_paper_trail import link_in, mails_to
from warranty.models import UnitReplacement

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FAULTY, SPARE = "2102DEADSWITCH000001", "2102DEADSWITCH000002"
AGENT, MANAGER = "ada@copperline.example", "max@copperline.example"


@pytest.fixture
def stage(live_server, settings, celery_worker_process):
    """A partner holds a switch shipped 9 days ago; Huawei has a spare one; a worker runs."""
    settings.BASE_URL = "http://127.0.0.1:8000"
    make.load_service_levels()
    partner = make.make_organization("COPPERLINE", "vap", name="Copperline Example")
    part, today = make.make_part_number("02350SWITCH"), clock.business_today()
    shipment = make.make_shipment(partner, shipped_on=today - timedelta(days=9))
    make.make_unit(serial=FAULTY, shipment=shipment, part_number=part, installation_service=True)
    stock = make.make_shipment(make.make_huawei(), shipped_on=today - timedelta(days=2))
    make.make_unit(serial=SPARE, shipment=stock, part_number=part)
    make.make_user(partner, Role.AGENT, AGENT)
    make.make_user(partner, Role.MANAGER, MANAGER)
    make.make_staff("vera@huawei.example")
    make.make_staff("lou@huawei.example")
    celery_worker_process()
    return live_server.url


@pytest.fixture
def people(browser, stage):
    """Give a page in the hands of one person, signed in; every person has a browser."""
    contexts = {}

    def page_of(email):
        if email not in contexts:
            client = Client()
            sign_in(client, User.objects.get(email=email))
            name = django_settings.SESSION_COOKIE_NAME
            cookie = {"name": name, "value": client.cookies[name].value, "url": stage}
            contexts[email] = browser.new_context()
            contexts[email].add_cookies([cookie])
        return contexts[email].new_page()

    return page_of


def apply(page, address, folder):
    """Answer every question about the dead switch; return the case."""
    photo = folder / "label.png"
    Image.new("RGB", (9, 9), "white").save(photo)
    going_on = page.get_by_role("button", name="Continue")
    page.goto(f"{address}/units/{FAULTY}/")
    page.get_by_role("link", name="Report dead on arrival").click()
    going_on.click()
    page.get_by_label("Does not power on").check()
    page.get_by_label("Describe it in your words").fill("The LEDs stay dark.")
    going_on.click()
    page.get_by_label("At first boot").check()
    yesterday = clock.business_today() - timedelta(days=1)
    page.get_by_label("First power-on, date").fill(yesterday.isoformat())
    page.get_by_label("First power-on, time").fill("10:40")
    going_on.click()
    page.get_by_label("Yes, this was its first use").check()
    going_on.click()
    page.get_by_label("No", exact=True).check()
    going_on.click()
    page.get_by_label("Photo of the serial number label").set_input_files(photo)
    going_on.click()
    page.get_by_label("Ship the replacement to").fill("1 Main Street, Dallas TX 75201")
    page.get_by_label("Country").fill("US")
    page.get_by_label("Where does the equipment stand?").fill("Dallas DC 2")
    page.get_by_label("Telephone").fill("+1 214 555 0100")
    going_on.click()
    page.get_by_role("button", name="Send and get the number to call").click()
    page.wait_for_url("**/call/")
    return Case.unscoped.get()


def step(page, label, **values):
    """Open one step of the case at the desk, fill its form and take it."""
    offer = page.locator("details.offer").filter(
        has=page.locator("summary", has_text=re.compile(f"^{label}$"))
    )
    if offer.get_attribute("open") is None:
        offer.locator("summary").click()
    for name, value in values.items():
        offer.locator(f"[name={name}]").fill(value)
    return offer


def at_desk(page, address, case):
    page.goto(f"{address}/admin/doa/case/{case.pk}/change/")


def status(case):
    return Case.unscoped.values_list("status", flat=True).get(pk=case.pk)


def mail_of(case, folder, address, *, saying):
    """Wait for the mail about the case whose text holds `saying`, and return its text."""

    def arrived():
        for mail in mails_to(folder, address):
            text = mail.get_body(("plain",)).get_content()
            if case.reference in mail["Subject"] and saying in text:
                return text
        return ""

    return wait_until(arrived, seconds=90)


def test_a_dead_switch_is_replaced_and_everybody_knew_what_was_next(
    people, stage, own_folders, tmp_path
):
    letters = own_folders / "mail"
    ada, max_, vera, lou = (
        people(email) for email in (AGENT, MANAGER, "vera@huawei.example", "lou@huawei.example")
    )
    case = apply(ada, stage, tmp_path)
    assert "1-877-9HUAWEI" in mail_of(case, letters, AGENT, saying=FAULTY)

    vera.goto(f"{stage}/admin/doa/case/?queue=to-register")
    vera.get_by_role("link", name=case.reference).first.click()
    offer = step(vera, "Register call", sr_number="SR 7001")
    offer.get_by_role("button").click()
    mail_of(case, letters, AGENT, saying="SR7001")
    step(vera, "Take").get_by_role("button").click()
    ahead = clock.business_today() + timedelta(days=4)
    offer = step(vera, "Ask for information", reply_by=ahead.isoformat())
    offer.get_by_label("Console log").check()
    offer.get_by_role("button").click()
    assert status(case) == CaseStatus.INFO_NEEDED

    asked = mail_of(case, letters, AGENT, saying="Console log")
    max_.goto(link_in(asked, stage, case.reference))
    assert "Console log" in max_.inner_text("main")
    log = {"name": "boot.log", "mimeType": "text/plain", "buffer": b"SELFTEST FAILED\n"}
    max_.get_by_label("Console log").set_input_files(log)
    max_.get_by_role("button", name="Send to the TAC").click()
    wait_until(lambda: status(case) == CaseStatus.IN_REVIEW)

    at_desk(vera, stage, case)
    step(vera, "Decide").get_by_role("button").click()
    vera.get_by_role("button", name="Decide").click()
    assert status(case) == CaseStatus.DECIDED
    mail_of(case, letters, AGENT, saying="D1")

    at_desk(lou, stage, case)
    step(lou, "Order replacement").get_by_role("button").click()
    step(
        lou, "Ship replacement", serial=SPARE, carrier="Roadrunner Example", tracking="RR-1"
    ).get_by_role("button").click()
    mail_of(case, letters, AGENT, saying="RR-1")

    max_.goto(f"{stage}/cases/{case.reference}/")
    max_.get_by_role("link", name="Confirm delivery").click()
    max_.get_by_label("It arrived on").fill(clock.business_today().isoformat())
    max_.get_by_label("Who signed for it?").fill("R. Example")
    max_.get_by_role("button", name="It has arrived").click()
    max_.get_by_role("link", name="Send it back").click()
    max_.get_by_label("Carrier").fill("Roadrunner Example")
    max_.get_by_label("Tracking number").fill("RR-2")
    max_.get_by_label("All customer data").check()
    max_.get_by_role("button", name="It is on its way").click()
    wait_until(lambda: CaseLine.unscoped.get().return_track == ReturnTrack.IN_TRANSIT)

    at_desk(lou, stage, case)
    step(lou, "Receive faulty unit", serial=FAULTY.lower()).get_by_role("button").click()
    offer = step(lou, "Record inspection")
    offer.get_by_label("Finding").select_option("fault_confirmed")
    offer.get_by_role("button").click()
    assert status(case) == CaseStatus.CLOSED

    closed = mail_of(case, letters, AGENT, saying=f"{case.reference} is closed")
    assert SPARE in closed
    assert UnitReplacement.unscoped.get().new.serial == SPARE
    ada.goto(f"{stage}/units/{FAULTY}/")
    assert f"Replaced by {SPARE}" in ada.inner_text("main")
    mails = [m for m in mails_to(letters, AGENT) if case.reference in m["Subject"]]
    assert len({m["Subject"] for m in mails}) == 1
    assert len({m["References"].split()[0] for m in mails}) == 1
    assert len({m["Message-ID"] for m in mails}) == len(mails)
