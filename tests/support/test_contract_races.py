"""Two partners, one unit: of two contracts at once, one is registered."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from support import workflow
from support.models import ContractLine
from support.planning import StartChoice
from tests.builders import (
    at_noon,
    make_level,
    make_organization,
    make_policy,
    make_unit,
    make_user,
    pass_on,
)

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_of_two_overlapping_registrations_at_once_one_wins_and_one_is_refused():
    make_policy()
    level = make_level()
    distributor, vap = make_organization("D1"), make_organization("V1", "vap")
    unit = make_unit(distributor)
    pass_on(unit, vap, shipped_on=date(2026, 2, 19))
    callers = [(organization, make_user(organization)) for organization in (distributor, vap)]
    together = Barrier(len(callers))

    def register(caller):
        organization, user = caller
        together.wait()
        try:
            workflow.register_contract(
                workflow.Order(number="HC-1", level=level, term_months=12),
                unit_ids=[unit.pk],
                start=StartChoice(),
                organization=organization,
                user=user,
                at=at_noon(date(2026, 3, 1)),
            )
            return "registered"
        except workflow.ContractRefused:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(callers)) as pool:
        outcomes = sorted(pool.map(register, callers))
    assert outcomes == ["refused", "registered"]
    assert ContractLine.unscoped.count() == 1
