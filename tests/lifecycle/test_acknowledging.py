"""Several announcements read at once: only what holds and concerns units, and by whom."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from audit.models import Event
from lifecycle import workflow
from lifecycle.enums import MilestonesAfter
from lifecycle.models import Holding
from partners.enums import Role
from tests import builders as make
from tests.entrance import sign_in
from tests.lifecycle.announced import AT, publish, revise

pytestmark = pytest.mark.django_db
ADDRESS = "/announcements/acknowledge/"


@pytest.fixture
def holder():
    """A distributor that holds a unit of each of two announced products."""

    distributor = make.make_organization("DIST", name="Meridian Example")
    parts = [make.make_part_number(model=f"S573{n}") for n in range(2)]
    for part in parts:
        make.make_unit(distributor, part_number=part)
    announcements = [
        publish(part, number=f"PN-2026-{n}", subject=f"End of S573{n}")
        for n, part in enumerate(parts)
    ]
    viewer = make.make_user(distributor, Role.VIEWER, "vera@example.test")
    return SimpleNamespace(
        distributor=distributor, parts=parts, announcements=announcements, viewer=viewer
    )


def keys(*named):
    return {"ticked": [f"{each.slug}.{each.version}" for each in named]}


def read():
    return list(Holding.unscoped.order_by("pk").values_list("acknowledged_by", flat=True))


def test_what_will_be_noted_is_told_first(client, holder):
    sign_in(client, holder.viewer)
    page = client.get(ADDRESS, keys(*holder.announcements))
    assert page.status_code == 200
    assert "Acknowledge 2 announcements" in page.text
    assert "end of marketing of 1 unit of yours" in page.text
    assert "End of service and support: 31 Mar 2032" in page.text
    assert read() == ["", ""]


def test_each_is_noted_once_in_the_name_of_who_says_so(client, holder):
    sign_in(client, holder.viewer)
    page = client.post(ADDRESS, keys(*holder.announcements))
    assert "2 announcements noted as read" in page.text
    assert read() == [str(holder.viewer)] * 2
    sign_in(client, make.make_user(holder.distributor))
    again = client.post(ADDRESS, keys(*holder.announcements))
    assert "Done before: 2 announcements noted as read" in again.text
    assert f"{holder.viewer} has read it" in again.text
    assert read() == [str(holder.viewer)] * 2
    assert Event.objects.filter(name="announcement.acknowledged").count() == 2


def test_a_version_that_was_revised_or_withdrawn_meanwhile_is_not_taken_as_read(client, holder):
    first, second = holder.announcements
    revise(first, holder.parts[0], at=AT + timedelta(hours=1))
    how = {"after": MilestonesAfter.KEEP, "user": make.make_staff(), "at": AT}
    workflow.withdraw(second, reason="A mistake.", **how)
    sign_in(client, holder.viewer)
    page = client.post(ADDRESS, keys(first, second))
    assert page.status_code == 409
    assert page.text.count("It was revised or withdrawn meanwhile.") == 2
    assert read() == ["", "", ""]


def test_what_concerns_no_unit_of_the_reader_is_not_there(client, holder):
    other = make.make_organization("D9")
    sign_in(client, make.make_user(other))
    never = {"ticked": ["pn-1999-1.1", "pn-2026-0", "pn-2026-0.x", "pn-2026-0.²", "."]}
    for asked in (keys(*holder.announcements), never):
        assert client.get(ADDRESS, asked).status_code == 400
        page = client.post(ADDRESS, asked)
        assert page.status_code == 400
        assert "None of them is there any more" in page.text
    assert client.get(ADDRESS).status_code == 400
    sign_in(client, make.make_staff())
    assert client.post(ADDRESS, keys(*holder.announcements)).status_code == 403
    assert read() == ["", ""]


def test_the_list_has_a_box_until_it_is_read(client, holder):
    assert 'name="ticked"' not in client.get("/announcements/").text
    sign_in(client, holder.viewer)
    page = client.get("/announcements/")
    assert page.text.count('name="ticked"') == 2
    assert f'formaction="{ADDRESS}"' in page.text
    client.post(ADDRESS, keys(holder.announcements[0]))
    assert client.get("/announcements/").text.count('name="ticked"') == 1
    sign_in(client, make.make_user(make.make_organization("D9")))
    assert 'name="ticked"' not in client.get("/announcements/").text
