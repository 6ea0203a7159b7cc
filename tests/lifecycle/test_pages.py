"""The pages of announcements, as a stranger, a partner and Huawei open them."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from lifecycle.models import Announcement, Holding, Subscription
from tests.builders import (
    a_pdf,
    make_contract,
    make_level,
    make_organization,
    make_part_number,
    make_staff,
    make_unit,
    make_user,
)
from tests.entrance import sign_in
from tests.lifecycle.announced import AT, EOM, EOS, publish, revise, write

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(AT + HOUR, tick=False):
        yield


def page(client, announcement):
    return client.get(f"/announcements/{announcement.slug}/").content.decode()


def as_staff(client):
    user = make_staff()
    sign_in(client, user)
    return user


def filled(part, **more):
    return {
        "number": "pn-2026-7",
        "subject": "End of marketing of a switch",
        "affected": part.number,
        "eom": "2027-03-31",
        "text": "Orders **end**.",
        **more,
    }


def test_a_stranger_reads_what_is_published_and_nothing_that_is_not(client):
    published, draft = publish(), write(number="PN-2026-5", subject="Secret plans")
    listed = client.get("/announcements/").content.decode()
    assert published.subject in listed and "Secret plans" not in listed
    assert "31 Mar 2027" in page(client, published)
    assert client.get(f"/announcements/{draft.slug}/").status_code == 404
    assert client.get(f"/announcements/{published.slug.upper()}/").status_code == 404


def test_the_list_leads_to_what_programs_follow(client):
    listed = client.get("/announcements/").content.decode()
    for address in ("feed.atom", "calendar.ics", "openeox.json"):
        assert f'href="/announcements/{address}"' in listed
        assert client.get(f"/announcements/{address}").status_code == 200


def test_a_partner_sees_its_own_units_and_no_other_partners(client):
    part, mine, other = make_part_number(), make_organization(), make_organization()
    make_unit(mine, part_number=part, end_customer="Harbor", site_country="US")
    make_unit(other, part_number=part, end_customer="Elsewhere")
    announcement = publish(part)
    sign_in(client, make_user(mine))
    words = page(client, announcement)
    assert "Your affected units: 1" in words and "Harbor" in words
    assert "Elsewhere" not in words
    table = client.get(reverse("announcement-units-csv", args=[announcement.slug]))
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [(row["end_customer"], row["cover"]) for row in rows] == [("Harbor", "No contract")]


@pytest.mark.parametrize(("eos_after", "words"), [(0, "Covered to the end"), (1, "ends earlier")])
def test_cover_is_held_against_the_end_of_service_to_the_day(client, eos_after, words):
    part, holder = make_part_number(), make_organization()
    unit = make_unit(holder, part_number=part)
    contract = make_contract([unit], at=AT, level=make_level())
    ends_on = contract.lines.get().ends_on
    announcement = publish(part, eom=None, eos=ends_on + timedelta(days=eos_after))
    sign_in(client, make_user(holder))
    assert words in page(client, announcement)


def test_none_of_your_units_is_a_good_answer(client):
    holder = make_organization()
    for _ in range(2):
        make_unit(holder)
    announcement = publish()
    sign_in(client, make_user(holder))
    assert "None of your 2 units are affected" in page(client, announcement)


def test_a_partner_acknowledges_once_and_a_stranger_to_it_can_not(client):
    part, holder = make_part_number(), make_organization()
    make_unit(holder, part_number=part)
    announcement = publish(part)
    address = reverse("announcement-acknowledge", args=[announcement.slug])
    sign_in(client, make_user(make_organization()))
    assert client.post(address).status_code == 404
    reader = make_user(holder)
    sign_in(client, reader)
    assert client.post(address).status_code == 302
    assert Holding.unscoped.get().acknowledged_by == str(reader)
    assert "has read it" in page(client, announcement)


def test_subscribing_and_stopping_it(client):
    sign_in(client, make_user(make_organization()))
    client.post(reverse("announcement-subscription"), {"on": "yes"})
    assert Subscription.unscoped.count() == 1
    client.post(reverse("announcement-subscription"), {"on": "no"})
    assert not Subscription.unscoped.exists()


def test_an_old_version_leads_to_the_one_that_holds(client):
    part = make_part_number()
    first = publish(part)
    revise(first, part, eom=EOM + timedelta(days=1), at=AT + HOUR)
    old = client.get(f"/announcements/{first.slug}/1/").content.decode()
    assert "It no longer holds" in old and "31 Mar 2027" in old
    new = page(client, first)
    assert "The dates have moved." in new and "1 Apr 2027" in new


def test_what_staff_write_becomes_a_draft_with_its_file(client):
    as_staff(client)
    part, new = make_part_number(), make_part_number()
    given = filled(part, affected=f"{part.number} -> {new.product.model}", eos="2032-03",
                   eofs="to be announced", file=a_pdf("notice.pdf"))  # fmt: skip
    answer = client.post("/announcements/write/", given)
    assert answer.status_code == 302, answer.content.decode()
    draft = Announcement.objects.get()
    dates = {kind.value: when.iso for kind, when in draft.dates().items()}
    assert dates == {"eom": "2027-03-31", "eofs": "to be announced", "eos": "2032-03"}
    row = draft.affected.get()
    assert (row.part_number, row.replacement) == (part, new.product)
    file = draft.attachments.get().document
    preview = client.get(f"{answer.url.removesuffix('desk/')}preview/").content.decode()
    assert "<strong>end</strong>" in preview and "notice.pdf" in preview
    address = reverse("announcement-file", args=[draft.slug, file.reference])
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"eom": "31.03.2027"}, "YYYY-MM-DD"),
        ({"eom": "2027-02-30"}, "does not exist"),
        ({"eom": ""}, "at least one milestone"),
        ({"eom": "2027-03-31", "eos": "2027-02"}, "before end of marketing"),
        ({"eofs": "2026-12", "eos": "2032"}, "YYYY-MM-DD"),
        ({"eofs": "2027-03-30"}, "before end of marketing"),
        ({"eos": "2030-01-01", "eofs": "2030-01-02"}, "before end of full support"),
        ({"ga": "2027-04"}, "before general availability"),
        ({"affected": "NOT-A-MODEL"}, "is no model or part number"),
        ({"affected": ""}, "required"),
        ({"own_dates": "AR1: EOM 2027-01-01"}, "not among the affected"),
        ({"own_dates": "no colon"}, "a colon"),
        ({"number": "one"}, "PN-2026-118"),
    ],
)
def test_what_can_not_stand_comes_back_with_its_reason_and_stores_nothing(client, given, words):
    as_staff(client)
    answer = client.post("/announcements/write/", filled(make_part_number(), **given))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Announcement.objects.exists()


def test_a_month_counts_as_its_last_day_against_a_day(client):
    as_staff(client)
    given = filled(make_part_number(), eom="2027-03-31", eos="2027-03")
    assert client.post("/announcements/write/", given).status_code == 302


def test_a_search_keeps_what_was_typed_and_adds_what_was_ticked(client):
    as_staff(client)
    part = make_part_number(model="AR2220E")
    typed = filled(part, affected="", subject="Kept words", words="ar22", find="yes")
    found = client.post("/announcements/write/", typed).content.decode()
    assert "AR2220E" in found and "Kept words" in found
    del typed["find"]
    added = client.post("/announcements/write/", typed | {"add": "yes", "chosen": "AR2220E"})
    assert "AR2220E</textarea>" in added.content.decode()
    assert not Announcement.objects.exists()


def test_the_desk_offers_approval_to_a_colleague_alone(client):
    author = as_staff(client)
    draft = write(author=author)
    desk = f"/announcements/{draft.slug}/1/"
    assert client.post(f"{desk}submit/").status_code == 302
    assert f"{desk}approve/" not in client.get(f"{desk}desk/").content.decode()
    refused = client.post(f"{desk}approve/", {"publish_at": ""})
    assert refused.status_code == 400
    assert "Ask a colleague" in refused.content.decode()
    as_staff(client)
    assert client.post(f"{desk}approve/", {"publish_at": "2026-12-01T09:00"}).status_code == 302
    assert Announcement.objects.get().publish_at.isoformat() == "2026-12-01T15:00:00+00:00"


def test_warnings_stand_before_publishing(client):
    as_staff(client)
    part, holder = make_part_number(), make_organization()
    unit = make_unit(holder, part_number=part)
    make_contract([unit], at=AT, level=make_level(), months=36)
    draft = write(part, eom=EOM.replace(year=2026), eos=EOS.replace(year=2027))
    words = client.get(f"/announcements/{draft.slug}/1/desk/").content.decode()
    assert "lies in the past: 31 Mar 2026" in words
    assert "1 contract runs past the end of service and support" in words
    table = client.get(f"/announcements/{draft.slug}/1/impact.csv").content.decode("utf-8-sig")
    assert next(iter(csv.DictReader(io.StringIO(table))))["contracts_past_end"] == "1"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("[x](javascript:alert)", "javascript:alert"),
        ("[x](https://example.test/a)", '<a href="https://example.test/a">x</a>'),
        ("# One", "<h3>One</h3>"),
        ("![words](https://example.test/a.png)", "words"),
    ],
)
def test_the_text_shows_what_is_allowed_and_runs_nothing(client, text, html):
    words = page(client, publish(text=text))
    assert html in words
    assert "<script>alert" not in words and 'href="javascript' not in words
    assert "example.test/a.png" not in words


def test_programs_read_announcements_without_a_token(client):
    part = make_part_number()
    publish(part)
    publish(make_part_number(), number="PN-2026-2")
    first = client.get("/api/v1/announcements?limit=1").json()
    assert [row["number"] for row in first["announcements"]] == ["PN-2026-2"]
    assert client.get(first["next"]).json()["announcements"][0]["number"] == "PN-2026-118"
    mine = client.get(f"/api/v1/announcements?part_number={part.number}").json()
    assert [row["number"] for row in mine["announcements"]] == ["PN-2026-118"]
    one = client.get("/api/v1/announcements/pn-2026-118").json()
    assert one["products"][0]["milestones"][0]["day"] == "2027-03-31"
    assert client.get("/api/v1/announcements/PN-2026-404").status_code == 404
    assert client.get("/api/v1/announcements?wrong=1").status_code == 400
