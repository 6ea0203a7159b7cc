"""The demonstration's mailbox: everything that was sent, for everybody, and nowhere else."""

import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from notifications import delivery, outbox
from notifications.models import Message
from tests.builders import at_noon, make_organization, make_unit
from tests.warranty.night import night

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 4, 10, 18, 0, tzinfo=UTC)


@pytest.fixture
def mailbox(settings, tmp_path):
    """Send the notice of one started warranty, and one mail of words that bite, to files."""
    settings.DEMO = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    make_unit(make_organization("ACME"), serial="2102DEMOUNIT00000001")
    night(date(2026, 4, 10), at=at_noon(date(2026, 4, 10)))
    outbox.enqueue(
        "warranty/report_sent_back",
        key="news:1",
        to="reader@example.test",
        organization=None,
        context={"number": "IR-7", "reason": "<script>alert(1)</script> http://127.0.0.1:8000/a"},
        at=NOON,
    )
    while delivery.deliver_next(at=NOON):
        pass
    assert set(Message.unscoped.values_list("status", flat=True)) == {"sent"}
    return tmp_path


def links(client) -> list[str]:
    page = client.get(reverse("demo-mails"))
    return re.findall(r'href="(/demo/mail/[0-9-]+/)"', page.content.decode())


def addresses(name: str) -> list[str]:
    return [
        reverse("demo-mails"),
        reverse("demo-mail", args=[name]),
        reverse("demo-mail-html", args=[name]),
        reverse("demo-mail-file", args=[name, 0]),
    ]


def test_a_newcomer_reads_what_was_sent_without_signing_in(client, mailbox):
    page = client.get(reverse("demo-mails")).content.decode()
    assert "1 warranty started for your unit" in page and "reader@example.test" in page
    assert len(links(client)) == 2
    for link in links(client):
        assert client.get(link).status_code == 200


def test_mails_that_share_a_file_are_each_read(client, mailbox):
    kept = mailbox / "20260410-120000-1.log"
    kept.write_bytes(b"".join(file.read_bytes() for file in mailbox.glob("*.log")))
    for file in set(mailbox.glob("*.log")) - {kept}:
        file.unlink()
    assert links(client) == [f"/demo/mail/{kept.stem}-2/", f"/demo/mail/{kept.stem}/"]
    pages = [client.get(link).content.decode() for link in links(client)]
    assert [sum(word in page for page in pages) for word in ("IR-7", "DEMOUNIT")] == [1, 1]
    assert client.get(f"/demo/mail/{kept.stem}-3/").status_code == 404


def test_text_comes_first_with_links_to_click_and_nothing_that_runs(client, mailbox):
    pages = [client.get(link).content.decode() for link in links(client)]
    biting = next(page for page in pages if "IR-7" in page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in biting and "<script>alert" not in biting
    assert '<a href="http://127.0.0.1:8000/a"' in biting
    assert biting.index('id="text"') < biting.index('id="html"')


def test_the_html_stands_in_a_frame_that_follows_a_click_and_runs_nothing(client, mailbox):
    for link in links(client):
        frame = client.get(f"{link}html/")
        policy = frame.headers["Content-Security-Policy"]
        assert policy.startswith("sandbox allow-top-navigation-by-user-activation; default-src 'n")
        assert "allow-scripts" not in policy and "allow-same-origin" not in policy
        assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert '<base target="_top">' in frame.content.decode()


def test_the_table_beside_the_mail_is_a_download(client, mailbox):
    link = next(link for link in links(client) if b".csv" in client.get(link).content)
    file = client.get(f"{link}files/0/")
    assert file.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "2102DEMOUNIT00000001" in file.content.decode()
    assert client.get(f"{link}files/1/").status_code == 404


@pytest.mark.parametrize(
    "name", ["20260410-120000-1", "..", "..%2Fsecret_key", "a.log", "20260410-120000-1%00"]
)
def test_only_mails_are_read(client, mailbox, name):
    (mailbox / "a.log").write_text("To: x\n\nsecret")
    (mailbox.parent / "secret_key").write_text("secret")
    for suffix in ("", "html/", "files/0/"):
        response = client.get(f"/demo/mail/{name}/{suffix}")
        assert response.status_code == 404 or response.url.startswith("/accounts/")
        assert b"secret" not in response.content


def test_elsewhere_there_is_no_such_page_and_no_link_to_it(client, mailbox, settings):
    name = links(client)[0].split("/")[3]
    assert "/demo/mail/" in client.get(reverse("start")).content.decode()
    settings.DEMO = False
    for address in addresses(name):
        assert client.get(address).status_code == 404
    assert "/demo/mail/" not in client.get(reverse("start")).content.decode()


def test_an_empty_mailbox_says_when_mail_comes(client, settings, tmp_path):
    settings.DEMO, settings.EMAIL_FILE_PATH = True, tmp_path / "none"
    assert "within half a minute" in client.get(reverse("demo-mails")).content.decode()
