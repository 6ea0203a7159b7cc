"""Every write of the support app: one function per thing a person or a clock can do."""

from support.workflow.decisions import allow_overlap, cancel_contract, keep_term, note_service
from support.workflow.levels import save_calendar, save_level
from support.workflow.moving import move_lines
from support.workflow.ordering import (
    ContractRefused,
    NumberTaken,
    Order,
    Refusal,
    require_number,
    require_offer,
    require_order,
)
from support.workflow.papers import Paper, PaperRefused, add_paper
from support.workflow.recalls import RecallResult, send_recalls
from support.workflow.registering import (
    MAX_UNITS,
    plan_of_renewal,
    register_contract,
    reinstate_contract,
    renew_contract,
)
from support.workflow.starts import choose_start, follow_shipments, move_start, start_refusals
from support.workflow.telling import ReasonMissing

__all__ = [
    "MAX_UNITS",
    "ContractRefused",
    "NumberTaken",
    "Order",
    "Paper",
    "PaperRefused",
    "ReasonMissing",
    "RecallResult",
    "Refusal",
    "add_paper",
    "allow_overlap",
    "cancel_contract",
    "choose_start",
    "follow_shipments",
    "keep_term",
    "move_lines",
    "move_start",
    "note_service",
    "plan_of_renewal",
    "register_contract",
    "reinstate_contract",
    "renew_contract",
    "require_number",
    "require_offer",
    "require_order",
    "save_calendar",
    "save_level",
    "send_recalls",
    "start_refusals",
]
