"""Cases as lists show them: joined for any number at once, each with how it stands."""

from typing import Any

from django.db.models import Prefetch

from doa.models import CaseLine, InfoRequest
from doa.standing import standing_of


def with_rows(cases: Any) -> Any:
    """Join what standings and rows say, in as many queries for a page as for one case."""
    lines = CaseLine.unscoped.select_related("unit__part_number__product", "replacement")
    requests = InfoRequest.objects.filter(answered_at=None).prefetch_related("items")
    return cases.prefetch_related(
        Prefetch("lines", lines.order_by("pk"), to_attr="listed_lines"),
        Prefetch("requests", requests, to_attr="open_requests"),
    )


def row_of(case: Any) -> dict[str, Any]:
    """Return a case from `with_rows()` as a list shows it, with its `line` if it has one."""
    lines = case.listed_lines
    request = case.open_requests[0] if case.open_requests else None
    return {
        "case": case,
        "lines": lines,
        "line": lines[0] if len(lines) == 1 else None,
        "standing": standing_of(case, lines, request),
    }
