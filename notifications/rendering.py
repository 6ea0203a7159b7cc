"""Turning a message into a mail: its words, its headers, and nothing that it did not say."""

import hashlib
from email.utils import formataddr, parseaddr
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine

from notifications import kinds, links
from notifications.content import Content
from notifications.kinds import Kind
from notifications.models import Message

PRODUCT = "Ninety"
LONGEST_SUBJECT = 150


def build(message: Message, content: Content) -> EmailMultiAlternatives:
    """Build the mail: the first line of the text is the subject, HTML goes beside it."""
    kind = kinds.of_template(message.template)
    context = {**content.context, **_frame(message, kind)}
    subject, _, text = _render(f"{message.template}.txt", context).partition("\n")
    context["subject"] = subject = _one_line(subject)[:LONGEST_SUBJECT]
    footer = _render("footer.txt", context)
    answers_to = [message.reply_to or settings.EMAIL_REPLY_TO]
    mail = EmailMultiAlternatives(
        subject=subject,
        body=f"{text.strip()}\n\n{footer.strip()}\n",
        from_email=sender(),
        to=[message.recipient],
        reply_to=[address for address in answers_to if address],
        headers=headers(message, kind),
    )
    mail.attach_alternative(_render(f"{message.template}.html", context), "text/html")
    for file in content.attachments:
        mail.attach(file.name, file.body, file.type)
    return mail


def _frame(message: Message, kind: Kind) -> dict[str, object]:
    """Return what every mail says around its content."""
    frame: dict[str, object] = {
        "base_url": settings.BASE_URL,
        "organization": message.organization,
        "recipient": message.recipient,
        "why": kind.why(message.organization),
    }
    if kind.is_starred:
        frame["preferences_url"] = links.preferences_url()
        frame["unsubscribe_url"] = links.unsubscribe_url(message.recipient, kind)
    if kind.heeds_mute and message.about:
        frame["mute_url"] = links.mute_url(message.recipient, message.about)
    return frame


def _render(name: str, context: dict[str, object]) -> str:
    """Render one part; plain text is the one place where nothing is escaped."""
    template = Engine.get_default().get_template(f"email/{name}")
    return str(template.render(Context(context, autoescape=name.endswith("html"))))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def sender() -> str:
    """Return the sender's address under the name of the product, or the name it was given."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or PRODUCT, address))


def headers(message: Message, kind: Kind) -> dict[str, str]:
    """Say that a machine wrote this and, of what can wait, how to stop it (RFC 8058)."""
    said = {"Auto-Submitted": "auto-generated", "Message-ID": message_id(message)}
    if message.thread:
        said |= {"In-Reply-To": thread_root(message), "References": thread_root(message)}
    if not kind.is_starred:
        return said
    ways = [f"<{links.unsubscribe_url(message.recipient, kind)}>"]
    if settings.EMAIL_REPLY_TO:
        mailbox = parseaddr(settings.EMAIL_REPLY_TO)[1]
        ways.append(f"<mailto:{mailbox}?subject={quote(f'Unsubscribe: {kind.label}')}>")
    return {
        **said,
        "List-Id": f"{kind.label} <{kind.name}.{urlsplit(settings.BASE_URL).hostname}>",
        "List-Unsubscribe": ", ".join(ways),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }


def message_id(message: Message) -> str:
    """Return an id that is the same on every try and tells nothing of the key."""
    digest = hashlib.sha256(message.key.encode()).hexdigest()[:32]
    return f"<{digest}@{_domain()}>"


def thread_root(message: Message) -> str:
    """Return the id to which every mail of a thread answers; no mail has it itself."""
    return f"<{_one_line(message.thread).replace(' ', '-')}@{_domain()}>"


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
