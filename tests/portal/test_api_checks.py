"""A program has many serial numbers checked, and takes the answers away."""

import csv
import io

import pytest

from documents.models import Document
from jobs.models import Job
from partners import clock
from partners.enums import Scope
from portal.bulk_check import HEADER, check_serials
from portal.checks import workflow
from tests.api import bearer
from tests.builders import make_organization, make_unit

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/checks"
SERIAL = "2102353XRT10S3000417"


@pytest.fixture
def partner():
    distributor = make_organization("MERIDIAN")
    make_unit(distributor, serial=SERIAL)
    return distributor


@pytest.fixture
def ask(client, partner):
    """Send a body as a program of the distributor; a table as CSV, anything else as JSON."""
    headers = bearer(partner)

    def send(body, query="", **more):
        kind = "text/csv" if isinstance(body, str) else "application/json"
        return client.post(ADDRESS + query, body, content_type=kind, headers={**headers, **more})

    return send


def finish(answer):
    """Do what a worker does with the check that an answer names."""
    job = Job.unscoped.get(reference=answer.json()["id"])
    workflow.work_on(job.pk, at=clock.now())


def table(client, url, headers):
    got = client.get(url, headers=headers)
    assert got.status_code == 200, got.content
    return b"".join(got.streaming_content).decode()


@pytest.mark.parametrize("as_table", [True, False])
def test_the_answers_are_those_of_the_command(ask, client, partner, as_table):
    typed = [SERIAL.lower(), '2102 "353" X, RT', "2102NOBODY0000000001", "=1+1"]
    lines = io.StringIO()
    csv.writer(lines).writerows([[text] for text in typed])
    asked = ask(lines.getvalue() if as_table else {"serials": typed})
    assert asked.status_code == 202
    facts = asked.json()
    assert (facts["status"], facts["serials"], facts["result"]) == ("waiting", 4, None)
    assert asked.headers["Location"] == facts["url"]
    headers = bearer(partner)
    early = client.get(f"{facts['url']}/result.csv", headers=headers)
    assert early.status_code == 409
    finish(asked)
    done = client.get(facts["url"], headers=headers).json()
    assert (done["status"], done["answered"]) == ("done", 4)
    assert sum(done["counts"].values()) == 4
    output = io.StringIO(newline="")
    lines.seek(0)
    check_serials(lines, output, organization=partner, on=clock.business_today())
    got = table(client, done["result"], headers)
    if as_table:
        assert got == output.getvalue()
    else:
        assert list(csv.reader(io.StringIO(got))) == list(
            csv.reader(io.StringIO(output.getvalue()))
        )
    assert got.splitlines()[0] == ",".join(HEADER)


def test_as_of_a_day_that_is_named(ask, client, partner):
    asked = ask({"serials": [SERIAL]}, "?on=2026-01-31")
    assert asked.json()["on"] == "2026-01-31"


def test_the_same_key_asks_once(ask):
    first = ask({"serials": [SERIAL]}, **{"Idempotency-Key": "monday"})
    again = ask({"serials": [SERIAL]}, **{"Idempotency-Key": "monday"})
    assert first.content == again.content
    assert Job.unscoped.count() == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"serials": []}, "holds no serial number"),
        ({"serials": ["A" * 101]}, "Element 0"),
        ({"serials": [SERIAL, "two\nlines"]}, "Element 1"),
        ({"serials": ["Serial number", SERIAL]}, "heading"),
        ({"serials": [SERIAL], "day": "2026-01-01"}, "Unknown field"),
        ({"serials": [1]}, "list of texts"),
        ("\n\n", "holds no serial number"),
        ("PK\x03\x04", "not CSV"),
        ("x\n" * 100_001, "Split it"),
    ],
)
def test_what_can_not_be_asked_is_refused_and_nothing_is_kept(ask, body, words):
    answer = ask(body)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Job.unscoped.exists()
    assert not Document.unscoped.exists()


def test_a_parameter_that_nothing_reads_is_refused(ask):
    answer = ask({"serials": [SERIAL]}, "?at=2026-01-31")
    assert answer.status_code == 400
    assert "This address takes on." in answer.content.decode()
    assert not Job.unscoped.exists()


def test_a_hundred_characters_are_taken(ask):
    assert ask({"serials": ["A" * 100]}).status_code == 202


def test_a_colleague_finds_it_and_nobody_else(ask, client, partner):
    asked = ask({"serials": [SERIAL]})
    finish(asked)
    url = asked.json()["url"]
    assert client.get(url, headers=bearer(partner)).json()["status"] == "done"
    stranger = bearer(make_organization("OTHER"))
    assert client.get(url, headers=stranger).status_code == 404
    assert client.get(f"{url}/result.csv", headers=stranger).status_code == 404
    narrow = bearer(partner, scopes=[Scope.CASES_READ])
    assert client.get(url, headers=narrow).status_code == 403
