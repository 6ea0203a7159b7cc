"""Shipments, units, reports and warranties at the desk."""

from django import forms
from django.contrib import admin
from django.db.models import F, Func, IntegerField, OuterRef, Subquery
from django.urls import reverse

from catalog.policy import normalise_serial
from partners import clock
from partners.desk import DeskAdmin, TrailHistory
from warranty import claims, correction_desk, desk, desk_links, dispute_desk, report_desk
from warranty.enums import DisputeSubject
from warranty.models import (
    Dispute,
    InstallationReport,
    PolicyVersion,
    ReportLine,
    Shipment,
    StartNight,
    Unit,
    Warranty,
)
from warranty.workflow.versions import save_policy_version

LISTED = 200
"""How many units a page of a shipment or a report lists."""


@admin.register(Shipment)
class ShipmentAdmin(DeskAdmin):
    list_display = ["number", "leg", "shipped_on", "shipped_by", "consignee", "unit_count"]
    list_filter = ["leg"]
    list_select_related = ["shipped_by", "consignee"]
    search_fields = ["number__startswith", "consignee__code", "shipped_by__code"]
    search_help_text = "Shipment number, or the code of either end"
    ordering = ["-shipped_on", "-pk"]
    fields = ["number", "leg", "shipped_on", "shipped_by", "consignee", "unit_count", "serials"]
    readonly_fields = ["unit_count", "serials"]
    operations = (correction_desk.CORRECT_SHIPMENT_DATE,)

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(
                first_leg=_count(Unit.unscoped.filter(huawei_shipment=OuterRef("pk"))),
                onward=_count(Unit.unscoped.filter(distributor_shipment=OuterRef("pk"))),
            )
        )

    @admin.display(description="units")
    def unit_count(self, shipment):
        return shipment.first_leg + shipment.onward

    @admin.display(description=f"serial numbers (the first {LISTED})")
    def serials(self, shipment):
        units = shipment.units.order_by("serial") | shipment.onward_units.order_by("serial")
        return ", ".join(units.values_list("serial", flat=True)[:LISTED]) or "-"


def _count(queryset):
    """Count in a subquery of its own, so that two counts do not multiply."""
    counted = queryset.order_by().annotate(counted=Func(F("pk"), function="COUNT"))
    return Subquery(counted.values("counted"), output_field=IntegerField())


@admin.register(Unit)
class UnitAdmin(DeskAdmin):
    list_display = [
        "serial", "part_number", "consignee", "shipped_on", "installation_service", "cover",
    ]  # fmt: skip
    list_select_related = ["part_number", "consignee", "huawei_shipment", "warranty"]
    list_per_page = 50
    search_fields = ["serial__startswith"]
    search_help_text = "The serial number, or how it begins"
    ordering = ["-pk"]
    fields = [
        "serial", "former_serials", "part_number", "cover_link", "shipments", "consignee",
        "installation_service", "reports", "disputes", "end_customer", "site_country",
        "purchase_order", "events",
    ]  # fmt: skip
    readonly_fields = [
        "former_serials", "cover_link", "shipments", "reports", "disputes", "events",
    ]  # fmt: skip
    operations = (
        correction_desk.CORRECT_INSTALLATION_SERVICE,
        correction_desk.CORRECT_SERIAL,
        correction_desk.CORRECT_PART_NUMBER,
        correction_desk.VOID_WARRANTY,
        correction_desk.REINSTATE_WARRANTY,
    )

    def watched(self, unit):
        """A unit is dated by Huawei's shipment, so that its date counts as part of it."""
        return [unit.huawei_shipment, unit]

    def view_on_site(self, unit):
        """Link to the page that partners see."""
        return desk_links.portal_link(unit)

    @admin.display(description="former serial numbers")
    def former_serials(self, unit):
        return desk_links.former_serials_of(unit)

    @admin.display(description="warranty")
    def cover_link(self, unit):
        return desk_links.warranty_link(unit)

    @admin.display(description="shipments")
    def shipments(self, unit):
        return desk_links.shipments_of(unit)

    @admin.display(description="installation reports")
    def reports(self, unit):
        return desk_links.reports_of(unit)

    @admin.display(description="disputes")
    def disputes(self, unit):
        return desk_links.disputes_of(unit)

    @admin.display(description="latest events")
    def events(self, unit):
        return desk_links.events_of(unit)

    @admin.display(description="shipped on", ordering="huawei_shipment__shipped_on")
    def shipped_on(self, unit):
        return unit.huawei_shipment.shipped_on

    @admin.display(description="warranty")
    def cover(self, unit):
        return desk.warranty_in_words(unit)

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, normalise_serial(search_term))


@admin.register(InstallationReport)
class InstallationReportAdmin(DeskAdmin):
    list_display = ["number", "organization", "signed_on", "signed_by", "status", "unit_count"]
    list_filter = ["status"]
    list_select_related = ["organization", "document"]
    search_fields = ["number__startswith", "organization__code"]
    ordering = ["-submitted_at", "-pk"]
    fields = [
        "number", "organization", "status", "signed_on", "signed_by", "paper", "submitted_by",
        "submitted_at", "decided_by", "decided_at", "reason", "unit_count", "effects", "serials",
    ]  # fmt: skip
    readonly_fields = ["paper", "unit_count", "effects", "serials"]
    operations = (
        report_desk.ACCEPT_REPORT,
        report_desk.SEND_BACK_REPORT,
        correction_desk.CORRECT_SIGNATURE,
        report_desk.WITHDRAW_REPORT,
    )

    def get_queryset(self, request):
        lines = ReportLine.unscoped.filter(report=OuterRef("pk"))
        return super().get_queryset(request).annotate(line_count=_count(lines))

    def view_on_site(self, report):
        """Link to the page that its organization sees."""
        return reverse("report", args=[report.reference])

    @admin.display(description="signed report")
    def paper(self, report):
        return report_desk.paper(report)

    @admin.display(description="what it does")
    def effects(self, report):
        return report_desk.effects_in_words(report)

    @admin.display(description="units")
    def unit_count(self, report):
        return report.line_count

    @admin.display(description=f"serial numbers (the first {LISTED})")
    def serials(self, report):
        serials = report.units.order_by("serial").values_list("serial", flat=True)
        return ", ".join(serials[:LISTED]) or "-"


@admin.register(Dispute)
class DisputeAdmin(DeskAdmin):
    list_display = [
        "reference", "status", "subject", "unit", "organization", "claim", "opened_at",
    ]  # fmt: skip
    list_filter = ["status", "subject"]
    list_select_related = ["unit", "organization"]
    search_fields = ["reference__startswith", "organization__code", "unit__serial__startswith"]
    search_help_text = "Reference, serial number, or the code of the organization"
    ordering = ["-opened_at", "-pk"]
    fields = [
        "status", "organization", "unit_link", "subject", "was_on_file", "is_on_file", "claim",
        "explanation", "document_link", "opened_at", "opened_by",
        "decided_at", "decided_by", "answer",
    ]  # fmt: skip
    readonly_fields = [
        "unit_link", "was_on_file", "is_on_file", "claim", "document_link",
    ]  # fmt: skip
    operations = (dispute_desk.ACCEPT_DISPUTE, dispute_desk.ANSWER_DISPUTE)

    def watched(self, dispute):
        """Accepting corrects what is disputed, so that it counts as part of the dispute."""
        unit = dispute.unit
        papers = [unit.huawei_shipment, unit.distributor_shipment, unit, dispute.report]
        return [dispute, *(paper for paper in papers if paper is not None)]

    @admin.display(description="unit")
    def unit_link(self, dispute):
        return desk_links.record_link(dispute.unit)

    @admin.display(description="on file when reported")
    def was_on_file(self, dispute):
        return claims.in_words(DisputeSubject(dispute.subject), dispute.on_file)

    @admin.display(description="on file now")
    def is_on_file(self, dispute):
        return dispute_desk.now_in_words(dispute)

    @admin.display(description="the partner says")
    def claim(self, dispute):
        return claims.in_words(DisputeSubject(dispute.subject), dispute.claimed)

    @admin.display(description="document")
    def document_link(self, dispute):
        return desk_links.document_link(dispute.document)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        dispute = self.get_object(request, object_id)
        effect = dispute and dispute_desk.effect(dispute, user=request.user, at=clock.now())
        return super().change_view(request, object_id, form_url, {"effect": effect})


@admin.register(Warranty)
class WarrantyAdmin(DeskAdmin):
    list_display = ["unit", "rule", "starts_on", "ends_on", "started_at", "voided_at"]
    list_filter = ["rule"]
    list_select_related = ["unit"]
    search_fields = ["unit__serial__startswith"]
    ordering = ["-pk"]

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, normalise_serial(search_term))


@admin.register(StartNight)
class StartNightAdmin(DeskAdmin):
    has_trail = False
    list_display = ["day", "closed_at"]
    ordering = ["-day"]


class PolicyVersionForm(forms.ModelForm):
    """A version to come. What is in force stays as it is."""

    class Meta:
        model = PolicyVersion
        fields = [
            "label", "effective_from", "latest_start_days", "support_window_days", "doa_hours",
            "default_warranty_months", "return_business_days", "reminder_days",
            "start_reminder_days", "ending_reminder_days", "tac_number", "sample_values",
        ]  # fmt: skip

    def clean_effective_from(self):
        day = self.cleaned_data["effective_from"]
        if day <= clock.business_today():
            raise forms.ValidationError("A policy version takes effect after today.")
        return day


@admin.register(PolicyVersion)
class PolicyVersionAdmin(TrailHistory, admin.ModelAdmin):
    form = PolicyVersionForm
    change_form_template = "admin/desk/change_form.html"
    list_display = [
        "label", "effective_from", "latest_start_days", "support_window_days", "doa_hours",
        "default_warranty_months", "sample_values",
    ]  # fmt: skip
    ordering = ["-effective_from"]
    actions = None

    def has_change_permission(self, request, obj=None):
        """Keep what is in force: units have been dated under it."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.effective_from > clock.business_today())

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        save_policy_version(obj, user=request.user, at=clock.now())
