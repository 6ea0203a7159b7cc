"""What a manager says of a program that may use the API."""

from datetime import timedelta
from typing import Any

from django import forms

from accounts.forms.people import NameField
from partners.enums import Permission, Scope
from partners.models import Organization

LASTS = [("30", "30 days"), ("90", "90 days"), ("180", "180 days"), ("366", "a year")]
USES = {
    Scope.UNITS_READ: ("Read units, their cover and dates", Permission.VIEW_UNITS),
    Scope.SHIPMENTS_READ: ("Read shipments", Permission.VIEW_UNITS),
    Scope.SHIPMENTS_WRITE: ("Upload shipments", Permission.UPLOAD_SHIPMENTS),
    Scope.REPORTS_READ: ("Read installation reports", Permission.VIEW_UNITS),
    Scope.REPORTS_WRITE: ("Hand in installation reports", Permission.SUBMIT_REPORTS),
    Scope.CONTRACTS_READ: ("Read contracts", Permission.VIEW_UNITS),
    Scope.CONTRACTS_WRITE: ("Register contracts", Permission.REGISTER_CONTRACTS),
    Scope.CASES_READ: ("Read cases", Permission.VIEW_CASES),
    Scope.CASES_WRITE: ("Hand in cases, answer and send back", Permission.APPLY_FOR_DOA),
}
"""What each scope is for, and which organizations may do that at all."""


class TokenForm(forms.Form):
    """A name to know the program by, what it may do, and for how long."""

    label = NameField(
        label="Name",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Name the program that uses it, such as “Stock system”.",
    )
    scopes = forms.MultipleChoiceField(
        label="It may",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    days = forms.ChoiceField(label="It works for", choices=LASTS, initial="90")

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = scopes_of(organization)

    @property
    def lasts(self) -> timedelta:
        return timedelta(days=int(self.cleaned_data["days"]))


def scopes_of(organization: Organization) -> list[tuple[str, str]]:
    """Return what programs of this organization may be allowed, in words."""
    return [
        (scope.value, f"{words} ({scope.value})")
        for scope, (words, permission) in USES.items()
        if permission in organization.permissions
    ]
