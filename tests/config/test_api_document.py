"""The API against its own OpenAPI document."""

import json
from collections.abc import Iterator

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from partners.models import RequestCount
from tests.api import bearer
from tests.builders import make_organization, make_policy, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(client, settings) -> dict:
    settings.API_ANONYMOUS_REQUESTS_PER_MINUTE = settings.API_REQUESTS_PER_MINUTE = 100_000
    return client.get("/api/v1/openapi.json").json()


def test_is_public_and_current(document):
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {"/api/v1/units/{serial}", "/api/v1/what-if"}


def test_describes_the_token_and_who_needs_none(document):
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert {} in document["paths"]["/api/v1/what-if"]["post"]["security"]
    assert document["paths"]["/api/v1/units/{serial}"]["get"]["security"] == [{"token": []}]


def test_every_refusal_is_a_problem(document):
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                kinds = ["application/json"] if status == "200" else ["application/problem+json"]
                assert list(response["content"]) == kinds
