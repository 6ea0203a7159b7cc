"""Where a request cannot be answered, a plain page says so, whom to call and what to quote."""

import json
import os
import re
import subprocess
import sys

import html5lib
import pytest
from django.conf import settings
from django.test import Client

from partners.enums import Role
from tests import builders as make
from tests.entrance import sign_in

TAC = 'href="tel:+18779482934">1-877-9HUAWEI</a>'
REFERENCE = re.compile(r"quote request <strong class=\"nw\">([0-9a-f]{4}-[0-9a-f]{4})</strong>")


def read(response, status):
    """Return the words of a plain page; it is sound HTML, sets no cookie and names the TAC."""
    assert response.status_code == status
    words = response.content.decode()
    html5lib.HTMLParser(strict=True).parse(words.strip())
    assert TAC in words
    assert 'href="/"' in words
    assert words.count("<h1>") == 1
    assert "Set-Cookie" not in response.headers
    return words


@pytest.fixture
def faulty(settings):
    settings.ROOT_URLCONF = "tests.config.faulty_urls"
    return Client(raise_request_exception=False)


def test_a_fault_of_ours_is_quoted_by_the_number_under_which_it_is_logged(faulty, caplog):
    page = faulty.get("/fault/?state=TX")
    words = read(page, 500)
    (reference,) = REFERENCE.findall(words)
    assert f"Page fault {reference} at /fault/" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert '<a class="btn" href="/fault/?state=TX">Try again</a>' in words
    assert page.headers["Cache-Control"] == "no-store"
    assert "Retry-After" not in page.headers


def test_what_was_sent_is_not_sent_again_and_no_link_leads_elsewhere(faulty):
    assert "Try again<" not in read(faulty.post("/fault/"), 500)
    assert 'href="/fault/?%22%3E"' in read(faulty.get('/fault/?">'), 500)


def test_two_faults_have_two_numbers(faulty):
    pages = [read(faulty.get("/fault/"), 500) for _ in range(2)]
    assert len({REFERENCE.findall(words)[0] for words in pages}) == 2


def test_more_than_a_form_may_bring_is_refused_as_too_much(faulty):
    too_long = {"serials": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}
    too_many = {f"f{n}": "1" for n in range(2000)}
    for values in (too_long, too_many):
        body = "&".join(f"{name}={value}" for name, value in values.items())
        page = faulty.post("/form/", body, content_type="application/x-www-form-urlencoded")
        assert "This is too much at once" in read(page, 413)


def test_more_than_a_request_may_bring_is_refused_before_it_is_read(client):
    page = client.post("/check/contact/", CONTENT_LENGTH=str(settings.LARGEST_REQUEST + 1))
    assert "This is too much at once" in read(page, 413)


def test_a_request_that_cannot_be_read_is_answered_in_words(client):
    page = client.get("/", HTTP_HOST="elsewhere.example")
    assert "We cannot read this request" in read(page, 400)
    answer = client.get("/api/v1/units/X", HTTP_HOST="elsewhere.example")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["detail"] == "Bad Request. Nothing of it was kept."


def test_what_is_nowhere_costs_no_question(client, django_assert_num_queries):
    page = client.get("/no/such/page/")
    assert "There is nothing here" in read(page, 404)


@pytest.mark.django_db
def test_a_form_from_before_the_sign_in_is_to_be_loaded_again():
    client = Client(enforce_csrf_checks=True)
    assert "Send this form again" in read(client.post("/accounts/sign-in/", {"email": "a"}), 403)


@pytest.mark.django_db
def test_who_may_not_open_a_page_is_told_why(client):
    make.make_policy()
    sign_in(client, make.make_user(make.make_organization("V1", "var"), Role.MANAGER))
    page = client.get("/shipments/upload/")
    assert "Uploading shipments is not for a" in read(page, 403)


ASK = """
import json
import django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
told = {}
for path in ("/", "/distributors/?state=TX", "/check/", "/policies/", "/no/such/page/"):
    answer = client.get(path, HTTP_HOST="localhost")
    told[path] = [answer.status_code, answer.headers.get("Retry-After"), answer.content.decode()]
client.cookies["session"] = "of somebody"
answer = client.get("/home/", HTTP_HOST="localhost")
told["/home/"] = [answer.status_code, answer.headers.get("Retry-After"), answer.content.decode()]
print(json.dumps(told))
"""


def test_without_a_database_pages_say_when_to_come_back_and_the_door_stays_open(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        "SECRET_KEY": "t" * 50,
        "VAR_DIR": str(tmp_path),
    }
    command = [sys.executable, "-c", ASK]
    asked = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True
    )
    told = json.loads(asked.stdout)
    assert [told["/"][0], told["/no/such/page/"][0]] == [200, 404]
    for path in ("/distributors/?state=TX", "/check/", "/policies/", "/home/"):
        status, retry_after, words = told[path]
        assert (status, retry_after) == (503, "30"), path
        assert TAC in words
        assert REFERENCE.search(words)
        assert f'<a class="btn" href="{path}">Try again</a>' in words
