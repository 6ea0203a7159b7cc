"""The trail in the admin: to read, never to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from audit.models import Event


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shows records; says no to adding, changing and deleting."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "name", "record_label", "actor_label"]
    search_fields = ["record_label__startswith"]
    ordering = ["-pk"]
    show_full_result_count = False
