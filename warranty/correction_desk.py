"""What staff correct at the desk: dates, services, serial and part numbers, voids."""

from datetime import datetime
from typing import Any

from django import forms

from partners.desk import Operation, Preview, ReasonForm
from partners.enums import Permission
from partners.models import User
from warranty import workflow
from warranty.desk import COLUMNS, counted, day_words, rehearsed, warranty_in_words, warranty_of
from warranty.enums import Leg
from warranty.models import InstallationReport, Shipment, Unit
from warranty.models.reports import STANDING

REFUSALS = (workflow.Ineffective, workflow.ReasonMissing)

Values = dict[str, Any]


def _day_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class ShipmentDateForm(ReasonForm):
    """Asks for the right date of dispatch."""

    shipped_on = _day_field("Shipped on")
    field_order = ["shipped_on", "reason"]


class SignatureForm(ReasonForm):
    """Asks for the right day of signature."""

    signed_on = _day_field("Signed on")
    field_order = ["signed_on", "reason"]


class InstallationServiceForm(ReasonForm):
    """Asks whether installation service was purchased."""

    purchased = forms.TypedChoiceField(
        label="Installation service",
        choices=[("yes", "Purchased"), ("no", "Not purchased")],
        coerce=lambda value: value == "yes",
    )
    field_order = ["purchased", "reason"]


class SerialForm(ReasonForm):
    """Asks for the serial number on the label."""

    serial = forms.CharField(label="Serial number", max_length=80)
    field_order = ["serial", "reason"]


class PartNumberForm(ReasonForm):
    """Asks for the part number on the label."""

    part_number = forms.CharField(label="Part number", max_length=40)
    field_order = ["part_number", "reason"]


def _correct_date(shipment: Shipment, values: Values, user: User, at: datetime) -> list[Any]:
    if shipment.leg == Leg.DISTRIBUTOR:
        return list(workflow.correct_onward_date(shipment, user=user, at=at, **values))
    return list(workflow.correct_shipment_date(shipment, user=user, at=at, **values))


def preview_date(shipment: Shipment, values: Values, user: User, at: datetime) -> Preview:
    units = shipment.onward_units if shipment.leg == Leg.DISTRIBUTOR else shipment.units
    waiting = units.filter(warranty=None).count() if shipment.leg == Leg.HUAWEI else 0
    more = f"Not started, so that only day 90 moves: {waiting:,}." if waiting else ""
    return rehearsed(lambda: _correct_date(shipment, values, user, at), of=units.count(), more=more)


def _perform_date(shipment: Shipment, values: Values, user: User, at: datetime) -> str:
    moved = _correct_date(shipment, values, user, at)
    return f"{shipment} left on {day_words(values['shipped_on'])}. {counted(moved)}."


def _preview_signature(
    report: InstallationReport, values: Values, user: User, at: datetime
) -> Preview:
    return rehearsed(
        lambda: workflow.correct_signature(report, user=user, at=at, **values),
        of=report.units.count(),
    )


def _signature(report: InstallationReport, values: Values, user: User, at: datetime) -> str:
    moved = workflow.correct_signature(report, user=user, at=at, **values)
    return f"{report} was signed on {day_words(values['signed_on'])}. {counted(moved)}."


def _preview_service(unit: Unit, values: Values, user: User, at: datetime) -> Preview:
    return rehearsed(
        lambda: workflow.correct_installation_service(unit, user=user, at=at, **values), of=1
    )


def _service(unit: Unit, values: Values, user: User, at: datetime) -> str:
    workflow.correct_installation_service(unit, user=user, at=at, **values)
    word = "purchased" if values["purchased"] else "not purchased"
    return f"Installation service for {unit}: {word}."


def _preview_serial(unit: Unit, values: Values, user: User, at: datetime) -> Preview:
    return rehearsed(
        lambda: [workflow.correct_serial(unit, user=user, at=at, **values)],
        of=1,
        more=f"{unit} still leads to the unit, and stays in its history.",
    )


def _serial(unit: Unit, values: Values, user: User, at: datetime) -> str:
    renamed = workflow.correct_serial(unit, user=user, at=at, **values)
    return f"The serial number is {renamed}. {unit} still leads to it."


def _preview_part_number(unit: Unit, values: Values, user: User, at: datetime) -> Preview:
    return rehearsed(
        lambda: [workflow.correct_part_number(unit, user=user, at=at, **values)],
        of=1,
        more="A term that has started stays as it is.",
    )


def _part_number(unit: Unit, values: Values, user: User, at: datetime) -> str:
    changed = workflow.correct_part_number(unit, user=user, at=at, **values)
    return f"The part number of {unit} is {changed.part_number}."


def _preview_void(unit: Unit, values: Values, user: User, at: datetime) -> Preview:
    def act() -> list[Any]:
        workflow.void_warranty(unit, user=user, at=at, **values)
        return []

    warranty = warranty_of(unit)
    before = f"{day_words(warranty.starts_on)} ({warranty.rule})" if warranty else "has not started"
    row = [unit.serial, unit.partner.name, before, "void", "-"]
    told = rehearsed(act, of=1).told
    return Preview("1 warranty becomes void.", COLUMNS, [row], told=told)


def _void(unit: Unit, values: Values, user: User, at: datetime) -> str:
    workflow.void_warranty(unit, user=user, at=at, **values)
    return f"The warranty of {unit} is void. {unit.partner} is told why."


def _reinstate(unit: Unit, values: Values, user: User, at: datetime) -> str:
    workflow.reinstate_warranty(unit, user=user, at=at, **values)
    return f"The warranty of {unit} runs again. {unit.partner} is told."


def _may_correct(record: Shipment | Unit, user: User) -> bool:
    shipment = record.huawei_shipment if isinstance(record, Unit) else record
    return user.can(Permission.CORRECT_DATES, shipment.shipped_by)


def _may_correct_signature(report: InstallationReport, user: User) -> bool:
    may = user.can(Permission.CORRECT_DATES, report.organization)
    return may and report.status in STANDING


def _may_void(unit: Unit, user: User) -> bool:
    warranty = warranty_of(unit)
    may = user.can(Permission.VOID_WARRANTIES, unit.huawei_shipment.shipped_by)
    return may and warranty is not None and warranty.voided_at is None


def _may_reinstate(unit: Unit, user: User) -> bool:
    warranty = warranty_of(unit)
    may = user.can(Permission.VOID_WARRANTIES, unit.huawei_shipment.shipped_by)
    return may and warranty is not None and warranty.voided_at is not None


def _shipment_on_file(shipment: Shipment) -> list[tuple[str, str]]:
    return [("On file", f"{shipment}, shipped on {day_words(shipment.shipped_on)}")]


def _unit_on_file(unit: Unit) -> list[tuple[str, str]]:
    service = "purchased" if unit.installation_service else "not purchased"
    return [
        ("Serial number", unit.serial),
        ("Part number", unit.part_number.number),
        ("Installation service", service),
        ("Warranty", warranty_in_words(unit)),
    ]


CORRECT_SHIPMENT_DATE = Operation(
    name="correct-date",
    label="Correct shipment date",
    explanation="Huawei's date dates warranties again; a distributor's date moves support and no "
    "warranty. The old date and the reason stay in the trail, and holders are told.",
    form_class=ShipmentDateForm,
    perform=_perform_date,
    preview=preview_date,
    is_offered=_may_correct,
    refusals=REFUSALS,
    on_file=_shipment_on_file,
)
CORRECT_SIGNATURE = Operation(
    name="correct-signature",
    label="Correct day of signature",
    explanation="Warranties that this report decides are dated by the right day. The old day and "
    "the reason stay in the trail, and holders are told.",
    form_class=SignatureForm,
    perform=_signature,
    preview=_preview_signature,
    is_offered=_may_correct_signature,
    refusals=REFUSALS,
    on_file=lambda report: [("On file", f"{report}, signed on {day_words(report.signed_on)}")],
)
CORRECT_INSTALLATION_SERVICE = Operation(
    name="correct-service",
    label="Correct installation service",
    explanation="Without the service the warranty starts on day 90. With it, an accepted report "
    "may start it earlier. A purchase recorded after day 90 changes nothing.",
    form_class=InstallationServiceForm,
    perform=_service,
    preview=_preview_service,
    is_offered=_may_correct,
    refusals=REFUSALS,
    on_file=_unit_on_file,
)
CORRECT_SERIAL = Operation(
    name="correct-serial",
    label="Correct serial number",
    explanation="The old serial number stays in the trail and still leads to the unit. "
    "Its dates stay as they are, and its holder is told.",
    form_class=SerialForm,
    perform=_serial,
    preview=_preview_serial,
    is_offered=_may_correct,
    refusals=REFUSALS,
    on_file=_unit_on_file,
)
CORRECT_PART_NUMBER = Operation(
    name="correct-part-number",
    label="Correct part number",
    explanation="The unit becomes one of another product. A term that has started stays as it is, "
    "and its holder is told.",
    form_class=PartNumberForm,
    perform=_part_number,
    preview=_preview_part_number,
    is_offered=_may_correct,
    refusals=REFUSALS,
    on_file=_unit_on_file,
)
VOID_WARRANTY = Operation(
    name="void",
    label="Void warranty",
    explanation="Ends the cover of this unit from now on. Its holder is told why. What was decided "
    "while it ran stands, and it can be reinstated.",
    perform=_void,
    preview=_preview_void,
    is_offered=_may_void,
    refusals=REFUSALS,
    on_file=_unit_on_file,
)
REINSTATE_WARRANTY = Operation(
    name="reinstate",
    label="Reinstate warranty",
    explanation="Gives the cover back, with the dates that the policy has for it today. "
    "Its holder is told.",
    perform=_reinstate,
    is_offered=_may_reinstate,
    refusals=REFUSALS,
    on_file=_unit_on_file,
)
