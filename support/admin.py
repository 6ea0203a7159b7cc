"""Calendars and service levels at the desk."""

from django.contrib import admin

from partners import clock
from partners.desk import TrailHistory
from support import workflow
from support.forms import CalendarForm, ServiceLevelForm
from support.models import Calendar, ServiceLevel


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
