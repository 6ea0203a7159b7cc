"""What people have handed in, at the desk: to read and to download, never to change."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from documents.models import Document
from partners.desk import DeskAdmin


@admin.register(Document)
class DocumentAdmin(DeskAdmin):
    list_display = ["name", "organization", "media_type", "size", "kept_at", "attached_at"]
    list_filter = ["media_type"]
    list_select_related = ["organization"]
    search_fields = ["name__startswith", "organization__code"]
    search_help_text = "How the name of the file begins, or the code of the organization"
    ordering = ["-pk"]
    fields = [
        "download", "organization", "media_type", "size", "sha256",
        "kept_by", "kept_at", "attached_at",
    ]  # fmt: skip
    readonly_fields = ["download"]

    @admin.display(description="file")
    def download(self, document):
        url = reverse("document", args=[document.reference])
        return format_html('<a href="{}">{}</a>', url, document.name)
