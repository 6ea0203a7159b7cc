"""Several referrals at once: taken up as drafts, or declined with one reason."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from doa.enums import FailureKind, ReferralStatus
from doa.forms.referrals import DeclineForm
from doa.models import Case, Referral
from doa.views.referrals import referrals_of
from doa.workflow import referrals as workflow
from doa.workflow.refusals import CaseRefused
from jobs.lists.batches import Batch, Refused
from jobs.lists.ticked import Link, Prospect, Row, Told
from partners import clock
from partners.enums import Permission


def case_link(case: Case) -> Link:
    return Link(f"Open {case}", reverse("case", args=[case.reference]))


class ReferralBatch(Batch):
    """What its distributor answers to several referrals."""

    permissions = {"GET": Permission.ADOPT_REFERRALS, "POST": Permission.ADOPT_REFERRALS}
    list_name, list_label, noun = "referrals", "Referrals", "referral"
    refusals = (CaseRefused,)

    def found(self, keys: Sequence[str]) -> list[Referral]:
        seen = referrals_of(self.organization).exclude(status=ReferralStatus.UNCONFIRMED)
        return list(seen.for_list().filter(reference__in=keys))

    def row(self, record: Referral) -> Row:
        symptom = record.get_symptom_display()
        return Row(
            key=record.reference,
            label=record.reference,
            url=reverse("referral", args=[record.reference]),
            about=f"{record.serial}, from {record.referrer}: {symptom}",
            link=case_link(record.case) if record.case else None,
        )


class TakeUp(ReferralBatch):
    """Begins a draft for each, as taking up a single one does."""

    url_name, label = "referrals-take-up", "Take up as drafts"
    verb, past = "Take up", "taken up"
    promise = (
        "Each becomes a draft of its own, and nothing is handed in. If one cannot be taken up, "
        "the others are."
    )

    def prospects(self, records: Sequence[Any]) -> list[Prospect]:
        self._units: dict[int | None, Referral] = {}
        return super().prospects(records)

    def will(self, record: Referral) -> list[str]:
        workflow.require_adoptable(record, user=self.request.user)
        self._require_unit_once(record)
        said = f"A draft begins with what you were told of {record.serial}. Its referrer hears it."
        if record.failure_kind != FailureKind.NEVER_ON:
            return [said]
        return [
            said,
            "It was never powered on: goods that came dented, missing or wrong are a cargo claim. "
            "Open the referral to report one instead.",
        ]

    def _require_unit_once(self, referral: Referral) -> None:
        """Raises: Refused for a second referral of one unit, which can have one open case."""
        first = self._units.setdefault(referral.unit_id, referral)
        if first != referral:
            raise Refused(f"{first} on this page is about the same unit, and one case is enough.")

    def is_done(self, record: Referral, form: Any) -> bool:
        return record.status == ReferralStatus.ADOPTED

    def perform(self, record: Referral, form: Any) -> Told:
        case = workflow.adopt(record, user=self.request.user, at=clock.now())
        return Told("A draft is begun. Fill in what is missing.", case_link(case))


class Decline(ReferralBatch):
    """Declines each with the same reason, which its referrer is told."""

    url_name, label = "referrals-decline", "Decline with a reason"
    verb, past = "Decline", "declined"
    promise = "Each is declined by itself, with one reason for all. If one cannot be, the rest is."
    form_class = DeclineForm

    def will(self, record: Referral) -> list[str]:
        workflow.DECLINE.require(record, self.request.user)
        return [f"No application is made for {record.serial}. {record.referrer} is told why."]

    def is_done(self, record: Referral, form: Any) -> bool:
        return record.status == ReferralStatus.DECLINED

    def perform(self, record: Referral, form: Any) -> Told:
        reason = form.cleaned_data["reason"]
        workflow.decline(record, reason=reason, user=self.request.user, at=clock.now())
        return Told("Declined. Whoever referred the unit is told why.")
