"""What each step of an announcement asks for."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from lifecycle.enums import MilestonesAfter


class NothingForm(forms.Form):
    """Asks for nothing but the click."""


class ReasonForm(forms.Form):
    """Asks for the reason that is kept with a step."""

    reason = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ApproveForm(forms.Form):
    """Asks when the announcement goes out."""

    publish_at = forms.DateTimeField(
        label="Publish at",
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *data: object) -> None:
        super().__init__(*data)  # type: ignore[arg-type]
        zone = settings.BUSINESS_TIME_ZONE
        self.fields["publish_at"].help_text = f"In {zone} time. Empty: at once."

    def clean_publish_at(self) -> datetime | None:
        """Read the wall clock of the business zone. Raises: ValidationError."""
        typed: datetime | None = self.cleaned_data["publish_at"]
        if typed is None:
            return None
        local = typed.replace(tzinfo=ZoneInfo(settings.BUSINESS_TIME_ZONE))
        if not 2000 <= local.year <= 2100:
            raise ValidationError("This hour lies too far off. Check the year.")
        return local


class ReviseForm(forms.Form):
    """Asks what will be different."""

    reason = forms.CharField(
        label="What changes",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One or two sentences for the holders. You can word it anew in the draft.",
    )


class WithdrawForm(ReasonForm):
    """Asks why, and what becomes of the dates: nothing is restored silently."""

    after = forms.ChoiceField(
        label="The milestones", choices=MilestonesAfter.choices, widget=forms.RadioSelect
    )
    field_order = ["reason", "after"]
