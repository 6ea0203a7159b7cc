"""From an invitation to a warranty that has moved, as four people live it.

A manager invites a colleague, who uploads an onward shipment and hands in the signed
report; staff accept it with a second factor; the start has moved, and the mail says so.
Web, worker, broker and database are real, and mail is read where it was delivered.
"""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)

from catalog.policy import day_text
from partners import clock
from partners.enums import Role
from tests import builders as make
from tests.conftest import wait_until
from tests.entrance import SECRET, give_app
from warranty.enums import ReportStatus
from warranty.models import Unit, Warranty

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SERIAL = "2102PAPERTRAIL000001"
NEWCOMER = "nia@meridian.example"
NEW_PASSWORD = "a-long-road-from-day-zero"


@pytest.fixture
def stage(live_server, settings, celery_worker_process):
    """Huawei has shipped two units to a distributor that has one manager; a worker runs."""
    settings.BASE_URL = "http://127.0.0.1:8000"
    distributor = make.make_organization("MERIDIAN", name="Meridian Example")
    make.make_organization("COPPERLINE", "vap", name="Copperline Example", buys_from=distributor)
    shipment = make.make_shipment(
        distributor, shipped_on=clock.business_today() - timedelta(days=30)
    )
    for serial in (SERIAL, "2102PAPERTRAIL000002"):
        make.make_unit(
            serial=serial,
            shipment=shipment,
            part_number=make.make_part_number("02350PAPER"),
            installation_service=True,
        )
    make.make_user(distributor, Role.MANAGER, "mario@meridian.example")
    give_app(make.make_staff("stella@huawei.example"))
    celery_worker_process()
    return live_server.url


def mails_to(folder, address):
    """Return the mails that the worker has delivered to an address, oldest first."""
    found = []
    for file in sorted(folder.glob("*.log")):
        for raw in file.read_bytes().split(b"-" * 79 + b"\n"):
            mail = message_from_bytes(raw, policy=policy.default)
            if mail["To"] == address:
                found.append(mail)
    return found


def read(folder, address, *, about):
    """Wait for the mail whose subject holds `about`, and return its text."""

    def arrived():
        mails = [m for m in mails_to(folder, address) if about in m["Subject"]]
        return mails[-1].get_body(("plain",)).get_content() if mails else ""

    return wait_until(arrived, seconds=60)


def link_in(text, live, containing):
    """Return the one link of a mail that leads to such a page, on the server of the test."""
    path = re.search(rf"http://127\.0\.0\.1:8000(/\S*{containing}\S*)", text)
    assert path, text
    return live + path.group(1)


def sign_in(page, address, email, password):
    page.goto(f"{address}/accounts/sign-in/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()


def upload(page, address):
    """Hand in the file of the onward shipment, and save what its preview shows."""
    today = clock.business_today()
    rows = [
        "shipment_number,leg,shipped_on,shipped_by,consignee,serial_number,part_number,"
        "installation_service,end_customer,site_country,purchase_order",
        *(
            f"D-1042,distributor,{today - timedelta(days=12)},MERIDIAN,COPPERLINE,"
            f"2102PAPERTRAIL00000{n},02350PAPER,yes,Harbor Lamp Example,US,PO-7"
            for n in (1, 2)
        ),
    ]
    file = {"name": "onward.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    page.goto(f"{address}/shipments/upload/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_role("button", name="Save 2 units").click(timeout=60_000)
    page.get_by_role("heading", name="2 units saved").wait_for(timeout=60_000)


def hand_in(page, address, signed_on):
    """Hand in a signed report for the first of the two units, after seeing its effect."""
    page.goto(f"{address}/reports/new/")
    page.get_by_label("Date signed").fill(signed_on.isoformat())
    page.get_by_label("Signed by").fill("Ola Example, Harbor Lamp")
    page.get_by_label("Serial numbers").fill(SERIAL.lower())
    paper = make.a_pdf()
    page.locator("input[type=file]").set_input_files(
        {"name": paper.name, "mimeType": "application/pdf", "buffer": paper.read()}
    )
    page.get_by_role("button", name="Show what this changes").click()
    assert f"1 unit: warranty starts on {day_text(signed_on)} (day 20)" in page.inner_text("main")
    page.get_by_role("button", name="Hand in report").click()
    page.wait_for_url(re.compile(r"/reports/[0-9a-f]{16}/"))
    return page.url


def accept(page, address):
    """Take the oldest report of the queue at the desk, past the second factor."""
    sign_in(page, address, "stella@huawei.example", make.PASSWORD)
    counter = next(iter(yield_hotp_counters_from_time()))
    page.get_by_label("Code").fill(format_hotp_value(hotp_value(SECRET, counter)))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/home/")
    page.goto(f"{address}/admin/warranty/installationreport/?status__exact=submitted")
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("link", name="Accept", exact=True).click()
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_role("button", name="Accept", exact=True).click()


def test_a_colleague_hands_in_the_paper_that_moves_a_start(browser, stage, own_folders):
    signed_on = clock.business_today() - timedelta(days=10)
    manager = browser.new_context().new_page()
    sign_in(manager, stage, "mario@meridian.example", make.PASSWORD)
    manager.goto(f"{stage}/organization/invite/")
    manager.get_by_label("E-mail address").fill(NEWCOMER)
    manager.get_by_label("Role").select_option("agent")
    manager.locator("main button[type=submit]").click()

    agent = browser.new_context().new_page()
    invitation = read(own_folders / "mail", NEWCOMER, about="invites you")
    agent.goto(link_in(invitation, stage, "invitation/"))
    agent.get_by_label("Your name").fill("Nia Newcomer")
    agent.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    agent.get_by_role("button", name="Create the account").click()
    sign_in(agent, stage, NEWCOMER, NEW_PASSWORD)
    agent.wait_for_url("**/home/")
    upload(agent, stage)
    report = hand_in(agent, stage, signed_on)
    assert ReportStatus.SUBMITTED.label in agent.inner_text("main")
    assert not Warranty.unscoped.exists()

    accept(browser.new_context().new_page(), stage)
    wait_until(lambda: Warranty.unscoped.filter(starts_on=signed_on).exists())

    told = read(own_folders / "mail", NEWCOMER, about="accepted")
    assert day_text(signed_on) in told
    agent.goto(link_in(told, stage, "reports/"))
    assert agent.url == report
    assert "Accepted" in agent.inner_text("main")
    agent.goto(f"{stage}/units/{SERIAL}/")
    assert f"Warranty from {day_text(signed_on)}" in agent.inner_text("main")
    waiting = Unit.unscoped.get(serial="2102PAPERTRAIL000002")
    assert not Warranty.unscoped.filter(unit=waiting).exists()


def test_the_second_factor_is_asked_at_the_door_of_the_desk(page, stage):
    sign_in(page, stage, "stella@huawei.example", make.PASSWORD)
    page.goto(f"{stage}/admin/")
    assert "/accounts/sign-in/" in page.url
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("alert").wait_for()
    assert "/accounts/sign-in/" in page.url
