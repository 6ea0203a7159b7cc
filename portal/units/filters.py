"""Which units the list is asked for."""

from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q

from catalog.enums import MilestoneKind
from catalog.models import PartNumber
from catalog.policy import normalise_serial
from jobs.lists import filters as lists
from support.models import ContractLine
from support.models.recalls import ending_for_good
from warranty.enums import WarrantyStatus
from warranty.models import Warranty, seen_by
from warranty.unstarted import Unstarted

LONGEST = 3660
NAMED = 2000
"""How many part numbers a question to the database names one by one."""
SUPPORT = [("active", "Active"), ("future", "Not started"), ("ended", "Ended"), ("none", "None")]
PAST = [(kind.value, kind.label) for kind in MilestoneKind if kind is not MilestoneKind.GA]
VIEWS = (
    lists.View("All units"),
    lists.View("Ending in 60 days", {"ending": "60"}),
    lists.View("Not started", {"warranty": WarrantyStatus.PENDING.value}),
    lists.View("Not covered", {"cover": "none"}),
    lists.View("Past end of service", {"past": MilestoneKind.EOS.value}),
)


class UnitForm(lists.DaysForm):
    between = (("ends_from", "ends_to"),)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("on") and not cleaned.get("past"):
            self.add_error("on", "Choose under Past which milestone this day is about.")
        return cleaned


class UnitFilter(lists.ListFilter):
    """Warranty, support and life cycle count as they stand today, `past` on its own day."""

    q = lists.text("Serial number begins with", "by_serial", longest=40)
    customer = lists.text("Customer", "by_customer")
    product = lists.text("Product line, model or part number", "by_product")
    warranty = lists.choice("Warranty", WarrantyStatus.choices, "by_warranty")
    support = lists.choice("Support", SUPPORT, "by_support")
    cover = lists.choice("Cover today", [("any", "Covered"), ("none", "Not covered")], "by_cover")
    ending = lists.days("Cover ends within days", "by_days", most=LONGEST)
    ends_from = lists.day("Cover ends from", "by_ends_from")
    ends_to = lists.day("Cover ends until", "by_ends_to")
    past = lists.choice("Past", PAST, "by_past")
    on = lists.day("Past on", "by_nothing_alone")

    gathering = frozenset({"support", "ending", "ends_from", "ends_to"})

    class Meta:
        form = UnitForm

    def by_serial(self, units: Any, name: str, value: str) -> Any:
        return units.filter(serial__startswith=normalise_serial(value))

    def by_customer(self, units: Any, name: str, value: str) -> Any:
        return units.exclude(end_customer="").filter(end_customer__iexact=value)

    def by_product(self, units: Any, name: str, value: str) -> Any:
        named = PartNumber.objects.filter(
            Q(number__istartswith=value)
            | Q(product__model__icontains=value)
            | Q(product__product_line__icontains=value)
        )
        return _of(units, named)

    @cached_property
    def _unstarted(self) -> Unstarted:
        return Unstarted(self.today)

    def by_warranty(self, units: Any, name: str, value: str) -> Any:
        if value == WarrantyStatus.VOID:
            return units.filter(warranty__voided_at__isnull=False)
        if value == WarrantyStatus.PENDING:
            return units.filter(pk__in=self._unstarted.waiting())
        if value == WarrantyStatus.ACTIVE:
            stored = Q(warranty__starts_on__lte=self.today, warranty__ends_on__gte=self.today)
            running = self._running(self.today, None)
        else:
            stored = Q(warranty__ends_on__lt=self.today)
            running = self._running(None, self.today - timedelta(days=1))
        return units.filter((stored & Q(warranty__voided_at=None)) | running)

    def by_support(self, units: Any, name: str, value: str) -> Any:
        if value == "active" and not self.is_walked:
            lines = ContractLine.unscoped.active(self.today).filter(**self._seen)
            return units.filter(pk__in=lines.values("unit"))
        lines = ContractLine.unscoped.covering().filter(unit=OuterRef("pk"))
        active, future = Exists(self._active()), Exists(lines.filter(starts_on__gt=self.today))
        kept = {
            "active": Q(active),
            "future": ~Q(active) & Q(future),
            "ended": ~Q(active) & ~Q(future) & Q(Exists(lines)),
            "none": ~Q(active) & ~Q(Exists(lines)),
        }
        return units.filter(kept[value])

    def by_cover(self, units: Any, name: str, value: str) -> Any:
        today = self.today
        in_force = Warranty.unscoped.filter(
            unit=OuterRef("pk"), voided_at=None, starts_on__lte=today, ends_on__gte=today
        )
        covered = Q(Exists(in_force)) | Q(Exists(self._active())) | self._running(today, None)
        return units.filter(covered if value == "any" else ~covered)

    def by_days(self, units: Any, name: str, value: Any) -> Any:
        return self._ending(units, self.today, self.today + timedelta(days=int(value)))

    def by_ends_from(self, units: Any, name: str, value: date) -> Any:
        return self._ending(units, value, self.form.cleaned_data.get("ends_to"))

    def by_ends_to(self, units: Any, name: str, value: date) -> Any:
        if self.form.cleaned_data.get("ends_from"):
            return units
        return self._ending(units, None, value)

    def by_past(self, units: Any, name: str, value: str) -> Any:
        on = self.form.cleaned_data.get("on") or self.today
        reached = PartNumber.objects.past(MilestoneKind(value), on=on)
        return _of(units, reached)

    def by_nothing_alone(self, units: Any, name: str, value: date) -> Any:
        """The day belongs to `past`, which reads it."""
        return units

    def _running(self, first: date | None, last: date | None) -> Q:
        """Say which units the night has not recorded yet whose term ends between two days."""
        if not self._unstarted.has_due:
            return Q()
        return Q(pk__in=self._unstarted.running(first, last))

    @property
    def _seen(self) -> dict[str, Any]:
        """Keep of warranties or lines those of units that the reader sees, before joining more."""
        return {} if self.organization.is_huawei else {"unit__in": seen_by(self.organization)}

    def _active(self) -> Any:
        return ContractLine.unscoped.active(self.today).filter(unit=OuterRef("pk"))

    def _ending(self, units: Any, first: date | None, last: date | None) -> Any:
        """Keep units whose warranty, or last contract of a family, ends between two days."""
        days: dict[str, date] = {}
        if first:
            days["ends_on__gte"] = first
        if last:
            days["ends_on__lte"] = last
        warranties = Warranty.unscoped.filter(voided_at=None, **days)
        lines = ending_for_good().filter(**days)
        if self.is_walked:
            here = {"unit": OuterRef("pk")}
            ends = Q(Exists(warranties.filter(**here))) | Q(Exists(lines.filter(**here)))
            return units.filter(ends | self._running(first, last))
        warranties, lines = warranties.filter(**self._seen), lines.filter(**self._seen)
        ending = warranties.values("unit").union(lines.values("unit"))
        return units.filter(Q(pk__in=ending) | self._running(first, last))


def _of(units: Any, part_numbers: Any) -> Any:
    """Keep the units of some part numbers, named one by one where they are not too many.

    The database knows how many units each of them has, and nothing about a question.
    """
    named = list(part_numbers.values_list("pk", flat=True)[: NAMED + 1])
    return units.filter(part_number__in=named if len(named) <= NAMED else part_numbers.values("pk"))
