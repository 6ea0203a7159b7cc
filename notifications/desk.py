"""What staff can do about mail, and how a message looks to them."""

from dataclasses import dataclass

from notifications import kinds, workflow
from notifications.content import NothingToSay, content_of
from notifications.enums import MessageStatus
from notifications.kinds import UnknownKind
from notifications.models import Message
from notifications.rendering import build
from partners.desk import ConfirmForm, Operation, ReasonForm

CLOSED = "This mail holds a link that signs its reader in. Nobody else may see it."

UNDELIVERED = {MessageStatus.FAILED, MessageStatus.BOUNCED}

_WORDS = {
    "SMTPRecipientsRefused": "The mail server refused the address.",
    "SMTPSenderRefused": "The mail server refused our sender's address.",
    "SMTPAuthenticationError": "The mail server refused our name or password.",
    "SMTPServerDisconnected": "The mail server hung up.",
    "SMTPDataError": "The mail server refused the message.",
    "ConnectionRefusedError": "The mail server is not there.",
    "TimeoutError": "The mail server did not answer in time.",
    "gaierror": "The mail server's name is not known.",
    "BadHeaderError": "An address or a name holds a line break.",
    "TemplateDoesNotExist": "The mail's template is missing.",
    "UnknownKind": "No app declares this mail.",
}


def in_words(error: str) -> str:
    """Say first what went wrong, then what the machine said."""
    words = _WORDS.get(error.partition(":")[0])
    return f"{words} ({error})" if words else error


@dataclass(frozen=True, slots=True)
class Look:
    """A message as its reader sees it; without text, `note` says why."""

    subject: str = ""
    text: str = ""
    html: str = ""
    note: str = ""


def look_of(message: Message) -> Look:
    """Render a message from what is known now; one with a secret link stays closed."""
    try:
        if kinds.of_template(message.template).holds_secret:
            return Look(note=CLOSED)
        mail = build(message, content_of(message))
    except (UnknownKind, NothingToSay) as why:
        return Look(note=str(why))
    except Exception as problem:  # staff look at a broken mail to see that it is broken
        return Look(note=f"This mail cannot be rendered: {problem!r}")
    return Look(str(mail.subject), str(mail.body), str(mail.alternatives[0][0]))


def _retry(message, values, user, at):
    workflow.retry([message], user=user, at=at)
    return f"Waiting to be sent to {message.recipient} again."


def _came_back(message, values, user, at):
    workflow.note_bounce(message, reason=values["reason"], user=user, at=at)
    return f"Noted that the mail to {message.recipient} came back."


def _hold(switch, values, user, at):
    workflow.hold(reason=values["reason"], user=user, at=at)
    return "All mail is held from now on."


def _release(switch, values, user, at):
    workflow.release(user=user, at=at)
    return "Mail leaves again, the oldest first."


RETRY = Operation(
    name="retry",
    label="Try again",
    explanation="Queues the message again, for the same address.",
    form_class=ConfirmForm,
    perform=_retry,
    is_offered=lambda message, user: message.status in UNDELIVERED,
)
CAME_BACK = Operation(
    name="bounced",
    label="Came back",
    explanation="Notes that the mail was returned. The record it is about shows it.",
    form_class=ReasonForm,
    perform=_came_back,
    is_offered=lambda message, user: message.status == MessageStatus.SENT,
)
HOLD = Operation(
    name="hold",
    label="Hold all mail",
    explanation="Keeps every message in the outbox until you release it. Nothing is lost.",
    form_class=ReasonForm,
    perform=_hold,
    is_offered=lambda switch, user: not switch.is_on,
)
RELEASE = Operation(
    name="release",
    label="Release",
    explanation="Lets the mail go that was held, the oldest first.",
    form_class=ConfirmForm,
    perform=_release,
    is_offered=lambda switch, user: switch.is_on,
)
