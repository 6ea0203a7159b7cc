"""What the page of a check shows without reading its file again: first rows and counts."""

from typing import Any

from jobs.progress import Tally
from portal.bulk_check import meant_by
from portal.bulk_check.asking import Asked
from portal.bulk_check.verdicts import Verdict
from warranty.enums import CoverStatus, WarrantyStatus

SHOWN = 50
"""How many rows of each outcome a page shows; the file has all."""
ALL = "all"
MISTYPED = "mistyped"
"""Unknown serial numbers that one unit of the organization nearly has."""


class Sample:
    """Counts the answers and keeps the first of each outcome."""

    def __init__(self, tally: Tally) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {ALL: [], MISTYPED: []}
        self.rows |= {status.value: [] for status in CoverStatus}
        self.mistyped = 0
        self._tally = tally

    def notice(self, row: Asked, verdict: Verdict) -> None:
        # One row may be answered more than once; whoever watches counts lines.
        self._tally.count = min(self._tally.count + 1, self._tally.total)
        meant = meant_by(verdict)
        self.mistyped += bool(meant)
        for outcome in (ALL, verdict.status, *([MISTYPED] if meant else [])):
            if len(self.rows[outcome]) < SHOWN:
                self.rows[outcome].append(_shown(row, verdict, meant))


def _shown(row: Asked, verdict: Verdict, meant: str) -> dict[str, Any]:
    return {
        "line": row.line,
        "typed": row.typed,
        "serial": row.serial,
        "status": verdict.status,
        "model": verdict.model,
        "is_void": verdict.warranty_status == WarrantyStatus.VOID,
        "warranty_ends_on": verdict.warranty_ends_on,
        "support_level": verdict.support_level,
        "support_ends_on": verdict.support_ends_on,
        "reason": verdict.reason,
        "meant": meant,
    }
