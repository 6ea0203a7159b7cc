"""What staff can do to shipments, units and reports at the desk."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.db import transaction

from partners.desk import ConfirmForm, Operation, Preview, ReasonForm
from partners.enums import Permission
from partners.models import User
from warranty import workflow
from warranty.models import InstallationReport, Shipment, Unit, Warranty
from warranty.workflow import Change

PREVIEWED = 200
"""How many units a preview lists; its headline counts them all."""

COLUMNS = ["Serial number", "Holder", "Start before", "Start after", "Last covered day after"]


class ShipmentDateForm(ReasonForm):
    """Asks for the right date of dispatch."""

    shipped_on = forms.DateField(
        label="Shipped on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    field_order = ["shipped_on", "reason"]


class InstallationServiceForm(ReasonForm):
    """Asks whether installation service was purchased."""

    purchased = forms.TypedChoiceField(
        label="Installation service",
        choices=[("yes", "Purchased"), ("no", "Not purchased")],
        coerce=lambda value: value == "yes",
    )
    field_order = ["purchased", "reason"]


def warranty_of(unit: Unit) -> Warranty | None:
    """Return the unit's warranty, or None while it is waiting for its start."""
    return getattr(unit, "warranty", None)


def warranty_in_words(unit: Unit, *, today: date) -> str:
    """Say in one line how the warranty of a unit stands on `today`."""
    warranty = warranty_of(unit)
    if warranty is None:
        return "Has not started"
    dates = f"{_day(warranty.starts_on)} to {_day(warranty.ends_on)} ({warranty.rule})"
    if warranty.voided_at:
        return f"Void, was {dates}"
    return f"Expired, {dates}" if warranty.ends_on < today else dates


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _start(warranty: Warranty | None) -> str:
    if warranty is None:
        return "has not started"
    return f"{_day(warranty.starts_on)} ({warranty.rule})"


def _rows(changes: Iterable[Change]) -> list[list[Any]]:
    return [
        [
            change.unit.serial,
            change.unit.partner.name,
            _start(change.before),
            _start(change.after),
            _day(change.after.ends_on) if change.after else "-",
        ]
        for change in changes
    ]


def _counted(changes: list[Change]) -> str:
    count = len(changes)
    return f"{count:,} warranty moves" if count == 1 else f"{count:,} warranties move"


def _rehearsed(
    act: Any, record: Any, values: dict[str, Any], user: User, at: datetime, *, of: int
) -> Preview:
    """Carry the act out, note what it changes, and take it back before it is stored."""
    with transaction.atomic():
        changes = act(record, user=user, at=at, **values)
        transaction.set_rollback(True)
    holders = len({change.unit.partner.pk for change in changes})
    headline = f"{_counted(changes)}, of {of:,} in this record. Holders told: {holders}."
    if len(changes) > PREVIEWED:
        headline += f" The first {PREVIEWED} are listed."
    return Preview(headline, COLUMNS, _rows(changes[:PREVIEWED]))


def _preview_date(shipment: Shipment, values: dict[str, Any], user: User, at: datetime) -> Preview:
    of = shipment.units.count()
    return _rehearsed(workflow.correct_shipment_date, shipment, values, user, at, of=of)


def _correct_date(shipment: Shipment, values: dict[str, Any], user: User, at: datetime) -> str:
    changes = workflow.correct_shipment_date(shipment, user=user, at=at, **values)
    return f"{shipment} left on {_day(values['shipped_on'])}. {_counted(changes)}."


def _preview_service(unit: Unit, values: dict[str, Any], user: User, at: datetime) -> Preview:
    return _rehearsed(workflow.correct_installation_service, unit, values, user, at, of=1)


def _correct_service(unit: Unit, values: dict[str, Any], user: User, at: datetime) -> str:
    workflow.correct_installation_service(unit, user=user, at=at, **values)
    word = "purchased" if values["purchased"] else "not purchased"
    return f"Installation service for {unit}: {word}."


def _void(unit: Unit, values: dict[str, Any], user: User, at: datetime) -> str:
    workflow.void_warranty(unit, user=user, at=at, **values)
    return f"The warranty of {unit} is void."


def _reinstate(unit: Unit, values: dict[str, Any], user: User, at: datetime) -> str:
    workflow.reinstate_warranty(unit, user=user, at=at, **values)
    return f"The warranty of {unit} is valid again."


def _may_correct(record: Shipment | Unit, user: User) -> bool:
    shipment = record.huawei_shipment if isinstance(record, Unit) else record
    return user.can(Permission.CORRECT_DATES, shipment.shipped_by)


def _may_void(unit: Unit, user: User) -> bool:
    warranty = warranty_of(unit)
    may = user.can(Permission.VOID_WARRANTIES, unit.huawei_shipment.shipped_by)
    return may and warranty is not None and warranty.voided_at is None


def _may_reinstate(unit: Unit, user: User) -> bool:
    warranty = warranty_of(unit)
    may = user.can(Permission.VOID_WARRANTIES, unit.huawei_shipment.shipped_by)
    return may and warranty is not None and warranty.voided_at is not None


def _preview_accept(
    report: InstallationReport, values: dict[str, Any], user: User, at: datetime
) -> Preview:
    of = report.units.count()
    return _rehearsed(workflow.accept_report, report, values, user, at, of=of)


def _accept(report: InstallationReport, values: dict[str, Any], user: User, at: datetime) -> str:
    changes = workflow.accept_report(report, user=user, at=at)
    return f"{report} counts now. {_counted(changes)}."


def _send_back(report: InstallationReport, values: dict[str, Any], user: User, at: datetime) -> str:
    workflow.send_back_report(report, user=user, at=at, **values)
    return f"{report} was sent back to {report.organization}."


def _preview_withdraw(
    report: InstallationReport, values: dict[str, Any], user: User, at: datetime
) -> Preview:
    of = report.units.count()
    return _rehearsed(workflow.withdraw_report, report, values, user, at, of=of)


def _withdraw(report: InstallationReport, values: dict[str, Any], user: User, at: datetime) -> str:
    changes = workflow.withdraw_report(report, user=user, at=at, **values)
    return f"{report} no longer counts. {_counted(changes)}."


REFUSALS = (workflow.Ineffective, workflow.ReasonMissing)

CORRECT_SHIPMENT_DATE = Operation(
    name="correct-date",
    label="Correct shipment date",
    explanation="Every warranty start that hangs on this date is dated again. The old date and "
    "the reason stay in the trail, and the holders of units whose start moves are told.",
    form_class=ShipmentDateForm,
    perform=_correct_date,
    preview=_preview_date,
    is_offered=_may_correct,
    refusals=REFUSALS,
)
CORRECT_INSTALLATION_SERVICE = Operation(
    name="correct-service",
    label="Correct installation service",
    explanation="Without the service the warranty starts on day 90. With it, an accepted report "
    "may start it earlier. A purchase recorded after day 90 changes nothing.",
    form_class=InstallationServiceForm,
    perform=_correct_service,
    preview=_preview_service,
    is_offered=_may_correct,
    refusals=REFUSALS,
)
VOID_WARRANTY = Operation(
    name="void",
    label="Void warranty",
    explanation="Ends the cover of this unit from now on. It can be reinstated.",
    perform=_void,
    is_offered=_may_void,
    refusals=REFUSALS,
)
REINSTATE_WARRANTY = Operation(
    name="reinstate",
    label="Reinstate warranty",
    explanation="Gives the cover back, with the dates that the policy has for it today.",
    perform=_reinstate,
    is_offered=_may_reinstate,
    refusals=REFUSALS,
)
ACCEPT_REPORT = Operation(
    name="accept",
    label="Accept",
    explanation="The signature counts from now on, for every unit on this report.",
    form_class=ConfirmForm,
    perform=_accept,
    preview=_preview_accept,
    is_offered=workflow.ACCEPT.allows,
    refusals=REFUSALS,
)
SEND_BACK_REPORT = Operation(
    name="send-back",
    label="Send back",
    explanation="The partner is told the reason and can hand in a corrected report.",
    perform=_send_back,
    is_offered=workflow.SEND_BACK.allows,
    refusals=REFUSALS,
)
WITHDRAW_REPORT = Operation(
    name="withdraw",
    label="Withdraw",
    explanation="The report no longer counts. Starts that it decided are dated again without it.",
    perform=_withdraw,
    preview=_preview_withdraw,
    is_offered=workflow.WITHDRAW.allows,
    refusals=REFUSALS,
)
