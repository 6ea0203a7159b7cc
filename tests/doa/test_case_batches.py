"""Several cases at once: a parcel is recorded for all of its units or for none; drafts go."""

import pytest

from doa import workflow
from doa.enums import CaseStatus, ReturnTrack
from doa.models import Case, CaseLine
from doa.workflow import referrals
from partners.enums import Role
from tests import builders as make
from tests import builders_cases as cases
from tests.builders_cases import SUBMITTED_AT, nothing_changes
from tests.entrance import sign_in

pytestmark = pytest.mark.django_db
PARCEL, DELETE = "/cases/send-back/", "/cases/delete/"
SAID = {"carrier": "UPS", "tracking": "1Z 77", "data_removed": "on"}


@pytest.fixture
def distributor():
    return make.make_organization("DIST", name="Meridian Example")


@pytest.fixture
def agent(distributor):
    return make.make_user(distributor, email="dora@example.test")


@pytest.fixture
def due(distributor):
    """Three lines of two cases, whose faulty units may go back."""
    one = cases.make_fulfilling(organization=distributor)
    units = [make.make_unit(distributor) for _ in range(2)]
    two = cases.make_case(CaseStatus.FULFILLING, units, organization=distributor)
    return [one, *cases.lines_of(two)]


def ticked(records, **more):
    return {"ticked": [getattr(each, "reference", each.pk) for each in records]} | more


def tracks():
    return list(CaseLine.unscoped.order_by("pk").values_list("return_track", flat=True))


def test_the_page_lists_every_unit_of_the_ticked_cases(client, agent, due):
    sign_in(client, agent)
    draft = cases.make_draft(organization=due[0].case.organization, user=agent)
    with nothing_changes():
        page = client.get(PARCEL, ticked([due[0].case, due[1].case, draft]))
    assert page.status_code == 200
    assert [row.label for row in page.context["can"]] == [line.unit.serial for line in due]
    (refused,) = page.context["cannot"]
    assert refused.said[0].startswith("Draft now.")
    for line in due:
        address = f"/cases/{line.case.reference}/return-slip/?line={line.pk}"
        assert f'href="{address}"' in page.text
    assert page.text.count("checked") == 3


def test_one_parcel_is_recorded_for_all_of_its_units(client, agent, due):
    sign_in(client, agent)
    page = client.post(PARCEL, ticked(due[:2], **SAID))
    assert page.status_code == 200
    assert "2 units sent back" in page.text
    assert tracks() == [ReturnTrack.IN_TRANSIT] * 2 + [ReturnTrack.NOT_DUE]
    for line in CaseLine.unscoped.order_by("pk")[:2]:
        assert (line.return_carrier, line.return_tracking) == ("UPS", "1Z 77")
        assert line.data_removed
        assert cases.steps_of(line.case)[-1] == "line.sent_back"


def test_a_repeat_does_nothing_and_says_that_it_is_recorded(client, agent, due):
    sign_in(client, agent)
    client.post(PARCEL, ticked(due, **SAID))
    with nothing_changes():
        again = client.post(PARCEL, ticked(due, **SAID))
    assert again.status_code == 200
    assert "Done before: 3 units sent back" in again.text


def test_one_unit_that_went_another_way_stops_the_whole_parcel(client, agent, due):
    workflow.send_back(
        due[1],
        carrier="DHL",
        tracking="99",
        data_removed=True,
        user=agent,
        at=SUBMITTED_AT,
    )
    sign_in(client, agent)
    shown = {"shown": [line.pk for line in due]}
    with nothing_changes():
        page = client.post(PARCEL, ticked(due, **SAID, **shown))
    assert page.status_code == 409
    assert "So nothing was recorded." in page.text
    assert f"{due[1].unit.serial}: In transit now." in page.text
    assert [row.label for row in page.context["can"]] == [d.unit.serial for d in (due[0], due[2])]
    assert 'value="1Z 77"' in page.text


def test_a_unit_that_is_not_there_any_more_stops_it_too(client, agent, due):
    sign_in(client, agent)
    with nothing_changes():
        page = client.post(PARCEL, {"ticked": [due[0].pk, 987654], **SAID})
    assert page.status_code == 409
    assert "1 of those that were ticked is not there any more." in page.text


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("carrier", "Write which carrier takes it."),
        ("tracking", "Write the tracking number."),
        ("data_removed", "Remove the data from every unit, then tick this."),
    ],
)
def test_what_is_missing_is_named_and_the_ticks_stay(client, agent, due, left_out, said):
    sign_in(client, agent)
    sent = {name: value for name, value in SAID.items() if name != left_out}
    shown = {"shown": [line.pk for line in due]}
    with nothing_changes():
        page = client.post(PARCEL, ticked(due[:2], **sent, **shown))
    assert page.status_code == 400
    assert said in page.text
    assert len(page.context["can"]) == 3
    assert page.context["left_out"] == {str(due[2].pk)}


def test_nothing_ticked_or_nothing_of_ones_own_is_nothing(client, agent, due):
    sign_in(client, agent)
    for page in (client.get(PARCEL), client.post(PARCEL, SAID)):
        assert page.status_code == 400
        assert "No unit is ticked" in page.text
    sign_in(client, make.make_user(make.make_organization("D9")))
    assert client.get(PARCEL, ticked([due[0].case])).status_code == 400
    for asked in (ticked(due), {"ticked": ["987654", "1e5", "²", "9" * 40]}):
        with nothing_changes():
            page = client.post(PARCEL, asked | SAID)
        assert page.status_code == 400
        assert "None of them is there any more" in page.text


def test_a_page_takes_fifty_units_and_says_so(client, agent, due, monkeypatch):
    monkeypatch.setattr("doa.views.case_batches.PER_PAGE", 2)
    sign_in(client, agent)
    page = client.get(PARCEL, ticked([due[0].case, due[1].case]))
    assert len(page.context["can"]) == 2
    assert "Record the rest after these." in page.text
    monkeypatch.setattr("doa.views.case_batches.PER_PAGE", 3)
    page = client.get(PARCEL, ticked([due[0].case, due[1].case]))
    assert "Record the rest after these." not in page.text


def test_drafts_are_deleted_and_their_events_stay(client, agent, distributor):
    drafts = [cases.make_draft(organization=distributor, user=agent) for _ in range(2)]
    sent = cases.make_case(organization=distributor)
    sign_in(client, agent)
    with nothing_changes():
        ready = client.get(DELETE, ticked([*drafts, sent]))
    assert "It goes with 1 unit and 1 file." in ready.text
    assert [row.label for row in ready.context["cannot"]] == [sent.reference]
    page = client.post(DELETE, ticked([*drafts, sent]))
    assert "2 drafts deleted" in page.text
    assert list(Case.unscoped.all()) == [sent]
    assert cases.steps_of(drafts[0])[-1] == "case.discarded"
    with nothing_changes():
        again = client.post(DELETE, ticked(drafts))
    assert again.status_code == 400
    assert "None of them is there any more" in again.text
    rest = client.post(DELETE, ticked([drafts[0], sent]))
    assert "1 of those that were ticked is not there any more." in rest.text


def test_the_referral_of_a_deleted_draft_is_told_to_wait_again(client, agent, distributor):
    referral = make.make_referral(make.make_unit(distributor))
    case = referrals.adopt(referral, user=agent, at=SUBMITTED_AT)
    sign_in(client, agent)
    page = client.get(DELETE, ticked([case]))
    assert f"Referral {referral} waits for an answer again" in page.text


def test_only_who_applies_may(client, agent, due, distributor):
    viewer = make.make_user(distributor, Role.VIEWER)
    for user in (viewer, make.make_staff()):
        sign_in(client, user)
        for address in (PARCEL, DELETE):
            assert client.get(address, ticked([due[0].case])).status_code == 403
            assert client.post(address, ticked(due, **SAID)).status_code == 403
        assert 'name="ticked"' not in client.get("/cases/").text
    assert ReturnTrack.IN_TRANSIT not in tracks()


def test_the_list_has_boxes_where_there_is_something_to_do(client, agent, due, distributor):
    draft = cases.make_draft(organization=distributor, user=agent)
    waiting = cases.make_case(organization=distributor)
    sign_in(client, agent)
    page = client.get("/cases/")
    for case, has_box in ((draft, True), (due[0].case, True), (due[1].case, True)):
        assert (f'aria-label="Tick {case.reference}"' in page.text) is has_box
    assert f'aria-label="Tick {waiting.reference}"' not in page.text
    assert f'formaction="{PARCEL}"' in page.text
