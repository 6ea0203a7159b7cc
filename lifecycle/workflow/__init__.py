"""Every write of announcements: drafting, the steps, publishing, telling, subscribing."""

from lifecycle.workflow.catalogue import rehearse
from lifecycle.workflow.drafting import (
    Draft,
    Subject,
    change_announcement,
    revise_announcement,
    write_announcement,
)
from lifecycle.workflow.planning import plan_replacement
from lifecycle.workflow.publishing import acknowledge, publish, publish_due, tell, withdraw
from lifecycle.workflow.refusals import (
    AnnouncementRefused,
    InTheWorks,
    NumberTaken,
    OwnWork,
    ReasonMissing,
    may_manage,
)
from lifecycle.workflow.steps import (
    APPROVE,
    DISCARD,
    PUBLISH,
    REVISE,
    SEND_BACK,
    STOP,
    SUBMIT,
    WITHDRAW,
    approve,
    discard,
    is_author,
    send_back,
    stop,
    submit,
)
from lifecycle.workflow.subscribing import subscribe, unsubscribe

__all__ = [
    "APPROVE",
    "DISCARD",
    "PUBLISH",
    "REVISE",
    "SEND_BACK",
    "STOP",
    "SUBMIT",
    "WITHDRAW",
    "AnnouncementRefused",
    "Draft",
    "InTheWorks",
    "NumberTaken",
    "OwnWork",
    "ReasonMissing",
    "Subject",
    "acknowledge",
    "approve",
    "change_announcement",
    "discard",
    "is_author",
    "may_manage",
    "plan_replacement",
    "publish",
    "publish_due",
    "rehearse",
    "revise_announcement",
    "send_back",
    "stop",
    "submit",
    "subscribe",
    "tell",
    "unsubscribe",
    "withdraw",
    "write_announcement",
]
