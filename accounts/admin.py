"""People and invitations at the desk. Staff start a reset; they never set a password."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect

from accounts import second_factor, workflow
from accounts.enums import InvitationState
from accounts.models import Invitation
from partners import clock
from partners import workflow as partners
from partners.admin import MembershipInline, manages
from partners.desk import ConfirmForm, DeskAdmin, Operation, ReasonForm
from partners.enums import Role
from partners.models import Organization, User


class RoleForm(forms.Form):
    """Asks which role in which organization."""

    organization = forms.CharField(max_length=32, help_text="Its code, for example D-TEXAS.")
    role = forms.ChoiceField(choices=Role.choices)

    def clean_organization(self):
        return _organization(self.cleaned_data["organization"])


class RemoveForm(forms.Form):
    """Asks out of which organization."""

    organization = forms.CharField(max_length=32, help_text="Its code.")

    def clean_organization(self):
        return _organization(self.cleaned_data["organization"])


def _organization(code: str) -> Organization:
    organization = Organization.objects.filter(code=code.strip()).first()
    if organization is None:
        raise forms.ValidationError("There is no organization with this code.")
    return organization


def _give_role(person: User, values: dict[str, Any], user: User, at: datetime) -> str:
    organization, role = values["organization"], Role(values["role"])
    partners.grant_role(person, organization=organization, role=role, actor=user.actor(), at=at)
    return f"{person} is {role.label.lower()} of {organization} now."


def _remove(person: User, values: dict[str, Any], user: User, at: datetime) -> str:
    organization = values["organization"]
    partners.remove_member(person, organization=organization, actor=user.actor(), at=at)
    return f"{person} no longer belongs to {organization}."


def _keep_out(person: User, values: dict[str, Any], user: User, at: datetime) -> str:
    workflow.keep_out(person, actor=user.actor(), at=at, reason=values["reason"])
    return f"{person} can no longer sign in."


def _let_in(person: User, values: dict[str, Any], user: User, at: datetime) -> str:
    workflow.let_in(person, actor=user.actor(), at=at, reason=values["reason"])
    return f"{person} can sign in again."


def _start_reset(person: User, values: dict[str, Any], user: User, at: datetime) -> str:
    workflow.start_reset(person, actor=user.actor(), at=at)
    return f"A link with which to choose a new password is on its way to {person.email}."


def _reset_factor(person: User, values: dict[str, Any], user: User, at: datetime) -> str:
    workflow.reset_second_factor(person, actor=user.actor(), at=at, reason=values["reason"])
    return f"{person} has no second factor any more, and was told by mail."


def _may_reset_factor(person: User, user: User) -> bool:
    """Nobody takes away their own: they replace it on their account page."""
    return person.pk != user.pk and second_factor.has_factor(person)


@admin.register(User)
class UserAdmin(DeskAdmin):
    list_display = ["email", "name", "is_active", "joined_at", "last_login"]
    list_filter = ["is_active"]
    search_fields = ["email", "name", "membership__organization__code"]
    search_help_text = "E-mail address, name, or the code of an organization"
    ordering = ["email"]
    fields = ["email", "name", "is_active", "joined_at", "last_login"]
    inlines = [MembershipInline]
    operations = (
        Operation(
            name="role",
            label="Give a role",
            explanation="Adds this person to an organization, or changes the role held there.",
            form_class=RoleForm,
            perform=_give_role,
            is_offered=manages,
            refusals=(partners.RoleNotAllowed, partners.LastManager),
        ),
        Operation(
            name="remove",
            label="Remove from organization",
            explanation="The person and their tokens are refused from the next request on.",
            form_class=RemoveForm,
            perform=_remove,
            is_offered=manages,
            refusals=(partners.NotAMember, partners.LastManager),
        ),
        Operation(
            name="keep-out",
            label="Deactivate",
            explanation="The person is refused from the next request on. Nothing is deleted.",
            form_class=ReasonForm,
            perform=_keep_out,
            is_offered=lambda person, user: person.is_active and person.pk != user.pk,
        ),
        Operation(
            name="let-in",
            label="Activate",
            explanation="The person can sign in again, with the roles held before.",
            form_class=ReasonForm,
            perform=_let_in,
            is_offered=lambda person, user: not person.is_active,
        ),
        Operation(
            name="start-reset",
            label="Start a password reset",
            explanation="Sends the person a link that works once, for one hour.",
            form_class=ConfirmForm,
            perform=_start_reset,
            is_offered=lambda person, user: person.is_active,
        ),
        Operation(
            name="reset-factor",
            label="Reset second factor",
            explanation="Removes authenticator app, passkeys and recovery codes, and ends every "
            "session. Make sure first that you talk to the person: the password alone opens "
            "the account until a new second factor is set up.",
            perform=_reset_factor,
            is_offered=_may_reset_factor,
        ),
    )


class InvitationForm(RoleForm):
    """Whom to invite where, and as what."""

    email = forms.EmailField(label="E-mail address", max_length=254)
    field_order = ["email", "organization", "role"]


def _invite(record: None, values: dict[str, Any], user: User, at: datetime) -> str:
    invitation = workflow.invite(
        values["organization"],
        email=values["email"],
        role=Role(values["role"]),
        user=user,
        at=at,
    )
    return f"An invitation is on its way to {invitation.email}."


NEW = "New invitation"
"""What stands on the page in place of a record that is still to come."""
INVITE_REFUSALS = (
    partners.RoleNotAllowed,
    workflow.AlreadyMember,
    workflow.TooManyInvitations,
)
INVITE = Operation(
    name="add",
    label="Invite",
    explanation="Sends a link with which the person joins the organization, for a week and once.",
    form_class=InvitationForm,
    perform=_invite,
    is_offered=lambda record, user: True,
)


def _withdraw(invitation: Invitation, values: dict[str, Any], user: User, at: datetime) -> str:
    workflow.withdraw(invitation, actor=user.actor(), at=at)
    return f"The invitation of {invitation.email} no longer works."


def _resend(invitation: Invitation, values: dict[str, Any], user: User, at: datetime) -> str:
    workflow.invite(
        invitation.organization,
        email=invitation.email,
        role=Role(invitation.role),
        user=user,
        at=at,
    )
    return f"A new link is on its way to {invitation.email}. The earlier one no longer works."


def _waits(invitation: Invitation, user: User) -> bool:
    return invitation.state(clock.now()) in (InvitationState.OPEN, InvitationState.EXPIRED)


@admin.register(Invitation)
class InvitationAdmin(DeskAdmin):
    list_display = ["email", "organization", "role", "invited_by", "invited_at", "standing"]
    list_filter = ["role"]
    list_select_related = ["organization", "invited_by"]
    search_fields = ["email", "organization__code"]
    ordering = ["-pk"]
    fields = [
        "email",
        "organization",
        "role",
        "invited_by",
        "invited_at",
        "expires_at",
        "accepted_at",
        "withdrawn_at",
    ]
    operations = (
        Operation(
            name="resend",
            label="Send a new link",
            explanation="Withdraws this invitation and sends another, for a week from now.",
            form_class=ConfirmForm,
            perform=_resend,
            is_offered=_waits,
            refusals=(workflow.AlreadyMember, workflow.TooManyInvitations),
        ),
        Operation(
            name="withdraw",
            label="Withdraw",
            explanation="The link in the mail no longer works.",
            form_class=ConfirmForm,
            perform=_withdraw,
            is_offered=_waits,
            refusals=(workflow.InvitationClosed,),
        ),
    )

    @admin.display(description="State")
    def standing(self, invitation):
        return invitation.state(clock.now()).label

    def has_add_permission(self, request):
        return request.user.is_staff

    def add_view(self, request, form_url="", extra_context=None):
        """Invite somebody; there is no record yet whose page could offer it."""
        form = InvitationForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                done = INVITE.perform(None, form.cleaned_data, request.user, clock.now())
            except INVITE_REFUSALS as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, done)
                return HttpResponseRedirect(self._list_url())
        return self._ask(request, INVITE, NEW, form, shown="")

    def _record_url(self, record):
        return self._list_url() if record == NEW else super()._record_url(record)
