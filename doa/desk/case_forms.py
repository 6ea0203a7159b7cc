"""What the desk asks for at each step of a whole case."""

from datetime import timedelta
from typing import Any

from django import forms

from catalog.forms import DayField, LineField
from doa.desk.fields import StaffTime, words_field
from doa.enums import ClosingCode, FileKind
from doa.models import Case
from partners import clock
from partners.enums import Role
from partners.models import User

ASKED = (FileKind.LABEL_PHOTO, FileKind.LOG, FileKind.LED_PHOTO)
"""What is asked for so often that a tick is enough."""
USUAL_WAIT = timedelta(days=7)
MOST_ITEMS = 10


class CaseForm(forms.Form):
    """A form about one case, filled by one person."""

    def __init__(self, *data: Any, case: Case, user: User, **how: Any) -> None:
        super().__init__(*data, **how)
        self.case, self.user = case, user


class RegisterForm(CaseForm):
    sr_number = LineField(
        label="SR number",
        max_length=32,
        help_text="As the service-request system gave it. The applicant gets it by mail.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    called_at = StaffTime(label="Time of the call")

    def __init__(self, *data: Any, **how: Any) -> None:
        super().__init__(*data, **how)
        now = clock.now()
        self.fields["called_at"].initial = now.replace(second=0, microsecond=0)
        self.fields[
            "called_at"
        ].help_text = (
            f"On the clock of the TAC ({StaffTime.here(now):%Z}). You are kept as its agent."
        )


class AssignForm(CaseForm):
    assignee = forms.ModelChoiceField(User.objects.none(), label="Assign to")

    def __init__(self, *data: Any, **how: Any) -> None:
        super().__init__(*data, **how)
        self.fields["assignee"].queryset = staff()


def staff():
    """Return who can be given a case: Huawei's staff who may sign in."""
    return User.objects.filter(
        is_active=True, membership__role=Role.STAFF, membership__organization__kind="huawei"
    ).order_by("name", "email")


class AskForm(CaseForm):
    files = forms.MultipleChoiceField(
        label="Files",
        choices=[(kind.value, kind.label) for kind in ASKED],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    others = words_field(
        label="Anything else, one thing a line",
        rows=3,
        max_length=1200,
        required=False,
        help_text="Each becomes a question of its own, such as: Software version.",
    )
    text = words_field(label="Message to the partner", rows=3, max_length=2000, required=False)
    reply_by = DayField(label="Reply by", help_text="The clock is paused until they answer.")

    def __init__(self, *data: Any, **how: Any) -> None:
        super().__init__(*data, **how)
        self.fields["reply_by"].initial = clock.business_today() + USUAL_WAIT

    def clean_others(self):
        lines = [line.strip() for line in self.cleaned_data["others"].splitlines()]
        others = [line for line in lines if line]
        if len(others) > MOST_ITEMS:
            raise forms.ValidationError(f"Ask for {MOST_ITEMS} things at most.")
        if any(len(line) > 120 for line in others):
            raise forms.ValidationError("Shorten each line to 120 characters or fewer.")
        return others

    def clean(self):
        given = super().clean()
        if not given.get("files") and not given.get("others") and "others" not in self.errors:
            self.add_error(None, "Tick a file, or write what you need.")
        return given


class MessageForm(CaseForm):
    text = words_field(
        label="Message", rows=4, max_length=4000, help_text="Goes to the partner by mail."
    )


class NoteForm(CaseForm):
    text = words_field(
        label="Note", rows=4, max_length=4000, help_text="Only staff see this. It is never mailed."
    )


class ReasonedForm(CaseForm):
    """Asks for the reason that a step must keep."""

    reason = words_field(label="Reason")


class CancelForm(ReasonedForm):
    reason = words_field(label="Reason", help_text="The partner reads it.")


class CloseForm(CaseForm):
    code = forms.ChoiceField(label="Closing code", choices=ClosingCode)


class ConfirmationForm(CaseForm):
    """Asks for nothing but the click."""
