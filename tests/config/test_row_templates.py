"""What row templates may use, and that nothing of it lets markup through."""

from datetime import UTC, date, datetime

import pytest
from django.template import engines
from django.test import Client
from django.utils import timezone
from jinja2 import UndefinedError

from partners.enums import Role
from partners.templatetags.components import table_rows
from tests import builders as make

pytestmark = pytest.mark.portable


def drawn(source: str, **context: object) -> str:
    return engines["rows"].from_string(source).render(context)


@pytest.mark.django_db
def test_what_people_typed_stays_text(client: Client):
    make.make_policy()
    partner = make.make_organization("VAP1", "vap")
    make.make_unit(partner, end_customer="<b>Bold & Sons</b>")
    client.force_login(make.make_user(partner, role=Role.VIEWER))
    page = client.get("/units/").content.decode()
    assert "&lt;b&gt;Bold &amp; Sons&lt;/b&gt;" in page
    assert "<b>Bold" not in page


def test_a_name_that_is_not_given_is_an_error_and_not_nothing():
    with pytest.raises(UndefinedError, match="rows"):
        table_rows("portal/_unit_rows.jinja")


def test_writes_numbers_days_and_instants_as_the_other_pages_do():
    days = {"day": date(2026, 4, 9), "at": datetime(2026, 4, 10, 3, 30, tzinfo=UTC)}
    with timezone.override("America/Chicago"):
        assert drawn("{{ 12345|number }}, {{ day|day }}, {{ day|iso }}", **days) == (
            "12,345, 9 Apr 2026, 2026-04-09"
        )
        cell = '{% from "components/rows.jinja" import day_of %}{{ day_of(at) }}'
        assert drawn(cell, **days) == (
            '<time class="nw" datetime="2026-04-09T22:30:00-05:00">9 Apr 2026</time>'
        )
