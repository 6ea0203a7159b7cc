"""What the tests of the desk for cases share: a member of staff, and acting through its pages."""

from datetime import UTC, datetime, timedelta

import time_machine
from django.test import TestCase
from django.urls import reverse

from partners import clock
from tests import builders as make
from tests import builders_cases as cases
from tests.entrance import sign_in

SUNDAY = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
"""When it is: no business hour has passed since yesterday, so that no clock has run out."""


class CaseDesk(TestCase):
    """A member of staff who is signed in, and a distributor, on a Sunday."""

    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(time_machine.travel(SUNDAY))
        super().setUpClass()

    @classmethod
    def setUpTestData(cls):
        make.make_policy()
        cls.staff = make.make_staff("stella@huawei.test")
        cls.colleague = make.make_staff("tara@huawei.test")
        cls.distributor = make.make_organization("D1")

    def setUp(self):
        sign_in(self.client, self.staff)

    def make(self, status, **more):
        """Make a case of yesterday that has come as far as `status`, in the hands of `staff`."""
        more.setdefault("staff", self.staff)
        more.setdefault("organization", self.distributor)
        return cases.make_case(status, at=clock.now() - timedelta(days=1), **more)

    def line(self, case):
        return cases.lines_of(case)[0]

    def post(self, name, record, **values):
        return self.client.post(reverse(f"admin:{name}", args=[record.pk]), values)

    def page(self, case):
        return self.client.get(reverse("admin:doa_case_change", args=[case.pk]))

    def listed(self, queue, model="case", **query):
        address = reverse(f"admin:doa_{model}_changelist")
        return self.client.get(address, {"queue": queue, **query})

    def rows(self, queue, model="case", **query):
        """Return the keys of the records in a queue."""
        return {row.pk for row in self.listed(queue, model, **query).context["cl"].result_list}

    def offered(self, case):
        """Return the names of the steps that the page of a case has forms for."""
        context = self.page(case).context
        steps = [*context["offers"], *(o for view in context["lines"] for o in view.offers)]
        return {offer.operation.name for offer in steps}
