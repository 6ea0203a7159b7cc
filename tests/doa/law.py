"""The case table once more, as tests read it: it knows nothing of the code's own edges."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Max

from audit.models import Event
from doa.models import Case, CaseLine
from notifications.models import Message

OWNER, STAFF, CLOCK = "owner", "staff", "clock"
APPLICANT, TAC, EITHER = {OWNER, STAFF}, {STAFF}, {OWNER, STAFF}
WORK = {"in_review", "info_needed", "decided", "fulfilling"}
CALLED = WORK | {"registered"}
ENDED = {"inspected", "waived"}
ENDING = {"decide", "approve", "deliver", "inspect", "waive"}
"""Steps that may be the last one of a line."""
RARE = {"discard", "close", "cancel", "drop", "assign", "message", "note", "waive"}
"""Steps that are tried less often, so that cases come far."""


@dataclass(frozen=True)
class Law:
    """What the case table says of a step: who, from which states, to which, and the mail."""

    who: set[str]
    sources: set[str]
    targets: set[str] | None = None
    mail: str = ""
    track: str = ""
    tracks: tuple[set[str], set[str]] = (set(), set())


ANY = CALLED | {"submitted", "closed", "cancelled"}
OUT, BACK = "replacement_track", "return_track"
NOT_HERE = {"not_due", "awaited", "in_transit"}
LAWS = {
    "submit": Law(APPLICANT, {"draft"}, {"submitted"}, "acknowledged"),
    "discard": Law({OWNER, STAFF, CLOCK}, {"draft"}, {"gone"}),
    "register": Law(TAC, {"submitted"}, {"registered"}, "registered"),
    "take": Law(TAC, {"registered"}, {"in_review"}),
    "assign": Law(TAC, CALLED),
    "ask": Law(TAC, {"in_review"}, {"info_needed"}, "asked"),
    "answer": Law(APPLICANT, {"info_needed"}, {"info_needed", "in_review"}, "answered"),
    "decide": Law(
        TAC,
        {"in_review", "info_needed"},
        {"in_review", "info_needed", "decided", "fulfilling", "closed"},
    ),
    "approve": Law(
        TAC,
        {"in_review", "info_needed"},
        {"in_review", "info_needed", "decided", "fulfilling", "closed"},
        "decided",
    ),
    "drop": Law(TAC, {"in_review", "info_needed"}),
    "close": Law(TAC, CALLED, {"closed"}, "closed"),
    "cancel": Law({OWNER, STAFF, CLOCK}, CALLED | {"submitted"}, {"cancelled"}, "cancelled"),
    "reopen": Law(TAC, {"closed"}, {"in_review"}),
    "message": Law(EITHER, ANY),
    "note": Law(TAC, ANY | {"draft"}),
    "order": Law(TAC, WORK, None, "", OUT, ({"none"}, {"ordered"})),
    "ship": Law(TAC, WORK, None, "shipped", OUT, ({"ordered"}, {"shipped"})),
    "deliver": Law(EITHER, WORK, None, "", OUT, ({"shipped"}, {"delivered"})),
    "send-back": Law(APPLICANT, WORK, None, "", BACK, ({"not_due", "awaited"}, {"in_transit"})),
    "receive": Law(
        TAC, ANY, None, "received", BACK, (NOT_HERE | {"waived"}, {"received", "waived"})
    ),
    "resolve-mismatch": Law(
        TAC, ANY, None, "", BACK, ({"received"}, {"received", "awaited", "not_due"})
    ),
    "inspect": Law(TAC, ANY, None, "", BACK, ({"received"}, {"inspected"})),
    "waive": Law(TAC, WORK, None, "waived", BACK, (NOT_HERE, {"waived"})),
    "bill": Law(TAC, WORK, None, "", BACK, ({"awaited", "in_transit"},) * 2),
}


class Snapshot:
    """A case, one of its lines, and how far the trail and the outbox are."""

    def __init__(self, case: Case, line: CaseLine) -> None:
        self.case = Case.unscoped.filter(pk=case.pk).values().first()
        self.line = CaseLine.unscoped.filter(pk=line.pk).values().first()
        self.events = Event.objects.aggregate(last=Max("pk"))["last"] or 0
        self.mails = Message.unscoped.aggregate(last=Max("pk"))["last"] or 0
        self.pk = case.pk

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Snapshot) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def status(self) -> str:
        return self.case["status"] if self.case else "gone"

    def mails_since(self, before: "Snapshot") -> set[str]:
        fresh = Message.unscoped.filter(pk__gt=before.mails, template__startswith="doa/")
        return {name.removeprefix("doa/") for name in fresh.values_list("template", flat=True)}

    def steps_since(self, before: "Snapshot") -> list[str]:
        fresh = Event.objects.filter(
            pk__gt=before.events, record_type="doa.case", record_id=before.pk
        )
        return list(fresh.order_by("pk").values_list("name", flat=True))


def judge(name: str, who: str, before: Snapshot, after: Snapshot, log: list[str]) -> None:
    """Hold a step that was taken to the table, which knows nothing of the code's edges."""
    for holds, what in _checks(name, who, before, after):
        assert holds, (what, before.status, after.status, log)


def _checks(name: str, who: str, before: Snapshot, after: Snapshot) -> Iterator[tuple[bool, str]]:
    law = LAWS[name]
    yield who in law.who, f"{who} may not {name}"
    yield before.status in law.sources, f"{name} starts elsewhere"
    if law.targets is not None:
        yield after.status in law.targets, f"{name} leads elsewhere"
    steps = after.steps_since(before)
    closed = steps[1:] == ["case.closed"]
    yield len(steps) == 1 or closed, f"one step leaves one event: {steps}"
    if law.track:
        sources, targets = law.tracks
        yield before.line[law.track] in sources, f"{name} starts elsewhere on its track"
        yield after.line[law.track] in targets, f"{name} leads elsewhere on its track"
    yield from _mail_checks(law, name, before, after, closed=closed)
    if after.case:
        yield from _end_checks(name, before, after, closed=closed)


def _mail_checks(
    law: Law, name: str, before: Snapshot, after: Snapshot, *, closed: bool
) -> Iterator[tuple[bool, str]]:
    mails = after.mails_since(before)
    due = {law.mail} - {""} | ({"closed"} if closed else set())
    if name == "decide" and steps_decided(before, after):
        due |= {"decided"}
    if name == "message":
        due |= {"message"}
    yield due <= mails, f"lost mail: {due - mails}"
    known = {law.mail for law in LAWS.values()} | {"decided", "message", "closed"}
    yield not (mails & known) - due - {"message"}, f"mail too many: {mails - due}"
    if name == "note":
        yield not mails, "a note was mailed"


def steps_decided(before: Snapshot, after: Snapshot) -> bool:
    return "case.decided" in after.steps_since(before)


def _end_checks(
    name: str, before: Snapshot, after: Snapshot, *, closed: bool
) -> Iterator[tuple[bool, str]]:
    lines = list(CaseLine.unscoped.filter(case=after.pk).values())
    at_end = [
        line["remedy"] == "none"
        or (line["replacement_track"] == "delivered" and line["return_track"] in ENDED)
        for line in lines
    ]
    if closed or (after.status == "closed" and before.status != "closed" and name != "close"):
        yield all(at_end), "closed too early"
    if after.status in WORK and name in ENDING:
        yield not all(at_end), "not closed although every line is at its end"
    if name == "close":
        idle = [
            line["replacement_track"] == "none" and line["return_track"] == "not_due"
            for line in lines
        ]
        ended = zip(at_end, idle, strict=True)
        yield all(one or other for one, other in ended), "closed with a track under way"
    is_open = after.status in CALLED | {"submitted"}
    for line in lines:
        yield is_open or not line["is_open"], "a line is open in a case that is not"
    yield (after.case["paused_at"] is not None) == (after.status == "info_needed"), "clock"
