"""Which referrals the list is asked for."""

from typing import Any

from django.db.models import Q

from catalog.policy import normalise_serial
from doa.enums import ReferralStatus, Symptom
from doa.models.referrals import SETTLED
from jobs.lists import filters as lists

OPEN, ADOPTED, ENDED = "open", "adopted", "ended"
STATES = {OPEN: "Open", ADOPTED: "Taken up", ENDED: "Declined or expired"}
"""How a referral stands, by what the address says."""
VIEWS = (
    lists.View("All referrals"),
    *(lists.View(label, {"view": state}) for state, label in STATES.items()),
)


class ReferralForm(lists.DaysForm):
    between = (("referred_from", "referred_to"),)


class ReferralFilter(lists.ListFilter):
    """One look at referrals."""

    q = lists.text("Referral or serial number begins with, or from whom", "by_words", longest=80)
    view = lists.choice("State", list(STATES.items()), "by_state")
    symptom = lists.choice("What is seen", Symptom.choices)
    referred_from = lists.since("Referred from", "created_at")
    referred_to = lists.until("Referred until", "created_at")

    class Meta:
        form = ReferralForm

    def by_words(self, referrals: Any, name: str, value: str) -> Any:
        found = Q(reference__istartswith=value) | Q(organization__name__icontains=value)
        found |= Q(contact_name__icontains=value) | Q(company__icontains=value)
        serial = normalise_serial(value)
        return referrals.filter(found | Q(serial__startswith=serial) if serial else found)

    def by_state(self, referrals: Any, name: str, value: str) -> Any:
        kept = {
            OPEN: Q(status=ReferralStatus.OPEN),
            ADOPTED: Q(status=ReferralStatus.ADOPTED),
            ENDED: Q(status__in=SETTLED) & ~Q(status=ReferralStatus.ADOPTED),
        }
        return referrals.filter(kept[value])
