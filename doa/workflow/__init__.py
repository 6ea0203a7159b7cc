"""Every write of a case: one function per thing a person or a clock can do."""

from doa.workflow.asking import Wanted, answer, ask
from doa.workflow.calls import assign, assign_all, register_call, take, take_next
from doa.workflow.closing import cancel, close, reopen
from doa.workflow.deciding import Ruling, approve, decide, drop
from doa.workflow.doers import CLOCK, may_apply
from doa.workflow.drafts import (
    add_file,
    add_unit,
    change_draft,
    discard,
    find_unit,
    remove_file,
    remove_unit,
    save_answers,
    start_draft,
)
from doa.workflow.messages import message, note
from doa.workflow.offers import edges_for, line_edges_for
from doa.workflow.references import next_reference
from doa.workflow.refusals import (
    AlreadyOpen,
    CaseRefused,
    Missing,
    NotApplicant,
    NotReady,
    NumberTaken,
    ReasonMissing,
    ReplacementRefused,
    UnknownUnit,
)
from doa.workflow.returning import bill, inspect, receive, resolve_mismatch, send_back, waive
from doa.workflow.shipping import deliver, order, ship
from doa.workflow.submitting import missing_in, missing_in_line, submit

__all__ = [
    "CLOCK",
    "AlreadyOpen",
    "CaseRefused",
    "Missing",
    "NotApplicant",
    "NotReady",
    "NumberTaken",
    "ReasonMissing",
    "ReplacementRefused",
    "Ruling",
    "UnknownUnit",
    "Wanted",
    "add_file",
    "add_unit",
    "answer",
    "approve",
    "ask",
    "assign",
    "assign_all",
    "bill",
    "cancel",
    "change_draft",
    "close",
    "decide",
    "deliver",
    "discard",
    "drop",
    "edges_for",
    "find_unit",
    "inspect",
    "line_edges_for",
    "may_apply",
    "message",
    "missing_in",
    "missing_in_line",
    "next_reference",
    "note",
    "order",
    "receive",
    "register_call",
    "remove_file",
    "remove_unit",
    "reopen",
    "resolve_mismatch",
    "save_answers",
    "send_back",
    "ship",
    "start_draft",
    "submit",
    "take",
    "take_next",
    "waive",
]
