"""Referrals of the demonstration: a reseller passes failed units on to its distributor."""

from datetime import datetime, timedelta

from doa.enums import FailureKind, Symptom
from doa.workflow.referrals import Contact, Told, refer
from partners import clock
from partners.models import User
from warranty.models import Unit

REFERRER = "TINWHISTLE"
"""Whose units they are; it buys from the distributor of the demonstration."""
SEEN = (
    (Symptom.NO_POWER, "Stays dark on two sockets and with two power cords.", 2),
    (Symptom.NO_LINK, "No port shows a link since it was unpacked.", 1),
    (Symptom.FAN_OR_POWER, "A fan grinds from the first minute on.", 0),
)
"""What is seen, in words, and how many days ago it was referred."""


def refer_units(user: User, *, at: datetime) -> None:
    """Let `user` refer the units of its organization that were shipped last."""
    organization = user.joined_memberships()[0].organization
    units = Unit.objects.for_organization(organization).filter(consignee=organization)
    newest = units.order_by("-distributor_shipment__shipped_on", "pk")
    contact = Contact(contact_name=user.name, contact_email=user.email, company=organization.name)
    for unit, (symptom, text, days) in zip(newest[: len(SEEN)], SEEN, strict=True):
        when = at - timedelta(days=days, hours=3)
        told = Told(
            symptom=symptom,
            description=text,
            failure_kind=FailureKind.FIRST_BOOT,
            failed_on=clock.business_day(when),
        )
        refer(unit, told=told, contact=contact, organization=organization, user=user, at=when)
