"""Planning a replacement: one day and one note for a customer, or for all others."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit import trail
from lifecycle.models import Announcement, ReplacementPlan
from partners.enums import Permission
from partners.models import Organization, User


@transaction.atomic
def plan_replacement(
    announcement: Announcement,
    *,
    organization: Organization,
    end_customer: str | None,
    planned_on: date | None,
    note: str,
    user: User,
    at: datetime,
) -> ReplacementPlan | None:
    """Write down when units at a customer shall be replaced; neither day nor note takes it back.

    `end_customer` None is for every customer without a plan of its own. What stands
    already is left alone. Raises: PermissionDenied.
    """
    if not user.can(Permission.PLAN_REPLACEMENTS, organization):
        raise PermissionDenied(f"{Permission.PLAN_REPLACEMENTS.deed} needs another role.")
    Organization.objects.select_for_update().get(pk=organization.pk)
    rows = ReplacementPlan.objects.for_organization(organization)
    found = rows.filter(number=announcement.number, end_customer=end_customer).first()
    before = {"planned_on": _iso(found and found.planned_on), "note": found.note if found else ""}
    after = {"planned_on": _iso(planned_on), "note": note}
    if before == after:
        return found
    plan = found or ReplacementPlan(
        organization=organization, number=announcement.number, end_customer=end_customer
    )
    plan.planned_on, plan.note = planned_on, note
    plan.changed_at, plan.changed_by = at, str(user)[:254]
    if planned_on or note:
        plan.save()
    else:
        plan.delete()
    trail.record(
        "replacement.planned",
        announcement,
        actor=user.actor(),
        at=at,
        organization=str(organization),
        customer=plan.customer,
        before=before,
        after=after,
    )
    return plan if planned_on or note else None


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
