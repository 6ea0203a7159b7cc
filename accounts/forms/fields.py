"""Fields for passwords and codes that password managers and phones understand."""

from typing import Any

from django import forms

LONGEST_PASSWORD = 256


class PasswordField(forms.CharField):
    """The password that somebody has."""

    def __init__(self, label: str = "Password", **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": self.autocomplete})
        kwargs = {"widget": widget, "strip": False, "max_length": LONGEST_PASSWORD, **kwargs}
        super().__init__(label=label, **kwargs)

    autocomplete = "current-password"


class NewPasswordField(PasswordField):
    """The password that somebody chooses; the rules are checked where it is stored."""

    autocomplete = "new-password"

    def __init__(self, label: str = "New password", **kwargs: Any) -> None:
        hint = "At least 12 characters. A few words that only you would put together do well."
        super().__init__(label, help_text=hint, **kwargs)


class CodeField(forms.CharField):
    """A code from an authenticator app, or a recovery code; pasting is welcome."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "autocapitalize": "off",
            "spellcheck": "false",
            "autofocus": True,
        }
        kwargs = {"label": "Code", "max_length": 40, **kwargs}
        super().__init__(widget=forms.TextInput(attrs=attributes), **kwargs)
