"""Two tellers at once, killed half-way: every holder gets its mail once all the same."""

import os
import subprocess
import sys

import pytest

from lifecycle import workflow
from lifecycle.models import Announcement, Holding
from notifications.models import Message
from tests.builders import make_organization, make_part_number, make_unit
from tests.conftest import ROOT, process_environment
from tests.lifecycle.announced import AT, publish

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
HOLDERS = 40


def test_whoever_goes_on_after_a_crash_tells_each_holder_once(own_folders):
    part = make_part_number()
    for _ in range(HOLDERS):
        make_unit(make_organization(), part_number=part)
    announcement = publish(part, tell=False)
    tellers = [_teller(announcement, own_folders) for _ in range(2)]
    for teller in tellers:
        with teller:
            assert teller.stdout.readline() == "told\n"
            teller.kill()
    told = Holding.unscoped.exclude(told_at=None).count()
    assert 2 <= told < HOLDERS
    assert Message.unscoped.count() == told
    workflow.publish_due(at=AT)
    assert Message.unscoped.count() == HOLDERS
    mails = Message.unscoped.values_list("organization", "recipient")
    assert sorted(mails) == sorted(
        Holding.unscoped.values_list("organization", "organization__email")
    )
    assert not Holding.unscoped.filter(told_at=None).exists()
    assert Announcement.objects.get().told_at == AT


def _teller(announcement, var):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.lifecycle.teller", str(announcement.pk)],
        cwd=ROOT,
        env={**os.environ, **process_environment(var)},
        stdout=subprocess.PIPE,
        text=True,
    )
