"""The form of an endpoint."""

from django import forms

from webhooks.enums import Event

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
