"""The house as a browser meets it."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_start_page_breaks_no_rule_of_its_own_security_policy(page, live_server):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    answer = page.goto(f"{live_server.url}/")
    assert answer.status == 200
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert complaints == []


def test_a_stranger_is_asked_to_sign_in_and_then_sent_on(page, live_server):
    page.goto(f"{live_server.url}/home/")
    assert page.url == f"{live_server.url}/accounts/sign-in/?next=/home/"
