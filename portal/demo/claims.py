"""Claims of the demonstration: goods that arrived dented, and a spare part that arrived dead."""

from datetime import datetime, timedelta

from doa.enums import CargoTrouble, ClaimKind
from doa.models import CaseLine, Claim
from doa.workflow.claims import Goods, Sent, accept_claim, report_claim, settle_claim
from documents.policy import PHOTO
from documents.workflow import keep
from partners import clock
from partners.models import Organization, User
from portal.demo.paper import PaperFile
from portal.demo.pictures import label_photo
from warranty.models import Unit

DAY = timedelta(days=1)
SPARE_PART = "2102DEMOSPARE0000007"
"""The serial number of a fan module that came as a spare part; it is no unit of ours."""


def claim(user: User, staff: User, *, at: datetime) -> None:
    """Let `user` claim for its newest unit and for a spare part; staff settle the second."""
    organization = user.joined_memberships()[0].organization
    units = Unit.objects.for_organization(organization).filter(consignee=organization)
    units = units.exclude(pk__in=CaseLine.unscoped.values("unit")).select_related("part_number")
    newest = units.order_by("-huawei_shipment__shipped_on", "pk")[0]
    dented = Goods(
        kind=ClaimKind.CARGO,
        unit=newest,
        serial=newest.serial,
        part_number=newest.part_number.number,
        delivered_on=clock.business_day(at),
        trouble=CargoTrouble.DENTED,
        description="The carton is pressed in at one corner, and the rack ear under it is bent.",
        order_reference=newest.purchase_order,
    )
    spare = Goods(
        kind=ClaimKind.SPARE_PART,
        unit=None,
        serial=SPARE_PART,
        part_number=newest.part_number.number,
        delivered_on=clock.business_day(at - 9 * DAY),
        description="The fan module does not turn in either slot. The one it replaced did.",
    )
    _report(dented, organization, user, at=at)
    came = at - 8 * DAY
    dead = _report(spare, organization, user, at=came)
    accept_claim(dead, reason="Dead on arrival within its first day.", user=staff, at=came + DAY)
    sent = Sent(settlement="A new fan module.", carrier="Sample Parcel", tracking="DEMO-TRACK-07")
    settle_claim(dead, sent, user=staff, at=came + 2 * DAY)


def _report(goods: Goods, organization: Organization, user: User, *, at: datetime) -> Claim:
    photo = PaperFile("label.png", label_photo(goods.serial))
    kept = keep(photo, PHOTO, organization=organization, actor=user.actor(), at=at)
    return report_claim(goods, files=[kept], organization=organization, user=user, at=at)
