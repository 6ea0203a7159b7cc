"""The statement of a unit, and what a stranger learns who checks its code."""

from datetime import date
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from partners.enums import Role
from portal.check.views import CHECKS_PER_HOUR
from support.models import ServiceLevel
from tests import builders as make
from tests.builders import at_noon
from tests.entrance import sign_in
from warranty import workflow

pytestmark = pytest.mark.django_db

TODAY = date(2026, 5, 4)
SERIAL = "2102STATEMENT0000001"


@pytest.fixture(autouse=True)
def on_a_day():
    cache.clear()
    with time_machine.travel(at_noon(TODAY), tick=False):
        yield


@pytest.fixture
def unit():
    holder = make.make_organization("BLUEPEAK", name="Bluepeak Systems")
    return make.make_unit(holder, serial=SERIAL, installation_service=True)


@pytest.fixture
def reader(client, unit):
    sign_in(client, make.make_user(unit.consignee, Role.VIEWER))
    return client


def link_on(page):
    return urlsplit(page.context["address"]).path


def words_of(path):
    return Client().get(path).content.decode()


def test_it_states_the_cover_as_of_a_day_and_its_code_needs_no_account(reader):
    page = reader.get(f"/units/{SERIAL}/statement/?on=2026-03-01")
    for words in (SERIAL, "As of <strong>1 Mar 2026</strong>", "10 Apr 2026", "Not started"):
        assert words in page.content.decode()
    told = words_of(link_on(page))
    for words in ("Genuine, and its dates hold today", SERIAL, "10 Apr 2026", "Not started on"):
        assert words in told


def test_checking_it_discloses_nobody(reader, unit):
    make.make_contract([unit], number="SECRET-CONTRACT", at=at_noon(date(2026, 3, 1)))
    told = words_of(link_on(reader.get(f"/units/{SERIAL}/statement/")))
    for secret in ("Bluepeak", "BLUEPEAK", "SECRET", unit.huawei_shipment.number):
        assert secret not in told
    assert str(ServiceLevel.objects.get(pk=unit.contractline_set.get().contract.level_id)) in told


def test_it_says_when_the_dates_have_changed_since(reader, unit):
    path = link_on(reader.get(f"/units/{SERIAL}/statement/"))
    report = make.make_report([unit], signed_on=date(2026, 2, 1))
    workflow.accept_report(report, user=make.make_staff(), at=at_noon(TODAY))
    told = words_of(path)
    assert "Genuine, but no longer up to date" in told
    assert "The dates of the warranty changed since" in told


@pytest.mark.parametrize("change", ["x", "first", "unit"])
def test_a_code_that_was_changed_or_made_up_is_not_ours(reader, change):
    path = link_on(reader.get(f"/units/{SERIAL}/statement/"))
    forged = {
        "x": path.rstrip("/") + "x/",
        "first": path.replace("/verify/", "/verify/1"),
        "unit": path.replace(SERIAL, "2102STATEMENT0000002"),
    }[change]
    answer = Client().get(forged)
    assert answer.status_code == 404
    assert "This is no statement of ours" in answer.content.decode()


def test_a_code_outlives_the_secret_key_that_signed_it_as_long_as_the_key_is_kept(reader, settings):
    path = link_on(reader.get(f"/units/{SERIAL}/statement/"))
    former = settings.SECRET_KEY
    settings.SECRET_KEY = "another-key-" * 6
    assert Client().get(path).status_code == 404
    settings.SECRET_KEY_FALLBACKS = [former]
    assert Client().get(path).status_code == 200


def test_an_address_checks_so_many_and_is_told_when_to_try_again(reader):
    path = link_on(reader.get(f"/units/{SERIAL}/statement/"))
    stranger = Client()
    answers = [stranger.get(path).status_code for _ in range(CHECKS_PER_HOUR)]
    assert set(answers) == {200}
    refused = stranger.get(path)
    assert refused.status_code == 429
    assert "Retry-After" in refused.headers
    assert SERIAL not in refused.content.decode()


def test_the_page_of_the_unit_leads_to_it(reader):
    assert f"/units/{SERIAL}/statement/" in reader.get(f"/units/{SERIAL}/").content.decode()
