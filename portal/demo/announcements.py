"""What the demonstration announces: samples, two of them published and one in review."""

import secrets
from datetime import date, datetime, timedelta

from audit.trail import Actor
from catalog.enums import MilestoneKind
from catalog.milestones import TO_BE_ANNOUNCED, MilestoneDate, in_month, on_day
from catalog.models import Product
from lifecycle import plans, workflow
from lifecycle.models import Announcement
from lifecycle.workflow import Draft, Subject
from partners import workflow as partners
from partners.enums import Role
from partners.models import Organization, User

AUTHOR = "lifecycle@huawei.example"
SOURCE = "Sample: invented for the demonstration"
TEXT = """Orders are accepted until the end of marketing. Units in use keep their service.

## What to do

- Order what you still need in time.
- Plan the replacement with your distributor.
- Look at the contracts that end before service does.
"""


def announce(approver: User, *, today: date, actor: Actor, at: datetime) -> None:
    """Publish two samples, and leave a third for somebody to approve."""
    author = partners.create_user(
        email=AUTHOR,
        password=secrets.token_urlsafe(16),
        organization=Organization.objects.get(code="HUAWEI"),
        role=Role.STAFF,
        actor=actor,
        at=at,
        name="Lena Lifecycle",
    )
    year, soon = today.year, today + timedelta(days=120)
    routers = _draft("End of marketing of AR6121E routers", ["AR6121E"], soon)
    switches = _draft(
        "End of marketing of S5735-L24P4X-A1 and CE6856-48T6Q-HI switches",
        ["S5735-L24P4X-A1", "CE6856-48T6Q-HI"],
        soon + timedelta(days=60),
        replacement="S5732-H24S6Q",
    )
    for number, draft in ((f"PN-{year}-104", routers), (f"PN-{year}-118", switches)):
        _publish(number, draft, author, approver, at=at)
    waiting = _draft("End of marketing of CE6881-48S6CQ", ["CE6881-48S6CQ"], soon)
    written = workflow.write_announcement(f"PN-{year}-121", waiting, user=author, at=at)
    workflow.submit(written, user=author, at=at)


def plan_replacements(user: User, *, today: date, at: datetime) -> None:
    """Plan the replacement of what a distributor's largest customer has, and note the rest."""
    organization = user.joined_memberships()[0].organization
    announcement = Announcement.objects.get(number=f"PN-{today.year}-104")
    counted = plans.counted(announcement, organization)
    largest = max(counted, key=lambda customer: (counted[customer], customer))
    first = today + timedelta(days=75)
    for customer, planned_on, note in (
        (largest, first, "Quote sent, order before the end of marketing"),
        (None, first + timedelta(days=90), "Ask for the budget of next year"),
    ):
        workflow.plan_replacement(
            announcement,
            organization=organization,
            end_customer=customer,
            planned_on=planned_on,
            note=note,
            user=user,
            at=at,
        )


def _publish(number: str, draft: Draft, author: User, approver: User, *, at: datetime) -> None:
    written = workflow.write_announcement(number, draft, user=author, at=at)
    workflow.submit(written, user=author, at=at)
    workflow.approve(written, publish_at=None, user=approver, at=at)
    workflow.publish(written, user=approver, at=at)


def _draft(subject: str, models: list[str], eom: date, *, replacement: str = "") -> Draft:
    new = Product.objects.filter(model=replacement).first()
    products = Product.objects.filter(model__in=models).order_by("model")
    return Draft(
        subject=subject,
        text=TEXT,
        affected=[Subject(product, None, new) for product in products],
        dates=_dates(eom),
        source=SOURCE,
        is_sample=True,
    )


def _dates(eom: date) -> dict[MilestoneKind, MilestoneDate]:
    """Return an end of marketing to the day, a month two years on, and an end to follow."""
    later = eom.replace(year=eom.year + 2, day=1)
    return {
        MilestoneKind.EOM: on_day(eom),
        MilestoneKind.EOFS: in_month(later, MilestoneKind.EOFS),
        MilestoneKind.EOS: TO_BE_ANNOUNCED,
    }
