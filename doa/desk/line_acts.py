"""What staff can do to a line of a case at the desk, one operation a step."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from doa.desk import line_forms
from doa.enums import Finding
from doa.models import CaseLine
from doa.workflow import returning, shipping
from doa.workflow.offers import line_edges_for
from doa.workflow.refusals import CaseRefused
from partners.desk import Operation
from partners.models import User

Values = dict[str, Any]


def offered(name: str) -> Callable[[CaseLine, User], bool]:
    """Tell whether the step of this name is open to somebody."""
    return lambda line, user: name in line_edges_for(line, user)


def _order(line: CaseLine, values: Values, user: User, at: datetime) -> str:
    shipping.order(line, part_number=values["part_number"], user=user, at=at)
    return f"A replacement of {line.unit.serial} is ordered."


def _ship(line: CaseLine, values: Values, user: User, at: datetime) -> str:
    shipping.ship(line, user=user, at=at, **values)
    return f"The replacement of {line.unit.serial} is shipped. The applicant is told."


def _deliver(line: CaseLine, values: Values, user: User, at: datetime) -> str:
    shipping.deliver(line, user=user, at=at, **values)
    return f"The replacement of {line.unit.serial} is delivered. The faulty unit is due back."


def _receive(line: CaseLine, values: Values, user: User, at: datetime) -> str:
    is_ours = returning.receive(line, user=user, at=at, **values)
    return received_in_words(line, values["serial"], is_ours)


def received_in_words(line: CaseLine, serial: str, is_ours: bool) -> str:
    """Say what became of a unit that came back."""
    if is_ours:
        return f"{line.unit.serial} of {line.case} is received. The applicant is told."
    return f"{serial} came back instead of {line.unit.serial}. Resolve it on {line.case}."


def _resolve(line: CaseLine, values: Values, user: User, at: datetime) -> str:
    is_ours = values["is_ours"] == "yes"
    returning.resolve_mismatch(line, is_ours=is_ours, reason=values["reason"], user=user, at=at)
    return "It counts as the faulty unit." if is_ours else f"{line.unit.serial} is awaited again."


def _inspect(line: CaseLine, values: Values, user: User, at: datetime) -> str:
    finding = Finding(values["finding"])
    returning.inspect(line, finding=finding, condition=values["condition"], user=user, at=at)
    return f"{line.unit.serial} is inspected: {finding.label.lower()}."


def _waive(line: CaseLine, values: Values, user: User, at: datetime) -> str:
    returning.waive(line, user=user, at=at, **values)
    return f"{line.unit.serial} need not come back. The applicant is told."


def _bill(line: CaseLine, values: Values, user: User, at: datetime) -> str:
    returning.bill(line, user=user, at=at, **values)
    return f"The decision to bill {line.unit.serial} is kept."


def _operation(name: str, label: str, explanation: str, **more: Any) -> Operation:
    return Operation(
        name=name,
        label=label,
        explanation=explanation,
        is_offered=offered(name),
        refusals=(CaseRefused,),
        **more,
    )


LINE_ACTS = (
    _operation(
        "order",
        "Order replacement",
        "Of the part number of the faulty unit, unless you write another.",
        form_class=line_forms.OrderForm,
        perform=_order,
    ),
    _operation(
        "ship",
        "Ship replacement",
        "The applicant gets the tracking number and how to send the faulty unit back.",
        form_class=line_forms.ShipForm,
        perform=_ship,
    ),
    _operation(
        "deliver",
        "Confirm delivery",
        "The faulty unit is due back from the day after.",
        form_class=line_forms.DeliverForm,
        perform=_deliver,
    ),
    _operation(
        "receive",
        "Receive faulty unit",
        "Another serial number than the faulty one is kept as an exception to resolve.",
        form_class=line_forms.ReceiveForm,
        perform=_receive,
    ),
    _operation(
        "resolve-mismatch",
        "Resolve mismatch",
        "Say whether what came back counts as the faulty unit.",
        form_class=line_forms.ResolveForm,
        perform=_resolve,
    ),
    _operation(
        "inspect",
        "Record inspection",
        "The way back of this unit is then at its end.",
        form_class=line_forms.InspectForm,
        perform=_inspect,
    ),
    _operation(
        "waive",
        "Waive return",
        "The faulty unit stays where it is. The applicant is told.",
        form_class=line_forms.ReasonForm,
        perform=_waive,
    ),
    _operation(
        "bill",
        "Decide to bill",
        "Kept with the case. Nothing is sent.",
        form_class=line_forms.ReasonForm,
        perform=_bill,
    ),
)
