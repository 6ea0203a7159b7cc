"""What staff do at the desk to referrals that nobody answers for, and to claims."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from catalog.forms import LineField
from catalog.policy import normalise_serial
from doa.forms.fields import TextField
from doa.models import Claim, Referral
from doa.routing import unit_meant
from doa.workflow import claims, referrals
from doa.workflow.refusals import CaseRefused
from partners.desk import Operation
from partners.enums import OrganizationKind
from partners.models import Organization, User

Values = dict[str, Any]


class RouteForm(forms.Form):
    """Asks for the distributor, and for the unit where the referral names none."""

    distributor = LineField(
        label="Code of the distributor",
        max_length=32,
        error_messages={"required": "Write the code of the distributor."},
    )
    serial = LineField(
        label="Serial number",
        required=False,
        max_length=64,
        help_text="Only if the serial number that was told is not the right one.",
    )
    part_number = LineField(
        label="Part number",
        required=False,
        max_length=40,
        help_text="Only if two units bear the serial number.",
    )

    def clean_distributor(self) -> Organization:
        code = self.cleaned_data["distributor"]
        found = Organization.objects.filter(code=code, kind=OrganizationKind.DISTRIBUTOR).first()
        if found is None:
            raise ValidationError(f"No distributor has the code {code}. Look it up at the desk.")
        return found


class SentForm(forms.Form):
    """Asks for what was sent."""

    settlement = TextField(
        label="What was sent",
        most=300,
        error_messages={"required": "Write what was sent."},
        help_text="The claimant reads this.",
    )
    carrier = LineField(label="Carrier", required=False, max_length=60)
    tracking = LineField(label="Tracking number", required=False, max_length=60)


class MessageForm(forms.Form):
    """Asks for a message."""

    text = TextField(
        label="Message",
        most=2000,
        error_messages={"required": "Write your message."},
        help_text="It goes to the claimant by mail, who answers on the page of the claim.",
    )


def _route(referral: Referral, values: Values, user: User, at: datetime) -> str:
    serial = normalise_serial(values["serial"]) or referral.serial
    unit = unit_meant(serial, values["part_number"] or referral.part_number)
    distributor = values["distributor"]
    referrals.route(referral, distributor=distributor, unit=unit, user=user, at=at)
    return f"{referral} goes to {distributor}, who is told."


def _decline(referral: Referral, values: Values, user: User, at: datetime) -> str:
    referrals.decline(referral, user=user, at=at, **values)
    return f"{referral} is declined. Whoever referred the unit is told why."


def _accept(claim: Claim, values: Values, user: User, at: datetime) -> str:
    claims.accept_claim(claim, user=user, at=at, **values)
    return f"{claim} is accepted. {claim.organization} is told. Settle it when the goods leave."


def _refuse(claim: Claim, values: Values, user: User, at: datetime) -> str:
    claims.refuse_claim(claim, user=user, at=at, **values)
    return f"{claim} is refused. {claim.organization} is told why."


def _settle(claim: Claim, values: Values, user: User, at: datetime) -> str:
    claims.settle_claim(claim, claims.Sent(**values), user=user, at=at)
    return f"{claim} is settled. {claim.organization} is told what was sent."


def _write(claim: Claim, values: Values, user: User, at: datetime) -> str:
    claims.write_message(claim, files=(), user=user, at=at, **values)
    return f"{claim.organization} gets your message."


REFUSALS = (CaseRefused, referrals.NotRouted, referrals.AlreadyReferred)
ROUTE = Operation(
    name="route",
    label="Send to a distributor",
    explanation="For a referral of which no distributor is known. The distributor is told and "
    "takes it up or declines it.",
    perform=_route,
    is_offered=referrals.ROUTE.allows,
    form_class=RouteForm,
    refusals=REFUSALS,
)
DECLINE = Operation(
    name="decline",
    label="Decline",
    explanation="Ends the referral. Whoever referred the unit reads your reason.",
    perform=_decline,
    is_offered=referrals.DECLINE.allows,
    refusals=REFUSALS,
)
ACCEPT = Operation(
    name="accept",
    label="Accept",
    explanation="Grants the claim, a refused one too. The claimant reads your words.",
    perform=_accept,
    is_offered=claims.ACCEPT.allows,
    refusals=REFUSALS,
)
REFUSE = Operation(
    name="refuse",
    label="Refuse",
    explanation="The claimant reads your reason and may write to object.",
    perform=_refuse,
    is_offered=claims.REFUSE.allows,
    refusals=REFUSALS,
)
SETTLE = Operation(
    name="settle",
    label="Settle",
    explanation="Ends an accepted claim with what was sent.",
    perform=_settle,
    is_offered=claims.SETTLE.allows,
    form_class=SentForm,
    refusals=REFUSALS,
)
WRITE = Operation(
    name="write",
    label="Write to the claimant",
    explanation="Asks the claimant, or tells them something. It is kept with the claim.",
    perform=_write,
    is_offered=claims.may_write,
    form_class=MessageForm,
    refusals=REFUSALS,
)
