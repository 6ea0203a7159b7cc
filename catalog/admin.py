"""Products and part numbers at the desk. They come from the product import."""

from django.contrib import admin

from catalog.models import PartNumber, Product
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


@admin.register(PartNumber)
class PartNumberAdmin(DeskAdmin):
    list_display = ["number", "product"]
    list_select_related = ["product"]
    search_fields = ["number__startswith", "product__model"]
    ordering = ["number", "pk"]
