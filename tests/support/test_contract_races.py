"""Two partners, one unit: of two contracts at once, one is registered."""

import threading
from datetime import date

import pytest
from django.db import connection, transaction

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
from tests.conftest import somebody_waits, wait_until

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_a_registration_waits_for_another_of_the_same_unit_and_is_refused():
    make_policy()
    level = make_level()
    distributor, vap = make_organization("D1"), make_organization("V1", "vap")
    unit = make_unit(distributor)
    pass_on(unit, vap, shipped_on=date(2026, 2, 19))
    users = {organization: make_user(organization) for organization in (distributor, vap)}
    written = threading.Event()

    def register(organization):
        workflow.register_contract(
            workflow.Order(number="HC-1", level=level, term_months=12),
            unit_ids=[unit.pk],
            start=StartChoice(),
            organization=organization,
            user=users[organization],
            at=at_noon(date(2026, 3, 1)),
        )

    def first():
        try:
            with transaction.atomic():
                register(vap)
                written.set()
                wait_until(somebody_waits, seconds=10)
        finally:
            written.set()
            connection.close()

    other = threading.Thread(target=first)
    other.start()
    written.wait()
    with pytest.raises(workflow.ContractRefused, match="allow the overlap"):
        register(distributor)
    other.join()
    assert ContractLine.unscoped.get().contract.organization == vap
