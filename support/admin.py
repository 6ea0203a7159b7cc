"""Calendars, service levels and contracts at the desk."""

from django.contrib import admin
from django.urls import reverse

from catalog.policy import normalise_serial
from partners import clock
from partners.desk import DeskAdmin, TrailHistory
from support import desk, workflow
from support.forms.levels import CalendarForm, ServiceLevelForm
from support.models import Calendar, ContractLine, ServiceLevel, SupportContract


class SupportAdmin(TrailHistory, admin.ModelAdmin):
    """Changed through the workflow, kept in the trail, never deleted: contracts rest on it."""

    change_form_template = "admin/desk/change_form.html"
    show_full_result_count = False
    actions = None

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Calendar)
class CalendarAdmin(SupportAdmin):
    form = CalendarForm
    list_display = ["name", "time_zone", "hours", "holidays_of", "cut_off"]
    search_fields = ["name"]
    ordering = ["name", "pk"]

    def save_model(self, request, obj, form, change):
        workflow.save_calendar(obj, user=request.user, at=clock.now())


@admin.register(ServiceLevel)
class ServiceLevelAdmin(SupportAdmin):
    form = ServiceLevelForm
    list_display = ["__str__", "promise_in_words", "calendar", "valid_from", "valid_until"]
    list_filter = ["family"]
    list_select_related = ["calendar"]
    ordering = ["family", "code", "pk"]

    @admin.display(description="promise")
    def promise_in_words(self, level):
        return level.level.in_words

    def save_model(self, request, obj, form, change):
        workflow.save_level(obj, user=request.user, at=clock.now())


@admin.register(SupportContract)
class SupportContractAdmin(DeskAdmin):
    list_display = [
        "number",
        "level",
        "organization",
        "end_customer",
        "term_months",
        "cancelled_on",
    ]
    list_filter = ["family"]
    list_select_related = ["level", "organization"]
    search_fields = ["number__startswith", "organization__code", "end_customer__startswith"]
    search_help_text = "Contract number, code of its holder, or how the customer begins"
    ordering = ["-registered_at", "-pk"]
    fields = [
        "number", "family", "level", "organization", "end_customer", "term_months", "renews",
        "registered_at", "registered_by", "cancelled_on", "cancel_reason",
    ]  # fmt: skip
    operations = (
        desk.MOVE_START, desk.ALLOW_OVERLAP, desk.KEEP_TERM, desk.REINSTATE, desk.CANCEL,
    )  # fmt: skip

    def view_on_site(self, contract):
        """Link to the page that its holder sees."""
        return reverse("contract", args=[contract.reference])


@admin.register(ContractLine)
class ContractLineAdmin(DeskAdmin):
    list_display = ["unit", "contract", "starts_on", "ends_on", "is_provisional", "start_chosen_at"]
    list_filter = ["is_provisional"]
    list_select_related = ["unit", "contract"]
    search_fields = ["unit__serial__startswith"]
    search_help_text = "The serial number, or how it begins"
    ordering = ["-pk"]
    fields = [
        "unit", "contract", "anchor_on", "anchor_shipment", "is_provisional", "latest_start_on",
        "starts_on", "ends_on", "start_chosen_at", "served_at", "overlap_allowed", "moved_from",
        "moved_at",
    ]  # fmt: skip
    operations = (desk.MOVE_LINE, desk.NOTE_SERVICE)

    def trail_about(self, line):
        """Return the unit, whose trail tells what became of its support."""
        return line.unit

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, normalise_serial(search_term))
