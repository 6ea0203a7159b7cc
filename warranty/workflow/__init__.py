"""Every write of the warranty app: one function per thing a person or a clock can do."""

from warranty.workflow.corrections import (
    Ineffective,
    ReasonMissing,
    affected_by_shipment_date,
    correct_installation_service,
    correct_shipment_date,
)
from warranty.workflow.disputes import (
    ACCEPT_DISPUTE,
    ANSWER_DISPUTE,
    WITHDRAW_DISPUTE,
    AlreadyDisputed,
    accept_dispute,
    answer_dispute,
    open_dispute,
    withdraw_dispute,
)
from warranty.workflow.identity import correct_part_number, correct_serial
from warranty.workflow.onward import AnchorMove, correct_onward_date
from warranty.workflow.recompute import Change, recompute
from warranty.workflow.replacing import ReplacementRefused, replace_unit
from warranty.workflow.reports import (
    ACCEPT,
    SEND_BACK,
    WITHDRAW,
    AlreadyHandedIn,
    DocumentGone,
    NumberTaken,
    ReportRefused,
    accept_report,
    accept_reports,
    next_version,
    require_new,
    send_back_report,
    submit_report,
    withdraw_report,
)
from warranty.workflow.signatures import correct_signature
from warranty.workflow.voids import reinstate_warranty, void_warranty

__all__ = [
    "ACCEPT",
    "ACCEPT_DISPUTE",
    "ANSWER_DISPUTE",
    "SEND_BACK",
    "WITHDRAW",
    "WITHDRAW_DISPUTE",
    "AlreadyDisputed",
    "AlreadyHandedIn",
    "AnchorMove",
    "Change",
    "DocumentGone",
    "Ineffective",
    "NumberTaken",
    "ReasonMissing",
    "ReplacementRefused",
    "ReportRefused",
    "accept_dispute",
    "accept_report",
    "accept_reports",
    "affected_by_shipment_date",
    "answer_dispute",
    "correct_installation_service",
    "correct_onward_date",
    "correct_part_number",
    "correct_serial",
    "correct_shipment_date",
    "correct_signature",
    "next_version",
    "open_dispute",
    "recompute",
    "reinstate_warranty",
    "replace_unit",
    "require_new",
    "send_back_report",
    "submit_report",
    "void_warranty",
    "withdraw_dispute",
    "withdraw_report",
]
