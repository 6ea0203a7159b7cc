"""A contract as JSON: what was sold, from when, for which units in scope."""

from datetime import date
from typing import Any

from rest_framework import serializers

from catalog.api_fields import DayField, WordsField, pointers
from support.api.schema import STARTS
from support.enums import Family
from support.models import ServiceLevel
from support.planning import LATER, StartChoice
from support.workflow import Order
from warranty.api.faults import Refused, at_pointer
from warranty.api.named_units import NamedUnits, UnitBody, UnitsBody
from warranty.forms.reports import NUMBER
from warranty.policy import MAX_MONTHS, MIN_MONTHS

_WORD = {"invalid_choice": "Write one of: {choices}."}


class MonthsField(serializers.Field):
    """A whole number of months, and no text that might mean one."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            raise serializers.ValidationError("Write a whole number of months.")
        if not MIN_MONTHS <= data <= MAX_MONTHS:
            raise serializers.ValidationError(f"Write {MIN_MONTHS} to {MAX_MONTHS} months.")
        return data


class WordField(serializers.Field):
    """One of a few words."""

    def __init__(self, words: Any, **kwargs: Any) -> None:
        self.words = list(words)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.words:
            raise serializers.ValidationError(f"Write one of: {', '.join(self.words)}.")
        return data


class StartingUnitBody(UnitBody):
    starts_on = DayField(required=False)


class StartingUnits(NamedUnits):
    unit_body = StartingUnitBody


class ContractBody(UnitsBody):
    number = WordsField(most=40)
    family = WordField(Family.values)
    level = WordsField(most=20)
    term_months = MonthsField()
    end_customer = WordsField(most=120, blank=True, required=False, default="")
    start = WordField(STARTS, required=False)
    starts_on = DayField(required=False)

    def validate_number(self, number: str) -> str:
        if not NUMBER.fullmatch(number):
            raise serializers.ValidationError("Write 1 to 40 letters, digits or signs.")
        return number

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "start" in attrs and "starts_on" in attrs:
            raise serializers.ValidationError("Send either start or starts_on.")
        return super().validate(attrs)


class GivenContract:
    """What a body says, sound as far as it can be told without storing anything.

    `scope` are the units that its sender may see; one beyond it is as unknown as any.
    Raises: Refused.
    """

    def __init__(self, data: Any, scope: Any, *, today: date) -> None:
        body = ContractBody(data=[] if data is None else data)
        if not body.is_valid():
            raise Refused(at_pointer(*found) for found in pointers(body.errors))
        values = body.validated_data
        found = StartingUnits(values, scope)
        level = _level(values, today)
        faults = list(found.faults)
        if level is None:
            faults.append(at_pointer("/level", _offered(values["family"], today)))
        if level is None or faults:
            raise Refused(faults)
        self.order = Order(
            number=values["number"],
            level=level,
            term_months=values["term_months"],
            end_customer=values["end_customer"],
        )
        self.units, self.places = found.units, found.places
        self.start = _start(values, found)


def _level(values: dict[str, Any], today: date) -> ServiceLevel | None:
    offered = ServiceLevel.objects.offered_on(today).order_by("-valid_from")
    return offered.filter(family=values["family"], code=values["level"]).first()


def _offered(family: str, today: date) -> str:
    offered = ServiceLevel.objects.offered_on(today).filter(family=family)
    codes = ", ".join(offered.order_by("code").values_list("code", flat=True).distinct())
    return f"Write a level that is offered today: {codes}." if codes else "None is offered today."


def _start(values: dict[str, Any], found: NamedUnits) -> StartChoice:
    """Return when support is asked to start, for all units and for single ones."""
    days = {key: said["starts_on"] for key, said in found.said.items() if "starts_on" in said}
    if values.get("start") == "later":
        return StartChoice(is_chosen=False, days=days) if days else LATER
    return StartChoice(on=values.get("starts_on"), days=days)
