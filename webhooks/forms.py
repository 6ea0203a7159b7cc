"""The form of an endpoint."""

from typing import Any

from django import forms

from webhooks.enums import DeliveryStatus, Event

CHOICES = [(event.value, event.label) for event in Event if event is not Event.PING]


class EndpointForm(forms.Form):
    url = forms.CharField(
        label="Address",
        max_length=300,
        help_text="Such as https://example.com/hooks. It must be reachable on the internet.",
    )
    events = forms.MultipleChoiceField(
        label="Events", choices=CHOICES, widget=forms.CheckboxSelectMultiple
    )


class LogForm(forms.Form):
    """Which deliveries of the log are shown; what is not a choice shows all."""

    status = forms.ChoiceField(
        label="State", choices=[("", "Any state"), *DeliveryStatus.choices], required=False
    )
    event = forms.ChoiceField(
        label="Event", choices=[("", "Any event"), *Event.choices], required=False
    )

    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
