"""Claims: what did not arrive as it should have, decided with a reason, settled with what went."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from audit.transitions import IllegalTransition
from doa import cargo
from doa.enums import ClaimStatus
from doa.models import Claim
from doa.workflow import claims
from documents.models import Document
from notifications.tasks import deliver_due_messages
from partners.enums import OrganizationKind, Role
from tests import builders as make
from tests.builders import CAP_ON, SHIPPED_ON, at_noon
from tests.entrance import sign_in

pytestmark = pytest.mark.django_db

SERIAL = "2102CARGOCLAIM000001"
AT = at_noon(CAP_ON)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def on_day_90():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def agent():
    distributor = make.make_organization("DIST", name="Meridian Example")
    make.make_unit(distributor, serial=SERIAL)
    return make.make_user(distributor, email="dora@example.test")


def organization_of(user):
    return user.joined_memberships()[0].organization


def cargo_form(**values):
    given = {
        "sn": SERIAL,
        "part_number": "",
        "trouble": "dented",
        "delivered_on": CAP_ON.isoformat(),
        "description": "The corner is pressed in.\nThe box is torn.",
        "document": make.a_pdf("corner.pdf"),
        **values,
    }
    return {name: value for name, value in given.items() if value is not None}


def new(kind):
    return f"{reverse('claim-new')}?kind={kind}"


def mailed():
    deliver_due_messages()
    return [m.body for m in mail.outbox]


def test_dented_goods_are_reported_with_a_photo_and_get_a_number(client, agent):
    sign_in(client, agent)
    page = client.post(new("cargo"), cargo_form(), follow=True).content.decode()
    claim = Claim.unscoped.get()
    assert claim.reference == "CLM-2026-00001" and claim.reference in page
    assert "The box is torn." in page and "corner.pdf" in page and "With Huawei" in page
    assert "We have your claim." in mailed()[0]


@pytest.mark.parametrize(("days", "is_late"), [(0, False), (3, False), (4, True)])
def test_the_third_day_after_delivery_is_in_time_and_the_fourth_is_marked_late(
    client, agent, days, is_late
):
    sign_in(client, agent)
    delivered_on = CAP_ON - days * DAY
    page = client.post(new("cargo"), cargo_form(delivered_on=delivered_on.isoformat()), follow=True)
    assert Claim.unscoped.get().is_late is is_late
    assert ("Reported late" in page.content.decode()) is is_late
    assert cargo.latest_report(delivered_on) == delivered_on + 3 * DAY


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"delivered_on": (CAP_ON + DAY).isoformat()}, "This day is still to come."),
        ({"delivered_on": (SHIPPED_ON - DAY).isoformat()}, "before the shipment"),
        ({"document": None}, "Add a photo of the goods"),
        ({"trouble": "wrong", "document": None}, "Add a photo of the goods"),
        ({"sn": "2102NOSUCHUNIT000001"}, "This is not among your units."),
    ],
)
def test_what_can_not_be_is_refused_and_nothing_is_kept(client, agent, values, words):
    sign_in(client, agent)
    page = client.post(new("cargo"), cargo_form(**values))
    assert page.status_code == 400 and words in page.content.decode()
    assert not Claim.unscoped.exists() and mailed() == []


def test_goods_on_the_day_of_shipment_and_missing_ones_without_a_photo_are_taken(client, agent):
    sign_in(client, agent)
    told = cargo_form(delivered_on=SHIPPED_ON.isoformat(), trouble="missing", document=None)
    assert client.post(new("cargo"), told).status_code == 302


def test_a_file_stays_kept_while_the_rest_is_put_right(client, agent):
    sign_in(client, agent)
    page = client.post(new("cargo"), cargo_form(description="")).content.decode()
    assert "corner.pdf is kept." in page
    kept = Document.unscoped.get().reference
    client.post(new("cargo"), cargo_form(document=None, kept=kept))
    assert Claim.unscoped.get().files.get().document.reference == kept


def test_a_spare_part_has_its_own_rma_and_no_last_day(client, agent):
    sign_in(client, agent)
    long_ago = (CAP_ON - 60 * DAY).isoformat()
    told = {"part_number": "02350FAN", "delivered_on": long_ago, "description": "It does not turn."}
    page = client.post(new("spare_part"), told, follow=True).content.decode()
    claim = Claim.unscoped.get()
    assert (claim.reference, claim.is_late, claim.unit) == ("RMA-2026-00001", False, None)
    assert "F003" in page


def test_one_claim_for_the_same_goods_is_open_at_a_time(client, agent):
    sign_in(client, agent)
    client.post(new("cargo"), cargo_form())
    again = client.post(new("cargo"), cargo_form())
    assert "has an open claim for this already" in again.content.decode()
    first = Claim.unscoped.get()
    claims.refuse_claim(first, reason="Carrier's receipt is clean.", user=make.make_staff(), at=AT)
    assert client.post(new("cargo"), cargo_form()).status_code == 302


def test_staff_ask_decide_and_settle_at_the_desk_and_the_claimant_reads_it(client, agent):
    claim = make.make_claim(make.Unit.unscoped.get(), organization_of(agent), user=agent, at=AT)
    sign_in(client, make.make_staff())

    def do(step, **values):
        address = reverse(f"admin:doa_claim_{step}", args=[claim.pk])
        shown = client.get(address).context["shown"]
        return client.post(address, {"shown": shown, **values}, follow=True).content.decode()

    assert "Write the reason" in do("accept", reason=" ") or claim.status == ClaimStatus.OPEN
    do("write", text="Was the seal broken?")
    sign_in(client, agent)
    assert f"Answer Huawei about {claim}" in client.get(reverse("home")).content.decode()
    address = reverse("claim", args=[claim.reference])
    page = client.post(address, {"text": "No, it was not."}, follow=True).content.decode()
    assert "Was the seal broken?" in page and "No, it was not." in page
    sign_in(client, make.make_staff())
    do("accept", reason="We send a new case.")
    do("settle", settlement="One case, 02350CASE.", carrier="UPS", tracking="1Z7")
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.SETTLED
    sign_in(client, agent)
    page = client.get(address).content.decode()
    assert "One case, 02350CASE." in page and "1Z7" in page
    told = "\n".join(mailed())
    assert "Was the seal broken?" in told and "We send a new case." in told and "1Z7" in told
    with pytest.raises(IllegalTransition):
        claims.write_message(claim, text="Thanks", files=(), user=agent, at=AT)


def test_a_refusal_is_revised_and_a_settled_claim_is_not(agent):
    staff = make.make_staff()
    claim = make.make_claim(make.Unit.unscoped.get(), organization_of(agent), user=agent, at=AT)
    with pytest.raises(IllegalTransition):
        claims.settle_claim(claim, claims.Sent(settlement="A case."), user=staff, at=AT)
    claims.refuse_claim(claim, reason="No photo of the box.", user=staff, at=AT)
    claims.accept_claim(claim, reason="The photo came.", user=staff, at=AT)
    claims.settle_claim(claim, claims.Sent(settlement="A case."), user=staff, at=AT)
    with pytest.raises(IllegalTransition):
        claims.refuse_claim(claim, reason="Too late.", user=staff, at=AT)


@pytest.mark.parametrize(
    "kind", [OrganizationKind.VAR, OrganizationKind.GAP, OrganizationKind.END_CUSTOMER]
)
def test_who_is_referred_makes_no_claim(client, kind):
    organization = make.make_organization(kind=kind)
    make.make_unit(organization, serial=SERIAL)
    sign_in(client, make.make_user(organization, Role.MANAGER))
    assert client.post(new("cargo"), cargo_form()).status_code == 403
    assert not Claim.unscoped.exists()


def test_a_claimant_decides_nothing(agent):
    claim = make.make_claim(make.Unit.unscoped.get(), organization_of(agent), user=agent, at=AT)
    for step in (claims.accept_claim, claims.refuse_claim):
        with pytest.raises(PermissionDenied):
            step(claim, reason="Mine.", user=agent, at=AT)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.OPEN
