"""Cases as lists show them: joined for any number at once, each with how it stands."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db.models import prefetch_related_objects

from doa.models import Case, CaseLine, InfoRequest
from doa.standing import standing_of
from partners.models import Organization
from partners.prepared import ByKeys, LaterOrganization

SHOWN = (
    *("reference", "status", "closing_code", "title", "sr_number", "organization__name"),
    *("created_at", "changed_at", "submitted_at", "decided_at", "closed_at"),
    *("response_due_at", "resolution_due_at"),
)
"""What a row of a page or of a file says of a case itself."""
SHOWN_OF_LINES = (
    *("case", "symptom", "remedy", "unit__serial", "unit__part_number__product__model"),
    *("replacement_track", "replacement__serial", "expected_on", "return_track", "return_due_on"),
)


def cases_of(keys: Sequence[int], organization: Organization) -> list[Case]:
    """Return the cases with these keys that the organization sees, in this order."""
    found = _cases(is_huawei=organization.is_huawei)(keys, organization=organization.pk)
    cases = {case.pk: case for case in found}
    return [cases[key] for key in keys if key in cases]


def rows_of(cases: Iterable[Case]) -> list[dict[str, Any]]:
    """Return cases as a list shows them, each with its `line` if it has one.

    As many queries for a page as for one case.
    """
    cases = list(cases)
    keys = [case.pk for case in cases]
    lines: dict[int, list[CaseLine]] = defaultdict(list)
    for line in _lines()(keys):
        lines[line.case_id].append(line)
    open_requests = _requests()(keys)
    prefetch_related_objects(open_requests, "items")
    requests = {request.case_id: request for request in open_requests}
    return [_row(case, lines[case.pk], requests.get(case.pk)) for case in cases]


def _row(case: Case, lines: list[CaseLine], request: InfoRequest | None) -> dict[str, Any]:
    return {
        "case": case,
        "lines": lines,
        "line": lines[0] if len(lines) == 1 else None,
        "standing": standing_of(case, lines, request),
    }


@cache
def _cases(*, is_huawei: bool) -> ByKeys:
    organization: Any = LaterOrganization("organization", is_huawei=is_huawei)
    seen = Case.objects.for_organization(organization).select_related("organization")
    return ByKeys(lambda keys: seen.only(*SHOWN).filter(pk__in=keys))


@cache
def _lines() -> ByKeys:
    joined = CaseLine.unscoped.select_related("unit__part_number__product", "replacement")
    shown = joined.only(*SHOWN_OF_LINES).order_by("pk")
    return ByKeys(lambda keys: shown.filter(case__pk__in=keys))


@cache
def _requests() -> ByKeys:
    unanswered = InfoRequest.objects.filter(answered_at=None)
    return ByKeys(lambda keys: unanswered.filter(case__pk__in=keys))
