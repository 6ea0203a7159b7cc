"""Which steps a page may offer somebody: those that will work."""

from datetime import datetime
from typing import Any

from doa.models import Case, CaseLine
from doa.workflow.case_edges import CASE_EDGES, REOPEN, REOPENED_WITHIN
from doa.workflow.line_edges import LINE_EDGES


def edges_for(case: Case, user: Any, *, at: datetime) -> frozenset[str]:
    """Return the names of the steps of a case that are open to `user` at `at`.

    Costs no query where `lines` and `proposals` are prefetched.
    """
    offered = {edge.name for edge in CASE_EDGES if edge.allows(case, user)}
    if REOPEN.name in offered and not may_reopen(case, at=at):
        offered.remove(REOPEN.name)
    return frozenset(offered)


def line_edges_for(line: CaseLine, user: Any) -> frozenset[str]:
    """Return the names of the steps of a line that are open to `user`."""
    return frozenset(edge.name for edge in LINE_EDGES if edge.allows(line, user))


def may_reopen(case: Case, *, at: datetime) -> bool:
    """Tell whether a closed case is still within its window."""
    return case.closed_at is not None and at <= case.closed_at + REOPENED_WITHIN
