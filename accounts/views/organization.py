"""The members of an organization: who they are, who may join, and who decides that."""

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts import workflow
from accounts.forms import InviteForm, RoleForm, RuleForm
from accounts.models import Invitation
from partners import clock
from partners import workflow as partners
from partners.enums import Permission, Role
from partners.models import Membership
from partners.pages import FormPage, OrganizationPage

MANAGES = {"GET": Permission.MANAGE_MEMBERS, "POST": Permission.MANAGE_MEMBERS}


class Members(OrganizationPage):
    """Show who belongs to the organization, and who is invited."""

    permissions = {"GET": Permission.VIEW_MEMBERS}

    def get(self, request):
        members = Membership.objects.filter(organization=self.organization)
        members = members.select_related("user").order_by("user__name", "user__email")
        may_manage = request.user.can(Permission.MANAGE_MEMBERS, self.organization)
        context = {
            "page": "organization",
            "members": members,
            "invitations": self.invitations() if may_manage else [],
            "may_manage": may_manage,
        }
        return render(request, "accounts/organization.html", context)

    def invitations(self):
        """Return what waits, with the word for whether its link still works."""
        at = clock.now()
        waiting = Invitation.objects.for_organization(self.organization).unanswered()
        waiting = waiting.filter(organization=self.organization).select_related("invited_by")
        return [{"record": i, "state": i.state(at)} for i in waiting.order_by("email")]


class Invite(FormPage):
    """Invite a colleague."""

    permissions = MANAGES
    form_class = InviteForm
    template_name = "accounts/invite.html"
    refusals = (workflow.AlreadyMember, workflow.TooManyInvitations, partners.RoleNotAllowed)

    def form(self, *data):
        initial = {"role": Role.STAFF if self.organization.is_huawei else Role.AGENT}
        return InviteForm(*data, organization=self.organization, initial=initial)

    def perform(self, form):
        invitation = workflow.invite(
            self.organization,
            email=form.cleaned_data["email"],
            role=Role(form.cleaned_data["role"]),
            user=self.request.user,
            at=clock.now(),
        )
        messages.success(self.request, f"An invitation is on its way to {invitation.email}.")
        return reverse("organization")


class InvitationPage(OrganizationPage):
    """What can be done to an invitation that waits."""

    permissions = {"POST": Permission.MANAGE_MEMBERS}

    def post(self, request, pk):
        mine = Invitation.objects.for_organization(self.organization)
        invitation = get_object_or_404(mine, pk=pk, organization=self.organization)
        try:
            messages.success(request, self.act(invitation))
        except (
            workflow.AlreadyMember,
            workflow.InvitationClosed,
            workflow.TooManyInvitations,
        ) as no:
            messages.error(request, str(no))
        return HttpResponseRedirect(reverse("organization"))


class Resend(InvitationPage):
    def act(self, invitation):
        workflow.invite(
            self.organization,
            email=invitation.email,
            role=Role(invitation.role),
            user=self.request.user,
            at=clock.now(),
        )
        return f"A new link is on its way to {invitation.email}. The earlier one no longer works."


class Withdraw(InvitationPage):
    def act(self, invitation):
        workflow.withdraw(invitation, actor=self.request.user.actor(), at=clock.now())
        return f"The invitation of {invitation.email} was withdrawn."


class MemberPage(FormPage):
    """One member, found in the organization's own list only."""

    permissions = MANAGES
    refusals = (partners.LastManager, partners.NotAMember, partners.RoleNotAllowed)

    def form(self, *data):
        members = Membership.objects.filter(organization=self.organization)
        found = members.select_related("user", "organization")
        self.member = get_object_or_404(found, pk=self.kwargs["pk"])
        return self.form_about(self.member, *data)

    def context(self):
        return {"page": "organization", "member": self.member}

    def given(self):
        actor = self.request.user.actor()
        return {"organization": self.organization, "actor": actor, "at": clock.now()}


class ChangeRole(MemberPage):
    template_name = "accounts/member_role.html"

    def form_about(self, member, *data):
        return RoleForm(*data, organization=self.organization, initial={"role": member.role})

    def perform(self, form):
        person, role = self.member.user, Role(form.cleaned_data["role"])
        partners.grant_role(person, role=role, **self.given())
        messages.success(self.request, f"{person} is {role.label.lower()} now.")
        return reverse("organization")


class Remove(MemberPage):
    template_name = "accounts/member_remove.html"

    def form_about(self, member, *data):
        return forms.Form(*data)

    def perform(self, form):
        person = self.member.user
        partners.remove_member(person, **self.given())
        messages.success(self.request, f"{person} no longer belongs to {self.organization}.")
        return reverse("organization")


class Rule(FormPage):
    """Decide whether a password is enough here."""

    permissions = MANAGES
    form_class = RuleForm
    template_name = "accounts/rule.html"

    def form(self, *data):
        return RuleForm(*data, initial={"is_required": self.organization.requires_second_factor})

    def perform(self, form):
        is_required = form.cleaned_data["is_required"]
        actor = self.request.user.actor()
        workflow.set_second_factor_rule(
            self.organization, is_required=is_required, actor=actor, at=clock.now()
        )
        word = "need" if is_required else "choose whether to use"
        messages.success(self.request, f"Your members {word} a second factor now.")
        return reverse("organization")
