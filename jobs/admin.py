"""Imports, checks and the night's runs at the desk, to read."""

from django.contrib import admin
from django.utils.html import format_html_join

from jobs.models import Heartbeat, Job
from partners.desk import DeskAdmin


@admin.register(Job)
class JobAdmin(DeskAdmin):
    list_display = ["started_at", "kind", "file_name", "organization", "status", "summary"]
    list_filter = ["status", "kind"]
    list_select_related = ["organization"]
    search_fields = ["file_name", "organization__code", "actor_label"]
    ordering = ["-pk"]
    fields = [
        "kind", "status", "file_name", "organization", "actor_label",
        "started_at", "finished_at", "rows_read", "summary", "refused_lines",
    ]  # fmt: skip
    readonly_fields = ["summary", "refused_lines"]

    @admin.display(description="counts")
    def summary(self, job):
        return ", ".join(f"{word} {count}" for word, count in job.counts.items()) or "-"

    @admin.display(description="refused lines")
    def refused_lines(self, job):
        lines = (
            (p.get("line", ""), p.get("field") or "", p.get("message", "")) for p in job.problems
        )
        return format_html_join("\n", "<p>Line {} {}: {}</p>", lines) or "-"


@admin.register(Heartbeat)
class HeartbeatAdmin(DeskAdmin):
    has_trail = False
    list_display = ["part", "seen_at"]
    ordering = ["part"]
