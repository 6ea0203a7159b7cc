"""Products, part numbers and milestones at the desk. Products come from their import."""

from django.contrib import admin

from catalog.desk import SET_MILESTONES
from catalog.models import Milestone, PartNumber, Product
from partners.desk import DeskAdmin


class PartNumberInline(admin.TabularInline):
    """The order numbers of a product, to read."""

    model = PartNumber
    fields = readonly_fields = ["number"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Product)
class ProductAdmin(DeskAdmin):
    list_display = ["model", "product_line", "category", "warranty_months", "is_sample_term"]
    list_filter = ["is_sample_term", "category"]
    search_fields = ["model", "partnumber__number"]
    search_help_text = "Model or part number"
    ordering = ["model", "pk"]
    inlines = [PartNumberInline]
    operations = (SET_MILESTONES,)


@admin.register(PartNumber)
class PartNumberAdmin(DeskAdmin):
    list_display = ["number", "product"]
    list_select_related = ["product"]
    search_fields = ["number__startswith", "product__model"]
    ordering = ["number", "pk"]


class StandsFilter(admin.SimpleListFilter):
    """What stands now, unless every earlier value is asked for."""

    title = "time"
    parameter_name = "stands"

    def lookups(self, request, model_admin):
        return [("now", "Stands now"), ("before", "Earlier values")]

    def queryset(self, request, queryset):
        if self.value() == "before":
            return queryset.exclude(replaced_at=None)
        return queryset.current() if self.value() == "now" else queryset


@admin.register(Milestone)
class MilestoneAdmin(DeskAdmin):
    """Every value that a milestone has had, the newest first."""

    list_display = ["of_what", "kind", "when", "cause", "is_sample", "set_at", "replaced_at"]
    list_filter = [StandsFilter, "kind", "is_sample"]
    list_select_related = ["product", "part_number"]
    search_fields = ["product__model", "part_number__number"]
    search_help_text = "Model or part number"
    ordering = ["-set_at", "-pk"]

    @admin.display(description="product or part number")
    def of_what(self, milestone):
        return milestone.of_what

    @admin.display(description="date", ordering="day")
    def when(self, milestone):
        return milestone.date.text

    def trail_about(self, record):
        return record.product
