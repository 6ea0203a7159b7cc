"""Accounts in a real browser: invited by mail, with a second step, and with a passkey."""

import time
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from partners.enums import Role
from tests import builders as make
from tests.entrance import link_in_mail
from tests.journeys.looking import faults_in_view

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEW = "meadow-lantern-orbit-7"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def house(live_server):
    """The address of the house under a name, because passkeys know no numbers."""
    organization = make.make_organization("D1", name="Meridian Example")
    make.make_user(organization, Role.MANAGER, "ada@example.test")
    return f"http://localhost:{urlsplit(live_server.url).port}"


def sign_in(page, house, email, password=make.PASSWORD):
    page.goto(f"{house}/accounts/sign-in/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()


def code_on_page(page):
    """Return what an app would show that has read the secret on the page."""
    secret = page.locator("dd.sn").inner_text().replace(" ", "")
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def check(page):
    assert faults_in_view(page) == []


def test_from_an_invitation_by_mail_to_the_first_page(page, browser, house):
    sign_in(page, house, "ada@example.test")
    page.get_by_role("link", name="Members").click()
    page.get_by_role("link", name="Invite a colleague").click()
    page.get_by_label("E-mail address").fill("nina@example.test")
    page.get_by_role("button", name="Send the invitation").click()
    assert "on its way to nina@example.test" in page.inner_text("main")
    visitor = browser.new_context(java_script_enabled=False).new_page()
    visitor.goto(house + link_in_mail(to="nina@example.test"))
    visitor.get_by_label("Your name").fill("Nina")
    visitor.get_by_label("Password").fill(NEW)
    visitor.get_by_role("button", name="Create the account").click()
    assert "Your account is ready" in visitor.inner_text("main")
    sign_in(visitor, house, "nina@example.test", NEW)
    visitor.wait_for_url("**/home/")
    page.reload()
    assert "Nina" in page.inner_text("main")


def test_staff_set_an_app_up_before_the_desk_opens(page, house):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    make.make_staff("staff@example.test")
    sign_in(page, house, "staff@example.test")
    page.wait_for_url("**/account/authenticator/**")
    check(page)
    page.goto(f"{house}/admin/")
    page.get_by_role("textbox", name="Code").fill(code_on_page(page))
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/recovery-codes/")
    check(page)
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/admin/")
    assert complaints == []


def test_a_passkey_opens_the_house_without_a_password(page, house):
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    sign_in(page, house, "ada@example.test")
    page.goto(f"{house}/account/passkeys/add/")
    check(page)
    page.get_by_label("Name of the passkey").fill("Work laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/account/recovery-codes/")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{house}/accounts/sign-in/?next=/account/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{house}/account/")
    assert "Passkey Work laptop" in page.inner_text("main")
    check(page)


def test_no_page_of_accounts_has_a_violation_or_scrolls_sideways(page, house):
    for path in ("/accounts/sign-in/", "/accounts/password/forgotten/", "/accounts/invitation/x/"):
        page.goto(f"{house}{path}")
        check(page)
    sign_in(page, house, "ada@example.test")
    page.wait_for_url("**/home/")
    page.goto(f"{house}/organization/invite/")
    page.get_by_label("E-mail address").fill("nina@example.test")
    page.get_by_role("button", name="Send the invitation").click()
    check(page)
    for path in (
        "/account/",
        "/account/password/",
        "/account/authenticator/",
        "/organization/rule/",
    ):
        page.goto(f"{house}{path}")
        check(page)
