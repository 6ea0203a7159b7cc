"""What staff can do to contracts and their units at the desk."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms

from catalog.policy import day_text
from partners import clock
from partners.desk import Operation, ReasonForm
from partners.enums import Permission
from partners.models import User
from support import workflow
from support.models import ContractLine, ServiceLevel, SupportContract
from warranty.policy import MAX_MONTHS, MIN_MONTHS, TermOutOfRange


def _day_field(**fields: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, **fields)


class StartForm(ReasonForm):
    """Asks for the right first day of support."""

    starts_on = _day_field(label="Starts on")
    field_order = ["starts_on", "reason"]


class ReinstateForm(ReasonForm):
    """Asks for the contract that continues a lapsed one."""

    number = forms.CharField(label="Number of the new contract", max_length=40)
    level = forms.ModelChoiceField(ServiceLevel.objects.none())
    term_months = forms.IntegerField(
        label="Term in months", min_value=MIN_MONTHS, max_value=MAX_MONTHS
    )
    starts_on = _day_field(
        label="Starts on",
        required=False,
        help_text="Empty: the day after the old end. A later day leaves a gap.",
    )
    field_order = ["number", "level", "term_months", "starts_on", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = ServiceLevel.objects.offered_on(clock.business_today()).for_list()
        self.fields["level"].queryset = levels


def _cancel(contract: SupportContract, values: dict[str, Any], user: User, at: datetime) -> str:
    workflow.cancel_contract(contract, user=user, at=at, **values)
    return f"Contract {contract} is cancelled. Its holder is told."


def _move(contract: SupportContract, values: dict[str, Any], user: User, at: datetime) -> str:
    count = workflow.move_start(contract, user=user, at=at, **values)
    said = "1 unit starts" if count == 1 else f"{count:,} units start"
    return f"{said} on {day_text(values['starts_on'])}. The holder is told."


def _move_line(line: ContractLine, values: dict[str, Any], user: User, at: datetime) -> str:
    workflow.move_start(line.contract, user=user, at=at, line_ids=[line.pk], **values)
    return f"{line.unit} starts on {day_text(values['starts_on'])}. The holder is told."


def _allow(contract: SupportContract, values: dict[str, Any], user: User, at: datetime) -> str:
    workflow.allow_overlap(contract, user=user, at=at, **values)
    return f"Other contracts may cover the units of {contract} at the same time."


def _keep(contract: SupportContract, values: dict[str, Any], user: User, at: datetime) -> str:
    count = workflow.keep_term(contract, user=user, at=at, **values)
    said = "1 unit is" if count == 1 else f"{count:,} units are"
    return f"{said} covered for the whole term."


def _reinstate(contract: SupportContract, values: dict[str, Any], user: User, at: datetime) -> str:
    order = workflow.Order(
        number=values["number"].strip(), level=values["level"], term_months=values["term_months"]
    )
    renewal = workflow.reinstate_contract(
        contract,
        order,
        reason=values["reason"],
        starts_on=values["starts_on"],
        user=user,
        at=at,
    )
    return f"Contract {renewal} continues {contract}. Its holder is told."


def _note(line: ContractLine, values: dict[str, Any], user: User, at: datetime) -> str:
    workflow.note_service(line, user=user, at=at, **values)
    return f"Service was used for {line.unit}. Its start stays."


def _may(contract: SupportContract, user: User) -> bool:
    stands = contract.cancelled_on is None
    return stands and user.can(Permission.MANAGE_SUPPORT, contract.organization)


def _is_first(contract: SupportContract, user: User) -> bool:
    return contract.renews_id is None and _may(contract, user)


def _of_line(offered: Callable[[SupportContract, User], bool]) -> Callable[[Any, User], bool]:
    return lambda line, user: offered(line.contract, user)


REFUSALS = (workflow.ContractRefused, workflow.ReasonMissing, TermOutOfRange)
MOVED = "Inside the 90 days after shipment. The old day and the reason stay in the trail."

MOVE_START = Operation(
    name="move-start",
    label="Move start",
    explanation=f"Lets support of every unit of this contract start on another day. {MOVED}",
    form_class=StartForm,
    perform=_move,
    is_offered=_is_first,
    refusals=REFUSALS,
)
ALLOW_OVERLAP = Operation(
    name="allow-overlap",
    label="Allow overlap",
    explanation="Lets another contract of the same family cover these units at the same time.",
    perform=_allow,
    is_offered=_may,
    refusals=REFUSALS,
)
KEEP_TERM = Operation(
    name="keep-term",
    label="Keep term",
    explanation="Covers the units for the whole term that was sold, although all services for "
    "their product end before.",
    perform=_keep,
    is_offered=_may,
    refusals=REFUSALS,
)
REINSTATE = Operation(
    name="reinstate",
    label="Reinstate",
    explanation="Continues a contract that ended more than 3 months ago, for its holder.",
    form_class=ReinstateForm,
    perform=_reinstate,
    is_offered=_may,
    refusals=REFUSALS,
)
CANCEL = Operation(
    name="cancel",
    label="Cancel",
    explanation="Ends the contract today. It cannot be taken back.",
    perform=_cancel,
    is_offered=_may,
    refusals=REFUSALS,
)
MOVE_LINE = Operation(
    name="move-start",
    label="Move start",
    explanation=f"Lets support of this unit start on another day. {MOVED}",
    form_class=StartForm,
    perform=_move_line,
    is_offered=_of_line(_is_first),
    refusals=REFUSALS,
)
NOTE_SERVICE = Operation(
    name="note-service",
    label="Note service",
    explanation="Records that service was used for this unit, which fixes its start.",
    perform=_note,
    is_offered=_of_line(_may),
    refusals=REFUSALS,
)
