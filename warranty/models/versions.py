"""The numbers of the service policies, from one day on."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from warranty import reminders
from warranty.policy import Terms


def _check_reminder_days(text: str) -> None:
    try:
        reminders.days_of(text)
    except ValueError as problem:
        raise ValidationError(str(problem)) from problem


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def in_force(self, on: date) -> "PolicyVersion":
        """Return the version in force on `on`.

        Raises: PolicyVersion.DoesNotExist before the first one.
        """
        version = self.filter(effective_from__lte=on).order_by("-effective_from").first()
        if version is None:
            raise self.model.DoesNotExist(f"No policy version is in force on {on}.")
        return version


class PolicyVersion(models.Model):
    """The numbers of the service policies, from one day on (policy section 8).

    Lengths are whole days, hours and months as the names say. The version in
    force on the day of Huawei's shipment applies to a unit for good.
    """

    label = models.CharField(max_length=40, unique=True)
    effective_from = models.DateField(unique=True)
    latest_start_days = models.PositiveSmallIntegerField(default=90)
    support_window_days = models.PositiveSmallIntegerField(default=90)
    doa_hours = models.PositiveSmallIntegerField(default=48)
    default_warranty_months = models.PositiveSmallIntegerField(
        default=12, validators=[MinValueValidator(1), MaxValueValidator(600)]
    )
    exchange_floor_days = models.PositiveSmallIntegerField(
        default=0,
        help_text="Days that an exchanged unit stays covered at least. 0: the rest of the term.",
    )
    return_business_days = models.PositiveSmallIntegerField(default=15)
    reminder_days = models.CharField(
        max_length=40,
        default="60, 75, 85",
        validators=[_check_reminder_days],
        help_text="Days after Huawei's shipment on which a missing report is recalled.",
    )
    start_reminder_days = models.CharField(
        max_length=40,
        default="60, 80",
        validators=[_check_reminder_days],
        help_text="Days after shipment on which a start of support to be chosen is recalled.",
    )
    ending_reminder_days = models.CharField(
        max_length=40,
        default="30, 60, 90",
        validators=[_check_reminder_days],
        help_text="Days before support ends on which its end is recalled.",
    )
    tac_number = models.CharField(max_length=20, default="1-877-9HUAWEI")
    sample_values = models.CharField(
        max_length=200, blank=True, help_text="Which values are samples, not the vendor's."
    )

    TERMS = {
        "version": "label",
        "cap_days": "latest_start_days",
        "support_window_days": "support_window_days",
        "doa_hours": "doa_hours",
        "default_warranty_months": "default_warranty_months",
        "tac_number": "tac_number",
    }
    """Which column holds each of the numbers that the policy functions take."""

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(default_warranty_months__gte=1, default_warranty_months__lte=600),
                name="warranty_policyversion_term_1_to_600",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def terms(self) -> Terms:
        """Return the numbers as the policy functions take them."""
        return Terms(**{name: getattr(self, column) for name, column in self.TERMS.items()})
