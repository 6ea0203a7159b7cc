"""The link at the foot of a mail, opened on a phone: stopped by keyboard, with no script and no
account, and taken back."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from notifications.models import MailHours, Message, Preference
from notifications.tasks import deliver_due_messages
from partners import clock
from tests import builders as make
from tests.journeys.looking import faults_in_view
from tests.journeys.test_installation_report import tab_to
from warranty.tasks import start_due_warranties

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("with_script", [True, False])
def test_by_keyboard_from_the_mail_and_back_again(browser, live_server, settings, with_script):
    settings.BASE_URL = live_server.url
    today = clock.business_today()
    unit = make.make_unit(shipped_on=today - timedelta(days=90))
    address = unit.huawei_shipment.consignee.email
    MailHours.objects.create(address=address, is_on=False)
    start_due_warranties()
    deliver_due_messages()
    (sent,) = [message for message in mail.outbox if message.to == [address]]
    link = re.search(r"https?://\S+/notifications/u/\S+", sent.body).group()

    page = browser.new_context(java_script_enabled=with_script).new_page()
    page.goto(link)
    assert page.get_by_role("heading", level=1).inner_text() == "Stop these mails"
    assert not Preference.objects.exists()
    assert not with_script or faults_in_view(page) == []
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="These mails are stopped").wait_for()
    assert Preference.objects.get(address=address).is_on is False
    assert not with_script or faults_in_view(page) == []
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Stop these mails").wait_for()
    assert not Preference.objects.filter(address=address, is_on=False).exists()
    assert Message.unscoped.count() == 1
