"""Choosing mail: on the page, by one click from a mail program, and what it does to the outbox."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core import mail, signing
from django.test import Client
from django.urls import reverse

from audit.models import Event
from notifications import delivery, kinds, links, outbox, preferences
from notifications.enums import MessageStatus
from notifications.models import MailHours, Message, Preference
from partners.enums import Role
from tests.builders import make_organization, make_staff, make_unit, make_user
from tests.entrance import sign_in
from tests.warranty.night import night

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 4, 10, 17, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 4, 10, 5, 5, tzinfo=UTC)
READER = "service@acme.example"
STARRED, PLAIN = "warranty/started", "warranty/report_sent_back"
KIND = "warranties-started"


@pytest.fixture
def acme():
    return make_organization("ACME", email=READER, time_zone="America/New_York")


def link(address=READER, kind=KIND) -> str:
    return links.unsubscribe_url(address, kinds.named(kind)).removeprefix("http://127.0.0.1:8000")


def queue(organization, *, template=STARRED, at=NOON, key="news:1", **how):
    outbox.tell(
        template,
        key=key,
        organization=organization,
        context={"day": "2026-04-10", "number": "IR-7", "reason": "Torn."},
        at=at,
        **how,
    )
    return Message.unscoped.get(key=f"{key}:{organization.email}")


def read(message):
    message.refresh_from_db()
    return message


def one_click(url):
    """Post as a mail program does: no cookie, no form of ours, and CSRF checked."""
    body = "List-Unsubscribe=One-Click"
    return Client(enforce_csrf_checks=True).post(url, body, "application/x-www-form-urlencoded")


# The link


def test_one_click_of_a_mail_program_stops_the_kind_at_once_and_no_other(acme):
    url = link()
    for _ in range(2):
        response = one_click(url)
        assert response.status_code == 200
        assert "sessionid" not in response.cookies and "session" not in response.cookies
    assert queue(acme).status == MessageStatus.SKIPPED
    assert queue(acme, template=PLAIN, key="news:2").status == MessageStatus.QUEUED
    events = Event.objects.filter(name="mail.preference")
    assert [(e.actor_kind, e.actor_label) for e in events] == [("address", READER)]


def test_looking_at_the_link_changes_nothing_and_says_what_stays_on(client, acme):
    for _ in range(2):
        page = client.get(link())
    assert page.status_code == 200
    assert not Preference.objects.exists()
    text = page.content.decode()
    assert "Warranties started" in text and READER in text
    assert "Installation report accepted or sent back" in text
    assert "Stop these mails</button>" in text


def test_undo_sends_them_again(client, acme):
    client.post(link(), {"List-Unsubscribe": "One-Click"})
    assert "Undo" in client.get(link()).content.decode()
    page = client.post(link(), {"undo": "1"})
    assert "Stop these mails</button>" in page.content.decode()
    assert queue(acme).status == MessageStatus.QUEUED


def test_undo_keeps_the_weekly_rhythm(client):
    Preference.objects.create(address=READER, kind=KIND, is_weekly=True)
    client.post(link())
    client.post(link(), {"undo": "1"})
    kept = Preference.objects.get()
    assert (kept.is_on, kept.is_weekly) == (True, True)


def test_a_link_that_was_changed_does_nothing_and_leads_to_the_page_of_choices(client):
    good = link()
    foreign = link(kind="report-decided")[:-10] + "AAAAAAAAA/"
    for url in (good[:-3] + "/", good.replace("u/", "u/x"), foreign):
        for ask in (client.get, client.post):
            page = ask(url)
            assert page.status_code == 404
            assert reverse("preferences") in page.content.decode()
    assert not Preference.objects.exists()


def test_a_signature_made_for_another_purpose_opens_nothing(client):
    token = signing.Signer(salt="invitation").sign_object([READER, KIND])
    assert client.post(reverse("unsubscribe", args=[token])).status_code == 404


# What it does to the outbox


def test_who_stopped_a_kind_is_left_out_and_staff_see_why(acme):
    one_click(link())
    message = queue(acme)
    assert (message.status, message.last_error) == ("skipped", preferences.STOPPED)
    assert delivery.deliver_next(at=NOON) is False
    assert mail.outbox == []


def test_a_message_that_a_choice_overtakes_is_not_sent(acme):
    message = queue(acme)
    one_click(link())
    assert delivery.deliver_next(at=NOON) is True
    assert (read(message).status, mail.outbox) == ("skipped", [])
    assert message.last_error == preferences.STOPPED
    assert message.claimed_until is None


def test_the_letter_case_of_an_address_opens_no_way_around(acme):
    one_click(link("Service@Acme.Example"))
    acme.email = "SERVICE@acme.example"
    acme.save()
    assert queue(acme).status == MessageStatus.SKIPPED


def test_one_reader_of_several_stops_only_their_own(acme):
    ada, bea = make_user(acme), make_user(acme)
    one_click(link(ada.email))
    outbox.tell(STARRED, key="n", organization=acme, context={"day": "2026-04-10"}, at=NOON)
    found = dict(Message.unscoped.values_list("recipient", "status"))
    assert found == {ada.email: "skipped", bea.email: "queued"}


def test_what_can_wait_sleeps_until_the_morning_of_its_reader_and_the_rest_does_not(acme):
    message = queue(acme, at=MIDNIGHT)
    assert message.due_at == datetime(2026, 4, 10, 12, 0, tzinfo=UTC)
    assert queue(acme, template=PLAIN, at=MIDNIGHT, key="news:2").due_at == MIDNIGHT
    while delivery.deliver_next(at=message.due_at - timedelta(seconds=1)):
        pass
    assert [sent.subject for sent in mail.outbox] == ["Installation report IR-7 sent back"]
    delivery.deliver_next(at=message.due_at)
    assert len(mail.outbox) == 2


def test_a_night_shift_chooses_other_hours_and_another_zone(acme):
    MailHours.objects.create(address=READER, time_zone="Asia/Tokyo", begins=time(13), ends=time(15))
    message = queue(acme, at=MIDNIGHT)  # 14:05 in Tokyo
    assert message.due_at == datetime(2026, 4, 10, 6, 0, tzinfo=UTC)


def test_hours_chosen_after_the_queuing_are_heeded_and_cost_no_try(acme):
    message = queue(acme)
    MailHours.objects.create(address=READER, begins=time(12), ends=time(14))
    assert delivery.deliver_next(at=NOON) is True  # 13:00 in New York
    assert read(message).status == MessageStatus.QUEUED
    assert (message.due_at, message.attempts) == (NOON + timedelta(hours=1), 0)
    delivery.deliver_next(at=message.due_at)
    assert (read(message).status, message.attempts) == ("sent", 1)


def test_a_next_try_that_falls_into_the_night_waits_for_the_morning(acme):
    message = queue(acme)
    late = datetime(2026, 4, 11, 3, 30, tzinfo=UTC)
    Message.unscoped.update(attempts=3, due_at=late)
    delivery.deliver_next(at=late)
    assert (read(message).attempts, mail.outbox) == (3, [])
    assert message.due_at == datetime(2026, 4, 11, 12, 0, tzinfo=UTC)


def test_an_unknown_zone_counts_as_the_zone_of_business(acme):
    acme.time_zone = "Mars/Olympus"
    acme.save()
    assert queue(acme, at=MIDNIGHT).due_at == datetime(2026, 4, 10, 13, 0, tzinfo=UTC)


def test_nobody_is_woken_by_the_night_that_starts_warranties(acme):
    make_unit(acme)
    night(date(2026, 4, 10), at=MIDNIGHT)
    message = Message.unscoped.get()
    assert message.status == MessageStatus.QUEUED
    assert message.due_at == datetime(2026, 4, 10, 12, 0, tzinfo=UTC)


# The page


CHOICES = {KIND: "off", "quiet": "on", "begins": "21:00", "ends": "06:30", "time_zone": ""}


def post(client, **values):
    """Post the page with a choice for every starred kind."""
    kept = {kind.name: "on" for kind in kinds.starred()} | CHOICES | values
    return client.post(reverse("preferences"), {k: v for k, v in kept.items() if v is not None})


def test_every_kind_is_listed_with_its_choice_or_with_why_there_is_none(client, acme):
    sign_in(client, make_user(acme, Role.VIEWER))
    text = client.get(reverse("preferences")).content.decode()
    for kind in kinds.every():
        assert kind.label in text
        assert (f'name="{kind.name}"' in text) is kind.is_starred
        assert kind.is_starred or kind.always in text
    assert "ACME Example" in text and "America/New York" in text


def test_choices_are_kept_for_the_persons_address_with_one_event_each(client, acme):
    ada, bea = make_user(acme), make_user(acme)
    sign_in(client, ada)
    for _ in range(2):
        assert post(client).status_code == 302
    kept = Preference.objects.get(address=ada.email, kind=KIND)
    hours = MailHours.objects.get()
    assert (kept.is_on, hours.begins, hours.ends, hours.weekends) == (
        False, time(21), time(6, 30), False,
    )  # fmt: skip
    assert not Preference.objects.filter(address=bea.email).exists()
    assert Event.objects.filter(name="mail.preference", actor_id=ada.pk).count() == 1
    assert Event.objects.filter(name="mail.hours", actor_id=ada.pk).count() == 1
    page = client.get(reverse("preferences")).content.decode()
    assert '<option value="off" selected>Off</option>' in page


@pytest.mark.parametrize(
    "wrong",
    [{"ends": "21:00"}, {"begins": "25:00"}, {"time_zone": "Mars/Olympus"}, {KIND: "maybe"}],
)
def test_a_choice_that_cannot_be_kept_changes_nothing(client, acme, wrong):
    sign_in(client, make_user(acme))
    assert post(client, **wrong).status_code == 400
    assert not Preference.objects.exists() and not MailHours.objects.exists()


def test_what_always_comes_cannot_be_switched_off_by_a_made_up_form(client, acme):
    ada = make_user(acme)
    sign_in(client, ada)
    assert post(client, **{"report-decided": "off"}).status_code == 302
    assert not Preference.objects.filter(kind="report-decided").exists()
    outbox.tell(PLAIN, key="news:1", organization=acme, context={"number": "IR-7"}, at=NOON)
    assert Message.unscoped.get(recipient=ada.email).status == MessageStatus.QUEUED


def test_staff_choose_their_own_mail_too(client):
    sign_in(client, make_staff())
    assert client.get(reverse("preferences")).status_code == 200
