"""A real worker starts what fell due while none was there, and sends the notice."""

import pytest

from audit.models import Event
from notifications.models import MailHours, Message
from tests.builders import make_unit
from tests.conftest import wait_until
from warranty.models import Warranty
from warranty.tasks import start_due_warranties

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_catches_up_as_it_starts_and_tells_the_partner(celery_worker_process):
    unit = make_unit()
    MailHours.objects.create(address=unit.huawei_shipment.consignee.email, is_on=False)
    celery_worker_process("--beat")
    wait_until(Warranty.unscoped.filter(unit=unit, rule="W1").exists)
    wait_until(Message.unscoped.filter(status="sent").exists)
    start_due_warranties()
    assert Event.objects.filter(name="warranty.started").count() == 1
    assert Message.unscoped.count() == 1
