"""Organizations, people and tokens at the desk."""

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin

from partners import clock, seen, workflow
from partners.desk import ConfirmForm, DeskAdmin, Operation, TrailHistory
from partners.enums import OrganizationKind, Permission, UsState
from partners.models import ApiToken, DistributorEntry, Membership, Organization, User
from partners.phones import is_united_states


class OrganizationForm(seen.WatchedForm):
    """What staff may say about an organization. Its code, once given, is fixed."""

    class Meta:
        model = Organization
        fields = [
            "code",
            "name",
            "kind",
            "buys_from",
            "email",
            "country",
            "time_zone",
            "requires_second_factor",
        ]
        labels = {"requires_second_factor": "Everybody there needs a second factor to sign in"}

    def clean_code(self):
        return self.cleaned_data["code"].strip()

    def clean_country(self):
        country = self.cleaned_data["country"].strip().upper()
        if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise forms.ValidationError("Use two letters, for example US.")
        return country

    def clean_time_zone(self):
        zone = self.cleaned_data["time_zone"].strip()
        if zone not in available_timezones():
            raise forms.ValidationError("Use the name of a zone, for example America/Chicago.")
        return zone

    def clean_kind(self):
        kind = self.cleaned_data["kind"]
        was = self.initial.get("kind", kind)
        if OrganizationKind.HUAWEI in (kind, was) and kind != was:
            raise forms.ValidationError("Nobody becomes Huawei, and Huawei stays Huawei.")
        return kind

    def clean(self):
        values = super().clean()
        if not self.errors:
            organization = Organization(
                pk=self.instance.pk, name=values["name"], buys_from=values["buys_from"]
            )
            try:
                workflow.require_no_circle(organization)
            except workflow.BuysInACircle as refusal:
                self.add_error("buys_from", str(refusal))
        return values


class MembershipInline(admin.TabularInline):
    """Who belongs to the record, to read."""

    model = Membership
    fields = readonly_fields = ["user", "organization", "role"]
    extra = 0
    can_delete = False
    show_change_link = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("user", "organization")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Organization)
class OrganizationAdmin(TrailHistory, admin.ModelAdmin):
    form = OrganizationForm
    change_form_template = "admin/desk/change_form.html"
    list_display = ["name", "code", "kind", "buys_from", "email", "country"]
    list_filter = ["kind"]
    list_select_related = ["buys_from"]
    list_per_page = 50
    search_fields = ["code", "name"]
    search_help_text = "Code or name"
    ordering = ["name", "pk"]
    autocomplete_fields = ["buys_from"]
    inlines = [MembershipInline]
    show_full_result_count = False
    actions = None

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        workflow.save_organization(obj, actor=request.user.actor(), at=clock.now())


class StatesField(forms.MultipleChoiceField):
    """States to tick, kept as the words of one text."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value):
        return value.split() if isinstance(value, str) else value

    def has_changed(self, initial, data):
        return super().has_changed((initial or "").split(), data)

    def clean(self, value):
        return " ".join(super().clean(value))


class DistributorEntryForm(seen.WatchedForm):
    """What the public directory says about a distributor."""

    states = StatesField(label="States served", choices=UsState.choices)

    class Meta:
        model = DistributorEntry
        fields = ["organization", "phone", "email", "hours", "states", "is_listed"]
        labels = {"is_listed": "Listed: everybody may read this"}
        help_texts = {
            "phone": "As people read it, for example 555-555-0100.",
            "hours": "In words, for example Monday to Friday, 8:00 to 17:00. The page adds the "
            "time zone of the organization.",
        }

    def clean_phone(self):
        phone = self.cleaned_data["phone"].strip()
        if not is_united_states(phone):
            raise forms.ValidationError(
                "Write the ten digits of a number in the United States, for example 555-555-0100."
            )
        return phone


@admin.register(DistributorEntry)
class DistributorEntryAdmin(TrailHistory, admin.ModelAdmin):
    form = DistributorEntryForm
    change_form_template = "admin/desk/change_form.html"
    list_display = ["organization", "phone", "email", "states", "is_listed"]
    list_filter = ["is_listed"]
    list_select_related = ["organization"]
    list_per_page = 50
    search_fields = ["organization__code", "organization__name"]
    search_help_text = "Code or name of the distributor"
    ordering = ["organization__name", "pk"]
    show_full_result_count = False
    actions = None

    def get_readonly_fields(self, request, obj=None):
        return ["organization"] if obj else []

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        workflow.save_entry(obj, actor=request.user.actor(), at=clock.now())


def manages(record: Any, user: User) -> bool:
    """Tell whether this person looks after organizations and who belongs to them."""
    return any(
        user.can(Permission.MANAGE_PARTNERS, m.organization) for m in user.joined_memberships()
    )


def _revoke(token: ApiToken, values: dict[str, Any], user: User, at: datetime) -> str:
    workflow.revoke_token(token, actor=user.actor(), at=at)
    return "The token no longer works."


@admin.register(ApiToken)
class ApiTokenAdmin(DeskAdmin):
    list_display = ["token_key", "user", "organization", "scopes", "expiry", "last_used_at"]
    list_select_related = ["user", "organization"]
    search_fields = ["user__email", "organization__code"]
    ordering = ["-created", "pk"]
    fields = ["token_key", "label", "user", "organization", "scopes", "expiry", "last_used_at"]
    operations = (
        Operation(
            name="revoke",
            label="Revoke",
            explanation="Programs that use this token are refused from the next request on.",
            form_class=ConfirmForm,
            perform=_revoke,
            is_offered=manages,
        ),
    )

    def trail_about(self, token):
        """Return the person: the trail of a token outlives it there."""
        return token.user
