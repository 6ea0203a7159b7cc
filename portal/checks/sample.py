"""What the page of a check shows without reading its file again: first rows and counts."""

from typing import Any

from jobs.progress import Tally
from portal.bulk_check import meant_by
from portal.bulk_check.verdicts import Answer
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

    def notice(self, answers: list[Answer]) -> None:
        # One row may be answered more than once; whoever watches counts lines.
        self._tally.count = min(self._tally.count + len(answers), self._tally.total)
        for answer in answers:
            meant = meant_by(answer.said.verdict)
            self.mistyped += bool(meant)
            for outcome in (ALL, answer.said.status, *([MISTYPED] if meant else [])):
                if len(self.rows[outcome]) < SHOWN:
                    self.rows[outcome].append(_shown(answer, meant))


def _shown(answer: Answer, meant: str) -> dict[str, Any]:
    verdict = answer.verdict
    return {
        "line": answer.line,
        "typed": answer.typed,
        "serial": answer.serial,
        "status": verdict.status,
        "model": verdict.model,
        "is_void": verdict.warranty_status == WarrantyStatus.VOID,
        "warranty_ends_on": verdict.warranty_ends_on,
        "support_level": verdict.support_level,
        "support_ends_on": verdict.support_ends_on,
        "reason": verdict.reason,
        "meant": meant,
    }
