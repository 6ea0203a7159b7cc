"""The forms with which people sign in, prove themselves, and change what they sign in with."""

from accounts.forms.codes import ActivateForm, CodeForm, ConfirmCodeForm, PasskeyForm
from accounts.forms.entrance import (
    ConfirmPasswordForm,
    ForgottenForm,
    PasswordNewForm,
    SignInForm,
)
from accounts.forms.people import (
    AcceptForm,
    InviteForm,
    NameForm,
    PasswordForm,
    RoleForm,
    RowsForm,
    RuleForm,
)

__all__ = [
    "AcceptForm",
    "ActivateForm",
    "CodeForm",
    "ConfirmCodeForm",
    "ConfirmPasswordForm",
    "ForgottenForm",
    "InviteForm",
    "NameForm",
    "PasskeyForm",
    "PasswordForm",
    "PasswordNewForm",
    "RoleForm",
    "RowsForm",
    "RuleForm",
    "SignInForm",
]
