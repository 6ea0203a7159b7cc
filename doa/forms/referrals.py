"""What is asked of somebody who refers a failed unit, and of the distributor who answers."""

from datetime import date
from typing import Any

from django import forms

from catalog.forms import DayField, LineField, SerialField
from doa.enums import FailureKind, Symptom
from doa.forms.fields import TextField
from doa.forms.units import OwnUnit
from doa.workflow.referrals import Contact, Told

LONGEST_DESCRIPTION = 2000
_CHOOSE = [("", "Choose one")]


class ReferralForm(forms.Form):
    """The unit, and what happened to it. Days suffice: the distributor asks for the times."""

    sn = SerialField(label="Serial number", help_text="It is on the label of the unit, after S/N.")
    part_number = LineField(
        label="Part number",
        help_text="After P/N or Item on the label. You may leave it empty.",
        required=False,
        max_length=40,
    )
    symptom = forms.ChoiceField(
        label="What do you see?",
        choices=[*_CHOOSE, *Symptom.choices],
        error_messages={"required": "Choose what you see."},
    )
    description = TextField(
        label="What happened",
        most=LONGEST_DESCRIPTION,
        help_text="What the LEDs show, and what you have tried.",
        error_messages={"required": "Write what happened."},
    )
    failure_kind = forms.ChoiceField(
        label="When did it fail?",
        choices=[*_CHOOSE, *FailureKind.choices],
        error_messages={"required": "Choose when it failed."},
    )
    powered_on_on = DayField(
        label="First power-on", required=False, help_text="If you know the day."
    )
    failed_on = DayField(label="Failure", required=False, help_text="If you know the day.")
    site = LineField(
        label="Where it stands",
        required=False,
        max_length=120,
        help_text="Site or city. You may leave it empty.",
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        powered, failed = values.get("powered_on_on"), values.get("failed_on")
        for name in ("powered_on_on", "failed_on"):
            if values.get(name) and values[name] > self.today:
                self.add_error(name, "This day is still to come. Enter the day on which it was.")
        if powered and failed and failed < powered:
            self.add_error("failed_on", "It cannot fail before it got power. Correct the days.")
        if values.get("failure_kind") == FailureKind.NEVER_ON and powered:
            self.add_error("powered_on_on", "Leave this empty if it never had power.")
        return values

    def told(self) -> Told:
        """Return what the form says of the failure."""
        said = self.cleaned_data
        return Told(
            symptom=said["symptom"],
            description=said["description"],
            failure_kind=said["failure_kind"],
            powered_on_on=said["powered_on_on"],
            failed_on=said["failed_on"],
            site=said["site"],
        )


class OwnReferralForm(OwnUnit, ReferralForm):
    """The same of an organization, about a unit that it sees."""


class PublicReferralForm(ReferralForm):
    """The same of somebody without an account, who says where the answer goes."""

    name = LineField(
        label="Your name",
        max_length=80,
        error_messages={"required": "Enter your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="Your e-mail address",
        help_text="We send a link there first. Nobody sees this form until you have opened it.",
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address such as ada@example.com.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    company = LineField(
        label="Your company",
        help_text="You may leave it empty.",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )

    def contact(self) -> Contact:
        said = self.cleaned_data
        return Contact(
            contact_name=said["name"], contact_email=said["email"].lower(), company=said["company"]
        )


class DeclineForm(forms.Form):
    """Why a referral is declined, or several are."""

    reason = LineField(
        label="Why you decline",
        max_length=300,
        help_text="Whoever referred the unit reads this.",
        error_messages={"required": "Write why you decline."},
    )


class AnswerForm(forms.Form):
    """Takes a referral up, or declines it with a reason."""

    step = forms.ChoiceField(choices=[("adopt", "Take up"), ("decline", "Decline")])
    reason = LineField(
        label="Why you decline",
        required=False,
        max_length=300,
        help_text="Whoever referred the unit reads this.",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        is_missing = not values.get("reason") and "reason" not in self.errors
        if values.get("step") == "decline" and is_missing:
            self.add_error("reason", "Write why you decline.")
        return values
