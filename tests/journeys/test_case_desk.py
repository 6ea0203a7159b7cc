"""A case at the desk from the call to the close, without a script, and how its pages look."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.urls import reverse

from doa import workflow
from doa.enums import CaseStatus
from partners import clock
from tests import builders as make
from tests import builders_cases as cases
from tests.entrance import SECRET, give_app
from tests.journeys.looking import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STAFF = "stella@huawei.example"


@pytest.fixture
def case(live_server):
    """A distributor's case that waits for its call, and a unit to replace it with."""
    give_app(make.make_staff(STAFF))
    found = cases.make_case(
        CaseStatus.SUBMITTED,
        organization=make.make_organization("MERIDIAN", name="Meridian Example"),
        at=clock.now() - timedelta(hours=2),
    )
    return found


def entered(browser, address, **more):
    """Return a page on which staff have signed in, past the second factor."""
    page = browser.new_context(**more).new_page()
    page.goto(f"{address}/accounts/sign-in/")
    page.get_by_label("E-mail address").fill(STAFF)
    page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    counter = next(iter(yield_hotp_counters_from_time()))
    page.get_by_label("Code").fill(format_hotp_value(hotp_value(SECRET, counter)))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/home/")
    return page


def step(page, name, button="", **typed):
    """Open the form of a step with the keyboard, fill it in and send it."""
    summary = page.locator("summary", has_text=name).first
    form = page.locator("details", has=summary).first
    if form.get_attribute("open") is None:
        summary.press("Enter")
    for field, value in typed.items():
        form.locator(f"[name={field}]").fill(value)
    form.get_by_role("button", name=button or name).press("Enter")


def test_staff_register_take_ask_decide_ship_receive_and_close(browser, live_server, case):
    page = entered(browser, live_server.url, java_script_enabled=False)
    page.goto(f"{live_server.url}/admin/doa/case/?queue=to-register")
    page.get_by_role("link", name=case.reference).click()
    assert "Waiting for your call" in page.inner_text(".as-partner")
    step(page, "Register call", sr_number="SR 4711")
    page.goto(f"{live_server.url}/admin/doa/case/")
    page.get_by_role("button", name="Take next case").press("Enter")
    assert f"{case} is yours" in page.inner_text(".messagelist")

    page.locator("summary", has_text="Ask for information").press("Enter")
    page.get_by_label("Console log").check()
    step_form = page.locator("details", has_text="Ask for information").first
    step_form.get_by_role("button", name="Ask for information").press("Enter")
    assert "Paused" in page.inner_text(".case-head")
    answer(cases.fresh(case))

    page.goto(f"{live_server.url}{reverse('admin:doa_case_change', args=[case.pk])}")
    line = cases.lines_of(case)[0]
    step(page, "Decide", "Show what changes", **{f"text_{line.pk}": "It failed at first boot."})
    assert "DOA replacement, D1" in page.inner_text(".operation-form")
    page.get_by_role("button", name="Decide").press("Enter")
    ship_and_return(page, live_server.url, case, line)
    case = cases.fresh(case)
    assert (case.status, case.closing_code) == (CaseStatus.CLOSED, "replaced")
    assert "Closed" in page.inner_text(".case-head")


def answer(case):
    """Let the applicant say that nothing more will come."""
    agent = cases.make_agent(case)
    workflow.answer(case, text="No log.", is_all=True, user=agent, at=clock.now())


def ship_and_return(page, address, case, line):
    """Order, send, confirm, receive by a scan and inspect."""
    new = cases.make_replacement(line)
    step(page, "Order replacement")
    step(page, "Ship replacement", serial=new.serial, carrier="UPS", tracking="1Z4711")
    step(page, "Confirm delivery", signer="Ana Ruiz")
    page.goto(f"{address}/admin/doa/caseline/receive/")
    page.locator("input[name=code]:focus").wait_for()
    page.keyboard.type(line.unit.serial)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Receive").press("Enter")
    page.goto(f"{address}{reverse('admin:doa_case_change', args=[case.pk])}")
    summary = page.locator("summary", has_text="Record inspection")
    summary.press("Enter")
    page.get_by_label("Finding").select_option("fault_confirmed")
    page.get_by_role("button", name="Record inspection").press("Enter")


def test_its_pages_have_no_violation_and_do_not_scroll_sideways(browser, live_server, case):
    staff = make.make_staff()
    how = {"organization": case.organization, "at": clock.now() - timedelta(days=1)}
    review = cases.make_case(CaseStatus.IN_REVIEW, staff=staff, **how)
    cases.make_case(CaseStatus.CLOSED, staff=staff, **how)
    ordered = cases.make_case(CaseStatus.FULFILLING, staff=staff, **how)
    page = entered(browser, live_server.url)
    wrong = []
    for path in (
        "/admin/doa/case/?queue=all",
        f"/admin/doa/case/{review.pk}/change/",
        f"/admin/doa/case/{ordered.pk}/change/",
        f"/admin/doa/case/{case.pk}/register/",
        "/admin/doa/case/intake/",
        "/admin/doa/case/figures/?first=2026-01-01&last=2026-12-31",
        f"/admin/doa/case/assign/?cases={review.pk}",
        "/admin/doa/caseline/?queue=all",
        "/admin/doa/caseline/ship/",
        f"/admin/doa/caseline/receive/?code={ordered.reference}",
    ):
        wrong += faults(page, f"{live_server.url}{path}", within="#content")
    assert not wrong, "\n".join(wrong)
