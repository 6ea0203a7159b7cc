"""Everybody tries everything in any order: no illegal state, no lost mail, no early end."""

import pytest
from django.db.models import Count

from doa.models import CaseLine
from tests import builders as make
from tests.doa.walk import World

pytestmark = [pytest.mark.django_db, pytest.mark.portable]


def done(world):
    return [line.split(": ")[1].split(" ")[-1] for line in world.log if line.endswith(": done")]


def no_unit_has_two_open_cases():
    units = CaseLine.unscoped.filter(is_open=True).values("unit")
    return not units.annotate(n=Count("pk")).filter(n__gt=1).exists()


@pytest.mark.parametrize("seed", [3, 5, 8])
def test_a_random_walk_of_all_roles_never_leaves_the_table(seed):
    make.load_service_levels()
    world = World(seed)
    world.walk(80)
    assert len(done(world)) > 25
    assert no_unit_has_two_open_cases()
