"""The API against its own OpenAPI document."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from partners.enums import Scope
from tests.api import bearer
from tests.builders import make_organization, make_unit

EXAMPLES = 20
"""Requests for each operation, and as many again that the document forbids."""
NOT_HERE = [ignored_auth, positive_data_acceptance]
"""Checks left to other tests: tokens have their own, and a schema cannot say which
dates contradict each other, so that a well-formed question may be refused."""

OPERATIONS = [
    ("get", "/api/v1/announcements"),
    ("get", "/api/v1/announcements/{number}"),
    ("get", "/api/v1/cases"),
    ("post", "/api/v1/cases"),
    ("get", "/api/v1/cases/{reference}"),
    ("post", "/api/v1/cases/{reference}/answer"),
    ("post", "/api/v1/cases/{reference}/files"),
    ("post", "/api/v1/cases/{reference}/send-back"),
    ("post", "/api/v1/cases/{reference}/submit"),
    ("post", "/api/v1/checks"),
    ("get", "/api/v1/checks/{id}"),
    ("get", "/api/v1/checks/{id}/result.csv"),
    ("get", "/api/v1/contracts"),
    ("post", "/api/v1/contracts"),
    ("get", "/api/v1/contracts/{reference}"),
    ("get", "/api/v1/lifecycle-changes"),
    ("get", "/api/v1/products/{part_number}/lifecycle"),
    ("get", "/api/v1/reports"),
    ("post", "/api/v1/reports"),
    ("get", "/api/v1/reports/{number}"),
    ("get", "/api/v1/shipments"),
    ("post", "/api/v1/shipments"),
    ("get", "/api/v1/units/{serial}"),
    ("post", "/api/v1/what-if"),
]
SUCCESS = {"200", "201", "202"}
OF_SUCCESS = {"application/json", "text/csv"}
MADE: dict = {}

pytestmark = [pytest.mark.django_db, pytest.mark.portable]


@pytest.fixture
def document(client, settings) -> dict:
    """The document, which is made once: nothing that is asked changes it."""
    settings.API_ANONYMOUS_REQUESTS_PER_MINUTE = settings.API_REQUESTS_PER_MINUTE = 100_000
    if not MADE:
        MADE.update(client.get("/api/v1/openapi.json").json())
    return MADE


def test_is_public_and_current(document):
    assert document["openapi"].startswith("3.1")
    described = [(m, p) for p, methods in document["paths"].items() for m in methods]
    assert sorted(described) == sorted(OPERATIONS)


def test_describes_the_token_and_who_needs_none(document):
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert {} in document["paths"]["/api/v1/what-if"]["post"]["security"]
    assert document["paths"]["/api/v1/units/{serial}"]["get"]["security"] == [{"token": []}]


def test_every_refusal_is_a_problem(document):
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                (kind,) = response["content"]
                assert kind in (OF_SUCCESS if status in SUCCESS else {"application/problem+json"})


def written(case, headers) -> requests.PreparedRequest:
    """Return a generated request as it goes over the wire."""
    described = case.as_transport_kwargs(headers=headers, base_url="http://testserver")
    known = {"method", "url", "headers", "params", "json", "data"}
    return requests.Request(**{k: v for k, v in described.items() if k in known}).prepare()


def says_it_all(case, asked: requests.PreparedRequest) -> bool:
    """Tell whether what was generated is what is sent.

    A parameter without a value is not written; a table is text, whatever it was made of.
    """
    if case.media_type == "text/csv" and not isinstance(case.body, str):
        return False
    named = parse_qs(urlsplit(asked.path_url).query, keep_blank_values=True)
    return set(case.query or {}) <= set(named)


def send(client, asked: requests.PreparedRequest) -> Response:
    """Send a request through Django's test client."""
    answered = client.generic(
        asked.method,
        asked.path_url,
        asked.body or b"",
        content_type=asked.headers.get("Content-Type", ""),
        headers={k: v for k, v in asked.headers.items() if k.lower() != "content-type"},
    )
    return Response(
        status_code=answered.status_code,
        headers={name.lower(): [value] for name, value in answered.headers.items()},
        content=answered.content,
        request=asked,
        elapsed=0.0,
        verify=False,
    )


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_keeps_to_it_whatever_is_asked(document, client, method, path, mode):
    """Ask as the document says, then as it forbids."""
    distributor = make_organization()
    make_unit(distributor, serial="2102KNOWN")
    headers = bearer(distributor, scopes=list(Scope))
    operation = schemathesis.openapi.from_dict(document)[path][method]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case):
        asked = written(case, headers)
        assume(says_it_all(case, asked))
        case.validate_response(send(client, asked), excluded_checks=NOT_HERE)

    ask()
