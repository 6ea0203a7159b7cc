"""An announcement from its first word to a partner's list: author, approver, clock, partner."""

from datetime import timedelta

import pytest
from django.core import mail

from catalog.policy import day_text
from lifecycle import workflow
from lifecycle.models import Announcement
from notifications.models import MailHours
from notifications.tasks import deliver_due_messages
from partners import clock
from tests import builders as make
from tests.journeys.looking import faults
from tests.journeys.test_disputes import entered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_announcement_goes_from_draft_to_the_list_of_a_partner(browser, live_server):
    part = make.make_part_number("02350001", model="AR2220E")
    holder = make.make_organization("V1", "vap", name="Copperline Example")
    for _ in range(3):
        make.make_unit(holder, part_number=part, end_customer="Harbor Example")
    make.make_unit(make.make_organization(), part_number=part, end_customer="Elsewhere Example")
    MailHours.objects.create(address=holder.email, is_on=False)
    last = clock.business_today() + timedelta(days=120)

    author = entered(browser, live_server.url, make.make_staff(), java_script_enabled=False)
    author.goto(f"{live_server.url}/announcements/")
    author.get_by_role("link", name="Write an announcement").click()
    author.get_by_label("Number", exact=True).fill("PN-2026-118")
    author.get_by_label("Subject").fill("End of marketing of AR2220E")
    author.get_by_role("textbox", name="Text").fill("Order before the end.")
    author.get_by_role("searchbox", name="Find products").fill("AR22")
    author.locator("main").get_by_role("button", name="Search").click()
    author.get_by_role("checkbox", name="AR2220E").check()
    author.get_by_role("button", name="Add what is ticked").click()
    author.get_by_role("textbox", name="End of marketing").fill(last.isoformat())
    author.get_by_role("button", name="Save the draft").last.click()
    author.get_by_role("link", name="Submit for review").click()
    author.get_by_role("button", name="Submit for review").click()
    assert author.get_by_role("link", name="Approve").count() == 0

    approver = entered(browser, live_server.url, make.make_staff(), java_script_enabled=False)
    approver.goto(f"{live_server.url}/announcements/works/")
    approver.get_by_role("link", name="End of marketing of AR2220E").click()
    approver.get_by_role("link", name="Approve").click()
    approver.get_by_role("button", name="Approve").click()
    approver.get_by_role("link", name="See its page").wait_for()
    workflow.publish_due(at=clock.now())
    deliver_due_messages()
    [sent] = [message for message in mail.outbox if message.to == [holder.email]]
    assert sent.subject == "End of marketing: AR2220E, 3 of your units"
    assert Announcement.objects.get().told_at is not None

    partner = entered(browser, live_server.url, make.make_user(holder), java_script_enabled=False)
    partner.goto(f"{live_server.url}/announcements/")
    partner.get_by_role("link", name="End of marketing of AR2220E").click()
    words = partner.inner_text("main")
    assert "Your affected units: 3" in words and "Harbor Example" in words
    assert day_text(last) in words and "Elsewhere Example" not in words
    partner.get_by_role("button", name="We have read this").click()
    assert "has read it" in partner.inner_text("main")
    looked = entered(browser, live_server.url, make.make_user(holder))
    paths = ("/announcements/", "/announcements/pn-2026-118/")
    wrong = [fault for path in paths for fault in faults(looked, f"{live_server.url}{path}")]
    assert not wrong, "\n".join(wrong)
