"""Every write of the warranty app: one function per thing a person or a clock can do."""

from warranty.workflow.corrections import (
    Ineffective,
    ReasonMissing,
    affected_by_shipment_date,
    correct_installation_service,
    correct_shipment_date,
    reinstate_warranty,
    void_warranty,
)
from warranty.workflow.recompute import Change, recompute
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

__all__ = [
    "ACCEPT",
    "SEND_BACK",
    "WITHDRAW",
    "AlreadyHandedIn",
    "Change",
    "DocumentGone",
    "Ineffective",
    "NumberTaken",
    "ReasonMissing",
    "ReportRefused",
    "accept_report",
    "accept_reports",
    "affected_by_shipment_date",
    "correct_installation_service",
    "correct_shipment_date",
    "next_version",
    "recompute",
    "reinstate_warranty",
    "require_new",
    "send_back_report",
    "submit_report",
    "void_warranty",
    "withdraw_report",
]
