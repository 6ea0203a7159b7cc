"""Decisions judged again: the same answer, or a difference that is named."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from doa.enums import CaseStatus, Remedy
from doa.models import Decision
from tests import builders as make
from tests import builders_cases as cases
from warranty.models import PolicyVersion

pytestmark = pytest.mark.django_db


def replay(*arguments):
    output = StringIO()
    call_command("replay_decisions", *arguments, stdout=output)
    return output.getvalue()


def test_what_was_decided_is_judged_the_same_again():
    cases.make_case(CaseStatus.DECIDED)
    cases.make_case(CaseStatus.DECIDED, answers=cases.failed_after(20))
    cases.make_case(CaseStatus.DECIDED, remedy=Remedy.NONE)
    assert replay() == "3 decisions judged again, 0 differences.\n"
    assert json.loads(replay("--json")) == {"decisions": 3, "differences": []}


def test_a_version_whose_numbers_were_changed_is_found_out():
    cases.make_case(CaseStatus.DECIDED, answers=cases.failed_after(20))
    PolicyVersion.objects.update(doa_hours=19)
    output = StringIO()
    with pytest.raises(CommandError, match="Decisions differ"):
        call_command("replay_decisions", "--json", stdout=output)
    differences = json.loads(output.getvalue())["differences"]
    said = {found["what"]: (found["stored"], found["replayed"]) for found in differences}
    assert said["remedy"] == ("doa_replacement", "warranty_exchange")
    assert said["rule"] == ("D2", "")
    assert differences[0]["case"].startswith("DOA-2026-")


def test_a_later_version_changes_nothing_that_was_decided():
    cases.make_case(CaseStatus.DECIDED, answers=cases.failed_after(20))
    PolicyVersion.objects.create(label="2026-03", effective_from=date(2026, 3, 1), doa_hours=1)
    assert "0 differences" in replay()


def test_only_what_was_decided_since_a_day_is_looked_at():
    cases.make_case(CaseStatus.DECIDED)
    assert replay("--since", "2026-02-03").startswith("1 decision ")
    assert replay("--since", "2026-02-04").startswith("0 decisions ")


def test_inputs_that_cannot_be_read_are_a_difference_and_no_crash():
    cases.make_case(CaseStatus.DECIDED)
    Decision.unscoped.update(inputs={"failure": None})
    with pytest.raises(CommandError):
        replay()


def test_nothing_is_stored():
    cases.make_case(CaseStatus.DECIDED)
    make.make_unit()
    with cases.nothing_changes():
        replay()
