"""What happened in a case, as one stream: steps, messages, requests, mails, and the failure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from audit.models import Event
from doa.enums import FailureKind
from doa.feed_words import INTERNAL, WORDS
from doa.models import Case, CaseFile, CaseLine, CaseMessage, InfoRequest
from notifications import kinds
from notifications.enums import MessageStatus
from notifications.models import Message
from partners.enums import Role
from partners.models import Membership, Organization

SPOKEN = frozenset({"case.message", "case.answered", "case.asked", "case.note"})
"""The events that somebody wrote."""
_MAIL = {
    MessageStatus.QUEUED: ("wait", "waits to be sent"),
    MessageStatus.HELD: ("wait", "waits to be sent"),
    MessageStatus.SENT: ("wait", "was sent"),
    MessageStatus.SKIPPED: ("wait", "was not sent: this address has switched it off"),
    MessageStatus.FAILED: ("stop", "could not be delivered"),
    MessageStatus.BOUNCED: ("stop", "came back"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened; of some only the day is known, and no time is invented."""

    key: str
    tone: str
    icon: str
    title: str
    at: datetime | None = None
    on: date | None = None
    text: str = ""
    body: str = ""
    items: tuple[str, ...] = ()
    files: tuple[CaseFile, ...] = ()
    is_spoken: bool = False
    is_internal: bool = False

    @property
    def order(self) -> datetime:
        return self.at or datetime.combine(self.on or date.min, time(0), tzinfo=UTC)


def feed_of(
    case: Case, lines: list[CaseLine], reader: Organization, *, messages_only: bool = False
) -> list[Entry]:
    """Return what `reader` may read of a case, the newest first."""
    entries = [*_happened(case, lines, reader), *_mailed(case, reader), *_failed(case, lines)]
    entries = [entry for entry in entries if entry.is_spoken] if messages_only else entries
    return sorted(entries, key=lambda entry: entry.order, reverse=True)


@dataclass(frozen=True, slots=True)
class _Written:
    """What was written and asked in a case, by the instant at which it was."""

    messages: dict[datetime, CaseMessage]
    requests: dict[datetime, InfoRequest]
    files: dict[datetime, list[CaseFile]]


def _written(case: Case) -> _Written:
    files: dict[datetime, list[CaseFile]] = defaultdict(list)
    for file in CaseFile.unscoped.filter(case=case).for_page():
        files[file.added_at].append(file)
    return _Written(
        {message.written_at: message for message in case.messages.all()},
        {r.asked_at: r for r in case.requests.prefetch_related("items")},
        files,
    )


def _happened(case: Case, lines: list[CaseLine], reader: Organization) -> Iterator[Entry]:
    written = _written(case)
    several = len(lines) > 1
    for event in Event.objects.about(Case._meta.label_lower, case.pk).filter(name__in=WORDS):
        if event.name in INTERNAL and not reader.is_huawei:
            continue
        yield _entry(event, case, written, lines, several=several)


def _entry(
    event: Event, case: Case, written: _Written, lines: list[CaseLine], *, several: bool
) -> Entry:
    words = WORDS[event.name]
    message = written.messages.get(event.at) if event.name in SPOKEN else None
    request = written.requests.get(event.at) if event.name == "case.asked" else None
    body = message.text if message else request.text if request else ""
    unit = event.detail.get("unit", "") if several and event.name.startswith("line.") else ""
    said = words.text(event.detail, case, lines)
    return Entry(
        key=f"e{event.pk}",
        tone=words.tone,
        icon=words.icon,
        title=words.title(_who(event, case), event.detail),
        at=event.at,
        text=f"{unit}. {said}".strip(". ") + "." if unit or said else "",
        body=body,
        items=tuple(item.label for item in request.items.all()) if request else (),
        files=tuple(written.files.get(event.at, ())) if event.name in SPOKEN else (),
        is_spoken=event.name in SPOKEN,
        is_internal=event.name in INTERNAL,
    )


def _who(event: Event, case: Case) -> str:
    """Name who acted; whoever is not of the applicant's organization, with their side."""
    is_person = event.actor_kind != "system"
    is_other = event.organization_id not in (None, case.organization_id)
    return f"{event.actor_label}, Huawei" if is_person and is_other else event.actor_label


def _mailed(case: Case, reader: Organization) -> Iterator[Entry]:
    """Yield the mails about a case, one entry for all who got the same one."""
    mails = list(Message.unscoped.about(f"case:{case.reference}"))
    if not reader.is_huawei:
        staff = set(_staff_among(mail.recipient for mail in mails))
        mails = [mail for mail in mails if mail.recipient not in staff]
    grouped: dict[tuple[Any, ...], list[Message]] = defaultdict(list)
    for mail in mails:
        grouped[mail.template, mail.queued_at, mail.status].append(mail)
    for (template, at, status), same in grouped.items():
        tone, became = _MAIL.get(status, ("wait", "was sent"))
        to = ", ".join(dict.fromkeys(mail.recipient for mail in same))
        yield Entry(
            key=f"m{same[0].pk}",
            tone=tone,
            icon="msg",
            title=f"Mail “{_kind(template)}” {became}",
            text=f"To {to}.",
            at=at,
        )


def _kind(template: str) -> str:
    try:
        return kinds.of_template(template).label
    except kinds.UnknownKind:
        return "News about the case"


def _staff_among(addresses: Iterable[str]) -> Iterable[str]:
    members = Membership.objects.filter(role=Role.STAFF, user__email__in=set(addresses))
    return members.values_list("user__email", flat=True)


def _failed(case: Case, lines: list[CaseLine]) -> Iterator[Entry]:
    """Yield when each unit got power and failed, as exactly as it was reported."""
    for line in lines:
        name = f"{line.unit}: " if len(lines) > 1 else ""
        by = f"Reported by {case.organization}."
        if line.failure_kind == FailureKind.LATER and line.powered_on:
            title = f"{name}First power-on"
            yield _fact(f"p{line.pk}", title, line.powered_on, by)
        if line.failed:
            at_boot = line.failure_kind == FailureKind.FIRST_BOOT
            title = "First power-on, failed at first boot" if at_boot else "Failed"
            yield _fact(f"f{line.pk}", f"{name}{title}", line.failed, by)


def _fact(key: str, title: str, moment: datetime | date, text: str) -> Entry:
    at, on = (moment, None) if isinstance(moment, datetime) else (None, moment)
    return Entry(key=key, tone="wait", icon="power", title=title, at=at, on=on, text=text)
