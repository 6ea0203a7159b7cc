"""What a program may ask: days, instants and the question of a what-if, read strictly."""

from datetime import date
from typing import Any

from rest_framework import serializers

from catalog.api_fields import Body, DayField, FlagField, MomentField
from warranty.policy import MAX_MONTHS, MIN_MONTHS

MOST_SIGNATURES = 100
"""How many report dates one question may name."""


class DaysField(DayField):
    """One day, or a list of days."""

    def to_internal_value(self, data: Any) -> list[date]:
        values = data if isinstance(data, list) else [data]
        if len(values) > MOST_SIGNATURES:
            raise serializers.ValidationError(f"Name at most {MOST_SIGNATURES} dates.")
        return [super(DaysField, self).to_internal_value(value) for value in values]


class MonthsField(serializers.Field):
    """A term in whole months."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, float) and data.is_integer():
            data = int(data)  # JSON knows no whole numbers: 12.0 is one
        if not isinstance(data, int) or isinstance(data, bool):
            raise serializers.ValidationError("Give a whole number of months.")
        if not MIN_MONTHS <= data <= MAX_MONTHS:
            raise serializers.ValidationError(f"A term has {MIN_MONTHS} to {MAX_MONTHS} months.")
        return data


class Question(Body):
    """The question of a what-if."""

    huawei_shipped_on = DayField()
    distributor_shipped_on = DayField(required=False, allow_null=True)
    installation_purchased = FlagField()
    report_signed_on = DaysField(required=False, allow_null=True)
    warranty_months = MonthsField(required=False, allow_null=True)
    support_start = DayField(required=False, allow_null=True)
    support_active = FlagField(required=False, allow_null=True)
    new = FlagField(required=False, allow_null=True)
    powered_on_at = MomentField(required=False, allow_null=True)
    failed_at = MomentField(required=False, allow_null=True)
    first_boot = FlagField(required=False, allow_null=True)
    delivery_project = FlagField(required=False, allow_null=True)
    pac_issued_on = DayField(required=False, allow_null=True)
    on = DayField(required=False, allow_null=True)
