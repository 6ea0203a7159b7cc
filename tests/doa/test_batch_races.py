"""The same page sent twice at once: each record is done once, and the other learns of it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from doa.enums import CaseStatus, ReturnTrack
from doa.models import Case, Referral
from partners import clock
from tests import builders as make
from tests import builders_cases as cases
from tests.entrance import sign_in

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
TIMES = 10


@pytest.fixture
def distributor():
    make.load_service_levels()
    make.make_policy()
    return make.make_organization("DIST", name="Meridian Example")


def sent_twice(user, address, said):
    """Send a form twice at one moment, and return both answers."""
    together = threading.Barrier(2, timeout=30)

    def send(client):
        try:
            together.wait()
            return client.post(address, said)
        finally:
            connection.close()

    clients = [Client(), Client()]
    for client in clients:
        sign_in(client, user)
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(send, clients))


def outcomes(answers):
    """Return how many records the two answers say were done, done before and refused."""
    found = dict.fromkeys(("done", "before", "refused"), 0)
    for answer in answers:
        for section in answer.text.split('<h2 id="')[1:]:
            found[section.partition('"')[0]] += section.count('<th scope="row">')
    return list(found.values())


def test_referrals_that_are_taken_up_twice_at_once_become_one_draft_each(distributor):
    agent = make.make_user(distributor)
    for _ in range(TIMES):
        made = [make.make_referral(make.make_unit(distributor), at=clock.now()) for _ in range(3)]
        keys = [each.reference for each in made]
        answers = sent_twice(agent, "/referrals/take-up/", {"ticked": keys})
        assert [answer.status_code for answer in answers] == [200, 200]
        assert outcomes(answers) == [3, 3, 0]
    assert Referral.unscoped.filter(status="adopted").count() == 3 * TIMES
    assert Case.unscoped.count() == 3 * TIMES


def test_a_parcel_that_is_sent_twice_at_once_is_recorded_once(distributor):
    agent = make.make_user(distributor)
    said = {"carrier": "UPS", "tracking": "1Z77", "data_removed": "on"}
    for _ in range(TIMES):
        units = [make.make_unit(distributor) for _ in range(3)]
        case = cases.make_case(CaseStatus.FULFILLING, units, organization=distributor, user=agent)
        keys = [line.pk for line in cases.lines_of(case)]
        answers = sent_twice(agent, "/cases/send-back/", said | {"ticked": keys})
        assert [answer.status_code for answer in answers] == [200, 200]
        assert outcomes(answers) == [3, 3, 0]
        assert {line.return_track for line in cases.lines_of(case)} == {ReturnTrack.IN_TRANSIT}
        assert cases.steps_of(case).count("line.sent_back") == 3
