"""Who somebody is, and who may join."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import ProhibitNullCharactersValidator

from accounts import adapter
from accounts.forms.fields import NewPasswordField, PasswordField
from partners.enums import Role
from partners.models import Organization


class NameField(forms.CharField):
    """What somebody is called, on one line."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "name"})
        kwargs = {"label": "Your name", "max_length": 120, "widget": widget, **kwargs}
        super().__init__(**kwargs)
        self.validators.append(ProhibitNullCharactersValidator())

    def clean(self, value: Any) -> str:
        return " ".join(str(super().clean(value)).split())


class NameForm(forms.Form):
    name = NameField()


class RowsForm(forms.Form):
    """How the rows of lists are shown, and the list to go back to."""

    rows = forms.ChoiceField(choices=[("usual", "Usual"), ("compact", "Compact")])
    back = forms.CharField(max_length=4000, required=False)


class PasswordForm(forms.Form):
    """The password that holds and the one that shall."""

    password = PasswordField("Current password")
    new_password = NewPasswordField()

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        adapter.confirm_password(self.user, password)
        return password

    def clean_new_password(self) -> str:
        password = str(self.cleaned_data["new_password"])
        validate_password(password, self.user)
        return password


class AcceptForm(forms.Form):
    """Who somebody is who was invited, and the password of the new account."""

    name = NameField()
    new_password = NewPasswordField("Password")


class RoleForm(forms.Form):
    """The role of a member."""

    role = forms.ChoiceField(label="Role", choices=[])

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_of(organization)


class InviteForm(RoleForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["email", "role"]


class RuleForm(forms.Form):
    """Whether a password is enough."""

    is_required = forms.BooleanField(
        label="Everybody here needs a second factor to sign in", required=False
    )


def roles_of(organization: Organization) -> list[tuple[str, str]]:
    """Return the roles that people of this organization may have."""
    return [(r.value, r.label) for r in Role if (r == Role.STAFF) == organization.is_huawei]
