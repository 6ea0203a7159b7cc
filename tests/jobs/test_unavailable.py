"""A list that the database gives up: the page says what to do, and the house goes on."""

import pytest
from django.db import connection
from django.urls import reverse

from tests import builders as make
from tests.entrance import sign_in

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
INSTEAD = "CREATE VIEW warranty_sight AS SELECT * FROM kept WHERE "
FAILURES = {
    "statement timeout": INSTEAD + "pg_sleep(5)::text = ''",
    "terminating connection": INSTEAD + "pg_terminate_backend(pg_backend_pid())",
}


def ask(client, address):
    """Ask in a connection that waits for no statement longer than 300 ms."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '300ms'")
    return client.get(address)


@pytest.mark.parametrize("said", FAILURES)
def test_a_list_that_cannot_be_read_says_what_to_do_inside_its_page(client, caplog, said):
    make.make_policy()
    holder = make.make_organization("VAP1", "vap")
    unit = make.make_unit(holder)
    sign_in(client, make.make_user(holder))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE warranty_sight RENAME TO kept")
        cursor.execute(FAILURES[said])
    try:
        page = ask(client, reverse("units") + "?customer=North")
        files = [ask(client, reverse(name)) for name in ("units-csv", "units-xlsx")]
        other = client.get(reverse("account"))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")
            cursor.execute("DROP VIEW warranty_sight")
            cursor.execute("ALTER TABLE kept RENAME TO warranty_sight")
    assert said in caplog.text
    assert (page.status_code, page["Retry-After"]) == (503, "30")
    words = page.content.decode()
    assert "This list did not answer in time" in words
    assert "or remove a filter" in words
    assert 'href="/units/?customer=North"' in words
    assert 'aria-label="Main"' in words
    assert [(file.status_code, file["Retry-After"]) for file in files] == [(503, "30")] * 2
    assert b"try again in half a minute" in files[0].content
    assert other.status_code == 200
    assert unit.serial in client.get(reverse("units")).content.decode()
