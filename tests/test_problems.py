"""What is wrong in a form leads, from the top of the page, to the field it is about."""

import html5lib
import pytest
from django.urls import reverse

from partners.enums import Role
from tests import addresses
from tests.builders import make_huawei, make_user
from tests.test_matrix import MatrixCase, taken_back

pytestmark = pytest.mark.portable


def summary(response):
    """Return the ids of a page, and where the links of its summary of problems lead."""
    tree = html5lib.parse(response.content, namespaceHTMLElements=False)
    ids = {element.get("id") for element in tree.iter() if element.get("id")}
    boxes = [element for element in tree.iter() if element.get("id") == "errors"]
    return ids, [link.get("href") for box in boxes for link in box.iter("a")]


class ProblemTests(MatrixCase):
    def asked(self):
        """Yield every address of the house with somebody who may hand its form in."""
        client = self.session(make_user(self.owner, Role.MANAGER))
        for name in addresses.PAGES:
            yield client, self.address(name, self.owner)
        staff = self.session(make_user(make_huawei(), Role.STAFF))
        for name, arguments in addresses.desk_addresses():
            value = "warranty" if name == "admin:app_list" else str(self.unit.pk)
            yield staff, reverse(name, args=[value for _ in arguments])

    def test_every_link_of_a_summary_leads_to_something_on_the_page(self):
        lost, led = [], 0
        for client, address in self.asked():
            with taken_back():
                response = client.post(address, {"step": "decline"})  # a button that is pressed
            if response.status_code not in (200, 400) or response.streaming:
                continue
            ids, links = summary(response)
            led += len(links)
            lost += [(address, link) for link in links if link.removeprefix("#") not in ids]
        self.assertEqual(lost, [])
        self.assertGreater(led, 40)
