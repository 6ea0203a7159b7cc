"""Which installation reports the list is asked for."""

from typing import Any

from django.db.models import Q

from catalog.policy import normalise_serial
from jobs.lists import filters as lists
from warranty.enums import ReportStatus
from warranty.models import ReportLine, Shipment, Unit

VIEWS = (
    lists.View("All reports"),
    *(lists.View(status.label, {"status": status.value}) for status in ReportStatus),
)


class ReportForm(lists.DaysForm):
    between = (("signed_from", "signed_to"),)


class ReportFilter(lists.ListFilter):
    """A shipment and a serial number are looked for among those that the reader sees."""

    q = lists.text("Report number begins with", "by_number", longest=40)
    status = lists.choice("Status", ReportStatus.choices)
    signed_from = lists.first_day("Signed from", "signed_on")
    signed_to = lists.last_day("Signed until", "signed_on")
    shipment = lists.text("Shipment number in full", "by_shipment", longest=40)
    serial = lists.text("Serial number in full", "by_serial", longest=40)
    submitter = lists.text("Handed in by, e-mail contains", "by_submitter")
    organization = lists.organization("Organization", "organization")

    class Meta:
        form = ReportForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not kwargs["organization"].is_huawei:
            del self.filters["organization"]  # it would have one choice

    def by_number(self, reports: Any, name: str, value: str) -> Any:
        return reports.filter(number__istartswith=value)

    def by_shipment(self, reports: Any, name: str, value: str) -> Any:
        seen = Shipment.objects.for_organization(self.organization).filter(number__iexact=value)
        units = Q(unit__huawei_shipment__in=seen) | Q(unit__shipmentline__shipment__in=seen)
        return reports.filter(pk__in=ReportLine.unscoped.filter(units).values("report"))

    def by_serial(self, reports: Any, name: str, value: str) -> Any:
        units = Unit.objects.for_organization(self.organization).with_serial(
            normalise_serial(value)
        )
        lines = ReportLine.unscoped.filter(unit__in=units.order_by().values("pk"))
        return reports.filter(pk__in=lines.values("report"))

    def by_submitter(self, reports: Any, name: str, value: str) -> Any:
        return reports.filter(submitted_by__icontains=value)
