"""A date is wrong: a partner reports it with a file, staff accept it, the start moves."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from audit.trail import SYSTEM
from notifications.tasks import deliver_due_messages
from partners import clock
from tests import builders as make
from tests.entrance import sign_in
from tests.journeys.looking import faults
from warranty.models import Dispute
from warranty.nights.run import run_night
from warranty.policy import day_text

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SERIAL = "2102JOURNEYDISPUTE01"


def entered(browser, address, user, **more):
    """Return a page of a browser in which `user` is signed in."""
    client = Client()
    sign_in(client, user)
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(**more)
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])
    return context.new_page()


@pytest.fixture
def started():
    """A unit whose warranty started by day 90, in the hands of a reseller."""
    today = clock.business_today()
    holder = make.make_organization("VAR1", "var", name="Paper Kite Example")
    unit = make.make_unit(holder, serial=SERIAL, shipped_on=today - timedelta(days=120))
    run_night(as_of=today, today=today, at=clock.now(), actor=SYSTEM)
    return unit


def test_a_partner_reports_staff_accept_and_the_start_moves(
    browser, live_server, started, tmp_path
):
    old, right = (started.huawei_shipment.shipped_on + timedelta(days=n) for n in (0, 3))
    note = tmp_path / "delivery-note.pdf"
    note.write_bytes(make.a_pdf().read())
    agent = make.make_user(started.consignee, email="ada@example.test")
    page = entered(browser, live_server.url, agent, java_script_enabled=False)
    page.goto(f"{live_server.url}/units/{SERIAL}/")
    page.get_by_role("link", name="Report what is wrong").click()
    page.get_by_label(f"Date of Huawei's shipment: {day_text(old)}").check()
    page.get_by_label("The right date").fill(right.isoformat())
    page.get_by_label("What your document shows").fill("The carrier collected it three days later.")
    page.get_by_label("The document").set_input_files(str(note))
    page.get_by_role("button", name="Report it").click()
    page.wait_for_url("**/disputes/DSP-*/")
    dispute = Dispute.unscoped.get()

    desk = entered(browser, live_server.url, make.make_staff())
    desk.goto(f"{live_server.url}/admin/")
    desk.get_by_role("link", name="Disputes to decide").click()
    desk.get_by_role("link", name=dispute.reference).click()
    assert day_text(right + timedelta(days=90)) in desk.inner_text(".effect")
    desk.get_by_role("link", name="Accept", exact=True).click()
    desk.get_by_label("Reason").fill("The delivery note shows it.")
    desk.get_by_role("button", name="Show what changes").click()
    desk.get_by_role("button", name="Accept", exact=True).click()
    desk.wait_for_url(f"**{reverse('admin:warranty_dispute_change', args=[dispute.pk])}")

    page.goto(f"{live_server.url}/units/{SERIAL}/")
    words = page.inner_text("main")
    assert f"Warranty from {day_text(right + timedelta(days=90))}" in words
    assert f"From {day_text(old)} to {day_text(right)}." in words
    deliver_due_messages()
    sent = {message.subject.partition(" ")[0]: message.body for message in mail.outbox}
    assert day_text(old) in sent["Corrected:"] and day_text(right) in sent["Corrected:"]
    for day in (old, right):
        assert f"{day_text(day + timedelta(days=90))} until" in sent["Warranty"]


def test_its_pages_have_no_violation_and_do_not_scroll_sideways(browser, live_server, started):
    agent = make.make_user(started.consignee)
    dispute = make.make_dispute(
        started, claimed=(started.huawei_shipment.shipped_on + timedelta(days=1)).isoformat(),
        user=agent, at=clock.now(),
    )  # fmt: skip
    paths = [f"/units/{SERIAL}/dispute/", "/disputes/", f"/disputes/{dispute.reference}/"]
    page = entered(browser, live_server.url, agent)
    wrong = [fault for path in paths for fault in faults(page, f"{live_server.url}{path}")]
    page.context.close()
    assert not wrong, "\n".join(wrong)
