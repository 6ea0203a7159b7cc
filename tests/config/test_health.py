"""`/healthz` says the process runs; `/readyz` says which part of the house is missing."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings

from config import health
from jobs.models import Heartbeat
from partners.clock import now
from tests.conftest import ROOT


def hear_from(*parts, ago=timedelta(0)):
    for part in parts:
        Heartbeat.objects.update_or_create(part=part, defaults={"seen_at": now() - ago})


def test_is_alive_without_the_database(client):
    client.cookies["session"] = "of somebody"
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


@pytest.mark.django_db
def test_is_ready_for_strangers_too_when_every_part_was_seen(client):
    hear_from("worker", "beat", ago=health.SILENCE - timedelta(seconds=5))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (200, [])


@pytest.mark.django_db
def test_names_a_part_that_has_been_silent_for_too_long(client):
    hear_from("worker")
    hear_from("beat", ago=health.SILENCE + timedelta(seconds=1))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["beat"])


@pytest.mark.django_db
def test_names_parts_that_were_never_seen(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["beat", "worker"])


@pytest.mark.django_db
def test_names_a_broker_that_refuses(client, monkeypatch):
    hear_from("worker", "beat")
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["broker"])


@pytest.mark.django_db
def test_names_a_broker_whose_folder_is_gone(client, monkeypatch, tmp_path):
    hear_from("worker", "beat")
    monkeypatch.setattr(settings, "REDIS_URL", None)
    monkeypatch.setattr(settings, "BROKER_DIR", tmp_path / "gone")
    assert client.get("/readyz").json()["missing"] == ["broker"]


@pytest.mark.django_db
def test_costs_three_queries(client, django_assert_num_queries):
    with django_assert_num_queries(3):
        client.get("/readyz")


ASK = """
import django
django.setup()
from django.test import Client
client = Client()
client.cookies["session"] = "of somebody"
answer = client.get("/readyz", HTTP_HOST="localhost")
print(answer.status_code, answer.json()["missing"])
"""


def test_names_a_database_that_does_not_answer(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        "SECRET_KEY": "t" * 50,
        "VAR_DIR": str(tmp_path),
    }
    asked = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout.strip() == "503 ['beat', 'database', 'worker']"
