"""Mail at the desk: filters, how a message looks, trying again, and holding all of it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from audit.models import Event
from notifications import delivery, kinds, outbox
from notifications.enums import MessageStatus
from notifications.kinds import Kind
from notifications.models import Message, OutboxHold
from notifications.tasks import deliver_due_messages
from partners import clock
from partners.enums import Role
from tests.builders import make_organization, make_staff, make_user
from tests.entrance import sign_in

pytestmark = pytest.mark.django_db

PLAIN = "warranty/report_sent_back"
LIST = "admin:notifications_message_changelist"
PAGE = "admin:notifications_message_change"
SWITCH = "admin:notifications_outboxhold_change"


@pytest.fixture
def desk(client):
    sign_in(client, make_staff("stella@huawei.example"))
    return client


def queue(key="news:1", *, status=MessageStatus.QUEUED, template=PLAIN, **how):
    outbox.enqueue(
        template,
        key=key,
        to="reader@example.test",
        organization=make_organization(),
        context={"number": "IR-7", "reason": "Torn <b>page</b>."},
        at=clock.now() - timedelta(minutes=1),
    )
    Message.unscoped.filter(key__startswith=key).update(status=status, **how)
    return Message.unscoped.get(key__startswith=key)


def hold(client, reason="A backup was restored."):
    return client.post(reverse("admin:notifications_outboxhold_hold", args=[1]), {"reason": reason})


def test_messages_are_found_by_state_and_by_kind(desk):
    queue("plain:1")
    queue("plain:2", status=MessageStatus.FAILED)
    queue("list:1", template="warranty/started", status=MessageStatus.SKIPPED)
    for query, count in [
        ({}, 3),
        ({"kind": "report-decided"}, 2),
        ({"kind": "warranties-started"}, 1),
        ({"status__exact": "failed", "kind": "report-decided"}, 1),
        ({"status__exact": "skipped"}, 1),
    ]:
        assert desk.get(reverse(LIST), query).context["cl"].result_count == count


def test_a_message_is_shown_as_text_and_its_html_in_a_frame_that_can_do_nothing(desk):
    message = queue()
    page = desk.get(reverse(PAGE, args=[message.pk]))
    assert "Installation report IR-7 sent back" in page.content.decode()
    assert "Torn &lt;b&gt;page&lt;/b&gt;." in page.content.decode()
    url = reverse("admin:notifications_message_html", args=[message.pk])
    assert f'<iframe sandbox title="The mail as HTML" src="{url}">' in page.content.decode()
    frame = desk.get(url)
    policy = frame.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy and "allow" not in policy
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_mail_with_a_secret_link_is_shown_to_nobody(desk, monkeypatch):
    secret = Kind(
        name="secret", number=99, label="Secret", because="x", templates=(PLAIN,), always="x.",
        holds_secret=True,
    )  # fmt: skip
    monkeypatch.setitem(kinds._by_template, PLAIN, secret)
    message = queue()
    page = desk.get(reverse(PAGE, args=[message.pk])).content.decode()
    assert "Nobody else may see it" in page
    assert "Torn" not in page and "<iframe" not in page
    html = reverse("admin:notifications_message_html", args=[message.pk])
    assert desk.get(html).status_code == 404


def test_a_mail_that_cannot_be_rendered_says_so_on_its_page(desk):
    message = queue(template="warranty/no_such_mail")
    page = desk.get(reverse(PAGE, args=[message.pk]))
    assert "No app declares a kind for the mail warranty/no_such_mail." in page.content.decode()


def test_the_last_error_stands_there_in_words(desk):
    queue(status=MessageStatus.FAILED, last_error="SMTPRecipientsRefused: 550 gone")
    page = desk.get(reverse(LIST)).content.decode()
    assert "The mail server refused the address. (SMTPRecipientsRefused: 550 gone)" in page


def test_what_failed_is_tried_again_one_or_many_with_an_event_each(desk):
    failed = [queue(f"news:{n}", status=MessageStatus.FAILED, attempts=8) for n in range(2)]
    skipped = queue("news:9", status=MessageStatus.SKIPPED)
    chosen = [message.pk for message in [*failed, skipped]]
    page = desk.post(
        reverse(LIST), {"action": "try_again", "_selected_action": chosen}, follow=True
    )
    assert "2 of 3 wait to be sent again." in page.content.decode()
    found = dict(Message.unscoped.values_list("pk", "status"))
    assert [found[pk] for pk in chosen] == ["queued", "queued", "skipped"]
    assert Event.objects.filter(name="mail.retried").count() == 2


def test_the_switch_holds_all_mail_with_a_reason_and_lets_it_go_again(desk):
    queue()
    assert desk.get(reverse(SWITCH, args=[1])).status_code == 200
    assert not OutboxHold.objects.exists(), "a page wrote something"
    assert hold(desk).status_code == 302
    for page in ("admin:index", LIST):
        text = desk.get(reverse(page)).content.decode()
        assert "All mail is held." in text and "A backup was restored." in text
    deliver_due_messages()
    assert mail.outbox == []
    desk.post(reverse("admin:notifications_outboxhold_release", args=[1]))
    assert "All mail is held." not in desk.get(reverse("admin:index")).content.decode()
    deliver_due_messages()
    assert len(mail.outbox) == 1
    events = Event.objects.filter(name__in=["mail.held", "mail.released"]).order_by("pk")
    assert [(e.name, e.detail["reason"]) for e in events] == [
        ("mail.held", "A backup was restored."),
        ("mail.released", ""),
    ]


def test_a_hold_needs_a_reason(desk):
    hold(desk, reason="  ")
    assert not OutboxHold.current().is_on


def test_the_switch_stops_between_two_sends(desk):
    for number in range(3):
        queue(f"news:{number}")
    assert delivery.deliver_next(at=clock.now()) is True
    hold(desk)
    assert delivery.deliver_next(at=clock.now()) is False
    assert len(mail.outbox) == 1
    assert Message.unscoped.filter(status="queued", attempts=0, claimed_until=None).count() == 2


def test_the_setting_holds_too_and_says_so(desk, settings):
    settings.OUTBOX_HOLD = True
    assert "The setting OUTBOX_HOLD says so." in desk.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize(("waited", "is_late"), [(15, False), (17, True)])
def test_the_first_page_says_how_long_the_oldest_mail_waits(desk, waited, is_late):
    queue(due_at=clock.now() - timedelta(minutes=waited) + timedelta(seconds=20))
    queue("later", due_at=clock.now() + timedelta(hours=1))
    page = desk.get(reverse("admin:index"))
    tile = next(q for q in page.context["queues"] if q["label"] == "Oldest unsent mail")
    assert tile["waits"] is is_late
    assert tile["count"].replace("\xa0", " ") == f"{waited - 1} minutes"


def test_who_is_not_staff_moves_no_switch(client):
    for role in (Role.VIEWER, Role.MANAGER):
        sign_in(client, make_user(make_organization(), role))
        assert hold(client).status_code in {302, 403}
    assert not OutboxHold.current().is_on
