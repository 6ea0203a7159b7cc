"""What a stranger types: a serial number, and a message to whoever sold the unit."""

from typing import Any

from django import forms

from catalog.forms import LineField, SerialField
from catalog.policy import TextTooLong, UnreadableText, clean_text

LONGEST_MESSAGE = 2000
ABOUT = [
    ("claim", "The unit has failed"),
    ("quote", "I need a repair quote"),
    ("date", "A date is wrong"),
    ("unknown", "The serial number is not known"),
    ("other", "Something else"),
]


class MessageField(forms.CharField):
    """Text of several lines, each without anything that cannot be shown or stored."""

    def clean(self, value: Any) -> str:
        text = super().clean(value).replace("\r\n", "\n")
        try:
            return "\n".join(clean_text(line, len(text)) for line in text.split("\n"))
        except (UnreadableText, TextTooLong) as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class CheckForm(forms.Form):
    """The question of `/check/`."""

    sn = SerialField(label="Serial number", help_text="It is on the label of the unit, after S/N.")
    part_number = LineField(
        label="Part number",
        help_text="It is on the label of the unit, after P/N or Item.",
        required=False,
        max_length=40,
    )


class ContactForm(forms.Form):
    """A message to the distributor of a unit, from somebody without an account."""

    sn = SerialField(label="Serial number")
    part_number = LineField(
        label="Part number",
        help_text="If the label has one. You may leave it empty.",
        required=False,
        max_length=40,
    )
    about = forms.ChoiceField(label="What it is about", choices=ABOUT)
    name = LineField(
        label="Your name",
        max_length=80,
        error_messages={"required": "Enter your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="Your e-mail address",
        help_text="The answer goes to this address.",
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
    message = MessageField(
        label="Your message",
        help_text="What happened, and when.",
        max_length=LONGEST_MESSAGE,
        error_messages={"required": "Write your message."},
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def about_words(self) -> str:
        """Return what the message is about, as the form words it."""
        return dict(ABOUT)[self.cleaned_data["about"]]
