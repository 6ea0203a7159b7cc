"""Several installation reports at once: withdrawn with one reason."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from catalog.policy import day_text
from jobs.lists.batches import Batch
from jobs.lists.ticked import Prospect, Row, Told
from partners import clock
from partners.enums import Permission
from warranty import outlook, workflow
from warranty.effects import grouped
from warranty.enums import ReportStatus
from warranty.forms.reports import WithdrawForm
from warranty.models import InstallationReport
from warranty.views.reports import dates_changed


class WithdrawSeveral(Batch):
    """Takes each back: shows what that changes after those before it are gone, asks why."""

    permissions = {"GET": Permission.SUBMIT_REPORTS, "POST": Permission.SUBMIT_REPORTS}
    url_name, label = "reports-withdraw", "Withdraw with a reason"
    list_name, list_label, noun = "reports", "Reports", "report"
    verb, past = "Withdraw", "withdrawn"
    promise = (
        "Withdrawn reports stay on file and count for nothing. They are withdrawn one after the "
        "other, in this order; if one cannot be, the others are."
    )
    form_class = WithdrawForm
    refusals = (workflow.ReasonMissing,)

    def found(self, keys: Sequence[str]) -> list[InstallationReport]:
        seen = InstallationReport.objects.for_organization(self.organization)
        found = seen.filter(reference__in=keys).select_related("organization")
        return list(found.order_by("-submitted_at", "-pk"))

    def row(self, record: InstallationReport) -> Row:
        signed = f"signed on {day_text(record.signed_on)} by {record.signed_by}"
        return Row(
            key=record.reference,
            label=record.number,
            url=reverse("report", args=[record.reference]),
            about=f"{record.get_status_display()}, {signed}",
        )

    def prospects(self, records: Sequence[Any]) -> list[Prospect]:
        self._before = list[InstallationReport]()
        return super().prospects(records)

    def will(self, record: InstallationReport) -> list[str]:
        workflow.WITHDRAW.require(record, self.request.user)
        if record.status != ReportStatus.ACCEPTED:
            return ["No date changes: Huawei has not accepted it."]
        today, before = clock.business_today(), list(self._before)
        rows = outlook.effects_of(record, today=today, as_decided=False, without=before)
        self._before.append(record)
        groups = grouped((unit.serial, effect) for unit, effect in rows)
        return [f"{group.undone}." for group in groups]

    def is_done(self, record: InstallationReport, form: Any) -> bool:
        return record.status == ReportStatus.WITHDRAWN

    def perform(self, record: InstallationReport, form: Any) -> Told:
        reason = form.cleaned_data["reason"]
        changes = workflow.withdraw_report(
            record, user=self.request.user, at=clock.now(), reason=reason
        )
        return Told(f"{dates_changed(len(changes))}.")
