"""A statement on paper: one page, with a code that a telephone reads."""

import re

import pytest
from django.conf import settings

from partners import clock
from partners.enums import Role
from tests import builders as make
from tests import qr
from tests.journeys.test_case_application import entered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SERIAL = "2102STATEMENT0000001"


def test_it_is_one_page_whose_code_leads_to_its_check(browser, live_server):
    make.load_service_levels()
    holder = make.make_organization("BLUEPEAK", name="Bluepeak Systems")
    unit = make.make_unit(holder, serial=SERIAL, installation_service=True)
    make.make_contract([unit], number="HC-1", at=clock.now())
    page = entered(
        browser, live_server.url, make.make_user(holder, Role.VIEWER), device_scale_factor=3
    )
    page.goto(f"{live_server.url}/units/{SERIAL}/")
    page.get_by_role("link", name="Print statement").press("Enter")
    page.wait_for_url("**/statement/**")
    for paper in ("A4", "Letter"):
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper))) == 1, paper
    page.emulate_media(media="print")
    code = page.locator(".slip-qr")
    squares = int(code.get_attribute("data-squares"))
    address = qr.read(qr.squares_of(code.screenshot(), squares))
    assert address.startswith(f"{settings.BASE_URL}/verify/")
    visitor = browser.new_context().new_page()
    visitor.goto(live_server.url + address.removeprefix(settings.BASE_URL))
    assert "Genuine, and its dates hold today" in visitor.inner_text("main")
    assert "Bluepeak" not in visitor.inner_text("main")
