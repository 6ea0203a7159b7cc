"""Organizations files: sellers first, twice is once, circles never."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from jobs.enums import JobStatus
from jobs.models import Job
from partners.models import Organization
from tests import builders

pytestmark = pytest.mark.django_db

HEADER = "code,name,kind,buys_from,email,country,time_zone\n"
CHAIN = "VAP,Vap,vap,DIST,,,\nDIST,Dist,distributor,HUAWEI,,,\nHUAWEI,Huawei,HUAWEI,,,cn,\n"


@pytest.fixture
def load(tmp_path):
    def run(rows):
        path, out = tmp_path / "organizations.csv", io.StringIO()
        path.write_text(HEADER + rows)
        try:
            call_command("import_organizations", str(path), "--json", stdout=out)
        except SystemExit as stop:
            assert stop.code == 1
        return json.loads(out.getvalue())

    return run


def named(outcome):
    return [(p["line"], p["field"]) for p in outcome["problems"]]


def test_sellers_are_saved_before_who_buys_from_them(load):
    assert load(CHAIN)["new"] == 3
    vap = Organization.objects.get(code="VAP")
    assert (vap.buys_from.code, vap.buys_from.buys_from.code) == ("DIST", "HUAWEI")
    assert vap.buys_from.buys_from.kind == "huawei"
    assert Organization.objects.get(code="HUAWEI").country == "CN"
    assert Event.objects.filter(name="partners.organization.added").count() == 3


def test_the_same_file_twice_changes_nothing(load):
    load(CHAIN)
    events = Event.objects.count()
    outcome = load(CHAIN)
    assert (outcome["new"], outcome["changed"], outcome["unchanged"]) == (0, 0, 3)
    assert Event.objects.count() == events
    assert {job.status for job in Job.unscoped.all()} == {JobStatus.DONE}


def test_what_is_left_empty_is_kept_and_what_is_said_is_taken(load):
    load("D,Dist,distributor,,ops@example.test,US,Europe/Berlin\n")
    assert load("D,Dist GmbH,distributor,,,,\n")["changed"] == 1
    organization = Organization.objects.get()
    assert (organization.name, organization.email, organization.time_zone) == (
        "Dist GmbH",
        "ops@example.test",
        "Europe/Berlin",
    )


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",Dist,distributor,,,,", "code"),
        ("a b,Dist,distributor,,,,", "code"),
        (f"{'x' * 33},Dist,distributor,,,,", "code"),
        ("D,,distributor,,,,", "name"),
        (f"D,{'x' * 121},distributor,,,,", "name"),
        ("D,Dist,shop,,,,", "kind"),
        ("D,Dist,distributor,D,,,", "buys_from"),
        ("D,Dist,distributor,NOBODY,,,", "buys_from"),
        ("D,Dist,distributor,,nobody,,", "email"),
        ("D,Dist,distributor,,,USA,", "country"),
        ("D,Dist,distributor,,,,Mars/Olympus", "time_zone"),
        ("OK,Dist,distributor,,,,", "code"),
        ("D,Dist", ""),
    ],
)
def test_a_bad_row_is_named_and_keeps_the_file_out(load, row, column):
    outcome = load(f"OK,Fine,var,,,,\n{row}\n")
    assert named(outcome) == [(3, column)]
    assert (outcome["status"], outcome["rejected"]) == ("refused", 1)
    assert not Organization.objects.exists()


def test_a_circle_in_the_file_is_refused(load):
    outcome = load("A,A,var,B,,,\nB,B,var,A,,,\n")
    assert {p["field"] for p in outcome["problems"]} == {"buys_from"}
    assert not Organization.objects.exists()


def test_a_circle_with_what_is_known_is_refused(load):
    load("A,A,var,,,,\nB,B,var,A,,,\n")
    assert named(load("A,A,var,B,,,\n")) == [(2, "buys_from")]
    assert Organization.objects.get(code="A").buys_from is None


@pytest.mark.parametrize("kinds", [("huawei", "var"), ("var", "huawei")])
def test_no_file_makes_or_unmakes_huawei(load, kinds):
    builders.make_organization("X", kinds[0])
    assert named(load(f"X,X,{kinds[1]},,,,\n")) == [(2, "kind")]


def test_a_missing_file_is_wrong_usage():
    with pytest.raises(CommandError) as wrong:
        call_command("import_organizations", "/no/such/file")
    assert wrong.value.returncode == 2
