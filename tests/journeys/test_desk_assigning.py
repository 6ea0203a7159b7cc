"""Several cases given to a colleague: by keyboard, with scripts and without."""

import pytest
from django.urls import reverse

from doa.enums import CaseStatus
from doa.models import Case
from partners import clock
from tests import builders as make
from tests import builders_cases as cases
from tests.journeys.keyboard import tab_to
from tests.journeys.test_case_application import entered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("has_script", [True, False])
def test_what_a_filter_found_is_given_away(browser, live_server, has_script):
    me, colleague = make.make_staff("stella@huawei.example"), make.make_staff("sam@huawei.example")
    how = {"staff": me, "at": clock.now() - 9 * cases.HOUR}
    meridian = make.make_organization("MERIDIAN", name="Meridian Example")
    mine = [cases.make_case(CaseStatus.IN_REVIEW, organization=meridian, **how) for _ in range(2)]
    other = make.make_organization("BLUEPEAK", name="Bluepeak Example")
    others = cases.make_case(CaseStatus.IN_REVIEW, organization=other, **how)
    page = entered(browser, live_server.url, me, java_script_enabled=has_script)
    page.goto(f"{live_server.url}{reverse('admin:doa_case_changelist')}?queue=all")

    tab_to(page, "#searchbar")
    page.keyboard.type("Meridian")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=Meridian**")
    assert others.reference not in page.inner_text("#result_list")
    tab_to(page, "select[name=action]")
    page.keyboard.type("Assign")
    tab_to(page, "button[name=index]")
    page.keyboard.press("Enter")
    page.locator(".messagelist .warning").wait_for()

    for case in reversed(mine):  # the newest stands first
        tab_to(page, f"input[name=_selected_action][value='{case.pk}']")
        page.keyboard.press("Space")
    tab_to(page, "select[name=action]", key="Shift+Tab")
    page.keyboard.type("Assign")
    tab_to(page, "button[name=index]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/assign/**")
    assert others.reference not in page.inner_text("#content")
    tab_to(page, "input[value=Assign]")
    page.keyboard.press("Enter")
    page.locator("#errors").wait_for()
    tab_to(page, "#errors a")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'id_assignee'")
    page.keyboard.type("sam")
    tab_to(page, "input[value=Assign]")
    page.keyboard.press("Enter")
    page.locator(".messagelist .success").wait_for()
    assert "2 cases are assigned" in page.inner_text(".messagelist")
    given = Case.unscoped.filter(assignee=colleague)
    assert {case.pk for case in given} == {case.pk for case in mine}
