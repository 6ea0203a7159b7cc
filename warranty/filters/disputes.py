"""Which disputes the list is asked for."""

from typing import Any

from django.db.models import Q

from catalog.policy import normalise_serial
from jobs.lists import filters as lists
from warranty.enums import DisputeStatus, DisputeSubject
from warranty.models import FormerSerial

VIEWS = (
    lists.View("All disputes"),
    *(lists.View(status.label, {"status": status.value}) for status in DisputeStatus),
)


class DisputeForm(lists.DaysForm):
    between = (("reported_from", "reported_to"),)


class DisputeFilter(lists.ListFilter):
    """A unit is found by its serial number, and by the one it had before a correction."""

    q = lists.text("Dispute number begins with", "by_reference", longest=40)
    status = lists.choice("Status", DisputeStatus.choices)
    subject = lists.choice("What", DisputeSubject.choices)
    serial = lists.text("Serial number in full", "by_serial", longest=40)
    reported_from = lists.since("Reported from", "opened_at")
    reported_to = lists.until("Reported until", "opened_at")
    organization = lists.organization("Organization", "organization")

    class Meta:
        form = DisputeForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.organization.is_huawei:
            del self.filters["organization"]  # it would have one choice

    def by_reference(self, disputes: Any, name: str, value: str) -> Any:
        return disputes.filter(reference__istartswith=value)

    def by_serial(self, disputes: Any, name: str, value: str) -> Any:
        serial = normalise_serial(value)
        former = FormerSerial.objects.for_organization(self.organization).filter(serial=serial)
        return disputes.filter(Q(unit__serial=serial) | Q(unit__in=former.values("unit")))
