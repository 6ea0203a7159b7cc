"""HiCare and CoCare contracts, with a line for each unit that they cover."""

import secrets
from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from partners.models import Organization
from partners.scoping import OrganizationQuerySet, ScopedManager
from support import contracts
from support.contracts import Span
from support.enums import ContractStatus, Family
from support.models.levels import ServiceLevel
from support.policy import Anchor, Window, window_until
from warranty.enums import Leg
from warranty.models import Shipment, Unit
from warranty.policy import MAX_MONTHS, MIN_MONTHS, last_covered_day
from warranty.reasons import Reason

ENDING_SOON = timedelta(days=60)
"""How long before its end a contract is listed as ending."""

HUAWEI = "Huawei"
TAC = "Huawei TAC"
"""Who serves the customer of a HiCare contract, and to whom every contract escalates."""


def new_reference() -> str:
    return secrets.token_urlsafe(12)


class SupportContractQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        """A contract is seen by the organization that registered it."""
        return self.filter(organization=organization)

    def in_force(self) -> Self:
        """Keep what nobody has cancelled."""
        return self.filter(cancelled_on=None)

    def _with_line(self, **condition: object) -> Self:
        lines = ContractLine.unscoped.filter(contract=OuterRef("pk"), **condition)
        return self.in_force().filter(Exists(lines))

    def active(self, on: date) -> Self:
        return self._with_line(starts_on__lte=on, ends_on__gte=on)

    def ending(self, on: date) -> Self:
        """Keep those of which cover ends within 60 days of `on`, that day included."""
        return self._with_line(ends_on__gte=on, ends_on__lte=on + ENDING_SOON)

    def start_open(self, on: date) -> Self:
        """Keep those of which a start is not chosen and may still be."""
        return self._with_line(start_chosen_at=None, latest_start_on__gte=on)

    def lapsed(self, on: date) -> Self:
        """Keep those that have ended, with a unit that nothing covers after them."""
        later = ContractLine.unscoped.covering().filter(
            unit=OuterRef("unit"),
            contract__family=OuterRef("contract__family"),
            ends_on__gt=OuterRef("ends_on"),
        )
        over = ContractLine.unscoped.filter(~Exists(later), contract=OuterRef("pk"), ends_on__lt=on)
        return self.in_force().filter(Exists(over))


class SupportContract(models.Model):
    """A contract as it was sold. `number` is the partner's; `reference` stands in addresses.

    Of a CoCare contract the organization is the holder and the caller: it serves the
    customer and calls the TAC. From `cancelled_on` it covers nothing.
    """

    reference = models.CharField(max_length=16, unique=True, default=new_reference)
    number = models.CharField(max_length=40)
    family = models.CharField(max_length=6, choices=Family)
    level = models.ForeignKey(ServiceLevel, models.PROTECT)
    organization = models.ForeignKey(Organization, models.PROTECT)
    end_customer = models.CharField(max_length=120, blank=True)
    term_months = models.PositiveSmallIntegerField()
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=254)
    cancelled_on = models.DateField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    renews = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="renewals"
    )

    unscoped = SupportContractQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"], name="support_contract_number_once"
            ),
            models.CheckConstraint(
                condition=Q(term_months__gte=MIN_MONTHS, term_months__lte=MAX_MONTHS),
                name="support_contract_term_1_to_600",
            ),
            models.CheckConstraint(
                condition=Q(family__in=Family.values), name="support_contract_known_family"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_on=None, cancel_reason="")
                | (Q(cancelled_on__isnull=False) & ~Q(cancel_reason="")),
                name="support_contract_cancelled_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-registered_at"], name="support_contract_list"),
            models.Index(fields=["registered_at", "id"], name="support_contract_registered"),
            models.Index(fields=["number", "id"], name="support_contract_number"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def served_by(self) -> str:
        """Name who serves the customer: of CoCare the partner that holds the contract."""
        return str(self.organization) if self.family == Family.COCARE else HUAWEI

    @property
    def escalates_to(self) -> str:
        """Name who takes what the first cannot solve."""
        return TAC


class ContractLineQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(contract__organization=organization)

    def covering(self) -> Self:
        """Keep the lines of contracts that nobody has cancelled."""
        return self.filter(contract__cancelled_on=None)

    def active(self, on: date) -> Self:
        """Keep the lines that cover their unit on a day."""
        return self.filter(
            Q(contract__cancelled_on=None) | Q(contract__cancelled_on__gt=on),
            starts_on__lte=on,
            ends_on__gte=on,
        )

    def for_unit(self) -> Self:
        """Join what the answer about a unit says of its lines; the earliest comes first."""
        return self.select_related("contract__level", "anchor_shipment").order_by("starts_on", "pk")

    def for_page(self) -> Self:
        """Join what a row of the contract's page shows, by serial number."""
        return self.select_related(
            "unit__part_number__product", "anchor_shipment", "moved_from"
        ).order_by("unit__serial", "pk")

    def movable(self, today: date) -> Self:
        """Keep the lines whose start a partner may choose today (policy section 3, S2)."""
        return self.filter(
            Q(start_chosen_at=None) | Q(starts_on__gte=today),
            contract__renews=None,
            served_at=None,
            moved_from=None,
            latest_start_on__gte=today,
        )

    def out_of_step(self) -> Self:
        """Keep the lines that count from a day which is no longer the day of shipment.

        The distributor's shipment has become known since, or staff has corrected the date
        of the shipment from which the line counts. A renewal counts from no shipment, and
        what moved to a replacement keeps the days that it had (policy section 6).
        """
        return self.covering().filter(
            Q(is_provisional=True, unit__distributor_shipment__isnull=False)
            | ~Q(anchor_on=F("anchor_shipment__shipped_on")),
            contract__renews=None,
            moved_from=None,
        )


class ContractLine(models.Model):
    """The cover of one unit by one contract: from `starts_on` to `ends_on`, both covered.

    `anchor_on` repeats the day of the shipment from which the start counts, as it was
    when the start was reckoned. `start_chosen_at` is empty while nobody has said when
    support starts: then it is the day of shipment. `served_at` is when service was first
    used under the line, which fixes its start. `moved_from` is the unit that was covered
    until `unit` replaced it; the shipment stays that of the first unit.
    """

    contract = models.ForeignKey(SupportContract, models.PROTECT, related_name="lines")
    unit = models.ForeignKey(Unit, models.PROTECT, db_index=False)
    anchor_on = models.DateField()
    anchor_shipment = models.ForeignKey(Shipment, models.PROTECT)
    is_provisional = models.BooleanField()
    latest_start_on = models.DateField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    start_chosen_at = models.DateTimeField(null=True, blank=True)
    served_at = models.DateTimeField(null=True, blank=True)
    overlap_allowed = models.BooleanField(default=False)
    moved_from = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    moved_at = models.DateTimeField(null=True, blank=True)

    unscoped = ContractLineQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "unit"], name="support_line_unit_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="support_line_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__gte=F("anchor_on")) & Q(latest_start_on__gte=F("anchor_on")),
                name="support_line_starts_after_shipment",
            ),
            models.CheckConstraint(
                condition=Q(moved_from=None, moved_at=None)
                | Q(moved_from__isnull=False, moved_at__isnull=False),
                name="support_line_moved_at",
            ),
        ]
        indexes = [
            models.Index(fields=["ends_on", "unit", "contract"], name="support_line_ending"),
            models.Index(
                fields=["unit", "ends_on", "starts_on", "contract"], name="support_line_cover"
            ),
            models.Index(
                fields=["latest_start_on"],
                condition=Q(start_chosen_at=None),
                name="support_line_start_open",
            ),
            models.Index(
                fields=["unit"], condition=Q(is_provisional=True), name="support_line_provisional"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} in {self.contract}"

    @property
    def is_chosen(self) -> bool:
        return self.start_chosen_at is not None

    @property
    def is_renewal(self) -> bool:
        return self.contract.renews_id is not None

    @property
    def span(self) -> Span:
        return Span(self.starts_on, self.ends_on)

    @property
    def term_ends_on(self) -> date:
        """Return the last day of the whole term."""
        return last_covered_day(starts_on=self.starts_on, months=self.contract.term_months)

    @property
    def is_cut(self) -> bool:
        """Tell whether cover ends before the term, with the product's service and support."""
        return self.ends_on < self.term_ends_on

    @property
    def window(self) -> Window:
        """Return the days on which support may start for this unit."""
        anchor = Anchor(
            on=self.anchor_on,
            leg=Leg(self.anchor_shipment.leg),
            is_provisional=self.is_provisional,
        )
        return window_until(anchor=anchor, latest_on=self.latest_start_on)

    def status(self, on: date) -> ContractStatus:
        return contracts.contract_status(
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            on=on,
            cancelled_on=self.contract.cancelled_on,
        )

    def reasons(self) -> tuple[Reason, ...]:
        return contracts.line_reasons(
            window=self.window,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            months=self.contract.term_months,
            is_chosen=self.is_chosen,
            is_renewal=self.is_renewal,
            is_moved=self.moved_from_id is not None,
        )
