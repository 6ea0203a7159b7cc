"""The left half of the page of a case: what its partner sees, by the partner's own templates."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone

from doa.feed import feed_of
from doa.models import Case, CaseFile
from doa.stages import running_clock, stages_of
from doa.standing import standing_of


def as_partner(case: Case, *, at: datetime) -> str:
    """Return it as the partner reads it: in its words, in its zone, without what staff note."""
    partner, lines = case.organization, list(case.lines.all())
    request = next((r for r in case.requests.all() if r.answered_at is None), None)
    standing = standing_of(case, lines, request)
    context: dict[str, Any] = {
        "case": case,
        "asked": request,
        "standing": standing,
        "stages": stages_of(case, lines, standing),
        "rows": [{"line": line} for line in lines],
        "running": running_clock(case, at=at),
        "files": CaseFile.objects.for_organization(partner).filter(case=case).for_page(),
        "feed": feed_of(case, lines, partner),
    }
    with timezone.override(ZoneInfo(partner.time_zone)):
        return render_to_string("admin/doa/_as_partner.html", context)
