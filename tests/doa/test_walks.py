"""Everybody tries everything in any order: no illegal state, no lost mail, no early end."""

import pytest
from django.db.models import Count

from audit.models import Event
from doa.models import CaseLine
from tests import builders as make
from tests.doa.walk import LAWS, World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(8))
def test_a_random_walk_of_all_roles_never_leaves_the_table(seed):
    make.load_service_levels()
    world = World(seed)
    world.walk(120)
    assert sum("done" in line for line in world.log) > 30
    open_lines = CaseLine.unscoped.filter(is_open=True).values("unit")
    assert not open_lines.annotate(n=Count("pk")).filter(n__gt=1).exists()


def test_the_walks_take_every_step_of_the_table():
    make.load_service_levels()
    world, taken = World(2026), set()
    for _ in range(12):
        world.walk(40)
        done = (line for line in world.log if line.endswith(": done"))
        taken = {line.split(": ")[1].split(" ")[-1] for line in done}
        if taken == set(LAWS):
            break
    assert set(LAWS) - taken == set()
    assert Event.objects.filter(name="case.closed").exists()
