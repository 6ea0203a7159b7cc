"""Every write of the jobs app: a run's row, an upload's steps, and the signs of life."""

from jobs.workflow.runs import (
    MAX_PROBLEMS,
    bury_dead_runs,
    finish_job,
    heartbeat,
    open_job,
)
from jobs.workflow.uploads import (
    DISCARD,
    MAX_ATTEMPTS,
    SAVE,
    Overtaken,
    ask_to_save,
    claim,
    conclude,
    discard,
    fail,
    hint,
    queue_order,
    queue_upload,
    waiting_for_a_worker,
)

__all__ = [
    "DISCARD",
    "MAX_ATTEMPTS",
    "MAX_PROBLEMS",
    "SAVE",
    "Overtaken",
    "ask_to_save",
    "bury_dead_runs",
    "claim",
    "conclude",
    "discard",
    "fail",
    "finish_job",
    "heartbeat",
    "hint",
    "open_job",
    "queue_order",
    "queue_upload",
    "waiting_for_a_worker",
]
