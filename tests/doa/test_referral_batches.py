"""Several referrals at once: what is told first, who may, what came of each, and a repeat."""

import pytest

from doa.enums import CaseStatus, ReferralStatus
from doa.models import Case, Referral
from doa.workflow import referrals, start_draft
from notifications.models import Message
from partners.enums import Role
from tests import builders as make
from tests.builders_cases import nothing_changes
from tests.doa.test_referrals import AT, SERIAL, chain, on_day_90, refer  # noqa: F401 (fixtures)
from tests.entrance import sign_in

pytestmark = pytest.mark.django_db
TAKE_UP, DECLINE = "/referrals/take-up/", "/referrals/decline/"


@pytest.fixture
def three(chain):  # noqa: F811 (the fixture)
    """Three open referrals, each of a unit of its own."""
    made = []
    for n in range(3):
        chain.unit = make.make_unit(chain.distributor, serial=f"{SERIAL[:-1]}{n + 5}")
        make.pass_on(chain.unit, chain.reseller, shipped_on=make.SHIPPED_ON, number=f"X-{n}")
        made.append(refer(chain))
    return made


def keys(made):
    return {"ticked": [each.reference for each in made]}


def rows(page, name):
    return [row.label for row in page.context[name]]


def statuses():
    return list(Referral.unscoped.order_by("pk").values_list("status", flat=True))


def test_the_page_names_each_and_nothing_has_happened_yet(client, chain, three):  # noqa: F811
    sign_in(client, chain.agent)
    referrals.decline(three[0], reason="Sold as used.", user=chain.agent, at=AT)
    with nothing_changes():
        page = client.get(TAKE_UP, keys(three))
    assert page.status_code == 200
    assert set(rows(page, "can")) == {three[1].reference, three[2].reference}
    (refused,) = page.context["cannot"]
    assert refused.label == three[0].reference
    assert refused.said[0].startswith("Declined now. ")
    assert "Nothing has happened yet." in page.text
    assert "Take up 2 referrals" in page.text


def test_each_becomes_a_draft_of_its_own(client, chain, three):  # noqa: F811
    sign_in(client, chain.agent)
    page = client.post(TAKE_UP, keys(three[:2]))
    assert page.status_code == 200
    assert "2 referrals taken up" in page.text
    assert statuses() == ["adopted", "adopted", "open"]
    for referral in Referral.unscoped.filter(status="adopted"):
        assert referral.case.status == CaseStatus.DRAFT
        assert [line.unit for line in referral.case.lines.all()] == [referral.unit]
        assert f'href="/cases/{referral.case.reference}/"' in page.text


def test_a_repeat_does_nothing_and_says_what_was_done(client, chain, three):  # noqa: F811
    sign_in(client, chain.agent)
    client.post(TAKE_UP, keys(three))
    with nothing_changes():
        again = client.post(TAKE_UP, keys(three))
    assert again.status_code == 200
    assert "Done before: 3 referrals taken up" in again.text
    assert len(again.context["outcome"].before) == 3
    assert Case.unscoped.count() == 3


def test_one_that_is_refused_stops_none_of_the_others(client, chain, three):  # noqa: F811
    sign_in(client, chain.agent)
    start_draft(
        organization=chain.distributor, serials=[three[1].serial], user=chain.agent, at=AT
    ).lines.update(is_open=True)
    ready = client.get(TAKE_UP, keys(three))
    assert "has an open case already" in ready.context["cannot"][0].said[0]
    page = client.post(TAKE_UP, keys(three))
    assert page.status_code == 200
    assert [row.label for row in page.context["outcome"].refused] == [three[1].reference]
    assert "2 referrals taken up" in page.text
    assert "1 stays as it is." in page.text
    assert statuses() == ["adopted", "open", "adopted"]


def test_where_none_can_be_done_it_is_a_conflict(client, chain, three):  # noqa: F811
    sign_in(client, chain.agent)
    referrals.decline(three[0], reason="Sold as used.", user=chain.agent, at=AT)
    with nothing_changes():
        page = client.post(TAKE_UP, keys(three[:1]))
    assert page.status_code == 409
    assert "No referral was taken up" in page.text


def test_two_referrals_of_one_unit_become_one_draft(client, chain, three):  # noqa: F811
    again = three[0]
    second = Referral.unscoped.get(pk=again.pk)
    second.pk, second.organization, second.reference = None, None, "REF-2026-09999"
    second.contact_email = "casey@customer.example"
    second.save()
    sign_in(client, chain.agent)
    page = client.get(TAKE_UP, keys([again, second]))
    assert len(page.context["can"]) == len(page.context["cannot"]) == 1
    assert "the same unit" in page.context["cannot"][0].said[0]


def test_one_that_was_never_on_is_told_to_be_a_cargo_claim(client, chain):  # noqa: F811
    sign_in(client, chain.agent)
    page = client.get(TAKE_UP, keys([refer(chain, failure_kind="never_on")]))
    assert "are a cargo claim" in page.text


def test_several_are_declined_with_one_reason_that_each_referrer_hears(client, chain, three):  # noqa: F811
    sign_in(client, chain.agent)
    before = Message.unscoped.count()
    page = client.post(DECLINE, keys(three[:2]) | {"reason": "Sold as used."})
    assert "2 referrals declined" in page.text
    assert statuses() == ["declined", "declined", "open"]
    reasons = Referral.unscoped.exclude(status="open").values_list("reason", flat=True)
    assert set(reasons) == {"Sold as used."}
    assert Message.unscoped.count() == before + 2
    again = client.post(DECLINE, keys(three[:2]) | {"reason": "Another."})
    assert "Done before: 2 referrals declined" in again.text
    assert set(reasons.all()) == {"Sold as used."}


def test_without_a_reason_nothing_is_declined(client, chain, three):  # noqa: F811
    sign_in(client, chain.agent)
    with nothing_changes():
        page = client.post(DECLINE, keys(three) | {"reason": "  "})
    assert page.status_code == 400
    assert "Error: Decline 3 referrals" in page.text
    assert "Write why you decline." in page.text
    assert len(page.context["can"]) == 3


def test_nothing_ticked_leads_back_to_the_list(client, chain):  # noqa: F811
    sign_in(client, chain.agent)
    for address in (TAKE_UP, DECLINE):
        for page in (client.get(address), client.post(address)):
            assert page.status_code == 400
            assert "No referral is ticked" in page.text
            assert 'href="/referrals/"' in page.text


def test_what_others_are_told_of_is_not_there(client, chain, three):  # noqa: F811
    sign_in(client, make.make_user(make.make_organization("D9")))
    unknown = {"ticked": ["REF-1999-00001", "\x00", "x" * 99]}
    for asked in (keys(three), unknown):
        assert client.get(TAKE_UP, asked).status_code == 400
        with nothing_changes():
            page = client.post(TAKE_UP, asked)
        assert page.status_code == 400
        assert "None of them is there any more" in page.text
        assert not any(each.reference in page.text for each in three)
    assert statuses() == [ReferralStatus.OPEN] * 3


def test_only_who_answers_referrals_may(client, chain, three):  # noqa: F811
    viewer = make.make_user(chain.distributor, Role.VIEWER)
    for user in (viewer, chain.seller, make.make_staff()):
        sign_in(client, user)
        for address in (TAKE_UP, DECLINE):
            assert client.get(address, keys(three)).status_code == 403
            assert client.post(address, keys(three)).status_code == 403
        page = client.get("/referrals/")
        assert 'name="ticked"' not in page.text
        assert TAKE_UP not in page.text
    assert statuses() == ["open"] * 3


def test_the_list_has_boxes_where_an_answer_is_awaited(client, chain, three):  # noqa: F811
    referrals.decline(three[0], reason="Sold as used.", user=chain.agent, at=AT)
    sign_in(client, chain.agent)
    page = client.get("/referrals/")
    assert page.text.count('name="ticked"') == 2
    assert f'formaction="{TAKE_UP}"' in page.text
    assert f'aria-label="Tick {three[1].reference}"' in page.text
