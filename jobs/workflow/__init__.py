"""Every write of the jobs app: a run's row, an upload's steps, and the signs of life."""

from jobs.workflow.runs import (
    MAX_PROBLEMS,
    bury_dead_runs,
    finish_job,
    heartbeat,
    open_job,
)
from jobs.workflow.saved_views import MOST_VIEWS, ViewRefused, drop_view, keep_view, rename_view
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
    "MOST_VIEWS",
    "SAVE",
    "Overtaken",
    "ViewRefused",
    "ask_to_save",
    "bury_dead_runs",
    "claim",
    "conclude",
    "discard",
    "drop_view",
    "fail",
    "finish_job",
    "heartbeat",
    "hint",
    "keep_view",
    "open_job",
    "queue_order",
    "queue_upload",
    "rename_view",
    "waiting_for_a_worker",
]
