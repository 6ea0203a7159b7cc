"""What the directory of the demonstration says about its distributors."""

from datetime import datetime

from audit.trail import Actor
from partners import workflow
from partners.models import DistributorEntry, Organization
from portal.demo.cast import DIRECTORY


def list_distributors(*, actor: Actor, at: datetime) -> None:
    """List whoever has no entry; what staff has changed or taken off stays so."""
    for reach in DIRECTORY:
        organization = Organization.objects.get(code=reach.code)
        if not DistributorEntry.objects.filter(organization=organization).exists():
            entry = DistributorEntry(
                organization=organization,
                phone=reach.phone,
                email=organization.email,
                hours=reach.hours,
                states=reach.states,
                is_listed=True,
            )
            workflow.save_entry(entry, actor=actor, at=at)
