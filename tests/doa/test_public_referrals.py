"""A stranger tells the distributor that a unit is dead: confirmed by mail, told nothing else."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from doa.enums import ReferralStatus
from doa.models import Referral
from doa.tasks import end_referrals
from doa.workflow import referrals
from notifications.tasks import deliver_due_messages
from tests import builders as make
from tests.builders import CAP_ON, at_noon

pytestmark = pytest.mark.django_db

SERIAL = "2102STRANGER00000001"
AT = at_noon(CAP_ON)
DAYS_3 = timedelta(days=3)
SECOND = timedelta(seconds=1)
CASEY = "casey@customer.example"


@pytest.fixture
def distributor():
    make.make_policy()
    distributor = make.make_organization("DIST", name="Meridian Example")
    make.make_user(distributor, email="dora@example.test")
    unit = make.make_unit(distributor, serial=SERIAL)
    make.pass_on(unit, make.make_organization(kind="end_customer"), shipped_on=make.SHIPPED_ON)
    return distributor


def answers(**values):
    return {
        "sn": SERIAL,
        "symptom": "no_power",
        "description": "It never lit up.",
        "failure_kind": "first_boot",
        "name": "Casey Customer",
        "email": CASEY,
        **values,
    }


def hand_in(client, at=AT, **values):
    with time_machine.travel(at, tick=False):
        return client.post(reverse("check-refer"), answers(**values))


def mails(to, at=AT):
    with time_machine.travel(at, tick=False):
        deliver_due_messages()
    return [m for m in mail.outbox if m.to == [to]]


def link(to=CASEY, at=AT):
    """Return the path of the link in the last mail to an address."""
    found = re.search(r"https?://\S+/referrals/\S+", mails(to, at)[-1].body)
    return urlsplit(found.group()).path


def opened(client, path, at=AT, *, post=False):
    with time_machine.travel(at, tick=False):
        return client.post(path) if post else client.get(path)


def test_from_the_check_page_to_the_distributor_through_the_mail(client, distributor):
    with time_machine.travel(AT, tick=False):
        page = client.get(reverse("check"), {"sn": SERIAL}).content.decode()
    assert f"/check/refer/?sn={SERIAL}" in page and "It is dead: tell my distributor" in page
    assert hand_in(client).url == reverse("check-refer-sent")
    assert mails("dora@example.test") == [], "nobody sees it before it is confirmed"
    confirm = link()
    assert "Confirm and send" in opened(client, confirm).content.decode()
    assert Referral.unscoped.get().status == ReferralStatus.UNCONFIRMED, "opening confirms nothing"
    followed = opened(client, opened(client, confirm, post=True).url).content.decode()
    assert "Waiting for an answer" in followed and "Meridian" not in followed
    assert "Casey Customer" in mails("dora@example.test")[0].body
    assert client.cookies.output() == ""


def test_the_link_confirms_once(client, distributor):
    hand_in(client)
    confirm = link()
    assert opened(client, confirm, post=True).status_code == 303
    assert opened(client, confirm, post=True).status_code == 404
    assert opened(client, confirm).status_code == 404
    assert len(mails("dora@example.test")) == 1


def test_it_confirms_for_three_days_and_is_forgotten_after(client, distributor):
    hand_in(client)
    confirm = link()
    assert opened(client, confirm, AT + DAYS_3).status_code == 200
    with time_machine.travel(AT + DAYS_3, tick=False):
        end_referrals()
    assert Referral.unscoped.exists()
    assert opened(client, confirm, AT + DAYS_3 + SECOND, post=True).status_code == 404
    with time_machine.travel(AT + DAYS_3 + SECOND, tick=False):
        end_referrals()
    assert not Referral.unscoped.exists()
    assert mails("dora@example.test") == []


def test_a_stranger_follows_by_the_link_and_never_learns_who(client, distributor):
    hand_in(client)
    opened(client, link(), post=True)
    referral = Referral.unscoped.get()
    agent = make.make_user(distributor)
    case = referrals.adopt(referral, user=agent, at=AT)
    said = mails(CASEY)[-1]
    page = opened(client, link()).content.decode()
    assert "The application is being prepared" in page
    assert "The distributor of the unit has taken up your referral" in said.body
    html = said.alternatives[0].content
    for secret in ("Meridian", case.reference, str(agent), distributor.code):
        assert secret not in page + said.body + html + said.subject


def test_a_serial_number_in_stock_or_unknown_answers_exactly_like_any_other(client, distributor):
    make.make_unit(distributor, serial="2102INSTOCK000000001")
    replies = []
    for serial in (SERIAL, "2102INSTOCK000000001", "2102NOSUCHUNIT000001"):
        reply = hand_in(client, sn=serial)
        confirmed = opened(client, link(), post=True)
        followed = opened(client, confirmed.url).content.decode()
        follow = re.sub(r"REF-\d+-\d+", "REF", followed.replace(serial, "SERIAL"))
        replies.append((reply.status_code, reply.url, confirmed.status_code, follow))
    known, stock, unknown = replies
    assert known == stock == unknown
    assert Referral.unscoped.to_route().get().serial == "2102NOSUCHUNIT000001"


def test_one_person_has_one_open_referral_of_a_unit(client, distributor):
    for _ in range(2):
        hand_in(client)
    first, second = (
        urlsplit(re.search(r"https?://\S+/confirm/\S+", m.body).group()).path for m in mails(CASEY)
    )
    assert opened(client, first, post=True).status_code == 303
    again = opened(client, second, post=True)
    assert again.status_code == 409 and "referred already" in again.content.decode()
    assert Referral.unscoped.open().count() == 1


@pytest.mark.parametrize("token", ["never-given", "eyJ:abc:def"])
@pytest.mark.parametrize("name", ["referral-confirm", "referral-follow"])
def test_a_link_that_nobody_signed_opens_nothing(client, distributor, name, token):
    page = client.get(reverse(name, args=[token]))
    assert page.status_code == 404 and "This link no longer works" in page.content.decode()


def test_a_link_for_one_purpose_does_not_serve_the_other(client, distributor):
    hand_in(client)
    confirm = link()
    assert opened(client, confirm.replace("/confirm/", "/follow/")).status_code == 404


def test_limits_hold_for_an_address_a_serial_number_and_a_mailbox(client, distributor):
    for n in range(3):
        assert hand_in(client, email=f"p{n}@customer.example").status_code == 303
    same_unit = hand_in(client, email="p4@customer.example")
    assert same_unit.status_code == 429 and same_unit.headers["Retry-After"]
    assert "It never lit up." in same_unit.content.decode(), "what was typed is still there"
    assert hand_in(client, sn="2102OTHER00000000001").status_code == 303
    assert hand_in(client, sn="2102OTHER00000000002").status_code == 429, "the sixth of an hour"
    assert hand_in(client, at=AT + timedelta(hours=1)).status_code == 303
    assert Referral.unscoped.count() == 5


def test_a_mailbox_gets_three_confirmations_an_hour(client, distributor):
    for n in range(3):
        assert hand_in(client, sn=f"2102MAILBOX0000000{n}").status_code == 303
    assert hand_in(client, sn="2102MAILBOX00000009").status_code == 429
    assert len(mails(CASEY)) == 3


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"email": "casey"}, "Enter an e-mail address such as"),
        ({"sn": ""}, "Enter the serial number."),
        ({"description": " "}, "Write what happened."),
        ({"name": "\0"}, "character"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_kept(client, distributor, values, words):
    page = hand_in(client, **values)
    assert page.status_code == 400 and words in page.content.decode()
    assert not Referral.unscoped.exists() and mails(CASEY) == []
