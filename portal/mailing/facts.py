"""What each member of an organization gets by mail: the usual, or what they chose."""

from collections.abc import Iterator
from dataclasses import dataclass

from notifications import kinds
from notifications.kinds import Kind
from notifications.models import MailHours, Preference
from notifications.policy import QuietHours
from partners.models import Membership, Organization


@dataclass(frozen=True, slots=True)
class Gets:
    """Whether and how a member gets one kind of mail, and who decided it."""

    kind: Kind
    word: str
    tone: str
    by: str

    @property
    def is_off(self) -> bool:
        return self.tone == "wait"


@dataclass(frozen=True, slots=True)
class Reader:
    """A member with what they get of each kind, and the hours in which nothing comes."""

    member: Membership
    gets: list[Gets]
    quiet: QuietHours
    zone: str

    @property
    def hours(self) -> str:
        if not self.quiet.is_on:
            return "None"
        days = ", and weekends" if self.quiet.weekends else ""
        return f"{self.quiet.begins:%H:%M} to {self.quiet.ends:%H:%M}{days}"


def readers_of(organization: Organization) -> list[Reader]:
    """Return every member with what they get; three queries, however many they are."""
    joined = Membership.objects.filter(organization=organization).select_related("user")
    members = list(joined.order_by("user__name", "user__email"))
    addresses = {member.user.email.lower() for member in members}
    chosen = {(p.address, p.kind): p for p in Preference.objects.filter(address__in=addresses)}
    hours = {h.address: h for h in MailHours.objects.filter(address__in=addresses)}
    readers = []
    for member in members:
        address = member.user.email.lower()
        own = hours.get(address)
        gets = [_gets(kind, member, chosen.get((address, kind.name))) for kind in kinds.every()]
        zone = (own.time_zone if own else "") or organization.time_zone
        readers.append(Reader(member, gets, own.quiet() if own else QuietHours(), zone))
    return readers


def unread(readers: list[Reader]) -> Iterator[Kind]:
    """Yield the kinds that nobody gets."""
    for kind in kinds.starred():
        if all(gets.is_off for reader in readers for gets in reader.gets if gets.kind is kind):
            yield kind


def _gets(kind: Kind, member: Membership, chosen: Preference | None) -> Gets:
    if not member.user.is_active:
        return Gets(kind, "Off", "wait", "deactivated")
    if not kind.is_starred:
        return Gets(kind, "On", "ok", "always")
    if chosen is None:
        return Gets(kind, "On", "ok", "usual")
    if not chosen.is_on:
        return Gets(kind, "Off", "wait", "own choice")
    if chosen.is_weekly and kind.is_collected:
        return Gets(kind, "Weekly", "info", "own choice")
    return Gets(kind, "On", "ok", "own choice")
