"""Referrals: who may refer, who answers, what the other hears, and when it is over."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from audit.models import Event
from audit.transitions import IllegalTransition
from doa.enums import CaseStatus, Intake, ReferralStatus
from doa.models import Case, Referral
from doa.workflow import cancel, discard, referrals, submit
from notifications.tasks import deliver_due_messages
from partners.enums import OrganizationKind, Role
from tests import builders as make
from tests.builders import CAP_ON, at_noon
from tests.entrance import sign_in

pytestmark = pytest.mark.django_db

SERIAL = "2102REFERRED00000001"
AT = at_noon(CAP_ON)
SECOND = timedelta(seconds=1)


@pytest.fixture
def chain():
    """A unit that went through a distributor to a reseller, and an agent of each."""
    make.make_policy()

    class Chain:
        distributor = make.make_organization("DIST", name="Meridian Example")
        reseller = make.make_organization("VAR1", OrganizationKind.VAR, name="Copperline Example")
        unit = make.make_unit(distributor, serial=SERIAL)
        agent = make.make_user(distributor, email="dora@example.test")
        seller = make.make_user(reseller, email="rob@example.test")

    make.pass_on(Chain.unit, Chain.reseller, shipped_on=make.SHIPPED_ON)
    return Chain


@pytest.fixture(autouse=True)
def on_day_90():
    with time_machine.travel(AT, tick=False):
        yield


def refer(chain, **said):
    return referrals.refer(
        chain.unit,
        told=make.told(**said),
        contact=referrals.Contact(contact_name="Rob", contact_email="rob@example.test"),
        organization=chain.reseller,
        user=chain.seller,
        at=AT,
    )


def sent(to):
    """Deliver what waits, and return the texts of the mails to an address."""
    deliver_due_messages()
    return [f"{m.subject}\n{m.body}" for m in mail.outbox if m.to == [to]]


def answers(**values):
    return {
        "sn": SERIAL,
        "part_number": "",
        "symptom": "no_power",
        "description": "No LED is lit.\nAnother outlet changes nothing.",
        "failure_kind": "later",
        "powered_on_on": "2026-04-08",
        "failed_on": "2026-04-09",
        "site": "Riverside",
        **values,
    }


def test_a_reseller_refers_from_the_page_of_the_unit_and_the_distributor_is_told(client, chain):
    sign_in(client, chain.seller)
    unit_page = client.get(reverse("unit", args=[SERIAL])).content.decode()
    assert f"{reverse('referral-new')}?sn={SERIAL}" in unit_page
    response = client.post(reverse("referral-new"), answers(), follow=True)
    page = response.content.decode()
    assert "With the distributor" in page and "Meridian Example answers by" in page
    assert "Take it up" not in page
    (text,) = sent("dora@example.test")
    assert "Copperline Example" in text and "Another outlet changes nothing." in text
    assert sent("rob@example.test") == []


def test_the_distributor_takes_it_up_and_the_draft_is_filled_in(client, chain):
    referral = refer(chain, site="Riverside", powered_on_on=make.SHIPPED_ON)
    case = referrals.adopt(referral, user=chain.agent, at=AT)
    (line,) = case.lines.all()
    assert (case.status, case.intake, case.organization) == (
        CaseStatus.DRAFT, Intake.REFERRAL, chain.distributor,
    )  # fmt: skip
    assert (case.site, line.unit, line.symptom) == ("Riverside", chain.unit, "no_power")
    assert (line.description, line.failure_kind) == ("No LED is lit.", "first_boot")
    assert (line.powered_on_on, line.failed_on) == (make.SHIPPED_ON, make.SHIPPED_ON)
    (text,) = sent("rob@example.test")
    assert "Meridian Example has taken up your referral" in text
    sign_in(client, chain.seller)
    page = client.get(reverse("referral", args=[referral.reference])).content.decode()
    assert "The application is being prepared" in page
    assert case.reference not in page, "a referrer sees progress and nothing of the case"


def test_a_unit_that_shares_its_serial_number_is_the_one_that_was_referred(chain):
    other = make.make_unit(
        chain.distributor, serial=SERIAL, part_number=make.make_part_number("00000001")
    )
    case = referrals.adopt(refer(chain), user=chain.agent, at=AT)
    assert case.lines.get().unit == chain.unit != other


def test_a_declined_referral_tells_its_reason_to_who_referred(client, chain):
    referral = refer(chain)
    sign_in(client, chain.agent)
    address = reverse("referral", args=[referral.reference])
    refused = client.post(address, {"step": "decline", "reason": ""})
    assert refused.status_code == 400 and "Write why you decline." in refused.content.decode()
    client.post(address, {"step": "decline", "reason": "It was sold as used."})
    referral.refresh_from_db()
    assert (referral.status, referral.case) == (ReferralStatus.DECLINED, None)
    (text,) = sent("rob@example.test")
    assert "The reason: It was sold as used." in text
    with pytest.raises(IllegalTransition):
        referrals.adopt(referral, user=chain.agent, at=AT)
    assert not Case.unscoped.exists()


def test_it_expires_after_fourteen_days_and_not_a_second_earlier(chain):
    referral = refer(chain)
    ends = AT + timedelta(days=14)
    assert referrals.expire_due(at=ends - SECOND) == 0
    assert referrals.expire_due(at=ends) == 1
    assert referrals.expire_due(at=ends) == 0, "a second run finds nothing left"
    referral.refresh_from_db()
    assert referral.status == ReferralStatus.EXPIRED
    with time_machine.travel(ends, tick=False):
        told = sent("rob@example.test")
    assert "Nobody has answered your referral in 14 days" in told[0]
    assert refer(chain).is_open, "and the unit may be referred again"


def test_one_referral_of_a_unit_is_open_for_each_who_refers(chain):
    refer(chain)
    with pytest.raises(referrals.AlreadyReferred):
        refer(chain)
    assert Referral.unscoped.count() == 1
    other = make.make_organization(kind=OrganizationKind.GAP)
    make.make_referral(chain.unit, other)
    assert Referral.unscoped.count() == 2


def test_a_unit_with_an_open_case_is_not_referred(chain):
    case = referrals.adopt(refer(chain), user=chain.agent, at=AT)
    case.lines.update(is_open=True)
    with pytest.raises(referrals.AlreadyApplied):
        refer(chain)


def test_a_draft_that_is_thrown_away_puts_the_referral_back(chain):
    referral = refer(chain)
    case = referrals.adopt(referral, user=chain.agent, at=AT)
    later = AT + timedelta(days=20)
    discard(case, user=chain.agent, at=later)
    referral.refresh_from_db()
    assert (referral.status, referral.case) == (ReferralStatus.OPEN, None)
    assert referral.expires_at == later + timedelta(days=14)
    assert referrals.adopt(referral, user=chain.agent, at=later).lines.get().unit == chain.unit


def test_the_referrer_hears_the_outcome_and_nothing_in_between(chain):
    case = referrals.adopt(refer(chain), user=chain.agent, at=AT)
    Case.unscoped.filter(pk=case.pk).update(status=CaseStatus.SUBMITTED)
    case.refresh_from_db()
    cancel(case, reason="Our stock clerk found the cable.", user=chain.agent, at=AT)
    _, ended = sent("rob@example.test")
    assert "The application was cancelled." in ended and "stock clerk" not in ended


def test_without_a_distributor_it_waits_for_staff_who_name_one(client, chain):
    direct = make.make_unit(chain.reseller, serial="2102DIRECT0000000001")
    referral = make.make_referral(direct, chain.reseller)
    assert referral.distributor is None
    staff = make.make_staff()
    sign_in(client, staff)
    listed = client.get(reverse("admin:doa_referral_changelist"), {"answers": "staff"})
    assert referral.reference in listed.content.decode()
    address = reverse("admin:doa_referral_route", args=[referral.pk])
    shown = client.get(address).context["shown"]
    foreign = client.post(address, {"distributor": "DIST", "shown": shown})
    assert "was not shipped to or through" in foreign.content.decode()
    make.pass_on(direct, chain.distributor, shipped_on=make.SHIPPED_ON)
    client.post(address, {"distributor": "DIST", "shown": shown})
    referral.refresh_from_db()
    assert referral.distributor == chain.distributor and referral.is_open
    assert len(sent("dora@example.test")) == 1


@pytest.mark.parametrize("kind", [OrganizationKind.DISTRIBUTOR, OrganizationKind.VAP])
def test_who_applies_does_not_refer(client, chain, kind):
    applicant = make.make_user(make.make_organization(kind=kind))
    sign_in(client, applicant)
    assert client.post(reverse("referral-new"), answers()).status_code == 403
    assert not Referral.unscoped.exists()


def test_a_unit_that_somebody_does_not_see_is_not_referred(client, chain):
    stranger = make.make_organization(kind=OrganizationKind.VAR)
    sign_in(client, make.make_user(stranger))
    found = client.post(reverse("referral-new"), answers())
    unknown = client.post(reverse("referral-new"), answers(sn="2102NOSUCHUNIT000001"))
    assert "This is not among your units." in found.content.decode()
    assert found.status_code == unknown.status_code == 400
    assert not Referral.unscoped.exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"failed_on": "2026-04-07"}, "It cannot fail before it got power."),
        ({"failed_on": "2026-04-11"}, "This day is still to come."),
        ({"symptom": ""}, "Choose what you see."),
        ({"failure_kind": "never_on"}, "Leave this empty if it never had power."),
    ],
)
def test_what_can_not_be_is_refused_in_words(client, chain, values, words):
    sign_in(client, chain.seller)
    page = client.post(reverse("referral-new"), answers(**values))
    assert words in page.content.decode() and page.status_code == 400
    assert not Referral.unscoped.exists() and not Event.objects.filter(name__startswith="referral")


def test_nobody_but_its_distributor_answers(client, chain):
    referral = refer(chain)
    address = reverse("referral", args=[referral.reference])
    others = [
        (chain.seller, 403),
        (make.make_user(chain.distributor, Role.VIEWER), 403),
        (make.make_user(make.make_organization("DIST2")), 404),
        (make.make_user(make.make_organization(kind=OrganizationKind.VAP)), 403),
    ]
    for user, expected in others:
        sign_in(client, user)
        for step in ("adopt", "decline"):
            answer = client.post(address, {"step": step, "reason": "No."})
            assert answer.status_code == expected
    with pytest.raises(PermissionDenied):
        referrals.adopt(referral, user=chain.seller, at=AT)
    referral.refresh_from_db()
    assert referral.is_open and not Case.unscoped.exists()


def test_home_and_list_hold_it_out_to_the_distributor_until_it_is_answered(client, chain):
    referral = refer(chain)
    sign_in(client, chain.agent)
    assert f"Answer the referral of {SERIAL}" in client.get(reverse("home")).content.decode()
    waiting = {"view": "open"}
    assert referral.reference in client.get(reverse("referrals"), waiting).text
    referrals.decline(referral, reason="Sold as used.", user=chain.agent, at=AT)
    assert "Answer the referral" not in client.get(reverse("home")).content.decode()
    assert "no referral waits for an answer" in client.get(reverse("referrals"), waiting).text
    ended = client.get(reverse("referrals"), {"view": "ended"})
    assert referral.reference in ended.content.decode()


def test_handing_the_adopted_case_in_names_all_that_the_referral_could_not_tell(chain):
    case = referrals.adopt(refer(chain), user=chain.agent, at=AT)
    with pytest.raises(Exception, match="more") as refusal:
        submit(case, user=chain.agent, at=AT)
    fields = {entry.field for entry in refusal.value.missing}
    assert {"ship_to", "is_new", "delivery_project"} <= fields
    assert not {"symptom", "description", "failure_kind", "failed"} & fields
