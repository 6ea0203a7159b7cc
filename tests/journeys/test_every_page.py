"""Every page of a partner, in both schemes and three widths: read aloud, and never sideways."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from partners import clock
from partners.enums import Role
from support.planning import LATER
from tests import builders as make
from tests import builders_cases as cases
from tests.journeys.looking import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SERIAL = "2102EVERYPAGE0000001"
PUBLIC = (
    "/",
    "/check/",
    f"/check/?sn={SERIAL}",
    "/check/?sn=2102NOBODY",
    "/check/contact/",
    "/check/refer/",
    "/check/refer/sent/",
    "/distributors/",
    "/distributors/?state=TX",
    "/distributors/?state=AK",
    "/policies/",
    "/policies/service-levels/",
    "/accounts/password/forgotten/",
)
LISTS = (
    "/home/",
    "/day-90/",
    "/shipments/",
    "/shipments/upload/",
    "/shipments/uploads/",
    "/shipments/new/",
    "/reports/",
    "/reports/new/",
    "/disputes/",
    "/referrals/",
    "/referrals/?view=open",
    "/claims/",
    "/claims/new/",
    "/claims/new/?kind=cargo",
    "/claims/new/?kind=spare_part",
    "/contracts/",
    "/cases/",
    "/cases/?view=closed&q=nothing",
    "/cases/new/",
    "/contracts/register/",
    "/contracts/documents/",
    "/units/",
    "/units/?warranty=pending&sort=ends",
    "/contracts/coverage/",
    "/contracts/coverage/plan/",
    "/account/",
    "/account/notifications/",
    "/organization/",
    "/organization/mail/",
    "/lists/units/views/new/?customer=North",
    "/organization/invite/",
)

NAMES = {
    *("start", "check", "check-contact", "check-refer", "check-refer-sent", "policies"),
    "distributors",
    *("service-levels", "password-forgotten", "home", "day-90", "shipments", "shipment-upload"),
    *("shipment-uploads", "shipment-new", "reports", "report-new", "disputes", "referrals"),
    *("claims", "claim-new", "contracts", "cases", "case-new", "contract-new"),
    *("service-papers", "units", "coverage", "coverage-plan", "account", "preferences"),
    *("organization", "mailing", "saved-view-new", "invite", "unit", "unit-dispute"),
    *("shipment", "shipment-site", "shipment-job", "report", "report-withdraw", "dispute"),
    *("case-units", "case-symptom", "case-times", "case-equipment", "case-project"),
    *("case-evidence", "case-delivery", "case-check", "case", "case-reply", "case-message"),
    *("case-call", "case-cancel", "case-delivered", "case-send-back", "case-return-slip"),
    *("contract", "contract-start", "contract-renew", "contract-cancel", "referral", "claim"),
}
"""The names of what is opened here."""
STEPS = ("units", "failure", "when", "equipment", "project", "evidence", "delivery", "check")
ACTS = ("delivered", "send-back", "return-slip")


@pytest.fixture
def desk(live_server):
    """A distributor with one of everything, its manager, and the addresses of all of it."""
    make.load_service_levels()
    distributor = make.make_organization("DIST", name="Meridian Example")
    make.make_entry(distributor)
    customer = make.make_organization("VAP1", "vap", name="Copperline Example")
    shipped_on = clock.business_today() - timedelta(days=60)
    unit = make.make_unit(
        distributor, serial=SERIAL, shipped_on=shipped_on, installation_service=True
    )
    onward = make.pass_on(unit, customer, shipped_on=shipped_on + timedelta(days=20))
    signed_on = shipped_on + timedelta(days=30)
    report = make.make_report([unit], signed_on=signed_on, organization=distributor)
    dispute = make.make_dispute(unit, distributor)
    at = clock.now()
    referral = make.make_referral(unit, at=at)
    claim = make.make_claim(unit, distributor, at=at)
    upload = make.make_upload(distributor)
    manager = make.make_user(distributor, Role.MANAGER, "mario@example.test")
    draft = cases.make_draft(organization=distributor, user=manager).reference
    waiting = cases.make_waiting(organization=distributor, user=manager).reference
    sent = cases.make_case(organization=distributor, user=manager).reference
    line = cases.make_fulfilling(organization=distributor, user=manager)
    cases.send(line, staff=make.make_staff(), at=cases.SUBMITTED_AT + 9 * cases.HOUR)
    contract = make.make_contract(
        [unit], at=clock.now(), organization=distributor, start=LATER, end_customer="Hospital"
    )
    records = (
        f"/units/{SERIAL}/",
        f"/units/{SERIAL}/dispute/",
        f"/shipments/{onward.reference}/",
        f"/shipments/{onward.reference}/site/",
        f"/shipments/upload/{upload.reference}/",
        f"/reports/{report.reference}/",
        f"/reports/{report.reference}/withdraw/",
        f"/disputes/{dispute.reference}/",
        *(f"/cases/new/{draft}/{step}/" for step in STEPS),
        *(f"/cases/{case}/" for case in (draft, waiting, sent, line.case.reference)),
        f"/cases/{waiting}/reply/",
        f"/cases/{waiting}/message/",
        f"/cases/{sent}/call/",
        f"/cases/{sent}/cancel/",
        *(f"/cases/{line.case.reference}/{act}/" for act in ACTS),
        f"/contracts/{contract.reference}/",
        f"/contracts/{contract.reference}/start/",
        f"/contracts/{contract.reference}/renew/",
        f"/contracts/{contract.reference}/cancel/",
        f"/referrals/{referral.reference}/",
        f"/claims/{claim.reference}/",
    )
    return live_server.url, (*PUBLIC, *LISTS, *records)


def test_no_page_has_a_violation_or_scrolls_sideways(page, desk):
    address, paths = desk
    assert {resolve(urlsplit(path).path).view_name for path in paths} == NAMES
    page.goto(f"{address}/accounts/sign-in/")
    page.get_by_label("E-mail address").fill("mario@example.test")
    page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/home/")
    wrong = [fault for path in paths for fault in faults(page, f"{address}{path}")]
    assert not wrong, "\n".join(wrong)
