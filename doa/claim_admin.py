"""Referrals and claims at the desk."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html_join, linebreaks

from doa import claim_desk
from doa.enums import ReferralStatus
from doa.models import ClaimFile
from partners.desk import DeskAdmin
from warranty.desk_links import document_link, record_link


class RoutedFilter(admin.SimpleListFilter):
    """Keeps what waits for staff, because no distributor is known."""

    title = "who answers"
    parameter_name = "answers"

    def lookups(self, request, model_admin):
        return [("staff", "Staff: no distributor is known"), ("distributor", "A distributor")]

    def queryset(self, request, queryset):
        if self.value() == "staff":
            return queryset.to_route()
        return queryset.exclude(distributor=None) if self.value() else queryset


class ReferralAdmin(DeskAdmin):
    list_display = [
        "reference", "status", "serial", "who", "distributor", "created_at", "expires_at",
    ]  # fmt: skip
    list_filter = [RoutedFilter, "status"]
    list_select_related = ["organization", "distributor", "unit", "case"]
    search_fields = ["reference__startswith", "serial__startswith", "contact_email"]
    search_help_text = "Reference, serial number, or the address of who refers"
    ordering = ["-created_at", "-pk"]
    fields = [
        "status", "unit_link", "serial", "part_number", "who", "contact_name", "contact_email",
        "distributor", "symptom", "description", "failure_kind", "powered_on_on", "failed_on",
        "site", "created_at", "confirmed_at", "expires_at", "settled_at", "settled_by", "reason",
        "case_link",
    ]  # fmt: skip
    readonly_fields = ["unit_link", "who", "case_link"]
    operations = (claim_desk.ROUTE, claim_desk.DECLINE)

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(status=ReferralStatus.UNCONFIRMED)

    def view_on_site(self, referral):
        """Link to the page that its distributor sees."""
        return reverse("referral", args=[referral.reference])

    @admin.display(description="unit")
    def unit_link(self, referral):
        return record_link(referral.unit) if referral.unit else "Not known"

    @admin.display(description="referred by")
    def who(self, referral):
        return referral.referrer

    @admin.display(description="case")
    def case_link(self, referral):
        return record_link(referral.case) if referral.case else "-"


class ClaimAdmin(DeskAdmin):
    list_display = [
        "reference", "status", "kind", "goods", "organization", "delivered_on", "is_late",
        "waits_for_us", "reported_at",
    ]  # fmt: skip
    list_filter = ["status", "waits_for_us", "kind", "is_late"]
    list_select_related = ["organization", "unit", "claimant"]
    search_fields = ["reference__startswith", "serial__startswith", "organization__code"]
    search_help_text = "Reference, serial number, or the code of the organization"
    ordering = ["-reported_at", "-pk"]
    fields = [
        "status", "kind", "organization", "claimant", "unit_link", "serial", "part_number",
        "trouble", "description", "delivered_on", "is_late", "order_reference", "files",
        "messages", "reported_at", "decided_at", "decided_by", "decision", "settled_at",
        "settled_by", "settlement", "carrier", "tracking",
    ]  # fmt: skip
    readonly_fields = ["unit_link", "files", "messages"]
    operations = (
        claim_desk.ACCEPT,
        claim_desk.REFUSE,
        claim_desk.SETTLE,
        claim_desk.WRITE,
    )

    def view_on_site(self, claim):
        """Link to the page that the claimant sees."""
        return reverse("claim", args=[claim.reference])

    @admin.display(description="unit")
    def unit_link(self, claim):
        return record_link(claim.unit) if claim.unit else "A spare part"

    @admin.display(description="files")
    def files(self, claim):
        found = ClaimFile.unscoped.filter(claim=claim).select_related("document").order_by("pk")
        return format_html_join(", ", "{}", ((document_link(f.document),) for f in found)) or "-"

    @admin.display(description="messages")
    def messages(self, claim):
        rows = (
            (m.written_at.strftime("%Y-%m-%d %H:%M UTC"), m.written_by, linebreaks(m.text, True))
            for m in claim.messages.order_by("pk")
        )
        return format_html_join("", "<div>{}, {}: {}</div>", rows) or "-"
